"""The promise across processes: real servers, real sockets, and the death of a server in the middle of a sentence.

On SQLite and the in-memory layer by default; with DATABASE_URL and REDIS_URL on those, then with two servers too.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.bench.room import server, world
from tests.journeys.server import Server
from tests.supervision.room.phones import PATIENCE, Phone, both_quiet

TWO = bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))
World = tuple[Server, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    """A database of its own with rooms full of signed-in people; each test takes a room."""
    with world(rooms=6, members=3) as found:
        yield found


async def speak(phones: list[Phone], port: int, process: int) -> None:
    """Both write; the server is killed while messages are on their way."""
    for phone in phones:
        await phone.open(port)
    readers = [asyncio.create_task(phone.read()) for phone in phones]
    for number in range(20):
        for phone in phones:
            await phone.write(f"{phone.cookie[-4:]} {number}")
        await asyncio.sleep(0.01)
    os.kill(process, signal.SIGKILL)
    for phone in phones:
        await phone.write(f"{phone.cookie[-4:]} after the cut")
    await asyncio.gather(*readers)


def test_what_was_acknowledged_survives_kill_and_stands_once_in_one_order(made: World) -> None:
    own, rooms = made
    phones = [Phone(rooms[0], 0), Phone(rooms[0], 1)]

    with server("lms.asgi:application", own) as (port, process):
        asyncio.run(speak(phones, port, process))
    before = {key: seq for phone in phones for key, seq in phone.acked.items()}
    waiting = [len(phone.queue) for phone in phones]

    async def again(port: int) -> None:
        for phone in phones:
            await phone.open(port)
        readers = [asyncio.create_task(phone.read()) for phone in phones]
        await both_quiet(phones, 42)
        for phone in phones:
            await phone.wire.close()
        await asyncio.gather(*readers)

    with server("lms.asgi:application", own) as (port, _):
        asyncio.run(again(port))

    assert min(waiting) >= 1
    assert phones[0].said == phones[1].said
    assert len({text for _, text in phones[0].said}) == len(phones[0].said) == 42
    assert [event["seq"] for event in phones[0].events] == list(range(1, phones[0].seq + 1))
    stored = {event["key"]: event["seq"] for event in phones[0].events}
    assert {key: stored[key] for key in before} == before


def test_a_monstrous_frame_ends_its_own_socket_only(made: World) -> None:
    own, rooms = made

    async def tried(port: int) -> tuple[int, int]:
        bad, good = Phone(rooms[1], 0), Phone(rooms[1], 1)
        await bad.open(port)
        await good.open(port)
        with suppress(ConnectionClosed):
            await bad.wire.send("x" * 10_000_000)
            await bad.wire.wait_closed()
        reader = asyncio.create_task(good.read())
        await good.write("Still here")
        await both_quiet([good], 1)
        await good.wire.close()
        await reader
        return bad.wire.close_code or 0, len(good.said)

    with server("lms.asgi:application", own) as (port, _):
        code, said = asyncio.run(tried(port))

    assert (code, said) == (1006, 1)


def test_a_stranger_and_a_foreign_page_get_403(made: World) -> None:
    own, rooms = made

    async def knock(port: int, cookie: str, origin: str | None) -> int:
        address = f"ws://127.0.0.1:{port}/ws/supervision/{rooms[2]['session']}/"
        try:
            async with connect(address, origin=origin, additional_headers={"Cookie": cookie}, open_timeout=PATIENCE):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    mine, foreign = rooms[2]["members"][0]["cookie"], rooms[3]["members"][0]["cookie"]
    with server("lms.asgi:application", own) as (port, _):
        own = f"http://127.0.0.1:{port}"
        tries = [(mine, own), (foreign, own), (mine, f"http://127.0.0.1:{port + 1}"), (mine, None), ("", own)]
        codes = [asyncio.run(knock(port, *how)) for how in tries]

    assert codes == [101, 403, 403, 403, 403]


@pytest.mark.skipif(not TWO, reason="Two servers need PostgreSQL and Redis: set DATABASE_URL and REDIS_URL.")
def test_two_servers_keep_one_log_and_one_key_is_one_event(made: World) -> None:
    own, rooms = made
    phones = [Phone(rooms[4], 0), Phone(rooms[4], 1)]

    async def cross(first: int, second: int) -> list[dict[str, Any]]:
        await phones[0].open(first)
        await phones[1].open(second)
        readers = [asyncio.create_task(phone.read()) for phone in phones]
        for number in range(30):
            await asyncio.gather(*(phone.write(f"{phone.cookie[-4:]} {number}") for phone in phones))
        await both_quiet(phones, 60)
        twin = Phone(rooms[4], 0)
        await twin.open(second)
        key = str(uuid4())
        reader = asyncio.create_task(twin.read())
        await asyncio.gather(phones[0].send(key, "One key"), twin.send(key, "One key"))
        await both_quiet([*phones, twin], 61)
        await asyncio.sleep(1)
        for phone in [*phones, twin]:
            await phone.wire.close()
        await asyncio.gather(*readers, reader)
        return [phone.acked.get(key) for phone in (phones[0], twin)]

    with server("lms.asgi:application", own) as (first, _), server("lms.asgi:application", own) as (second, _):
        acks = asyncio.run(cross(first, second))

    assert phones[0].said == phones[1].said
    assert [event["seq"] for event in phones[0].events] == list(range(1, phones[0].seq + 1))
    assert len(phones[0].said) == 61
    assert acks[0] == acks[1] is not None


@pytest.mark.skipif(not TWO, reason="Two servers need PostgreSQL and Redis: set DATABASE_URL and REDIS_URL.")
def test_a_hundred_a_minute_are_counted_over_both_servers(made: World) -> None:
    own, rooms = made
    here, there = Phone(rooms[5], 0), Phone(rooms[5], 0)

    async def hasten(first: int, second: int) -> None:
        await here.open(first)
        await there.open(second)
        readers = [asyncio.create_task(phone.read()) for phone in (here, there)]
        for number in range(70):
            await here.write(f"{number}")
            await asyncio.sleep(0.01)  # never 50 that wait
        await both_quiet([here, there], 70)
        for number in range(31):
            await there.write(f"{number}")
        await both_quiet([here], 100)
        for _ in range(PATIENCE * 10):
            if there.refused:
                break
            await asyncio.sleep(0.1)
        for phone in (here, there):
            await phone.wire.close()
        await asyncio.gather(*readers)

    with server("lms.asgi:application", own) as (first, _), server("lms.asgi:application", own) as (second, _):
        asyncio.run(hasten(first, second))

    assert (len(here.acked), len(there.acked), there.refused) == (70, 30, ["too_fast"])
