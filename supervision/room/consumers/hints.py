"""Between processes: how far logs go, where people came or went, who types, sealed signals; all of it may be lost."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from lms.sealing.rules import seal, unseal
from supervision.room import registry
from supervision.room.consumers.seats import Seat, text_frame
from supervision.room.queries import Waits
from supervision.room.rules import encoded, parsed

GROUP = "rooms"
PATIENCE = 2.0  # seconds for the layer while somebody's request waits
log = logging.getLogger("tandem.room")


class Switchboard(Protocol):
    """What hints need of the hub."""

    name: str

    def spawn(self, act: Any) -> None:
        """Runs a coroutine beside the others."""

    def later(self, act: Callable[..., Any], *values: Any) -> None:
        """From another thread."""

    def heard_of(self, session: UUID, head: int) -> None:
        """A log goes at least this far."""

    def presence_changed(self, session: UUID) -> None:
        """Somebody came or went."""

    def seats_in(self, session: UUID) -> tuple[Seat, ...]:
        """Who sits in a room, in this process."""


class Hints:
    """The hub's voice and ear on the channel layer."""

    def __init__(self, hub: Switchboard) -> None:
        self.hub, self.layer = hub, get_channel_layer()
        self.unsaid: dict[str, int] = {}
        self.stirred: set[str] = set()
        self.telling = False
        self.privates = 0

    def start(self) -> None:
        """Begins to listen, if there is a layer."""
        registry.listen_changes("hub", self.changed)
        if self.layer:
            self.hub.spawn(self.listen_for_ever())

    def tell(self, heads: Mapping[str, int], *stirred: str) -> None:
        """Says how far logs go and where people came or went; many changes, one message."""
        self.unsaid |= heads
        self.stirred |= set(stirred)
        if self.layer and not self.telling:
            self.telling = True
            self.hub.spawn(self.tell_now())

    async def tell_now(self) -> None:
        """A message that is lost costs the others a look's time, nothing else."""
        try:
            while self.unsaid or self.stirred:
                heads, stirred, self.unsaid, self.stirred = self.unsaid, list(self.stirred), {}, set()
                await self.pass_on({"type": "room.news", "heads": heads, "stirred": stirred})
        finally:
            self.telling = False

    async def pass_on(self, message: dict[str, Any]) -> None:
        """To every process, ourselves too; a layer that is away is no reason to stop."""
        if not self.layer:
            return
        try:
            await self.layer.group_send(GROUP, {**message, "from": self.hub.name})
        except Exception as error:
            log.warning("a hint to the other processes was lost (%s)", error)

    async def listen_for_ever(self) -> None:
        """Hears the other processes; after an error begins again with a new channel."""
        while True:
            try:
                channel = await self.layer.new_channel("hub")
                await self.layer.group_add(GROUP, channel)
                again = time.monotonic() + 3600
                while time.monotonic() < again:
                    message = await self.layer.receive(channel)
                    if message.get("from") != self.hub.name:
                        await self.heed_one(message)
            except Exception as error:
                log.warning("the channel layer is away (%s); rooms go on by number", error)
                await asyncio.sleep(1)

    async def heed_one(self, message: dict[str, Any]) -> None:
        """What cannot be read costs that message only, never the listening."""
        try:
            await self.heed(message)
        except Exception:
            log.exception("a hint could not be read")

    async def heed(self, message: dict[str, Any]) -> None:
        """What another process says."""
        if message["type"] == "room.news":
            for session, head in message["heads"].items():
                self.hub.heard_of(UUID(session), head)
            for session in message["stirred"]:
                self.hub.presence_changed(UUID(session))
        elif message["type"] == "room.typing":
            await self.show_typing(UUID(message["session"]), message["by"])
        elif message["type"] == "room.private":
            await self.show_private(UUID(message["session"]), set(message["people"]))
        elif message["type"] == "room.changed":
            await self.show_change(UUID(message["session"]), message["part"])
        elif message["type"] == "room.whisper":
            member = UUID(message["member"]) if message["member"] else None
            await self.show_whisper(UUID(message["session"]), member, *message["counts"])
        elif message["type"] == "room.signal":
            data = parsed(unseal(message["data"], about=f"signal:{message['session']}"))["data"]
            await self.hand_signal(UUID(message["session"]), message["to"], message["sender"], data)

    async def typing(self, seat: Seat) -> None:
        """Somebody types: at most once a second per socket."""
        now = time.monotonic()
        if now - seat.typed < 1 or seat.room is None:
            return
        seat.typed = now
        session, by = seat.room.session, str(seat.guest.id)
        await self.show_typing(session, by)
        await self.pass_on({"type": "room.typing", "session": str(session), "by": by})

    async def show_typing(self, session: UUID, by: str) -> None:
        """To all others of the room who keep up."""
        frame = text_frame({"type": "typing", "by": by})
        for seat in self.hub.seats_in(session):
            if seat.ready and seat.room_left > 0 and str(seat.guest.id) != by:
                await seat.send(frame)

    async def private(self, session: UUID, people: set[str]) -> None:
        """Private news for some of a room, here and in the other processes."""
        await self.show_private(session, people)
        await self.pass_on(private_news(session, people))

    async def show_private(self, session: UUID, people: set[str]) -> None:
        """Only to those whom it concerns; the frame says that there is news, and how many there were."""
        self.privates += 1
        frame = text_frame({"type": "private", "n": self.privates, "about": "danger"})
        for seat in self.hub.seats_in(session):
            if seat.ready and seat.room_left > 0 and str(seat.guest.id) in people:
                await seat.send(frame)

    def changed(self, session: UUID, part: str) -> None:
        """Called in the thread that committed: a part of this room changed, here and in the other processes."""
        self.hub.later(lambda: self.hub.spawn(self.change(session, part)))

    async def change(self, session: UUID, part: str) -> None:
        """Told here and to the other processes."""
        await self.show_change(session, part)
        await self.pass_on({"type": "room.changed", "session": str(session), "part": part})

    async def show_change(self, session: UUID, part: str) -> None:
        """To everybody who keeps up: which part, and nothing of what is in it or whose doing it was."""
        frame = text_frame({"type": "changed", "part": part})
        for seat in self.hub.seats_in(session):
            if seat.ready and seat.room_left > 0:
                await seat.send(frame)

    async def whisper(self, session: UUID, member: UUID | None, for_lead: int, for_member: int) -> None:
        """Something private was written: told here and to the other processes."""
        await self.show_whisper(session, member, for_lead, for_member)
        await self.pass_on(whispered_news(session, member, for_lead, for_member))

    async def show_whisper(self, session: UUID, member: UUID | None, for_lead: int, for_member: int) -> None:
        """To who leads and to the member herself; the others' wires stay silent."""
        for seat in self.hub.seats_in(session):
            leads = seat.guest.leads
            if (leads or seat.guest.id == member) and seat.room_left > 0:
                seat.told = (for_lead if leads else for_member, seat.told[1])
                await seat.send(text_frame({"type": "private", "n": seat.told[0]}))

    async def show_waits(self, told: Sequence[tuple[Seat, tuple[int, int]]], waits: Mapping[UUID, Waits]) -> None:
        """What waits in private, to who heard another number and no hint since: one may have been lost."""
        for seat, before in told:
            if seat.room and seat.ready and seat.told == before and seat.room_left > 0:
                here = waits.get(seat.room.session, Waits())
                await self.show_numbers(seat, before, here.of(seat.guest.id, leads=seat.guest.leads))

    async def show_numbers(self, seat: Seat, before: tuple[int, int], waits: tuple[int, int]) -> None:
        """Private words and flags, as far as they are others than before."""
        seat.told = waits
        if waits[0] != before[0]:
            await seat.send(text_frame({"type": "private", "n": waits[0]}))
        if waits[1] != before[1]:
            self.privates += 1
            await seat.send(text_frame({"type": "private", "n": self.privates, "about": "danger"}))

    async def signal(self, seat: Seat, to: str, data: Any) -> None:
        """Passes a WebRTC signal to one connection of the same room, here or (sealed) in another process."""
        if seat.room is None:
            return
        session, sender = seat.room.session, str(seat.connection)
        if await self.hand_signal(session, to, sender, data):
            return
        sealed = seal(encoded({"data": data}), about=f"signal:{session}")
        message = {"type": "room.signal", "session": str(session), "to": to, "sender": sender, "data": sealed}
        await self.pass_on(message)

    async def hand_signal(self, session: UUID, to: str, sender: str, data: Any) -> bool:
        """Whether the connection is here and in this room; one that does not keep up is told nothing more."""
        for seat in self.hub.seats_in(session):
            if str(seat.connection) == to:
                if seat.room_left > 0:
                    await seat.send(text_frame({"type": "signal", "from": sender, "data": data}))
                return True
        return False


def private_news(session: UUID, people: Collection[str]) -> dict[str, Any]:
    """The hint that there is private news for these people, never what it is."""
    return {"type": "room.private", "session": str(session), "people": sorted(people)}


def whispered_news(session: UUID, member: UUID | None, for_lead: int, for_member: int) -> dict[str, Any]:
    """The hint that so many private words wait for those who lead and for this member."""
    counts = [for_lead, for_member]
    return {"type": "room.whisper", "session": str(session), "member": str(member) if member else "", "counts": counts}


def register() -> None:
    """What is written in private where nobody has a socket is told to the other processes all the same."""
    registry.otherwise(
        lambda session, people: pass_on_alone(private_news(session, {str(person) for person in people})),
        lambda *told: pass_on_alone(whispered_news(*told)),
    )


def pass_on_alone(message: dict[str, Any]) -> None:
    """From a process without a hub, in the thread that committed; may be lost as every hint."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(send_soon)(layer, {**message, "from": ""})
    except Exception as error:
        log.warning("a hint to the other processes was lost (%s)", error)


async def send_soon(layer: Any, message: dict[str, Any]) -> None:
    """To every process that has sockets, or to nobody in time."""
    await asyncio.wait_for(layer.group_send(GROUP, message), PATIENCE)
