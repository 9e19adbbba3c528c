"""What docs/live.md promises, with real servers: idle lines, slow readers, slow questions, joining in the middle."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench.room import server, world
from tests.journeys.server import Server
from tests.supervision.room.phones import Phone, both_quiet

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
SLOW = "tests.supervision.room.slow:application"
FAST = "tests.supervision.room.fast:application"
LONG = "話" * 3900  # 12 KB on the wire, the most that a message takes
World = tuple[Server, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    """A database of its own; each test takes rooms of its own."""
    with world(rooms=6, members=4) as found:
        yield found


def memory_of(process: int) -> int:
    """Megabytes that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) // 1024


def test_after_ninety_idle_seconds_a_message_arrives(made: World) -> None:
    own, rooms = made

    async def idle(port: int) -> tuple[int, int]:
        phones = [Phone(rooms[0], 0), Phone(rooms[0], 1)]
        for phone in phones:
            await phone.open(port)
        readers = [asyncio.create_task(phone.read()) for phone in phones]
        await asyncio.sleep(90)
        await phones[0].write("Still awake?")
        await both_quiet(phones, 1)
        for phone in phones:
            await phone.wire.close()
        await asyncio.gather(*readers)
        return len(phones[1].said), phones[1].wire.close_code or 0

    with server("lms.asgi:application", own) as (port, _):
        assert asyncio.run(idle(port)) == (1, 1000)


def deaf(port: int, room: dict[str, Any], number: int) -> socket.socket:
    """A socket that is opened and never read, with a tiny buffer."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.connect(("127.0.0.1", port))
    head = [
        f"GET /ws/supervision/{room['session']}/ HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Cookie: {room['members'][number]['cookie']}",
    ]
    wire.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
    return wire


async def grown(port: int, process: int, room: dict[str, Any]) -> int:
    """Megabytes by which the server grows while one person says 3,000 long things and fifteen sockets read nothing.

    The first 700 do not count: until then a server makes what it makes once, and keeps the room's last lines.
    """
    phone = Phone(room, 0)
    await phone.open(port)
    reader = asyncio.create_task(phone.read())
    wires = [deaf(port, room, number) for number in (1, 2, 3) for _ in range(5)]
    held = most = 0
    for number in range(3000):
        await phone.write(f"{number} {LONG}")
        while len(phone.queue) >= 20:
            await asyncio.sleep(0.002)
        phone.events.clear()
        if number % 50 == 0:
            most = max(most, memory_of(process))
            held = most if number < 700 else held
    await phone.wire.close()
    await reader
    for wire in wires:
        wire.close()
    return most - held


def test_readers_that_never_read_leave_the_servers_memory_flat(made: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody may write so fast: both servers are without that limit, and one without the window of the room."""
    own, rooms = made

    with server(FAST, own) as (port, process):
        bounded = asyncio.run(grown(port, process, rooms[1]))
    own.environment["TANDEM_WINDOW"] = str(10**9)
    with server(FAST, own) as (port, process):
        endless = asyncio.run(grown(port, process, rooms[5]))

    with capsys.disabled():
        print(f"\nfifteen deaf sockets: the server grew by {bounded} MB, without the window by {endless} MB")
    assert bounded <= 15 < endless


def test_a_slow_question_of_one_room_does_not_hold_up_another(made: World, capsys: pytest.CaptureFixture[str]) -> None:
    own, rooms = made

    async def beside(port: int) -> list[float]:
        slow = [Phone(rooms[2], number) for number in range(4)]
        quick = Phone(rooms[3], 0)
        await quick.open(port)
        reader = asyncio.create_task(quick.read())
        opening = [asyncio.create_task(phone.open(port)) for phone in slow]  # their `ready` takes six seconds
        late = []
        for number in range(40):
            begun = time.monotonic()
            await quick.write(f"quick {number}")
            while len(quick.said) <= number:
                await asyncio.sleep(0.002)
            late.append(time.monotonic() - begun)
            await asyncio.sleep(0.03)
        await asyncio.gather(*opening)
        for phone in [quick, *slow]:
            await phone.wire.close()
        await reader
        return late

    own.environment["TANDEM_SLOW"] = rooms[2]["session"]
    with server(SLOW, own) as (port, _):
        late = asyncio.run(beside(port))

    p95, worst = sorted(late)[int(len(late) * 0.95)], max(late)
    with capsys.disabled():
        print(f"\nbeside a room whose questions take 6 s: p95 {p95 * 1000:.0f} ms, at most {worst * 1000:.0f} ms")
    assert worst < 2.5  # ten times the goal, and less than half of the slow question


def test_who_joins_during_traffic_misses_nothing(made: World) -> None:
    own, rooms = made

    async def run(port: int) -> list[Phone]:
        talkers = [Phone(rooms[4], 0), Phone(rooms[4], 1)]
        for phone in talkers:
            await phone.open(port)
        readers = [asyncio.create_task(phone.read()) for phone in talkers]

        async def talk(phone: Phone) -> None:
            for number in range(80):
                await phone.write(f"{phone.cookie[-4:]} {number}")
                await asyncio.sleep(0.01)

        async def join(number: int, wait: float) -> Phone:
            await asyncio.sleep(wait)
            phone = Phone(rooms[4], 2 + number % 2)
            await phone.open(port)
            readers.append(asyncio.create_task(phone.read()))
            return phone

        joined = await asyncio.gather(*(join(number, number * 0.1) for number in range(8)), *map(talk, talkers))
        phones = [*talkers, *(one for one in joined if isinstance(one, Phone))]
        await both_quiet(phones, 160)
        for phone in phones:
            await phone.wire.close()
        await asyncio.gather(*readers)
        return phones

    with server("lms.asgi:application", own) as (port, _):
        phones = asyncio.run(run(port))

    first = phones[0].said
    assert len(first) == 160
    for phone in phones:
        assert phone.said == first
        assert [event["seq"] for event in phone.events] == list(range(1, phone.seq + 1))
