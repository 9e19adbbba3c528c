"""Measures the live room beside a consumer of the usual tutorial shape: same people, same loads, own processes.

`measure(rooms=20, members=20)` -> on SQLite and, where one can be reached, on PostgreSQL, beside a bare `websockets`
server that stores each message too (tests/bench/bare.py); `large(members=1000)` -> one room of a thousand. Rows of
{"on", "server", "load", "deliveries", "lost", "per_second", "cpu_us"}; a delivery is one message that reached one
member. Loads: "in turn" (in every room the next one writes as soon as the last message is back with its writer: no
burst, nothing to batch), "at once" (everybody sends 20 messages in one moment), and for the room alone "steady"
(20 posts a second over all rooms; how late they come).
"""

import asyncio
import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from tests.journeys.server import Server, free_port, running

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 20
TICK = os.sysconf("SC_CLK_TCK")
CONTROL = "control: group_send to each member, nothing stored"
QUIET = 3.0  # seconds without any event after which a burst is over


class Member(asyncio.Protocol):
    """A client that counts events and keeps the window open; far cheaper than a full WebSocket library."""

    def __init__(self, address: str, cookie: str, port: int) -> None:
        self.address, self.cookie, self.port = address, cookie, port
        self.buffer = b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.got, self.last, self.told, self.head, self.ended = 0, 0.0, 0, 0, 0.0
        self.late: list[float] = []
        self.next: Callable[[], None] | None = None
        self.mark = b" %s " % uuid4().hex[:12].encode()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        head = [
            f"GET {self.address} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            f"Cookie: {self.cookie}",
        ]
        transport.write(("\r\n".join(head) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.opened.done():
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.opened.set_exception(ConnectionError(head.decode(errors="replace")))
                return
            self.opened.set_result(None)
            self.buffer = rest
        self.read_frames()

    def connection_lost(self, error: Exception | None) -> None:
        """A line that ends while somebody waits for it ends the measurement, too."""
        for waits in (self.opened, self.ready):
            if not waits.done() and not waits.get_loop().is_closed():
                waits.set_exception(error or ConnectionError("the server hung up before the room was open"))
                waits.exception()

    def read_frames(self) -> None:
        """Whole frames out of the buffer; a server's frames are not masked."""
        buffer, at = self.buffer, 0
        while len(buffer) - at >= 2:
            size, head = buffer[at + 1] & 127, 2
            if size == 126:
                size, head = int.from_bytes(buffer[at + 2 : at + 4]), 4
            elif size == 127:
                size, head = int.from_bytes(buffer[at + 2 : at + 10]), 10
            if len(buffer) - at < head + size:
                break
            if buffer[at] & 15 == 1:
                self.hear(buffer[at + head : at + head + size])
            elif buffer[at] & 15 == 8:
                self.ended = time.monotonic()
            elif buffer[at] & 15 == 9:
                self.transport.write(
                    b"\x8a" + bytes([0x80 | size]) + b"\0\0\0\0" + buffer[at + head : at + head + size]
                )
            at += head + size
        self.buffer = buffer[at:]

    def hear(self, payload: bytes) -> None:
        """One text frame."""
        if b'"type":"ready"' in payload and not self.ready.done():
            self.ready.set_result(None)
        messages = payload.count(b'"text":"m ')
        if messages:
            self.last = time.monotonic()
            self.got += messages
            for part in payload.split(b'"text":"m ')[1:]:
                self.late.append(self.last - float(part.split(b" ", 1)[0]))
            if self.next and self.mark in payload:
                self.next()
        if b'"type":"events"' in payload:
            seq = self.head = int(payload.rpartition(b'{"seq":')[2].split(b",", 1)[0])
            if seq - self.told >= 20:
                self.told = seq
                self.say({"type": "seen", "seq": seq})

    def say(self, frame: dict[str, Any]) -> None:
        """One masked text frame, shorter than 64 KB."""
        payload = json.dumps(frame).encode()
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2)
        self.transport.write(b"\x81" + size + b"\0\0\0\0" + payload)

    def post(self) -> None:
        """A message that tells when it was sent."""
        mark = self.mark.decode()
        text = f"m {time.monotonic():.6f}{mark}I would ask her how she slept, and who is with her at night."
        self.say({"type": "post", "key": str(uuid4()), "kind": "message", "data": {"text": text}})


@contextmanager
def world(rooms: int, members: int) -> Iterator[tuple[Server, list[dict[str, Any]]]]:
    """(server, rooms) over a database of its own with live rooms full of signed-in people; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        own = Server(Path(folder) / "var", kind="empty")
        try:
            told = own.manage("bench_rooms", "--rooms", str(rooms), "--members", str(members))
            yield own, json.loads(told.splitlines()[-1])["rooms"]
        finally:
            own.remove()


@contextmanager
def server(application: str, own: Server) -> Iterator[tuple[int, int]]:
    """(port, process id) of a Daphne with this application, over this data."""
    with running(own.beside(application)) as beside:
        yield beside.port, beside.process.pid


def cpu_of(process: int) -> float:
    """Seconds of CPU that a process has used, in all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


async def enter(port: int, rooms: list[dict[str, Any]], *, waits: bool) -> list[list[Member]]:
    """Everybody connects; with `waits` until each was told that she is up to date."""
    loop, seated = asyncio.get_running_loop(), []
    for room in rooms:
        path = f"/ws/supervision/{room['session']}/?after={room.get('head', 0)}"
        seats = [Member(path, person["cookie"], port) for person in room["members"]]
        for seat in seats:
            await loop.create_connection(lambda seat=seat: seat, "127.0.0.1", port)
        await asyncio.gather(*(seat.opened for seat in seats))
        seated.append(seats)
    if waits:
        await asyncio.wait_for(asyncio.gather(*(seat.ready for seats in seated for seat in seats)), 60)
    await asyncio.sleep(3)
    for seats in seated:
        for seat in seats:
            seat.got, seat.late = 0, []
    return seated


def leave(seated: list[list[Member]], rooms: list[dict[str, Any]]) -> None:
    """Everybody goes; the next load begins where this one ended."""
    for seats, room in zip(seated, rooms, strict=True):
        room["head"] = max([room.get("head", 0), *(seat.head for seat in seats)])
        for seat in seats:
            seat.transport.abort()


def told(load: str, got: int, lost: int, took: float, used: float) -> dict[str, Any]:
    """One row."""
    rate, cost = round(got / took), round(used / got * 1e6, 1)
    return {"load": load, "deliveries": got, "lost": lost, "per_second": rate, "cpu_us": cost}


async def in_turn(
    port: int, process: int, rooms: list[dict[str, Any]], *, waits: bool, seconds: float = 8
) -> dict[str, Any]:
    """In each room one message is on its way at any time; who got her own back lets the next one write."""
    seated = await enter(port, rooms, waits=waits)
    turns, going = [0] * len(seated), True

    def next_in(number: int) -> None:
        if going:
            turns[number] += 1
            seated[number][turns[number] % len(seated[number])].post()

    for number, seats in enumerate(seated):
        for seat in seats:
            seat.next = partial(next_in, number)
    begun, used = time.monotonic(), cpu_of(process)
    for number in range(len(seated)):
        next_in(number)
    while time.monotonic() < begun + seconds:
        await asyncio.sleep(0.2)
        for number, seats in enumerate(seated):
            if time.monotonic() - max(begun, *(seat.last for seat in seats)) > 1:
                next_in(number)  # the message was lost: the room must not stand still
    going = False
    await asyncio.sleep(1)
    took, used = max(seat.last for seats in seated for seat in seats) - begun, cpu_of(process) - used
    got = sum(seat.got for seats in seated for seat in seats)
    leave(seated, rooms)
    expected = sum(turn * len(seats) for turn, seats in zip(turns, seated, strict=True))
    return told("in turn", got, expected - got, took, used)


async def burst(port: int, process: int, rooms: list[dict[str, Any]], *, waits: bool) -> dict[str, Any]:
    """Everybody sends everything at once; until nothing has come for a while."""
    seated = await enter(port, rooms, waits=waits)
    everybody = [seat for seats in seated for seat in seats]
    expected = sum(len(seats) ** 2 for seats in seated) * MESSAGES
    begun, used = time.monotonic(), cpu_of(process)
    for _ in range(MESSAGES):
        for seat in everybody:
            seat.post()
        await asyncio.sleep(0)
    while sum(seat.got for seat in everybody) < expected:
        await asyncio.sleep(0.25)
        if time.monotonic() - max(begun + 5, *(seat.last for seat in everybody)) > QUIET:
            break
    took = max(seat.last for seat in everybody) - begun
    used = cpu_of(process) - used
    got = sum(seat.got for seat in everybody)
    leave(seated, rooms)
    return told("at once", got, expected - got, took, used)


async def steady(
    port: int, process: int, rooms: list[dict[str, Any]], seconds: float = 8, pause: float = 0.05
) -> dict[str, Any]:
    """20 posts a second over all rooms, so 400 deliveries at 20 members: how late each one is, in milliseconds."""
    seated = await enter(port, rooms, waits=True)
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        seats = seated[number % len(seated)]
        seats[number // len(seated) % len(seats)].post()
        number += 1
        await asyncio.sleep(pause)
    await asyncio.sleep(1)
    late = sorted(delay for seats in seated for seat in seats for delay in seat.late)
    leave(seated, rooms)
    middle, high = late[len(late) // 2], late[int(len(late) * 0.95)]
    return {
        "load": "steady",
        "deliveries": len(late),
        "p50_ms": round(middle * 1000, 1),
        "p95_ms": round(high * 1000, 1),
    }


@contextmanager
def bare(own: Server) -> Iterator[tuple[int, int]]:
    """(port, process id) of the bare server, which stores in the same kind of database."""
    port = free_port()
    words = [sys.executable, "-m", "tests.bench.bare", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, env=own.environment | {"PYTHONPATH": str(ROOT)})
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


@contextmanager
def database(url: str) -> Iterator[None]:
    """Servers made inside store in this PostgreSQL, or (empty) in SQLite."""
    before = {name: os.environ.pop(name, None) for name in ("DATABASE_URL", "REDIS_URL")}
    if url:
        os.environ["DATABASE_URL"] = url
    try:
        yield
    finally:
        os.environ.pop("DATABASE_URL", None)
        os.environ.update({name: value for name, value in before.items() if value})


def databases() -> dict[str, str]:
    """name -> address of what can be measured on here."""
    url = os.environ.get("DATABASE_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"
    with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
        return {"SQLite": "", "PostgreSQL": url}
    return {"SQLite": ""}


def measure(rooms: int = 20, members: int = 20) -> list[dict[str, Any]]:
    """The room, the bare server and the control under the same loads, one after the other on the same people."""
    rows = []
    for kind, url in databases().items():
        with database(url), world(rooms, members) as (own, made):
            rows += measured(own, made, kind)
    return rows


def measured(own: Server, made: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """All servers over one database."""
    loads, rows = (in_turn, burst), []
    with server("lms.asgi:application", own) as (port, process):
        name = {"on": kind, "server": "live room, every message on disk"}
        rows += [name | asyncio.run(load(port, process, made, waits=True)) for load in loads]
        rows.append(name | asyncio.run(steady(port, process, made)))
    fresh = [room | {"head": 0} for room in made]
    with bare(own) as (port, process):
        name = {"on": kind, "server": "bare websockets, one insert a message"}
        rows += [name | asyncio.run(load(port, process, fresh, waits=False)) for load in loads]
    if kind == "SQLite":
        with server("tests.bench.control:application", own) as (port, process):
            name = {"on": "nothing", "server": CONTROL}
            rows += [name | asyncio.run(load(port, process, fresh, waits=False)) for load in loads]
    return rows


def large(members: int = 1000) -> list[dict[str, Any]]:
    """One room of so many: a message is on its way at any time, then 2 posts a second."""
    rows = []
    for kind, url in databases().items():
        with database(url), world(1, members) as (own, made):
            with server("lms.asgi:application", own) as (port, process):
                name = {"on": kind, "server": "live room, every message on disk"}
                rows.append(name | asyncio.run(in_turn(port, process, made, waits=True)))
                rows.append(name | asyncio.run(steady(port, process, made, pause=0.5)))
            with bare(own) as (port, process):
                name = {"on": kind, "server": "bare websockets, one insert a message"}
                rows.append(name | asyncio.run(in_turn(port, process, [made[0] | {"head": 0}], waits=False)))
            if kind == "SQLite":
                with server("tests.bench.control:application", own) as (port, process):
                    name = {"on": "nothing", "server": CONTROL}
                    rows.append(name | asyncio.run(in_turn(port, process, [made[0] | {"head": 0}], waits=False)))
    return rows


if __name__ == "__main__":
    for row in [*measure(), *large()]:
        print(json.dumps(row))
