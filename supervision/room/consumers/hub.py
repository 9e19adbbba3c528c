"""The process's switchboard: sends what was committed to who is connected, looks by number for what it missed."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connections
from django.utils import timezone

from supervision.risk.actions import keep_telling
from supervision.room import registry
from supervision.room.actions import depart, expire
from supervision.room.actions.presence import Heard
from supervision.room.consumers.hints import Hints
from supervision.room.consumers.reading import close_connections, read_lines, settle_now, with_connection
from supervision.room.consumers.seats import Line, Room, Seat, frame_of, line_of, text_frame
from supervision.room.consumers.writer import Writer
from supervision.room.queries import Watched, present_in, told_at_ready, watched
from supervision.room.rules import PAGE, WINDOW, Answer, Event, Post
from supervision.sessions.rules import OPEN_STATES

LOOK = 1.0  # seconds between looks at heads, members and sign-ins
REFRESH = 20.0  # leases
EXPIRE = 5.0
SILENCE = 30.0  # with a full window
READERS = 4
log = logging.getLogger("tandem.room")


class Hub:
    """All rooms of one process. Everything here runs on the event loop but what is handed to readers and the writer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.name = loop, uuid4().hex
        self.rooms: dict[UUID, Room] = {}
        self.seats: dict[UUID, Seat] = {}
        self.left: dict[UUID, float] = {}  # until the writer has ended their leases
        self.tasks: set[asyncio.Task[Any]] = set()
        self.refreshed = self.expired = time.monotonic()
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="room-reader")
        self.looks = ThreadPoolExecutor(1, thread_name_prefix="room-look")
        self.writer = Writer(self.answered, self.closed)
        self.hints = Hints(self)

    def start(self) -> None:
        """Begins to listen, to look and to write."""
        registry.listen("hub", self.committed, self.whispered)
        registry.listen_private("hub", self.private)
        self.writer.start()
        self.spawn(self.look_for_ever())
        self.hints.start()

    async def stop(self) -> None:
        """Ends every task and thread; what was queued is written first."""
        registry.silence("hub")
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.to_thread(self.writer.stop)
        together = threading.Barrier(READERS)
        closing = [self.readers.submit(close_connections, together) for _ in range(READERS)]
        await asyncio.gather(*(asyncio.wrap_future(one) for one in closing))
        await asyncio.wrap_future(self.looks.submit(connections.close_all))
        self.readers.shutdown()
        self.looks.shutdown()

    def spawn(self, act: Any) -> None:
        """Runs a coroutine beside the others and keeps hold of it."""
        task = self.loop.create_task(act)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def ask(self, question: Callable[..., Any], *values: Any) -> Any:
        """A question to the database, in a reader's thread: no room waits for another's."""
        return await self.loop.run_in_executor(self.readers, with_connection, question, *values)

    async def ask_now(self, question: Callable[..., Any], *values: Any) -> Any:
        """The same for looks, in a thread of their own: slow questions of readers let nobody stay who must go."""
        return await self.loop.run_in_executor(self.looks, with_connection, question, *values)

    def committed(self, events: list[Event]) -> None:
        """Called in the thread that committed: encodes for the rooms that are open here, then hands over."""
        lines: dict[UUID, list[Line]] = {}
        for event in events:
            if event.session in self.rooms:
                lines.setdefault(event.session, []).append(line_of(event))
        heads = {str(event.session): event.seq for event in events}
        self.later(self.take_all, lines, heads)

    def later(self, act: Callable[..., Any], *values: Any) -> None:
        """From another thread; a loop that has ended has nobody to tell."""
        try:
            self.loop.call_soon_threadsafe(act, *values)
        except RuntimeError:
            registry.silence("hub")

    def private(self, session: UUID, people: Collection[UUID]) -> None:
        """Called in any thread: private news for these people, here and in the other processes."""
        self.later(lambda: self.spawn(self.hints.private(session, {str(person) for person in people})))

    def whispered(self, session: UUID, member: UUID | None, for_lead: int, for_member: int) -> None:
        """Called in the thread that committed something private: those allowed hear how much waits for them."""
        self.later(lambda: self.spawn(self.hints.whisper(session, member, for_lead, for_member)))

    def take_all(self, lines: dict[UUID, list[Line]], heads: dict[str, int]) -> None:
        """Sends to who is here, and tells the other processes how far the logs go."""
        for session, new in lines.items():
            room = self.rooms.get(session)
            if room:
                self.take(room, new)
        self.hints.tell(heads)

    def take(self, room: Room, lines: list[Line]) -> None:
        """New lines of one room: out to its seats, or fetch what is missing before them."""
        if not room.take(lines):
            self.heal(room)
        self.spawn(self.deliver(room))
        if any(line.kind in {"join", "leave"} for line in lines):
            room.presence_due = True
        if any(line.state in OPEN_STATES for line in lines):
            self.hear(room.seats)

    async def deliver(self, room: Room) -> None:
        """To every seat what it may have now; who must be fed from the log is fed beside this."""
        for seat in tuple(room.seats):
            if seat.busy or seat.closed:
                continue
            if room.behind(seat) or not seat.ready:
                self.spawn(self.feed(seat))
                continue
            seat.busy = True
            try:
                while frame := room.next_frame(seat):
                    await seat.raw_send(frame)
            finally:
                seat.busy = False

    async def feed(self, seat: Seat) -> None:
        """Brings one seat up to the head as far as its window allows; the first time, says `ready`."""
        room = seat.room
        if room is None or seat.busy or seat.closed:
            return
        seat.busy = True
        try:
            while not seat.closed:
                if frame := room.next_frame(seat):
                    await seat.send(frame)
                elif room.behind(seat) and seat.room_left > 0:
                    room.remember(await self.lines_after(room, seat.sent, seat.room_left, seat))
                elif seat.sent >= room.head and not seat.ready:
                    await self.say_ready(seat, room)
                else:
                    return
        finally:
            seat.busy = False

    async def lines_after(self, room: Room, after: int, limit: int, seat: Seat) -> list[Line]:
        """Lines from the log, sent at once to the seat that lacks them."""
        lines = await self.ask(read_lines, room.session, after, min(limit, WINDOW))
        if not lines:
            raise LookupError(f"the log of {room.session} ends before its head")
        rest = [line for line in lines if line.seq > seat.sent]
        while rest:
            frame, seat.sent = frame_of(rest)
            await seat.send(frame)
            rest = [line for line in rest if line.seq > seat.sent]
        return lines

    async def say_ready(self, seat: Seat, room: Room) -> None:
        """The client has everything up to here, and hears where the meeting is."""
        guest = seat.guest
        state, waits = await self.ask(told_at_ready, room.session, guest.id, guest.leads, timezone.now())
        seat.ready, seat.told = True, (waits, 0)
        me = guest.me(seat.connection) | {"private": waits}
        await seat.send(text_frame({"type": "ready", "seq": seat.sent, "me": me, "room": state}))

    def heal(self, room: Room) -> None:
        """Fetches by number what no hint brought."""
        if not room.healing:
            room.healing = True
            self.spawn(self.heal_now(room))

    async def heal_now(self, room: Room) -> None:
        """Reads the log on from the head that is known here."""
        try:
            while lines := await self.ask(read_lines, room.session, room.head, PAGE):
                self.take(room, lines)
                if len(lines) < PAGE:
                    return
        finally:
            room.healing = False

    async def enter(self, seat: Seat, session: UUID) -> None:
        """Gives a seat in the room, which opens with its first; who hung up before that gets none."""
        if seat.closed:
            return
        known = session in self.rooms
        room = self.rooms.setdefault(session, Room(session, seat.guest.head))
        if not known or seat.guest.head > room.head:
            self.heal(room)
        seat.room = room
        room.seats.add(seat)
        self.seats[seat.connection] = seat
        self.hear([seat])
        self.writer.act(lambda: self.later(self.stir, session))
        await self.feed(seat)

    def stir(self, session: UUID) -> None:
        """Somebody came or went, and the lease says so: here and elsewhere, who is there is asked again."""
        self.presence_changed(session)
        self.hints.tell({}, str(session))

    def presence_changed(self, session: UUID) -> None:
        """Who is in this room is asked again at the next look."""
        if session in self.rooms:
            self.rooms[session].presence_due = True

    def heard_of(self, session: UUID, head: int) -> None:
        """A log goes further than is known here, perhaps."""
        room = self.rooms.get(session)
        if room and head > room.head:
            self.heal(room)

    def seats_in(self, session: UUID) -> tuple[Seat, ...]:
        """Who sits in this room, in this process."""
        return tuple(self.rooms[session].seats) if session in self.rooms else ()

    def leave(self, seat: Seat) -> None:
        """Takes the seat away; the person's stay goes on for a minute."""
        seat.closed = True
        room = seat.room
        if self.seats.pop(seat.connection, None) is None or room is None:
            return
        room.seats.discard(seat)
        if not room.seats and self.rooms.get(room.session) is room:
            del self.rooms[room.session]
        gone = sign_of(seat, ended=True)
        self.left[seat.connection] = time.monotonic()
        self.writer.act(lambda: depart(connections=[gone]))
        self.writer.act(lambda: self.later(self.stir, room.session))

    def hear(self, seats: Iterable[Seat]) -> None:
        """Signs of life for the leases."""
        for seat in seats:
            seat.kept_heard = seat.heard
            self.writer.hear(sign_of(seat))

    def post(self, seat: Seat, post: Post) -> None:
        """To the writer; the answer comes when it is stored."""
        seat.in_flight += 1
        seat.queued += seat.size
        self.writer.post(post, (seat, seat.size))

    def answered(self, answers: list[tuple[tuple[Seat, int], Answer | None]]) -> None:
        """Called in the writer's thread after the commit."""
        frames = [(waiting, text_frame(answer.wire()) if answer else None) for waiting, answer in answers]
        self.later(lambda: self.spawn(self.give_answers(frames)))

    async def give_answers(self, frames: list[tuple[tuple[Seat, int], dict[str, Any] | None]]) -> None:
        """Acks and refusals; without an answer the client comes back and sends again."""
        for (seat, size), frame in frames:
            seat.in_flight -= 1
            seat.queued -= size
            if frame:
                await seat.send(frame)
            else:
                await seat.close(4408)

    def closed(self, post: Post) -> None:
        """Called in the writer's thread when a meeting was closed: its ledger entries are a reader's work."""
        self.readers.submit(with_connection, settle_now, post.session)

    async def look_for_ever(self) -> None:
        """Heals lost hints and ends the sockets of who left, whatever goes wrong in one look."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.look()
            except Exception:
                log.exception("a look at the rooms failed; the next one comes in a second")

    async def look(self) -> None:
        """One look: heads, members, sign-ins, silence, private words, presence, leases."""
        seats = list(self.seats.values())
        if seats:
            pairs = {(seat.room.session, seat.guest.id) for seat in seats if seat.room}
            told = [(seat, seat.told) for seat in seats]
            found = await self.ask_now(watched, pairs, {seat.guest.sign_in for seat in seats}, timezone.now())
            await self.end_lost(seats, found)
            for session, head in found.heads.items():
                self.heard_of(session, head)
            await self.hints.show_waits(told, found.waits)
            await self.show_presence()
        now = time.monotonic()
        if now - self.refreshed >= REFRESH:
            self.refreshed = now
            self.hear(seat for seat in self.seats.values() if seat.heard > seat.kept_heard)
        if now - self.expired >= EXPIRE:
            self.expired = now
            self.left = {seat: when for seat, when in self.left.items() if now - when < REFRESH}
            self.writer.act(lambda: expire(at=timezone.now()))
            self.writer.act(lambda: keep_telling(at=timezone.now()))

    async def end_lost(self, seats: list[Seat], found: Watched) -> None:
        """Ends the sockets of who signed out, left the group, or has been silent with a full window.

        A seat that was closed by us is taken away too: its client may never say goodbye.
        """
        for seat in seats:
            code = 0 if seat.closed else code_for(seat, found)
            if code:
                await seat.close(code)
            if seat.closed:
                self.leave(seat)

    async def show_presence(self) -> None:
        """Who is there, to rooms where that may have changed."""
        now = time.monotonic()
        due = [room for room in self.rooms.values() if room.presence_due and now - room.presence_at >= room.pause]
        if not due:
            return
        for room in due:
            room.presence_due, room.presence_at = False, now
        found = await self.ask_now(present_in, [room.session for room in due], timezone.now())
        for room in due:
            if found[room.session] != room.presence:
                room.presence = found[room.session]
                frame = room.present()
                for seat in tuple(room.seats):
                    if seat.room_left > 0:
                        await seat.send(frame)


def sign_of(seat: Seat, *, ended: bool = False) -> Heard:
    """A seat's last sign of life."""
    session = seat.room.session if seat.room else UUID(int=0)
    at = datetime.fromtimestamp(seat.heard, UTC)
    return Heard(seat.connection, session, seat.guest.id, at, ended=ended)


def code_for(seat: Seat, found: Watched) -> int:
    """Why this socket must end, as a close code; 0 if it need not."""
    guest = seat.guest
    if guest.sign_in not in found.signed_in or found.passwords.get(guest.id) != guest.password:
        return 4401
    if guest.sign_in in found.locked:
        return 4423
    if seat.room and (seat.room.session, guest.id) not in found.members:
        return 4403
    if seat.room_left <= 0 and time.time() - seat.heard > SILENCE:
        return 4408
    return 0


here: Hub | None = None


def hub_here() -> Hub:
    """The hub of this process and event loop, started by the first socket."""
    global here
    loop = asyncio.get_running_loop()
    if here is None or here.loop is not loop:
        here = Hub(loop)
        here.start()
    return here


async def stop_hub() -> None:
    """Ends the hub of this loop, if there is one."""
    global here
    if here is not None and here.loop is asyncio.get_running_loop():
        ending, here = here, None
        await ending.stop()
