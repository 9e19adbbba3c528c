"""The product as a process of its own, on a database of its own, that a test may kill and start again.

Migrating and making the demo takes long; it is done once per test run and copied for every further server.
"""

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.template import address_of, copy_to_database, copy_to_file, sql

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "var" / "static-of-tests"
FONTS = ROOT / "var" / "fonts-of-tests"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def manage(environment: dict[str, str], *words: str) -> str:
    """One management command; gives what it prints, raises with all of it when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stdout}\n{done.stderr}")
    return done.stdout


class Pattern:
    """A filled database that servers are copied from: with the demo's people, or empty. Made once per run."""

    def __init__(self, kind: str) -> None:
        run = os.environ.get("TANDEM_TEST_RUN") or os.environ.setdefault("TANDEM_TEST_RUN", secrets.token_hex(4))
        self.database = f"test_tandem_{run}_{kind}" if os.environ.get("DATABASE_URL") else ""
        where = "-postgresql" if self.database else ""
        self.kind, self.folder = kind, Path(tempfile.gettempdir()) / f"tandem-{run}-{kind}{where}"
        self.where = os.environ.get("DATABASE_URL", "")
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.folder / "keys.json").exists():
                self.make()
        self.keys: dict[str, str] = json.loads((self.folder / "keys.json").read_text())

    def make(self) -> None:
        """Fills it; static files, fonts and the migrated template are kept between runs, for they change seldom."""
        atexit.register(self.remove)
        keys = {name: f"t1:{secrets.token_hex(32)}" for name in ("FIELD_KEYS", "SIGNING_KEYS", "LEDGER_KEYS")}
        keys["SECRET_KEY"] = secrets.token_hex(32)
        if self.database:
            copy_to_database(self.database)
        else:
            copy_to_file(self.folder / "db.sqlite3")
        for shared in (STATIC, FONTS):
            shared.mkdir(parents=True, exist_ok=True)
            (self.folder / shared.name.removesuffix("-of-tests")).symlink_to(shared)
        if self.kind == "demo":
            environment = environment_of(self.folder, 8000, keys, self.database)
            with STATIC.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                manage(environment, "serve", "--prepare-only")
        (self.folder / "keys.json").write_text(json.dumps(keys))

    def remove(self) -> None:
        """At the end of the process that made it; other workers of the run have ended or hold copies."""
        if self.database:
            os.environ["DATABASE_URL"] = self.where  # a test may have named it for itself only
            sql(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)


def environment_of(folder: Path, port: int, keys: dict[str, str], database: str) -> dict[str, str]:
    """Settings of a server of its own; static files as in production."""
    environment = {name: value for name, value in os.environ.items() if name not in {"STATIC_HASHED", "PUBLIC_URL"}}
    environment |= keys | {
        "TANDEM_VAR": str(folder),
        "LOCAL": "1",
        "DEBUG": "0",
        "PORT": str(port),
        "REDIS_PREFIX": f"tandem-test-{secrets.token_hex(4)}",
        "DJANGO_SETTINGS_MODULE": "lms.settings",
        "PYTHONWARNINGS": "ignore",
    }
    return environment | ({"DATABASE_URL": address_of(database)} if database else {})


class Server:
    """Daphne over a copy of a pattern; `kill` is SIGKILL, `start` starts the same data again."""

    def __init__(self, folder: Path, *, kind: str = "demo", application: str = "lms.asgi:application") -> None:
        pattern = Pattern(kind)
        self.folder, self.port, self.application = folder, free_port(), application
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = f"test_tandem_{secrets.token_hex(6)}" if pattern.database else ""
        if self.database:
            sql(f"CREATE DATABASE {self.database} TEMPLATE {pattern.database}")
        shutil.copytree(pattern.folder, folder, symlinks=True, dirs_exist_ok=True)
        self.environment = environment_of(folder, self.port, pattern.keys, self.database)
        self.process: subprocess.Popen[bytes] | None = None
        self.log = (folder / "server.log").open("ab")

    def manage(self, *words: str) -> str:
        """One management command on this server's data."""
        return manage(self.environment, *words)

    def start(self) -> None:
        """Daphne, until it answers."""
        words = [sys.executable, "-m", "lms.wire", "-b", "127.0.0.1", "-p", str(self.port), "-v", "0"]
        words.append(self.application)
        self.process = subprocess.Popen(words, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/health/live", timeout=2).close()  # noqa: S310 our own address
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError((self.folder / "server.log").read_text()[-4000:])

    def beside(self, application: str = "lms.asgi:application") -> "Server":
        """A second process over the same data, on a port of its own; it must be started and killed by itself."""
        other = object.__new__(Server)
        other.__dict__ = {**self.__dict__, "port": free_port(), "application": application, "process": None}
        other.url = f"http://127.0.0.1:{other.port}"
        other.environment = self.environment | {"PORT": str(other.port)}
        return other

    def kill(self) -> None:
        """Gone at once, as in a power cut."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """Kills it and takes its data away."""
        self.kill()
        self.log.close()
        if self.database:
            sql(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Server]:
    """A running server with the demo's data."""
    server = Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """This server, for as long as the block lasts."""
    server.start()
    try:
        yield server
    finally:
        server.kill()
