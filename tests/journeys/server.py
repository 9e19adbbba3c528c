"""The product as a process of its own, on a database of its own, that a test may kill and start again."""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """`manage.py serve` in a folder of its own; `kill` is SIGKILL, `start` starts the same data again."""

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder, self.port = folder, port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = f"test_tandem_{secrets.token_hex(4)}" if os.environ.get("DATABASE_URL") else ""
        self.process: subprocess.Popen[bytes] | None = None
        self.log = (folder / "server.log").open("ab")
        self.environment = self.make_environment()

    def make_environment(self) -> dict[str, str]:
        """Own keys and folder; static files as in production, shared by the servers of this checkout."""
        environment = {name: value for name, value in os.environ.items() if name not in {"STATIC_HASHED", "PUBLIC_URL"}}
        environment |= {
            "TANDEM_VAR": str(self.folder),
            "LOCAL": "1",
            "DEBUG": "0",
            "PORT": str(self.port),
            "SECRET_KEY": secrets.token_hex(32),
            "REDIS_PREFIX": f"tandem-test-{secrets.token_hex(4)}",
            "DJANGO_SETTINGS_MODULE": "lms.settings",
        }
        environment |= {name: f"t1:{secrets.token_hex(32)}" for name in ("FIELD_KEYS", "SIGNING_KEYS", "LEDGER_KEYS")}
        if self.database:
            address = os.environ["DATABASE_URL"]
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {self.database}")
            environment["DATABASE_URL"] = address.rsplit("/", 1)[0] + f"/{self.database}"
        return environment

    def manage(self, *words: str) -> str:
        """One management command on this server's data; gives what it prints, raises when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def prepare(self) -> None:
        """Static files (kept between runs), database, demo people."""
        kept = ROOT / "var" / "static-of-tests"
        kept.mkdir(parents=True, exist_ok=True)
        (self.folder / "static").symlink_to(kept)
        with (kept.parent / "static-of-tests.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.manage("serve", "--prepare-only")

    def start(self) -> None:
        """Daphne, until it answers."""
        words = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "-v", "0"]
        words += ["--websocket-max-message-size", "262144", "lms.asgi:application"]
        self.process = subprocess.Popen(words, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/health/live", timeout=2)  # noqa: S310 our own address
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError((self.folder / "server.log").read_text()[-4000:])

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
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Server]:
    """A running server with the demo's data."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder)
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.remove()
