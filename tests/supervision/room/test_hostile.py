"""What hostile or hasty members send: it costs them their own post, nobody else's."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest

from lms.people.models import User
from lms.people.rules import Refusal
from lms.sealing.rules import seal
from supervision.room.actions import post_events, posting
from supervision.room.consumers import hub_here, room_socket
from supervision.room.consumers.seats import SIGNALS_A_SECOND
from supervision.room.rules import CLEAN, Answer, Post, Unreadable, clean_data, parsed
from supervision.room.tasks import sign_in
from supervision.sessions.models import Attendance, SupervisionSession
from tests.supervision.room.client import Line, agree_to_all, ask

Send = Callable[..., Answer]
FIELDS = ("text", "reply_to", "state", "step", "case", "type", "competency", "recommendation", "owner", "due", "seq")
VALUES = [None, True, False, 0, -1, 1, 2**70, 1.5, "", "x", "live", "group", "2026-13-99", "\x00", "\ud800",
          [], [[]], {}, {"a": []}, ["live"], "7d0f9c1e-58c3-4e0b-9a51-6a0f6a3b7f10"]  # fmt: skip


@pytest.mark.parametrize("kind", sorted(CLEAN))
@pytest.mark.parametrize("field", FIELDS)
def test_no_kind_of_value_in_any_field_is_more_than_a_refusal(kind: str, field: str) -> None:
    whole = {"text": "x", "case": str(uuid4()), "type": "learn", "recommendation": str(uuid4()), "seq": 1,
             "owner": str(uuid4()), "due": "2026-04-01"}  # fmt: skip
    for value in VALUES:
        for data in ({field: value}, whole | {field: value}):
            try:
                assert isinstance(clean_data(kind, data), dict)
            except Refusal:
                continue


@pytest.mark.parametrize("value", VALUES)
def test_data_and_kind_of_any_type_are_more_than_refused_never(value: object) -> None:
    for kind, data in ((value, {}), ("message", value)):
        with pytest.raises(Refusal):
            clean_data(kind, data)


def test_a_list_as_step_costs_only_its_own_post(
    meeting: SupervisionSession, amina: User, brian: User, now: datetime
) -> None:
    bad = Post(meeting.pk, amina.pk, uuid4(), "phase", {"step": []})
    good = Post(meeting.pk, brian.pk, uuid4(), "message", {"text": "innocent"})

    answers = post_events(posts=[good, bad], at=now)

    assert [(answer.seq, answer.code) for answer in answers] == [(1, ""), (None, "invalid")]


def test_a_fault_of_ours_costs_only_its_own_post_and_leaves_no_gap(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(session: SupervisionSession, *rest: object) -> None:
        session.state = "closed"
        raise TypeError

    monkeypatch.setitem(posting.CHANGES, "phase", broken)
    batch = [
        Post(meeting.pk, amina.pk, uuid4(), "message", {"text": "one"}),
        Post(meeting.pk, grace.pk, uuid4(), "phase", {"state": "closed"}),
        Post(meeting.pk, brian.pk, uuid4(), "message", {"text": "two"}),
    ]

    answers = post_events(posts=batch, at=now)

    assert [(answer.seq, answer.code) for answer in answers] == [(1, ""), (None, "invalid"), (2, "")]


@pytest.mark.parametrize("text", ['{"x": 1e999}', '{"x": [-1e999]}', '{"x": Infinity}'])
def test_what_other_clients_could_not_read_is_not_read_here(text: str) -> None:
    with pytest.raises(Unreadable):
        parsed(text)


@pytest.mark.asyncio
async def test_who_hangs_up_at_once_leaves_no_ghost(
    room: SupervisionSession, amina: User, brian: User, sockets: SimpleNamespace
) -> None:
    other = await sockets.open(brian, room)
    await other.until("ready")
    await ask(agree_to_all, amina, room.pk)
    scope = {
        "type": "websocket",
        "url_route": {"kwargs": {"session_id": room.pk}},
        "headers": [(b"cookie", (await ask(sign_in, amina)).encode())],
        "query_string": b"",
    }
    frames = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001}]

    async def receive() -> dict[str, object]:
        return frames.pop(0)

    async def send(frame: dict[str, object]) -> None:
        return None

    await room_socket(scope, receive, send)
    await asyncio.sleep(0.5)

    assert [seat.guest.id for seat in hub_here().seats.values()] == [brian.pk]
    assert await ask(Attendance.objects.filter(person=amina).count) == 0


@pytest.mark.asyncio
async def test_a_seat_that_we_closed_does_not_wait_for_goodbye(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    line = await sockets.open(amina, room)
    await line.until("ready")
    (seat,) = hub_here().seats.values()

    await seat.close(4408)
    await asyncio.sleep(1)

    assert hub_here().seats == {}


@pytest.mark.asyncio
async def test_signals_have_a_pace_and_no_infinity(
    room: SupervisionSession, amina: User, brian: User, sockets: SimpleNamespace
) -> None:
    mine, other = await sockets.open(amina, room), await sockets.open(brian, room)
    await mine.until("ready")
    to = (await other.until("ready"))["me"]["connection"]

    await mine.wire.send_to(text_data=f'{{"type":"signal","to":"{to}","data":{{"x":1e999}}}}')
    first = await mine.until("refused")
    for number in range(SIGNALS_A_SECOND + 5):
        await mine.say(type="signal", to=to, data={"n": number})
    second = await mine.until("refused")

    assert (first["code"], second["code"]) == ("invalid", "too_fast")


@pytest.mark.asyncio
async def test_who_does_not_keep_up_gets_no_signals(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    line = await sockets.open(amina, room)
    await line.until("ready")
    (seat,) = hub_here().seats.values()
    seat.sent = seat.seen + 50

    handed = await hub_here().hints.hand_signal(room.pk, str(seat.connection), "x", {"n": 1})

    assert handed
    assert await line.quiet(0.3)


@pytest.mark.asyncio
async def test_a_hint_that_cannot_be_read_does_not_end_the_listening(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    await sockets.open(amina, room)
    sealed = seal(json.dumps({"data": {"x": float("inf")}}), about=f"signal:{room.pk}")
    message = {"type": "room.signal", "session": str(room.pk), "to": "x", "sender": "x", "data": sealed}

    for hint in (message, {"type": "room.news"}, {}):
        await hub_here().hints.heed_one(hint)


@pytest.mark.asyncio
async def test_the_door_stays_shut_for_who_did_not_agree(room: SupervisionSession, amina: User) -> None:
    assert not await Line(amina, room.pk, agrees=False).knock()
