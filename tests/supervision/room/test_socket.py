"""The wire format and its promises, in one process with the in-memory layer."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import ANY
from uuid import UUID, uuid4

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import parse_cookie
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.asgi import application
from lms.people.actions import replace_card
from lms.people.models import User
from lms.people.rules import LOCKED
from lms.programmes.actions import decide
from lms.programmes.models import Enrolment
from supervision.room import registry
from supervision.room.actions import post_events
from supervision.room.consumers import hub
from supervision.room.models import Lease, RoomEvent
from supervision.room.queries import log
from supervision.room.rules import Post
from supervision.sessions.actions import remove_member
from supervision.sessions.models import Attendance, SupervisionSession
from tests.supervision.room.client import Line, ask

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


def put(session: SupervisionSession, person: User, texts: list[str]) -> None:
    """Messages that are in the log already."""
    posts = [Post(session.pk, person.pk, uuid4(), "message", {"text": text}) for text in texts]
    answers = post_events(posts=posts, at=timezone.now())
    assert [answer.code for answer in answers] == [""] * len(texts)


async def test_a_newcomer_is_told_who_she_is_and_where_the_meeting_is(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    line = await sockets.open(amina, room)

    ready = await line.until("ready")

    assert ready == {
        "type": "ready",
        "seq": ANY,
        "me": {
            "id": str(amina.pk),
            "connection": ANY,
            "role": "provider",
            "may": ["message", "hand.raise", "hand.lower", "poll.vote", "recommendation.propose", "redact"],
            "private": 0,
        },
        "room": {
            "state": "live",
            "step": None,
            "case": None,
            "agenda": [],
            "head": ANY,
            "hands": [],
            "speaker": None,
            "box": None,
            "box_ends_at": None,
            "now": ANY,
            "polls": [],
        },
    }


async def test_everybody_gets_every_event_once_in_one_order(
    room: SupervisionSession, amina: User, brian: User, grace: User, sockets: SimpleNamespace
) -> None:
    lines = [await sockets.open(person, room) for person in (amina, brian, grace)]
    for line in lines:
        await line.until("ready")

    for number in range(12):
        await asyncio.gather(*(line.post(text=f"{line.person.username} {number}") for line in lines))
    await asyncio.gather(*(line.until_seq(39) for line in lines))

    assert [line.seqs for line in lines] == [list(range(1, 40))] * 3
    assert lines[0].texts == lines[1].texts == lines[2].texts
    said = await ask(
        lambda: list(RoomEvent.objects.filter(kind="message").order_by("seq").values_list("seq", flat=True))
    )
    assert said == list(range(4, 40))


async def test_an_event_looks_as_agreed(room: SupervisionSession, amina: User, sockets: SimpleNamespace) -> None:
    line = await sockets.open(amina, room)

    key = await line.post(text="How is she? كيف حالها 🙂")
    ack = await line.until("ack")
    await line.until_seq(ack["seq"])

    assert ack == {"type": "ack", "key": str(key), "seq": 2}
    assert line.events[-1] == {
        "seq": 2,
        "key": str(key),
        "kind": "message",
        "by": {"id": str(amina.pk), "name": "Amina Odhiambo"},
        "at": ANY,
        "data": {"text": "How is she? كيف حالها 🙂"},
    }
    assert line.events[-1]["at"].endswith("Z")


async def test_the_same_key_counts_once_and_other_words_conflict(
    room: SupervisionSession, amina: User, brian: User, sockets: SimpleNamespace
) -> None:
    line, other = await sockets.open(amina, room), await sockets.open(brian, room)
    key = await line.post(text="Once")
    first = await line.until("ack")

    await line.post(key=key, text="Once")
    again = await line.until("ack")
    await line.post(key=key, text="Twice")
    conflict = await line.until("refused")
    await other.post(key=key, text="Once")
    stolen = await other.until("refused")

    assert (again, conflict["code"], conflict["key"], stolen["code"]) == (first, "conflict", str(key), "conflict")
    assert await ask(lambda: RoomEvent.objects.filter(kind="message").count()) == 1


async def test_a_cursor_brings_only_what_was_missed(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace
) -> None:
    await ask(put, room, grace, [f"line {number}" for number in range(30)])

    line = await sockets.open(amina, room, after="25")
    await line.until("ready")

    assert line.seqs[:5] == [26, 27, 28, 29, 30]


async def test_fifty_unseen_events_at_most_are_on_the_wire(
    room: SupervisionSession, amina: User, brian: User, grace: User, sockets: SimpleNamespace
) -> None:
    for part, person in enumerate((amina, grace, brian)):
        await ask(put, room, person, [f"line {part} {number}" for number in range(60)])
    line = await sockets.open(amina, room)
    await line.until_seq(50)

    assert await line.quiet(1.0)
    await line.say(type="seen", seq=30)
    await line.until_seq(80)
    assert await line.quiet(0.5)
    await line.say(type="seen", seq=10)
    assert await line.quiet(0.5)
    for seen in (80, 130, 180):
        await line.say(type="seen", seq=seen)
        await line.until_seq(min(seen + 50, 180))

    await line.until("ready")
    assert line.seqs[:180] == list(range(1, 181))


async def test_a_frame_holds_at_most_64_kilobytes(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace
) -> None:
    await ask(put, room, grace, ["🙂" * 4000] * 12)

    line = await sockets.open(amina, room)
    await line.until("ready")

    sizes = [len(json.dumps(frame, ensure_ascii=False).encode()) for frame in line.frames if frame["type"] == "events"]
    assert line.seqs[:12] == list(range(1, 13))
    assert max(sizes) <= 65536 + 2000  # json.dumps here puts blanks between; the wire has none


async def test_a_cursor_beyond_the_end_is_refused(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    line = await sockets.open(amina, room, after="7")

    code = await line.closed()

    assert (code, [(frame["type"], frame["code"], frame["key"]) for frame in line.frames]) == (
        4409,
        [("refused", "invalid", None)],
    )


async def test_a_stranger_stays_outside(
    room: SupervisionSession, stranger: User, joseph: User, admin: User, sockets: SimpleNamespace
) -> None:
    doors = [await Line(person, room.pk).knock() for person in (stranger, joseph, admin)]

    assert doors == [False, False, False]


@pytest.mark.parametrize("origin", ["http://testserver:81", "https://testserver", "http://evil.example", "null", None])
async def test_a_foreign_origin_stays_outside(
    room: SupervisionSession, amina: User, origin: str | None, sockets: SimpleNamespace
) -> None:
    assert not await Line(amina, room.pk, origin=origin).knock()


async def test_who_is_not_signed_in_or_asks_for_nothing_stays_outside(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    headers = [(b"origin", b"http://testserver")]
    nowhere = WebsocketCommunicator(application, "/ws/other/", headers=headers)

    assert not await Line(None, room.pk).knock()
    assert not await Line(None, room.pk, cookie="sessionid=made-up").knock()
    assert not await Line(amina, uuid4()).knock()
    assert not (await nowhere.connect(timeout=20))[0]


def sign_in_of(line: Line) -> str:
    return parse_cookie(line.cookie)[settings.SESSION_COOKIE_NAME]


def lock(key: str, *, shut: bool) -> None:
    """As the phone's own lock says it to the server, and as the PIN opens it."""
    held = SessionStore(key)
    held[LOCKED] = shut
    held.save()


def take_out(line: Line, room: SupervisionSession) -> None:
    remove_member(session=room, person=line.person, by=room.facilitator, at=timezone.now())


def withdraw(line: Line, room: SupervisionSession) -> None:
    enrolment, joseph = Enrolment.objects.get(provider__user=line.person), User.objects.get(username="joseph")
    decide(enrolment=enrolment, decision="withdraw", reason="Moved.", by=joseph, at=timezone.now())


def leave_by_the_page(line: Line, room: SupervisionSession) -> None:
    """Signs out as the button does."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = sign_in_of(line)
    answer = browser.post(reverse("people:logout"))
    assert answer.headers["Location"] == settings.LOGOUT_REDIRECT_URL, answer.headers["Location"]


ENDINGS = {
    "taken out": (4403, take_out),
    "withdrawn": (4403, withdraw),
    "signed out": (4401, leave_by_the_page),
    "new password": (4401, lambda line, room: User.objects.filter(pk=line.person.pk).update(password="other")),
    "locked": (4423, lambda line, room: lock(sign_in_of(line), shut=True)),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_who_may_not_stay_loses_the_socket_in_the_middle_of_the_talk_and_hears_nothing_after(
    room: SupervisionSession, amina: User, brian: User, joseph: User, sockets: SimpleNamespace, ending: str
) -> None:
    """Two seconds are promised and measured by the bench; the socket is awaited for twenty."""
    line, other = await sockets.open(amina, room), await sockets.open(brian, room)
    await line.until("ready")
    code, end = ENDINGS[ending]

    async def talk() -> None:
        for number in range(90):
            if line.code is None:
                await other.post(text=f"Among ourselves {number}")
                await asyncio.sleep(0.05)

    talking = asyncio.create_task(talk())
    while not line.texts:
        await line.hear()
    await ask(end, line, room)
    ended = await asyncio.wait_for(line.closed(), 20)
    heard = max(line.seqs)
    await talking
    key = await other.post(text="She is gone")
    last = await other.until("ack", key=str(key))

    assert ended == code
    assert await line.quiet(0.5)
    assert max(line.seqs) == heard < last["seq"]


async def test_who_left_the_programme_can_neither_write_nor_stay(
    room: SupervisionSession, amina: User, joseph: User, sockets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await sockets.open(amina, room)
    await line.until("ready")
    enrolment = await ask(Enrolment.objects.get, provider__user=amina)

    await ask(decide, enrolment=enrolment, decision="withdraw", reason="Moved.", by=joseph, at=timezone.now())
    await line.post(text="One more")
    code = await line.closed()

    assert code == 4403
    assert [frame["code"] for frame in line.frames if frame["type"] == "refused"] in ([], ["not_member"])
    assert await ask(lambda: RoomEvent.objects.filter(kind="message").count()) == 0


async def test_a_locked_phone_loses_the_socket_and_gets_none_until_it_is_opened(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace
) -> None:
    line, other = await sockets.open(amina, room), await sockets.open(grace, room)
    await line.until("ready")
    await other.until("ready")
    key = sign_in_of(line)

    await ask(lock, key, shut=True)

    assert await line.closed() == 4423
    assert not await Line(amina, room.pk, cookie=line.cookie).knock()
    await ask(put, room, grace, ["While it was locked"])
    await ask(lock, key, shut=False)
    again = await sockets.open(amina, room, after=str(max(line.seqs)), cookie=line.cookie)
    await again.until("ready")

    assert again.texts == ["While it was locked"]
    await other.post(text="Grace never left")
    await other.until("ack")


async def test_without_the_look_at_locks_a_locked_phone_stays(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "locked_among", lambda keys: set())
    line = await sockets.open(amina, room)
    await line.until("ready")

    await ask(lock, sign_in_of(line), shut=True)
    await hub.hub_here().look()
    await line.post(text="Still here")

    assert (await line.until("ack"))["type"] == "ack"


HOSTILE = [
    "",
    "garbage",
    "[]",
    "null",
    "1e999",
    "NaN",
    "[" * 30_000,
    '{"type":' * 5000,
    '{"type":"post"}',
    '{"type":"post","key":7,"kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":"no-uuid","kind":"message","data":{"text":"x"}}',
    '{"type":"nothing"}',
    '{"type":["post"]}',
    '{"type":"seen"}',
    '{"type":"seen","seq":true}',
    '{"type":"seen","seq":' + "9" * 5000 + "}",
    '{"type":"seen","seq":-1}',
    '{"type":"seen","seq":1.5}',
    '{"type":"signal","to":"x","data":{}}',
    '{"type":"signal","to":null,"data":[]}',
    '{"type":"ping"' + " " * 1000,
    "{" * 30_000,
    '{"a":' * 10_000,
    "[[[[" * 8000 + "]]]]" * 8000,
    "true",
    "0",
    '"post"',
    "-",
    "Infinity",
    "-Infinity",
    "{}",
    '{"type":null}',
    '{"type":{}}',
    '{"type":""}',
    '{"type":"POST"}',
    '{"type":"events","events":[]}',
    '{"type":"ack","key":"x","seq":1}',
    '{"type":"ready"}',
    '{"type":"presence","members":[]}',
    '{"type":"private","n":1}',
    '{"type":"__class__"}',
    '{"type":"post","key":null,"kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":{},"kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":[],"kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":true,"kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":"","kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":"{00000000-0000-4000-8000-000000000000}","kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":"00000000000040008000000000000000","kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":"urn:uuid:00000000-0000-4000-8000-000000000000","kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":"00000000-0000-4000-8000-00000000000g","kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":"' + "0" * 30_000 + '","kind":"message","data":{"text":"x"}}',
    '{"type":"post","key":' + "9" * 5000 + ',"kind":"message","data":{"text":"x"}}',
    '{"type":"seen","seq":null}',
    '{"type":"seen","seq":"1"}',
    '{"type":"seen","seq":[1]}',
    '{"type":"seen","seq":{}}',
    '{"type":"seen","seq":1e3}',
    '{"type":"seen","seq":-0.0}',
    '{"type":"seen","seq":2147483648}',
    '{"type":"seen","seq":NaN}',
    '{"type":"seen","seq":1e400}',
    '{"type":"seen","seq":{"seq":1}}',
    '{"type":"typing","by":"x"',
    '{"type":"signal"}',
    '{"type":"signal","to":"00000000-0000-4000-8000-000000000000"}',
    '{"type":"signal","to":"00000000-0000-4000-8000-000000000000","data":"x"}',
    '{"type":"signal","to":"00000000-0000-4000-8000-000000000000","data":{"n":1e999}}',
    '{"type":"signal","to":"00000000-0000-4000-8000-000000000000","data":{"a":"' + "x" * 17_000 + '"}}',
    '{"type":"ping"}}',
    '{"type":"ping"} {"type":"ping"}',
    "\ufeff" + '{"type":"ping"}',
    "\x00",
    '{"type":"ping\\u0000"}',
]


async def test_hostile_frames_are_refused_and_harm_nobody(
    room: SupervisionSession, amina: User, brian: User, sockets: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(set(HOSTILE)) >= 70
    line, other = await sockets.open(amina, room), await sockets.open(brian, room)

    for text in HOSTILE:
        await line.wire.send_input({"type": "websocket.receive", "text": text})
    await line.wire.send_to(bytes_data=b"\xff\x00")
    await line.say(type="ping")
    await line.until("pong")
    await other.post(text="Still fine")
    await other.until("ack")

    refused = [frame for frame in line.frames if frame["type"] == "refused"]
    assert [(frame["key"], frame["code"]) for frame in refused] == [(None, "invalid")] * (len(HOSTILE) + 1)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


BAD_POSTS = [
    ("message", {}, "invalid"),
    ("message", {"text": ""}, "invalid"),
    ("message", {"text": " \n"}, "invalid"),
    ("message", {"text": 7}, "invalid"),
    ("message", {"text": "a\x00b"}, "invalid"),
    ("message", {"text": "x" * 4001}, "too_large"),
    ("message", {"text": "x", "reply_to": "y"}, "invalid"),
    ("message", None, "invalid"),
    ("message", ["x"], "invalid"),
    ("poll.open", {}, "invalid"),
    ("join", {}, "invalid"),
    ("leave", {}, "invalid"),
    (7, {}, "invalid"),
    (["message"], {}, "invalid"),
    ("phase", {"state": "closed"}, "not_allowed"),
    ("phase", {}, "invalid"),
    ("phase", {"state": "live", "step": "group"}, "invalid"),
    ("case.open", {"case": "x"}, "invalid"),
    ("case.open", {"case": str(uuid4())}, "not_allowed"),
    ("recommendation.agree", {"recommendation": str(uuid4()), "owner": str(uuid4()), "due": "tomorrow"}, "invalid"),
    ("recommendation.propose", {"case": str(uuid4()), "type": "pray", "text": "x"}, "invalid"),
    ("redact", {"seq": 0}, "invalid"),
    ("redact", {"seq": 99}, "invalid"),
]


async def test_each_bad_post_is_refused_by_name_and_the_batch_goes_on(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    line = await sockets.open(amina, room)
    keys = [str(uuid4()) for _ in BAD_POSTS]

    for key, (kind, data, _) in zip(keys, BAD_POSTS, strict=True):
        await line.say(type="post", key=key, kind=kind, data=data)
    good = await line.post(text="x" * 4000)
    await line.until("ack", key=str(good))

    answers = {frame["key"]: frame["code"] for frame in line.frames if frame["type"] == "refused"}
    assert answers == {key: code for key, (_, _, code) in zip(keys, BAD_POSTS, strict=True)}


async def test_a_lone_surrogate_is_refused(room: SupervisionSession, amina: User, sockets: SimpleNamespace) -> None:
    line = await sockets.open(amina, room)

    key = uuid4()
    head = json.dumps({"type": "post", "key": str(key), "kind": "message"})[:-1]
    await line.wire.send_to(text_data=head + ', "data": {"text": "\\ud800"}}')
    refused = await line.until("refused")

    assert (refused["key"], refused["code"]) == (str(key), "invalid")


async def test_a_frame_over_64_kilobytes_ends_the_socket(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    line = await sockets.open(amina, room)

    await line.post(text="x" * 65536)

    assert await line.closed() == 4413


async def test_more_than_100_posts_a_minute_are_too_fast(
    room: SupervisionSession, amina: User, brian: User, sockets: SimpleNamespace
) -> None:
    line, other = await sockets.open(amina, room), await sockets.open(brian, room)

    for number in range(101):
        await line.post(text=f"{number}")
        answer = await line.hear()
        while answer["type"] not in {"ack", "refused"}:
            await line.say(type="seen", seq=line.seqs[-1] if line.seqs else 0)
            answer = await line.hear()
    await other.post(text="I may")
    await other.until("ack")

    assert (answer["type"], answer.get("code")) == ("refused", "too_fast")


async def test_a_redacted_message_is_gone_for_late_comers_and_for_a_repeated_key(
    room: SupervisionSession, amina: User, brian: User, grace: User, sockets: SimpleNamespace
) -> None:
    line, lead = await sockets.open(amina, room), await sockets.open(grace, room)
    key = await line.post(text="Her name is Akinyi")
    seq = (await line.until("ack"))["seq"]

    await lead.post("redact", seq=seq)
    end = (await lead.until("ack"))["seq"]
    late = await sockets.open(brian, room)
    await late.until_seq(end)
    await line.post(key=key, text="Her name is Akinyi")
    again = await line.until("ack")
    await line.post(key=key, text="Something else")
    other = await line.until("refused")

    event = next(event for event in late.events if event["seq"] == seq)
    assert event["data"] == {"redacted": True}
    assert (again["seq"], other["code"]) == (seq, "conflict")
    row = await ask(RoomEvent.objects.get, pk=key)
    assert (bytes(row.sealed), row.redacted_by) == (b"", end)


async def test_a_member_redacts_only_own_words(
    room: SupervisionSession, amina: User, brian: User, sockets: SimpleNamespace
) -> None:
    line, other = await sockets.open(amina, room), await sockets.open(brian, room)
    await line.post(text="Mine")
    seq = (await line.until("ack"))["seq"]

    await other.post("redact", seq=seq)
    refused = await other.until("refused")
    await line.post("redact", seq=seq)
    await line.until("ack")

    assert refused["code"] == "not_allowed"


async def test_a_lost_hint_is_healed_by_number(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await sockets.open(amina, room)
    await line.until("ready")
    monkeypatch.setattr(registry, "announce", lambda events: None)

    await ask(put, room, grace, ["Written elsewhere, and nobody told us"])
    await line.until_seq(2)

    assert line.texts == ["Written elsewhere, and nobody told us"]


async def test_without_the_look_a_lost_hint_stays_lost(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns the guard off: the test before this one holds because of the look."""
    monkeypatch.setattr(hub, "LOOK", 60)
    line = await sockets.open(amina, room)
    await line.until("ready")
    await line.until_seq(1)
    monkeypatch.setattr(registry, "announce", lambda events: None)

    await ask(put, room, grace, ["Written elsewhere, and nobody told us"])

    assert await line.quiet(2.5)


async def test_a_hole_before_news_is_filled_in_order(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await sockets.open(amina, room)
    await line.until("ready")
    await line.until_seq(1)
    told = registry.announce

    monkeypatch.setattr(registry, "announce", lambda events: None)
    await ask(put, room, grace, ["Not announced"])
    monkeypatch.setattr(registry, "announce", told)
    await ask(put, room, grace, ["Announced"])
    await line.until_seq(3)

    assert (line.seqs, line.texts) == ([1, 2, 3], ["Not announced", "Announced"])


async def test_a_silent_reader_with_a_full_window_is_sent_home(
    room: SupervisionSession,
    amina: User,
    brian: User,
    grace: User,
    sockets: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "SILENCE", 1)
    slow, other = await sockets.open(amina, room), await sockets.open(brian, room)
    await ask(put, room, grace, [f"{number}" for number in range(70)])
    await other.until_seq(50)
    await other.say(type="seen", seq=50)
    await other.until_seq(72)
    await other.say(type="seen", seq=72)

    code = await slow.closed()

    assert (code, slow.seqs) == (4408, list(range(1, slow.seqs[-1] + 1)))
    assert slow.seqs[-1] <= 50 + 2


async def test_presence_names_people_once_with_their_connections(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace
) -> None:
    first, second, lead = (
        await sockets.open(amina, room),
        await sockets.open(amina, room),
        await sockets.open(grace, room),
    )
    mine = [(await line.until("ready"))["me"]["connection"] for line in (first, second, lead)]

    frame = await lead.until("presence")
    while sum(len(member["connections"]) for member in frame["members"]) < 3:
        frame = await lead.until("presence")

    found = {member["id"]: (member["name"], member["role"], set(member["connections"])) for member in frame["members"]}
    assert found == {
        str(amina.pk): ("Amina Odhiambo", "provider", set(mine[:2])),
        str(grace.pk): ("Grace Achieng", "facilitator", set(mine[2:])),
    }


async def test_join_stands_once_in_the_log_however_many_devices(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    first = await sockets.open(amina, room)
    second = await sockets.open(amina, room)
    await first.post(text="Here")
    await second.until_seq(2)

    kinds = [event["kind"] for event in second.events]
    assert kinds == ["join", "message"]
    assert await ask(lambda: (Attendance.objects.count(), Lease.objects.count())) == (1, 2)


async def test_typing_and_signals_pass_by_without_being_stored(
    room: SupervisionSession, amina: User, brian: User, grace: User, sockets: SimpleNamespace
) -> None:
    a, b, c = [await sockets.open(person, room) for person in (amina, brian, grace)]
    to = (await b.until("ready"))["me"]["connection"]
    mine = (await a.until("ready"))["me"]["connection"]
    await c.until("ready")

    await a.say(type="signal", to=to, data={"sdp": "offer"})
    signal = await b.until("signal")
    await a.say(type="typing")
    typing = await c.until("typing")

    assert signal == {"type": "signal", "from": mine, "data": {"sdp": "offer"}}
    assert typing == {"type": "typing", "by": str(amina.pk)}
    assert [frame for frame in c.frames if frame["type"] == "signal"] == []
    assert await ask(lambda: set(RoomEvent.objects.values_list("kind", flat=True))) == {"join"}


async def test_closing_ends_the_log_and_later_posts_are_refused(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace
) -> None:
    line, lead = await sockets.open(amina, room), await sockets.open(grace, room)
    await line.until("ready")
    await lead.post("phase", state="closed")
    end = (await lead.until("ack"))["seq"]

    await line.post(text="Too late")
    refused = await line.until("refused")

    assert refused["code"] == "closed"
    assert await ask(lambda: SupervisionSession.objects.get(pk=room.pk).log_head) == end


async def test_opening_the_doors_counts_who_already_waits(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace
) -> None:
    await ask(lambda: SupervisionSession.objects.filter(pk=room.pk).update(state="scheduled"))
    line, lead = await sockets.open(amina, room), await sockets.open(grace, room)
    await line.until("ready")
    await lead.until("ready")

    await lead.post("phase", state="lobby")
    await line.until_seq(3)

    assert [event["kind"] for event in line.events] == ["phase", "join", "join"]


async def test_leaving_ends_the_lease_but_not_the_stay(
    room: SupervisionSession, amina: User, sockets: SimpleNamespace
) -> None:
    async with Line(amina, room.pk) as line:
        connection = (await line.until("ready"))["me"]["connection"]
        await line.until_seq(1)
    await asyncio.sleep(0.5)

    lease, stay = await ask(lambda: (Lease.objects.get(), Attendance.objects.get()))
    assert (lease.pk, lease.ended, stay.left_at) == (UUID(connection), True, None)
    assert timezone.now() - stay.heard_at < timedelta(seconds=20)


async def test_a_replaced_card_ends_the_socket(
    room: SupervisionSession, amina: User, joseph: User, sockets: SimpleNamespace
) -> None:
    line = await sockets.open(amina, room)
    await line.until("ready")

    await ask(replace_card, person=amina, sheet=uuid4(), by=joseph, at=timezone.now())

    assert await line.closed() == 4401
