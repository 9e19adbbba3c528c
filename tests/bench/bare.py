"""A second measure for the room's bench: a bare `websockets` server that stores each message as the room does, one
insert and one commit each, and sends it to everybody; no sign-in, no order across processes, no way to catch up.

    python -m tests.bench.bare PORT
"""

import asyncio
import json
import os
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psycopg
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

TABLE = "CREATE TABLE IF NOT EXISTS bare (key TEXT PRIMARY KEY, room TEXT, seq BIGINT, body BYTEA, UNIQUE (room, seq))"
rooms: dict[str, set[ServerConnection]] = defaultdict(set)
heads: dict[str, int] = defaultdict(int)


def storing() -> Callable[[str, int, str], None]:
    """A function that stores one message and commits: in DATABASE_URL, or a file of SQLite with write-ahead log."""
    url = os.environ.get("DATABASE_URL")
    if url:
        server = psycopg.connect(url)
        server.execute(TABLE)
        server.commit()

        def store(room: str, seq: int, body: str) -> None:
            server.execute("INSERT INTO bare VALUES (%s, %s, %s, %s)", (str(uuid4()), room, seq, body.encode()))
            server.commit()

        return store
    file = sqlite3.connect(Path(os.environ["TANDEM_VAR"]) / "bare.sqlite3", check_same_thread=False)
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=NORMAL")
    file.execute(TABLE)

    def keep(room: str, seq: int, body: str) -> None:
        file.execute("INSERT INTO bare VALUES (?, ?, ?, ?)", (str(uuid4()), room, seq, body))
        file.commit()

    return keep


async def main(port: int) -> None:
    """Serves until it is killed."""
    store = storing()
    loop, writer = asyncio.get_running_loop(), asyncio.Lock()

    async def member(wire: ServerConnection) -> None:
        room = wire.request.path.partition("?")[0]
        rooms[room].add(wire)
        with suppress(ConnectionClosed):
            async for text in wire:
                frame = json.loads(text)
                if frame["type"] != "post":
                    continue
                async with writer:
                    heads[room] += 1
                    seq = heads[room]
                    body = json.dumps({"type": "message", "seq": seq, "data": frame["data"]}, separators=(",", ":"))
                    await loop.run_in_executor(None, store, room, seq, body)
                    broadcast(rooms[room], body)
        rooms[room].discard(wire)

    async with serve(member, "127.0.0.1", port, compression=None, ping_interval=None):
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
