"""Two processes over PostgreSQL and Redis in a bad evening, beside a room of the usual shape and what that loses."""

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.bench.room import world
from tests.journeys.server import Server
from tests.supervision.room.machines import Redis, machines
from tests.supervision.room.phones import PATIENCE, Phone, both_quiet

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
MEMBERS, MESSAGES = 6, 30
LOSSY = "tests.supervision.room.lossy:application"


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    with machines(monkeypatch) as running:
        yield running


class Evening:
    """Two servers that die in turn, a Redis that is emptied and dies, lines that are cut."""

    def __init__(self, own: Server, redis: Redis, seed: int, application: str, lost: int) -> None:
        self.own, self.redis, self.chance = own, redis, random.Random(seed)
        self.application, self.lost = application, lost
        self.ports: list[int | None] = [None, None]
        self.servers: list[Server | None] = [None, None]
        self.over = asyncio.Event()

    async def start(self, place: int) -> None:
        server = self.own.beside(self.application)
        server.environment = server.environment | {"TANDEM_LOST": str(self.lost), "TANDEM_SEED": str(place)}
        await asyncio.to_thread(server.start)
        self.servers[place], self.ports[place] = server, server.port

    async def storm(self) -> None:
        """What goes wrong: in turn a server killed, Redis emptied, a server killed, Redis killed."""
        deaths = 0
        for harm in ("server", "flush", "server", "redis", "server"):
            await asyncio.sleep(self.chance.uniform(1, 3))
            if harm == "server":
                place, deaths = deaths % 2, deaths + 1
                self.ports[place] = None
                self.servers[place].kill()
                await self.start(place)
            elif harm == "flush":
                self.redis.flush()
            else:
                self.redis.kill()
                await asyncio.sleep(1)
                await asyncio.to_thread(self.redis.start)

    async def port_for(self, number: int) -> int:
        """The server of this member, or the other one while it is dead."""
        while True:
            for port in (self.ports[number % 2], self.ports[1 - number % 2]):
                if port:
                    return port
            await asyncio.sleep(0.05)

    def kill(self) -> None:
        for server in self.servers:
            if server:
                server.kill()


async def connected(evening: Evening, phone: Phone, number: int) -> None:
    """Opens, reads, is cut, opens again."""
    while not evening.over.is_set():
        with suppress(Exception):
            await phone.open(await evening.port_for(number))
            reader = asyncio.create_task(phone.read())
            cut = asyncio.create_task(asyncio.sleep(evening.chance.uniform(0.5, 8)))
            over = asyncio.create_task(evening.over.wait())
            await asyncio.wait({reader, cut, over}, return_when=asyncio.FIRST_COMPLETED)
            phone.wire.transport.abort()
            await reader
        await asyncio.sleep(evening.chance.uniform(0, 0.3))


async def talk(evening: Evening, phone: Phone, name: int) -> None:
    for number in range(MESSAGES):
        await phone.write(f"{name} says {number}")
        await asyncio.sleep(evening.chance.uniform(0.05, 0.5))


async def lived(evening: Evening, room: dict[str, Any]) -> list[Phone]:
    """Everybody talks through all of it; at the end each has everything."""
    phones = [Phone(room, number) for number in range(MEMBERS)]
    await asyncio.gather(evening.start(0), evening.start(1))
    lines = [asyncio.create_task(connected(evening, phone, number)) for number, phone in enumerate(phones)]
    try:
        while not all(hasattr(phone, "wire") for phone in phones):
            await asyncio.sleep(0.05)
        storm = asyncio.create_task(evening.storm())
        await asyncio.gather(*(talk(evening, phone, number) for number, phone in enumerate(phones)))
        await storm
        await both_quiet(phones, MEMBERS * MESSAGES)
    finally:
        evening.over.set()
        await asyncio.gather(*lines)
        evening.kill()
    return phones


async def usual(evening: Evening, room: dict[str, Any]) -> tuple[int, int]:
    """The room of the usual shape in the same kind of evening: (deliveries wanted, deliveries lost)."""
    got: list[set[str]] = [set() for _ in range(MEMBERS)]
    wires: list[Any] = [None] * MEMBERS

    async def line(number: int) -> None:
        cookie = room["members"][number]["cookie"]
        while not evening.over.is_set():
            with suppress(Exception):
                port = await evening.port_for(number)
                address = f"ws://127.0.0.1:{port}/ws/supervision/{room['session']}/"
                how = {"origin": f"http://127.0.0.1:{port}", "additional_headers": {"Cookie": cookie}}
                async with connect(address, open_timeout=PATIENCE, **how) as wire:
                    wires[number] = wire
                    until = asyncio.get_running_loop().time() + evening.chance.uniform(0.5, 8)
                    while (rest := until - asyncio.get_running_loop().time()) > 0 and not evening.over.is_set():
                        text = await asyncio.wait_for(wire.recv(), rest)
                        got[number].add(json.loads(text)["data"]["text"])
            await asyncio.sleep(evening.chance.uniform(0, 0.3))

    async def say(number: int) -> None:
        for turn in range(MESSAGES):
            frame = {"type": "post", "data": {"text": f"{number} says {turn}"}}
            with suppress(Exception):
                await wires[number].send(json.dumps(frame))
            await asyncio.sleep(evening.chance.uniform(0.05, 0.5))

    await asyncio.gather(evening.start(0), evening.start(1))
    lines = [asyncio.create_task(line(number)) for number in range(MEMBERS)]
    while not all(wires):
        await asyncio.sleep(0.05)
    storm = asyncio.create_task(evening.storm())
    await asyncio.gather(*(say(number) for number in range(MEMBERS)))
    await storm
    await asyncio.sleep(3)
    evening.over.set()
    await asyncio.gather(*lines)
    evening.kill()
    wanted = MEMBERS * MEMBERS * MESSAGES
    return wanted, wanted - sum(map(len, got))


@pytest.mark.parametrize(("seed", "lost"), [(1, 0), (2, 20), (3, 100)])
def test_every_acknowledged_event_is_seen_once_in_one_order_by_every_member(redis: Redis, seed: int, lost: int) -> None:
    with world(rooms=1, members=MEMBERS) as (own, rooms):

        async def run() -> list[Phone]:
            return await lived(Evening(own, redis, seed, LOSSY, lost), rooms[0])

        phones = asyncio.run(run())

    wanted = {f"{name} says {number}" for name in range(MEMBERS) for number in range(MESSAGES)}
    first = phones[0]
    assert {text for _, text in first.said} == wanted
    assert len(first.said) == len(wanted)
    for phone in phones:
        assert phone.said == first.said
        assert [event["seq"] for event in phone.events] == list(range(1, phone.seq + 1))
        assert set(phone.acked.values()) <= {seq for seq, _ in first.said}


def test_the_control_of_the_usual_shape_loses_messages_in_the_same_evening(
    redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    with world(rooms=1, members=MEMBERS) as (own, rooms):

        async def run() -> tuple[int, int]:
            return await usual(Evening(own, redis, 1, "tests.bench.control:application", 0), rooms[0])

        wanted, lost = asyncio.run(run())

    with capsys.disabled():
        print(f"\nthe control lost {lost} of {wanted} deliveries in the evening in which the room lost none")
    assert lost > 0
