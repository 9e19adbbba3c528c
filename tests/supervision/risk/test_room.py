"""A danger beside an open room: a private frame for who may see it, and not a byte for anybody else."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from lms.people.models import User
from supervision.risk.actions import acknowledge, raise_risk
from supervision.room import registry
from supervision.sessions.models import SupervisionSession
from tests.supervision.room.client import ask
from tests.supervision.room.conftest import many, now, room, sockets

__all__ = ["many", "now", "room", "sockets"]
pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


async def test_only_the_supervisor_s_socket_hears_that_there_is_news(
    sockets: SimpleNamespace, room: SupervisionSession, amina: User, brian: User, grace: User, now
) -> None:
    lead, his, hers = await sockets.open(grace, room), await sockets.open(brian, room), await sockets.open(amina, room)
    for line in (lead, his, hers):
        await line.until("ready")

    danger = await ask(raise_risk, key=uuid4(), what="self", happened_at=now, by=amina, at=now)
    first = await lead.until("private")
    await ask(acknowledge, escalation=danger, by=grace, at=now)
    second = await lead.until("private")
    await his.say(type="ping")
    await hers.say(type="ping")
    await his.until("pong")
    await hers.until("pong")

    assert (first, second) == (
        {"type": "private", "n": 1, "about": "danger"},
        {"type": "private", "n": 2, "about": "danger"},
    )
    for line in (his, hers):
        assert {frame["type"] for frame in line.frames} <= {"ready", "events", "presence", "pong"}
        assert str(danger.pk) not in str(line.frames)


async def test_private_news_of_one_room_stays_out_of_every_other(
    sockets: SimpleNamespace, room: SupervisionSession, grace: User
) -> None:
    lead = await sockets.open(grace, room)
    await lead.until("ready")

    registry.private(uuid4(), {grace.pk})
    registry.private(room.pk, {grace.pk})
    await lead.until("private")
    await lead.say(type="ping")
    await lead.until("pong")

    assert [frame for frame in lead.frames if frame["type"] == "private"] == [
        {"type": "private", "n": 2, "about": "danger"}
    ]
