"""A member's side of the socket, for tests: in this process by Channels' communicator, or over a real port."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

from channels.testing import WebsocketCommunicator
from django.db import connections
from django.utils import timezone

from lms.asgi import application
from lms.people.models import User
from supervision.room.tasks import sign_in
from supervision.sessions.models import SessionAgreement
from supervision.sessions.queries import session_by_id

ORIGIN = "http://testserver"
PATIENCE = 20  # seconds; a deadline of the product is measured by the bench, not here

Frame = dict[str, Any]


async def ask(question: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """The database from a test of the event loop, on a connection that is closed again."""

    def asked() -> Any:
        try:
            return question(*values, **named)
        finally:
            connections.close_all()

    return await asyncio.to_thread(asked)


def agree_to_all(person: User, session: UUID) -> None:
    """The row behind the line that everybody ticks at the door; strangers get one too, so that it is not what stops
    them.
    """
    if session_by_id(session):
        SessionAgreement.objects.get_or_create(session_id=session, person=person, defaults={"at": timezone.now()})


class Line:
    """One member's socket in this process; remembers every frame that came."""

    def __init__(
        self,
        person: User | None,
        session: UUID,
        *,
        after: str = "",
        origin: str | None = ORIGIN,
        cookie: str = "",
        agrees: bool = True,
    ) -> None:
        self.agrees = agrees
        self.person, self.session, self.after, self.origin, self.cookie = person, session, after, origin, cookie
        self.frames: list[Frame] = []
        self.code: int | None = None

    async def __aenter__(self) -> "Line":
        assert await self.knock()
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.leave()

    async def knock(self) -> bool:
        """Whether the door opens; the person has agreed to keep what she hears, unless a test says otherwise."""
        if self.person and self.agrees:
            await ask(agree_to_all, self.person, self.session)
        if self.person and not self.cookie:
            self.cookie = await ask(sign_in, self.person)
        headers = [(b"cookie", self.cookie.encode())] + ([(b"origin", self.origin.encode())] if self.origin else [])
        path = f"/ws/supervision/{self.session}/" + (f"?after={self.after}" if self.after else "")
        self.wire = WebsocketCommunicator(application, path, headers=headers)
        opened, _ = await self.wire.connect(timeout=PATIENCE)
        return opened

    async def leave(self) -> None:
        """Hangs up."""
        await self.wire.disconnect(timeout=PATIENCE)

    async def say(self, **frame: Any) -> None:
        """One frame."""
        await self.wire.send_json_to(frame)

    async def post(self, kind: str = "message", *, key: UUID | None = None, **data: Any) -> UUID:
        """One post; gives its key."""
        key = key or uuid4()
        await self.say(type="post", key=str(key), kind=kind, data=data)
        return key

    async def hear(self) -> Frame | None:
        """The next frame; None when the server has hung up."""
        message = await self.wire.receive_output(timeout=PATIENCE)
        if message["type"] == "websocket.close":
            self.code = message.get("code", 1000)
            return None
        frame = json.loads(message["text"])
        self.frames.append(frame)
        return frame

    async def until(self, kind: str, **fields: Any) -> Frame:
        """The first frame of this type with these fields; what comes before it is remembered."""
        while (frame := await self.hear()) is not None:
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame
        raise AssertionError(f"closed with {self.code} before {kind}")

    async def until_seq(self, seq: int) -> None:
        """Until this event has come."""
        while not self.events or self.events[-1]["seq"] < seq:
            assert await self.hear() is not None, f"closed with {self.code}"

    async def closed(self) -> int:
        """The close code; what comes before it is remembered."""
        while await self.hear() is not None:
            pass
        return self.code or 0

    async def quiet(self, seconds: float) -> bool:
        """Whether nothing comes for a while."""
        return await self.wire.receive_nothing(timeout=seconds)

    @property
    def events(self) -> list[Frame]:
        """Every event that came, in order of coming."""
        return [event for frame in self.frames if frame["type"] == "events" for event in frame["events"]]

    @property
    def seqs(self) -> list[int]:
        """Their numbers."""
        return [event["seq"] for event in self.events]

    @property
    def texts(self) -> list[str]:
        """What was said, in order of coming."""
        return [event["data"].get("text", "(redacted)") for event in self.events if event["kind"] == "message"]
