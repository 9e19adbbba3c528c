"""What one person or one socket may take: sockets, bytes that wait, a slow reader, a slow question."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from lms.people.models import User
from supervision.room.consumers import hub_here
from supervision.room.models import Lease
from supervision.sessions.models import SupervisionSession
from tests.supervision.room.client import Line, ask

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_a_sixth_socket_of_one_person_stays_outside_until_one_is_silent(
    room: SupervisionSession, amina: User, brian: User, sockets: SimpleNamespace
) -> None:
    held = [await sockets.open(amina, room) for _ in range(5)]

    assert not await Line(amina, room.pk).knock()
    assert (await sockets.open(brian, room)).code is None
    for seat in hub_here().seats.values():
        seat.heard -= 31 if seat.guest.id == amina.pk else 0
    await sockets.open(amina, room)

    codes = [line.code for line in held if not await stays(line)]
    assert codes == [4408]


@pytest.mark.parametrize(
    ("fields", "opens"),
    [({}, False), ({"ended": True}, True), ({"polls": True}, True), ({"heard_at": timedelta(seconds=46)}, True)],
)
async def test_sockets_in_other_processes_count_while_they_are_alive(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace, fields: dict[str, Any], opens: bool
) -> None:
    """Another process is known by its leases: ended ones, phones that only poll and silent ones take no place."""
    now = timezone.now()
    others = {"session": room, "person": amina, "opened_at": now} | fields
    others["heard_at"] = now - fields.get("heard_at", timedelta())
    await ask(Lease.objects.bulk_create, [Lease(id=uuid4(), **others) for _ in range(4)])
    here = await sockets.open(amina, room)
    await here.until("ready")

    assert await Line(amina, room.pk).knock() is opens


async def test_a_place_is_free_as_soon_as_its_socket_is_left(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    held = [await sockets.open(amina, room) for _ in range(5)]
    await held[0].until("ready")

    await held[0].leave()

    assert await Line(amina, room.pk).knock()


async def stays(line: Line) -> bool:
    """Whether this socket still answers."""
    await line.say(type="ping")
    try:
        await line.until("pong")
    except AssertionError:
        return False
    return True


async def test_a_megabyte_that_waits_is_enough(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await sockets.open(amina, room)
    await line.until("ready")
    monkeypatch.setattr(hub_here().writer, "post", lambda post, seat: None)  # a writer that never comes to it

    for _ in range(20):
        await line.post(text="x" * 4000, padding="y" * 56_000)

    refused = await line.until("refused")
    (seat,) = hub_here().seats.values()
    assert (refused["code"], seat.queued <= 1024 * 1024, seat.in_flight) == ("too_fast", True, 17)
