"""Who talks: at most six, shown to everybody in `presence`, ended with the connection."""

from types import SimpleNamespace
from typing import Any

import pytest

from lms.people.models import User
from supervision.sessions.models import SupervisionSession
from tests.supervision.room.client import Frame, Line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def begun(sockets: SimpleNamespace, person: User, room: SupervisionSession) -> Line:
    """A line that has caught up."""
    line = await sockets.open(person, room)
    await line.until("ready")
    return line


async def talks(line: Line, on: bool = True) -> Frame:
    """Asks to talk and gives the answer."""
    await line.say(type="voice", on=on)
    return await line.until("voice")


def voices(frame: Frame) -> dict[str, int]:
    """name -> how many of their connections talk."""
    return {member["name"]: len(member.get("voice", [])) for member in frame["members"] if member.get("voice")}


async def seen(line: Line, wanted: dict[str, int]) -> None:
    """Until who talks is shown as wanted."""
    while voices(await line.until("presence")) != wanted:
        pass


async def test_everybody_sees_who_talks_and_who_stopped(
    sockets: SimpleNamespace, room: SupervisionSession, amina: User, grace: User
) -> None:
    amina_line, grace_line = await begun(sockets, amina, room), await begun(sockets, grace, room)

    assert await talks(amina_line) == {"type": "voice", "on": True}
    await seen(grace_line, {"Amina Odhiambo": 1})
    assert await talks(amina_line, on=False) == {"type": "voice", "on": False}
    await seen(grace_line, {})


async def test_a_connection_that_ends_talks_no_more(
    sockets: SimpleNamespace, room: SupervisionSession, amina: User, grace: User
) -> None:
    amina_line, grace_line = await begun(sockets, amina, room), await begun(sockets, grace, room)
    await talks(amina_line)
    await seen(grace_line, {"Amina Odhiambo": 1})

    await amina_line.leave()

    await seen(grace_line, {})


async def test_the_seventh_hears_that_six_talk_already(
    sockets: SimpleNamespace, room: SupervisionSession, many: list[User], amina: User
) -> None:
    for person in many:
        assert (await talks(await begun(sockets, person, room)))["on"] is True
    seventh = await begun(sockets, amina, room)

    answer = await talks(seventh)

    assert (answer["on"], answer["code"]) == (False, "too_large")
    assert answer["detail"] == "Six people talk already: more do not fit on phones. You can go on writing."


async def test_a_person_talks_by_one_connection(
    sockets: SimpleNamespace, room: SupervisionSession, amina: User, grace: User
) -> None:
    phone, desk, grace_line = [await begun(sockets, person, room) for person in (amina, amina, grace)]
    await talks(phone)
    await seen(grace_line, {"Amina Odhiambo": 1})

    assert (await talks(desk))["on"] is True

    me = desk.frames[[frame["type"] for frame in desk.frames].index("ready")]["me"]["connection"]
    while True:
        frame = await grace_line.until("presence")
        if [member["voice"] for member in frame["members"] if member.get("voice")] == [[me]]:
            break


@pytest.mark.parametrize("on", ["yes", 1, None])
async def test_what_cannot_be_read_is_refused_and_harms_nobody(
    sockets: SimpleNamespace, room: SupervisionSession, amina: User, on: Any
) -> None:
    line = await begun(sockets, amina, room)

    await line.say(type="voice", on=on)

    assert (await line.until("refused"))["code"] == "invalid"
