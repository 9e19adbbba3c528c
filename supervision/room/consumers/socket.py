"""One client's socket: the wire format in, frames out. A plain ASGI application rather than a Channels consumer class:
those hop through one shared thread for every event, so that one slow query would hold up all rooms."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from django.http import parse_cookie

from lms.people.rules import Refusal
from supervision.room.access import Guest, admitted
from supervision.room.consumers.hub import Hub, hub_here
from supervision.room.consumers.seats import Seat, text_frame
from supervision.room.consumers.voice import take_voice
from supervision.room.rules import (
    FRAME_BYTES,
    QUEUED_BYTES,
    SIGNAL_BYTES,
    SOCKETS,
    BeyondTheEnd,
    Post,
    TooFast,
    Unreadable,
    encoded,
    key_of,
    key_or_none,
    number_of,
    parsed,
    refusal_answer,
)

IN_FLIGHT = 50  # posts of one socket that wait for the writer
MISSED = 30.0  # seconds of silence in which a client that pings every 20 has missed one
log = logging.getLogger("tandem.room")

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def room_socket(scope: Message, receive: Receive, send: Send) -> None:
    """One connection from handshake to end."""
    await receive()
    hub = hub_here()
    session: UUID = scope["url_route"]["kwargs"]["session_id"]
    guest = await hub.ask(admitted, cookies_of(scope), session)
    if guest is None or not await has_place(hub, guest):
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    try:
        after = cursor_of(scope)
        if after > max(guest.head, hub.rooms[session].head if session in hub.rooms else 0):
            raise BeyondTheEnd
    except Refusal as refusal:
        await send(text_frame(refusal_answer(None, refusal).wire()))
        await send({"type": "websocket.close", "code": 4409})
        return
    seat = Seat(uuid4(), guest, after, send)
    try:
        hub.spawn(hub.enter(seat, session))
        await listen(hub, seat, session, receive)
    finally:
        hub.leave(seat)


async def has_place(hub: Hub, guest: Guest) -> bool:
    """Whether somebody may have one more socket; one here that missed its ping makes room. Over HTTP all go on.

    Those in other processes are known by their leases, a moment late: two doors at once may let in one too many.
    """
    held = sorted((seat for seat in hub.seats.values() if seat.guest.id == guest.id), key=lambda seat: seat.heard)
    elsewhere = guest.held - hub.seats.keys() - hub.left.keys()
    if len(held) + len(elsewhere) < SOCKETS:
        return True
    if not held or time.time() - held[0].heard <= MISSED:
        return False
    await held[0].close(4408)
    hub.leave(held[0])
    return True


async def listen(hub: Hub, seat: Seat, session: UUID, receive: Receive) -> None:
    """Frame after frame until the client goes; what cannot be read is refused and harms nobody."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if seat.closed:
            continue
        seat.heard = time.time()
        try:
            await take(hub, seat, session, message)
        except Exception:
            log.exception("a frame met something unforeseen")
            await refuse(seat, None, Unreadable())


async def take(hub: Hub, seat: Seat, session: UUID, message: Message) -> None:
    """One frame."""
    text = message.get("text")
    seat.size = size_of(text if text is not None else message.get("bytes") or b"")
    if seat.size > FRAME_BYTES:
        await seat.close(4413)
        return
    frame: Message = {}
    try:
        if text is None:
            raise Unreadable
        frame = parsed(text)
        kind = frame.get("type")
        if not isinstance(kind, str) or kind not in TAKES:
            raise Unreadable
        await TAKES[kind](hub, seat, session, frame)
    except Refusal as refusal:
        await refuse(seat, frame.get("key"), refusal)


async def take_post(hub: Hub, seat: Seat, session: UUID, frame: Message) -> None:
    """To the writer; kind and data are judged there, as for every other door."""
    key = key_of(frame.get("key"))
    if seat.in_flight >= IN_FLIGHT or seat.queued + seat.size > QUEUED_BYTES:
        raise TooFast
    hub.post(seat, Post(session, seat.guest.id, key, frame.get("kind", ""), frame.get("data")))


async def take_seen(hub: Hub, seat: Seat, session: UUID, frame: Message) -> None:
    """The window moves on."""
    seat.saw(number_of(frame.get("seq")))
    if seat.room and (seat.sent < seat.room.head or not seat.ready):
        hub.spawn(hub.feed(seat))


async def take_typing(hub: Hub, seat: Seat, session: UUID, frame: Message) -> None:
    """Shown to the others, kept nowhere."""
    await hub.hints.typing(seat)


async def take_signal(hub: Hub, seat: Seat, session: UUID, frame: Message) -> None:
    """Handed to one other connection of the room."""
    seat.signals(time.monotonic())
    data = frame.get("data")
    to = key_of(frame.get("to"))
    if not isinstance(data, dict) or size_of(encoded(data)) > SIGNAL_BYTES:
        raise Unreadable
    await hub.hints.signal(seat, str(to), data)


async def take_ping(hub: Hub, seat: Seat, session: UUID, frame: Message) -> None:
    """Still there."""
    await seat.send(PONG)


PONG = text_frame({"type": "pong"})
TAKES = {
    "post": take_post,
    "seen": take_seen,
    "typing": take_typing,
    "signal": take_signal,
    "ping": take_ping,
    "voice": take_voice,
}


async def refuse(seat: Seat, key: Any, refusal: Refusal) -> None:
    """Says why a frame was not taken; its key stands beside it if it could be read."""
    await seat.send(text_frame(refusal_answer(key_or_none(key), refusal).wire()))


def size_of(content: str | bytes) -> int:
    """Bytes on the wire; half a surrogate pair counts as what it was written as."""
    return len(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


def cursor_of(scope: Message) -> int:
    """`after` of the address, 0 without one; raises Unreadable."""
    given = parse_qs(scope.get("query_string", b"").decode("ascii", "replace")).get("after", ["0"])[0]
    if not given.isascii() or not given.isdigit() or len(given) > 10:
        raise Unreadable
    return number_of(int(given))


def cookies_of(scope: Message) -> dict[str, str]:
    """The cookies of the handshake."""
    sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(sent.decode("latin-1"))
