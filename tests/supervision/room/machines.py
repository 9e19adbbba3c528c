"""PostgreSQL and a Redis of its own for tests that kill it; without them those tests are skipped with one sentence."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from tests.journeys.server import free_port

HERE = "postgresql://postgres@127.0.0.1:5432/postgres"


class Redis:
    """A Redis in a process of its own, that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        raise RuntimeError("redis-server did not start")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def flush(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), 2) as wire:
            wire.sendall(b"FLUSHALL\r\n")
            wire.recv(64)


def database() -> str | None:
    """A PostgreSQL that can be reached: DATABASE_URL, or the one of this machine."""
    url = os.environ.get("DATABASE_URL") or HERE
    with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
        return url
    return None


@contextmanager
def machines(patch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """Servers that are started inside use PostgreSQL and this Redis."""
    url = database()
    if url is None or not shutil.which("redis-server"):
        pytest.skip("Two processes need PostgreSQL (DATABASE_URL) and redis-server on the PATH.")
    redis = Redis()
    redis.start()
    patch.setenv("DATABASE_URL", url)
    patch.setenv("REDIS_URL", redis.url)
    try:
        yield redis
    finally:
        redis.kill()
