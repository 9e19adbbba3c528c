"""A client that behaves as the room's page does, for tests with real servers."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 30


class Phone:
    """A client as the room's page is one: keeps its queue and its place, sends again what was not acknowledged."""

    def __init__(self, room: dict[str, Any], number: int) -> None:
        self.session, self.cookie = room["session"], room["members"][number]["cookie"]
        self.queue: dict[str, str] = {}
        self.acked: dict[str, int] = {}
        self.events: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.seq = 0

    async def open(self, port: int) -> ClientConnection:
        """Connects at its cursor and sends its queue."""
        address = f"ws://127.0.0.1:{port}/ws/supervision/{self.session}/?after={self.seq}"
        self.wire = await connect(
            address,
            origin=f"http://127.0.0.1:{port}",
            additional_headers={"Cookie": self.cookie},
            open_timeout=PATIENCE,
        )
        for key, text in list(self.queue.items()):
            await self.send(key, text)
        return self.wire

    async def send(self, key: str, text: str) -> None:
        """One message under its key."""
        await self.wire.send(json.dumps({"type": "post", "key": key, "kind": "message", "data": {"text": text}}))

    async def write(self, text: str) -> None:
        """Into the queue, and out if there is a line."""
        key = str(uuid4())
        self.queue[key] = text
        with suppress(ConnectionClosed):
            await self.send(key, text)

    async def read(self) -> None:
        """Until the line ends."""
        with suppress(ConnectionClosed):
            async for text in self.wire:
                frame = json.loads(text)
                if frame["type"] == "ack":
                    self.acked[frame["key"]] = frame["seq"]
                    self.queue.pop(frame["key"], None)
                elif frame["type"] == "refused":
                    self.refused.append(frame["code"])
                elif frame["type"] == "events":
                    self.events += frame["events"]
                    self.seq = self.events[-1]["seq"]
                    await self.wire.send(json.dumps({"type": "seen", "seq": self.seq}))

    @property
    def said(self) -> list[tuple[int, str]]:
        """(number, text) of every message that came."""
        return [(event["seq"], event["data"]["text"]) for event in self.events if event["kind"] == "message"]


async def both_quiet(phones: list[Phone], count: int) -> None:
    """Until each has all messages and nothing waits."""
    for _ in range(PATIENCE * 10):
        if all(len(phone.said) >= count and not phone.queue for phone in phones):
            return
        await asyncio.sleep(0.1)
    raise AssertionError([(len(phone.said), len(phone.queue)) for phone in phones])
