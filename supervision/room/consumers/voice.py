"""How a connection says that it talks: the frame `{"type": "voice", "on": true}`, answered by one of its kind."""

import asyncio
from typing import Any
from uuid import UUID

from django.utils import timezone

from lms.people.rules import Refusal
from supervision.room.actions import talk
from supervision.room.consumers.hub import Hub
from supervision.room.consumers.seats import Seat, text_frame
from supervision.room.rules import Unreadable

PATIENCE = 15.0  # seconds for the writer, which has a queue


async def take_voice(hub: Hub, seat: Seat, session: UUID, frame: dict[str, Any]) -> None:
    """Marks this connection; what was not possible is said in a frame of its own, so that no message waits for it."""
    on = frame.get("on")
    if not isinstance(on, bool):
        raise Unreadable
    refusal = await marked(hub, seat, session, on)
    answer = {"on": False, "code": refusal.code, "detail": str(refusal)} if refusal else {"on": on}
    hub.stir(session)
    await seat.send(text_frame({"type": "voice", **answer}))


async def marked(hub: Hub, seat: Seat, session: UUID, on: bool) -> Refusal | None:
    """Through the writer, which stores this connection's lease before it: why it was not done, or None."""
    done: asyncio.Future[Refusal | None] = hub.loop.create_future()

    def answer(refusal: Refusal | None) -> None:
        if not done.done():
            done.set_result(refusal)

    def act() -> None:
        try:
            talk(session_id=session, person=seat.guest.id, connection=seat.connection, on=on, at=timezone.now())
        except Refusal as refusal:
            hub.later(answer, refusal)
        else:
            hub.later(answer, None)

    hub.writer.act(act)
    try:
        return await asyncio.wait_for(done, PATIENCE)
    except TimeoutError:
        return Unreadable()
