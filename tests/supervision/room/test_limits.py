"""What one person or one socket may take: sockets, bytes that wait, a slow reader, a slow question."""

from types import SimpleNamespace

import pytest

from lms.people.models import User
from supervision.room.consumers import hub_here
from supervision.sessions.models import SupervisionSession
from tests.supervision.room.client import Line

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
