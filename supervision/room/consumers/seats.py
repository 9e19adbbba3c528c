"""A client's place in a room, and a room's last lines ready for the wire."""

import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from supervision.room.access import Guest
from supervision.room.rules import FRAME_BYTES, WINDOW, Event, TooFast, encoded, redacted_text

KEPT_LINES = 500  # of a room; a large one keeps two for each seat, for when all come at once each coming is a line
MOST_LINES = 4000
PRESENCE = 2.0  # at most one presence frame in so many seconds, in a room of up to fifty
SIGNALS_A_SECOND = 20
ENVELOPE = 40  # bytes around the events of a frame
Frame = dict[str, Any]
Send = Callable[[Frame], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Line:
    """An event encoded once for everybody; `redacts` is the number whose words it takes away, `opens` a new state."""

    seq: int
    text: str
    size: int
    kind: str
    redacts: int = 0
    state: str = ""


def line_of(event: Event) -> Line:
    """Encodes an event; done off the event loop."""
    text, data = encoded(event.wire()), event.data or {}
    redacts = data.get("seq", 0) if event.kind == "redact" else 0
    state = data.get("state", "") if event.kind == "phase" else ""
    return Line(event.seq, text, len(text.encode()), event.kind, redacts, state)


def text_frame(value: Any) -> Frame:
    """A frame for one or many clients."""
    return {"type": "websocket.send", "text": encoded(value)}


def frame_of(lines: Sequence[Line]) -> tuple[Frame, int]:
    """As many of these lines as fit into one frame, and the number of the last."""
    size, texts, last = ENVELOPE, [], 0
    for line in lines[:WINDOW]:
        size += line.size + 1
        if texts and size > FRAME_BYTES:
            break
        texts.append(line.text)
        last = line.seq
    return {"type": "websocket.send", "text": '{"type":"events","events":[' + ",".join(texts) + "]}"}, last


class Seat:
    """One open socket. `sent` is the last event put on the wire, `seen` the last that the client says it has."""

    __slots__ = (
        "busy",
        "closed",
        "connection",
        "guest",
        "heard",
        "in_flight",
        "kept_heard",
        "queued",
        "raw_send",
        "ready",
        "room",
        "seen",
        "sent",
        "signalled",
        "size",
        "told",
        "typed",
    )

    def __init__(self, connection: UUID, guest: Guest, after: int, send: Send) -> None:
        self.connection, self.guest, self.raw_send = connection, guest, send
        self.sent = self.seen = after
        self.heard = self.kept_heard = time.time()
        self.typed = 0.0
        self.told = (0, 0)  # private words and flags that wait, as this client last heard
        self.signalled: deque[float] = deque(maxlen=SIGNALS_A_SECOND)
        self.in_flight = self.queued = self.size = 0
        self.busy = self.closed = self.ready = False
        self.room: Room | None = None

    @property
    def room_left(self) -> int:
        """How many more events may be on the wire."""
        return WINDOW - (self.sent - self.seen)

    async def send(self, frame: Frame) -> None:
        """Puts a frame on the wire, unless this seat was taken away."""
        if not self.closed:
            await self.raw_send(frame)

    async def close(self, code: int) -> None:
        """Ends the socket; no frame follows."""
        if not self.closed:
            self.closed = True
            await self.raw_send({"type": "websocket.close", "code": code})

    def signals(self, now: float) -> None:
        """Counts one signal that this seat passes on; raises TooFast."""
        if len(self.signalled) == SIGNALS_A_SECOND and now - self.signalled[0] < 1:
            raise TooFast
        self.signalled.append(now)

    def saw(self, seq: int) -> None:
        """Moves what the client has; never back, never beyond what was sent."""
        self.seen = max(self.seen, min(seq, self.sent))


class Room:
    """One meeting in this process: who sits in it, its head as far as known here, and its last lines."""

    def __init__(self, session: UUID, head: int) -> None:
        self.session, self.head, self.low = session, head, head + 1
        self.lines: dict[int, Line] = {}
        self.frames: dict[tuple[int, int], tuple[Frame, int]] = {}
        self.seats: set[Seat] = set()
        self.healing = False
        self.presence_due = True
        self.presence_at = 0.0
        self.presence: list[dict[str, Any]] = []

    @property
    def depth(self) -> int:
        """How many lines are kept here, so that who is behind need not be fed from the log."""
        return min(MOST_LINES, max(KEPT_LINES, 2 * len(self.seats)))

    @property
    def pause(self) -> float:
        """Seconds between two presence frames: each goes to everybody and names everybody."""
        return PRESENCE * max(1.0, len(self.seats) / 50)

    def take(self, lines: Sequence[Line]) -> bool:
        """Adds the next lines; False if one is missing before them and must be fetched."""
        self.frames.clear()
        for line in lines:
            if line.seq > self.head + 1:
                return False
            if line.seq == self.head + 1:
                self.head = line.seq
                self.lines[line.seq] = line
                self.blank(line.redacts)
        while len(self.lines) > self.depth:
            del self.lines[self.low]
            self.low += 1
        return True

    def remember(self, lines: Sequence[Line]) -> None:
        """Puts fetched lines before those that are kept, when they fit on exactly: many come back at once."""
        if lines and lines[-1].seq == self.low - 1 and len(self.lines) + len(lines) <= self.depth:
            self.lines |= {line.seq: line for line in lines}
            self.low = lines[0].seq

    def blank(self, seq: int) -> None:
        """Drops the words of a line that was redacted."""
        line = self.lines.get(seq)
        if line:
            text = redacted_text(line.text)
            self.lines[seq] = Line(seq, text, len(text.encode()), line.kind)

    def behind(self, seat: Seat) -> bool:
        """Whether the seat's next event is no longer kept here."""
        return seat.sent < self.head and seat.sent + 1 < self.low

    def next_frame(self, seat: Seat) -> Frame | None:
        """The seat's next frame, built once for all at the same place; None if nothing may or need be sent."""
        last = min(self.head, seat.sent + seat.room_left)
        if last <= seat.sent or self.behind(seat):
            return None
        key = (seat.sent, last)
        if key not in self.frames:
            self.frames[key] = frame_of([self.lines[seq] for seq in range(seat.sent + 1, last + 1)])
        frame, seat.sent = self.frames[key]
        return frame

    def present(self) -> Frame:
        """The presence frame as last asked."""
        return text_frame({"type": "presence", "members": self.presence})
