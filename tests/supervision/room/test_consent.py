"""An answer about a recording reaches the pages of everybody in the room, and says nothing of who gave it."""

from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from lms.people.models import User
from supervision.calls.actions import answer_recording, ask_to_record
from supervision.room import registry
from supervision.sessions.models import SupervisionSession

ask = sync_to_async(thread_sensitive=False)


@pytest.mark.asyncio
async def test_everybody_hears_that_there_is_an_answer_and_nobody_whose(
    room: SupervisionSession, amina: User, brian: User, grace: User, sockets: SimpleNamespace, now: datetime
) -> None:
    lines = [await sockets.open(person, room) for person in (amina, brian, grace)]
    for line in lines:
        await line.until("ready")
    await ask(ask_to_record)(session=room, purpose="For who is ill.", by=grace, at=now)

    await ask(answer_recording)(session=room, yes=False, by=amina, at=now)

    assert [await line.until("changed") for line in lines] == [{"type": "changed", "part": "call"}] * 3


@pytest.mark.asyncio
async def test_a_room_hears_nothing_of_another_rooms_answers(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    line = await sockets.open(amina, room)
    await line.until("ready")

    registry.changed(uuid4(), "call")
    registry.changed(room.pk, "call")

    await line.until("changed")
    assert [frame for frame in line.frames if frame["type"] == "changed"] == [{"type": "changed", "part": "call"}]
