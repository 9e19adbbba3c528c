"""A migrated database without rows of ours, made once per state of the migrations; test databases are copied from it.

Two hundred migrations take half a minute of processor, and a run needs four databases. On SQLite it is a file in var/,
on PostgreSQL a database beside the others; it is made anew when a migration or a requirement changes.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
NAME = "tandem_template"


def sql(statement: str) -> None:
    """One statement on the server's own connection of PostgreSQL."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)


def address_of(database: str) -> str:
    """DATABASE_URL with another database."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def state() -> str:
    """Changes when a migration of ours, a requirement or the Python does."""
    files = [ROOT / "requirements.txt", ROOT / "lms/ledger/tasks.py", ROOT / "lms/settings.py"]
    files += [
        path for app in ("lms", "courses", "supervision") for path in sorted((ROOT / app / "migrations").glob("*.py"))
    ]
    parts = [sys.version.encode(), *(part for path in files for part in (path.name.encode(), path.read_bytes()))]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def migrate(database: str, folder: Path) -> None:
    """All migrations on an empty database, in a process of its own: nothing of this one's settings is used."""
    key = f"t:{secrets.token_hex(32)}"
    environment = {**os.environ, "TANDEM_VAR": str(folder), "LOCAL": "1", "SECRET_KEY": key, "PYTHONWARNINGS": "ignore"}
    environment |= dict.fromkeys(("FIELD_KEYS", "SIGNING_KEYS", "LEDGER_KEYS"), key)
    environment |= {"DATABASE_URL": address_of(database)} if database else {}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"migrate: {done.stdout}\n{done.stderr}")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One process at a time, of all runs on this machine."""
    VAR.mkdir(exist_ok=True)
    with (VAR / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copy_to_file(path: Path) -> None:
    """SQLite: the template as a new file."""
    kept = VAR / f"{NAME}-{state()}.sqlite3"
    with alone():
        if not kept.exists():
            make_file(kept)
        shutil.copyfile(kept, path)


def make_file(kept: Path) -> None:
    for old in VAR.glob(f"{NAME}-*.sqlite3"):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=VAR) as folder:
        migrate("", Path(folder))
        made = Path(folder) / "db.sqlite3"
        with contextlib.closing(sqlite3.connect(made)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made.replace(kept)


def copy_to_database(name: str) -> None:
    """PostgreSQL: the template as a new database."""
    kept = f"test_{NAME}_{state()}"
    with alone(), psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        found = [row[0] for row in connection.execute("SELECT datname FROM pg_database")]
        if kept not in found:
            for old in found:
                if old.startswith(f"test_{NAME}_"):
                    connection.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            make_database(connection, kept)
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{kept}"')


def make_database(connection: psycopg.Connection, kept: str) -> None:
    """Under another name until it is whole: a run that is cut short leaves no half template."""
    connection.execute(f'DROP DATABASE IF EXISTS "{kept}_unfinished" WITH (FORCE)')
    connection.execute(f'CREATE DATABASE "{kept}_unfinished"')
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"{kept}_unfinished", Path(folder))
    connection.execute(f'ALTER DATABASE "{kept}_unfinished" RENAME TO "{kept}"')
