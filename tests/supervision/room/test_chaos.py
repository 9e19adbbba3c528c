"""Random cuts and killed servers over minutes: every acknowledged message exactly once, in one order, for everybody."""

import asyncio
import random
from contextlib import suppress
from typing import Any

import pytest

from tests.bench.room import world
from tests.journeys.server import Server
from tests.supervision.room.phones import Phone, both_quiet

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
MEMBERS, MESSAGES, KILLS = 6, 40, 6


class Line:
    """Where the server is now; None while it is dead."""

    def __init__(self) -> None:
        self.port: int | None = None


async def keep_connected(phone: Phone, line: Line, chance: random.Random, until: asyncio.Event) -> None:
    """Opens, reads, is cut at random, opens again, as a phone on a bad network."""
    while not until.is_set():
        if line.port is None:
            await asyncio.sleep(0.05)
            continue
        with suppress(Exception):
            await phone.open(line.port)
            reader = asyncio.create_task(phone.read())
            cut = asyncio.create_task(asyncio.sleep(chance.uniform(0.2, 6)))
            await asyncio.wait({reader, cut, asyncio.create_task(until.wait())}, return_when=asyncio.FIRST_COMPLETED)
            phone.wire.transport.abort()
            await reader
        await asyncio.sleep(chance.uniform(0, 0.3))


async def talk(phone: Phone, name: int, chance: random.Random) -> None:
    """Writes its messages at its own pace, connected or not."""
    for number in range(MESSAGES):
        if hasattr(phone, "wire"):
            await phone.write(f"{name} says {number}")
        else:
            phone.queue[str(number)] = f"{name} says {number}"
        await asyncio.sleep(chance.uniform(0.05, 0.6))


async def kill_and_start(own: Server, line: Line, chance: random.Random) -> Server:
    """The server dies and comes back, again and again; gives the one that lives at the end."""
    server = own.beside()
    await asyncio.to_thread(server.start)
    line.port = server.port
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(1, 4))
        line.port = None
        server.kill()
        server = own.beside()
        await asyncio.to_thread(server.start)
        line.port = server.port
    return server


async def evening(own: Server, room: dict[str, Any], seed: int) -> list[Phone]:
    """Everybody talks through all of it; at the end each has everything."""
    chance, line, until = random.Random(seed), Line(), asyncio.Event()
    phones = [Phone(room, number) for number in range(MEMBERS)]
    starting = asyncio.create_task(kill_and_start(own, line, chance))
    connected = [asyncio.create_task(keep_connected(phone, line, chance, until)) for phone in phones]
    while line.port is None:
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    await asyncio.gather(*(talk(phone, number, chance) for number, phone in enumerate(phones)))
    server = await starting
    try:
        await both_quiet(phones, MEMBERS * MESSAGES)
    finally:
        until.set()
        await asyncio.gather(*connected)
        server.kill()
    return phones


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_doubled_or_disordered_in_a_bad_evening(seed: int) -> None:
    with world(rooms=1, members=MEMBERS) as (own, rooms):
        phones = asyncio.run(evening(own, rooms[0], seed))

    wanted = {f"{name} says {number}" for name in range(MEMBERS) for number in range(MESSAGES)}
    first = phones[0]
    assert {text for _, text in first.said} == wanted
    assert len(first.said) == len(wanted)
    for phone in phones:
        assert phone.said == first.said
        assert [event["seq"] for event in phone.events] == list(range(1, phone.seq + 1))
        assert set(phone.acked.values()) <= {seq for seq, _ in first.said}
