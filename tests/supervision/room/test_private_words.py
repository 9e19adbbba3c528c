"""Words that are not the group's: who may read them, who is told, and that the others' wires stay silent."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection
from django.test import Client
from django.urls import reverse

from lms.people.models import User
from supervision.guard.models import IdentifierIncident
from supervision.room import registry
from supervision.room.actions import private, see_privately, write_privately
from supervision.room.consumers.hints import GROUP, whispered_news
from supervision.room.models import PrivateMessage
from supervision.room.queries import threads_for, unseen_by, unseen_by_lead
from supervision.sessions.actions import close, keep_silence
from supervision.sessions.models import PrivateNote, SupervisionSession
from tests.supervision.room.client import ask

ClientOf = Callable[[User], Client]


def door(session: SupervisionSession, name: str = "session-private") -> str:
    return reverse(f"supervision:{name}", args=[session.pk])


def told(session: SupervisionSession, person: User, *, leads: bool = False) -> list[tuple[str, list[str]]]:
    """Threads as somebody reads them."""
    threads = threads_for(session, person, leads=leads)
    return [(thread.member.name, [message.text for message in thread.messages]) for thread in threads]


@pytest.fixture
def agreed(meeting: SupervisionSession, amina: User, brian: User, grace: User, now: datetime) -> SupervisionSession:
    """A meeting in which all three have promised to keep what is said."""
    for person in (amina, brian, grace):
        keep_silence(session=meeting, person=person, at=now)
    return meeting


def test_a_line_to_who_leads_and_its_answer_are_read_by_those_two_only(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, brian: User, grace: User
) -> None:
    client_of(amina).post(door(agreed), {"key": uuid4(), "text": "I worry."})
    client_of(grace).post(door(agreed), {"key": uuid4(), "text": "Call me.", "member": amina.pk})

    assert told(agreed, amina) == [("Amina Odhiambo", ["I worry.", "Call me."])]
    assert told(agreed, grace, leads=True) == [("Amina Odhiambo", ["I worry.", "Call me."])]
    assert told(agreed, brian) == []
    room = client_of(brian).get(reverse("supervision:session", args=[agreed.pk])).content.decode()
    assert ["I worry." in room, "Call me." in room] == [False, False]


def test_nothing_of_it_stands_in_the_log(agreed: SupervisionSession, client_of: ClientOf, amina: User) -> None:
    client_of(amina).post(door(agreed), {"key": uuid4(), "text": "I worry."})

    assert agreed.events.count() == 0


def test_a_learner_cannot_write_into_the_thread_of_another_and_a_stranger_finds_no_door(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, brian: User, stranger: User
) -> None:
    client_of(amina).post(door(agreed), {"key": uuid4(), "text": "I worry."})

    answers = [
        client_of(brian).post(door(agreed), {"key": uuid4(), "text": "Hm", "member": amina.pk}).status_code,
        client_of(stranger).post(door(agreed), {"key": uuid4(), "text": "Hm"}).status_code,
        Client().post(door(agreed), {"key": uuid4(), "text": "Hm"}).status_code,
    ]

    assert answers == [409, 404, 302]
    assert PrivateMessage.objects.count() == 1


def test_a_role_that_always_leads_would_open_the_thread(
    agreed: SupervisionSession, amina: User, brian: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns the guard off."""
    write_privately(session=agreed, text="I worry.", by=amina, at=now)
    monkeypatch.setattr(private, "LEADING_ROLES", frozenset({"provider"}))

    write_privately(session=agreed, text="Hm", by=brian, at=now, member=amina.pk)

    assert PrivateMessage.objects.count() == 2


def test_sent_twice_it_stands_once(agreed: SupervisionSession, client_of: ClientOf, amina: User) -> None:
    key = uuid4()

    for _ in range(2):
        client_of(amina).post(door(agreed), {"key": key, "text": "I worry."})

    assert [message.text for message in PrivateMessage.objects.all()] == ["I worry."]


def test_a_script_hears_ack_and_refused_as_from_the_room(
    agreed: SupervisionSession, client_of: ClientOf, amina: User
) -> None:
    key = uuid4()

    answers = [
        client_of(amina).post(door(agreed), {"key": key, "text": text}, headers={"Accept": "application/json"}).json()
        for text in ("Hello", "")
    ]

    assert answers == [
        {"type": "ack", "key": str(key), "seq": None},
        {"type": "refused", "key": None, "code": "invalid", "detail": "Write a few words first."},
    ]


def test_what_waits_is_counted_for_each_side_until_it_is_read(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User
) -> None:
    def waiting() -> tuple[int, int]:
        return unseen_by_lead(agreed.pk), unseen_by(agreed.pk, amina.pk)

    client_of(amina).post(door(agreed), {"key": uuid4(), "text": "I worry."})
    seen = [waiting()]
    client_of(grace).post(door(agreed, "session-private-seen"))
    seen.append(waiting())
    client_of(grace).post(door(agreed), {"key": uuid4(), "text": "Call me.", "member": amina.pk})
    client_of(grace).post(door(agreed, "session-private-seen"))
    seen.append(waiting())
    client_of(amina).post(door(agreed, "session-private-seen"))
    seen.append(waiting())

    assert seen == [(1, 0), (0, 0), (0, 1), (0, 0)]


def test_a_note_for_oneself_stays_and_is_read_by_nobody_else_even_after_the_meeting(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User, now: datetime
) -> None:
    client_of(amina).post(door(agreed, "session-keep"), {"key": uuid4(), "text": "Ask about her daughter."})
    agreed.refresh_from_db()
    close(session=agreed, by=grace, at=now)

    pages = [client_of(person).get(reverse("supervision:session", args=[agreed.pk])) for person in (amina, grace)]

    assert ["Ask about her daughter." in page.content.decode() for page in pages] == [True, False]


def test_private_words_lie_sealed(agreed: SupervisionSession, client_of: ClientOf, amina: User) -> None:
    client_of(amina).post(door(agreed), {"key": uuid4(), "text": "I worry."})
    client_of(amina).post(door(agreed, "session-keep"), {"key": uuid4(), "text": "My own words."})

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM supervision_privatemessage UNION ALL SELECT text FROM supervision_privatenote")
        stored = [bytes(row[0]) for row in cursor.fetchall()]

    assert [b"worry" in text or b"own words" in text for text in stored] == [False, False]
    assert PrivateNote.objects.count() == 1


@pytest.mark.asyncio
async def test_the_frame_reaches_those_allowed_and_nobody_else(
    room: SupervisionSession, amina: User, brian: User, grace: User, sockets: SimpleNamespace, now: datetime
) -> None:
    hers, leads, others = [await sockets.open(person, room) for person in (amina, grace, brian)]
    for line in (hers, leads, others):
        await line.until("ready")

    await ask(write_privately, session=room, text="I worry.", by=amina, at=now)

    assert (await leads.until("private"))["n"] == 1
    assert (await hers.until("private"))["n"] == 0
    key = await others.post(text="Later")
    await others.until("ack", key=str(key))
    assert [frame for frame in others.frames if frame["type"] == "private"] == []


@pytest.mark.asyncio
async def test_whoever_comes_late_hears_at_once_how_much_waits(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace, now: datetime
) -> None:
    await ask(write_privately, session=room, text="I worry.", by=amina, at=now)

    ready = [await (await sockets.open(person, room)).until("ready") for person in (grace, amina)]

    assert [frame["me"]["private"] for frame in ready] == [1, 0]


NAMED = "It is my neighbour, 0712 345 678."


def test_private_words_that_show_somebody_wait_for_who_leads_with_the_words(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, brian: User, grace: User
) -> None:
    client_of(amina).post(door(agreed), {"key": uuid4(), "text": NAMED, "confirmed_text": "needed"})

    flag = IdentifierIncident.objects.get()
    rooms = [client_of(person).get(reverse("supervision:session", args=[agreed.pk])) for person in (grace, brian)]
    assert (flag.place, flag.writer, flag.reason) == ("private", amina, "needed")
    assert [f'data-flag="{flag.pk}"' in room.content.decode() for room in rooms] == [True, False]


def test_taken_away_the_private_words_are_gone(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User
) -> None:
    client_of(amina).post(door(agreed), {"key": uuid4(), "text": NAMED, "confirmed_text": "needed"})
    flag = IdentifierIncident.objects.get()

    client_of(grace).post(reverse("supervision:flag-decide", args=[agreed.pk, flag.pk]))

    flag.refresh_from_db()
    assert told(agreed, amina) == [("Amina Odhiambo", ["[…]"])]
    assert flag.state == "closed"


def test_what_who_leads_answers_is_not_flagged(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User
) -> None:
    client_of(amina).post(door(agreed), {"key": uuid4(), "text": "I worry."})
    told = {"key": uuid4(), "text": NAMED, "member": amina.pk, "confirmed_text": "needed"}
    assert client_of(grace).post(door(agreed), told).status_code == 302

    assert IdentifierIncident.objects.count() == 0


def test_a_reason_for_private_words_that_is_not_on_the_list_is_refused(
    agreed: SupervisionSession, client_of: ClientOf, amina: User
) -> None:
    client_of(amina).post(door(agreed), {"key": uuid4(), "text": NAMED, "confirmed_text": "because"})

    assert PrivateMessage.objects.count() == 0


# a hint that is lost, a process without sockets, a phone without one


def whisper_nothing(*told: object) -> None:
    """A layer that loses everything."""


@pytest.mark.asyncio
async def test_a_lost_hint_of_private_words_is_healed_by_count(
    room: SupervisionSession,
    amina: User,
    brian: User,
    grace: User,
    sockets: SimpleNamespace,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hers, leads, others = [await sockets.open(person, room) for person in (amina, grace, brian)]
    for line in (hers, leads, others):
        await line.until("ready")
    monkeypatch.setattr(registry, "whisper", whisper_nothing)

    await ask(write_privately, session=room, text="I worry.", by=amina, at=now)
    first = await leads.until("private")
    await ask(write_privately, session=room, text="Call me.", by=grace, at=now, member=amina.pk)
    answer = await hers.until("private")
    await ask(see_privately, session=room, by=grace, leads=True, at=now)
    after = await leads.until("private")

    assert [first, answer, after] == [{"type": "private", "n": n} for n in (1, 1, 0)]
    key = await others.post(text="Later")
    await others.until("ack", key=str(key))
    assert [frame for frame in others.frames if frame["type"] == "private"] == []


@pytest.mark.asyncio
async def test_a_lost_hint_of_flagged_words_is_healed_by_count(
    room: SupervisionSession,
    amina: User,
    grace: User,
    sockets: SimpleNamespace,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hers, leads = await sockets.open(amina, room), await sockets.open(grace, room)
    for line in (hers, leads):
        await line.until("ready")
    monkeypatch.setattr(registry, "private", whisper_nothing)

    await hers.post(text=NAMED)

    assert (await leads.until("private"))["about"] == "danger"
    key = await hers.post(text="Later")
    await hers.until("ack", key=str(key))
    assert [frame for frame in hers.frames if frame["type"] == "private"] == []


@pytest.mark.django_db(transaction=True)
def test_a_process_without_sockets_tells_the_others(
    room: SupervisionSession, amina: User, grace: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says goes over the layer to every process that has a hub."""
    monkeypatch.setattr(registry, "private_listeners", {})
    monkeypatch.setattr(registry, "whisperers", {})
    layer = get_channel_layer()
    channel = async_to_sync(layer.new_channel)("hub")
    async_to_sync(layer.group_add)(GROUP, channel)

    write_privately(session=room, text=NAMED, by=amina, at=now)

    heard = [async_to_sync(layer.receive)(channel) for _ in range(2)]
    assert heard == [
        {"type": "room.private", "session": str(room.pk), "people": [str(grace.pk)], "from": ""},
        {"type": "room.whisper", "session": str(room.pk), "member": str(amina.pk), "counts": [1, 0], "from": ""},
    ]


@pytest.mark.asyncio
async def test_what_a_process_without_sockets_says_reaches_those_allowed(
    room: SupervisionSession, amina: User, grace: User, sockets: SimpleNamespace, now: datetime
) -> None:
    leads = await sockets.open(grace, room)
    await leads.until("ready")

    await get_channel_layer().group_send(GROUP, {**whispered_news(room.pk, amina.pk, 3, 0), "from": ""})

    assert (await leads.until("private"))["n"] == 3


def test_who_asks_over_http_hears_what_waits_for_her_and_nobody_elses(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, brian: User, grace: User, now: datetime
) -> None:
    def waiting() -> list[tuple[int, int]]:
        pages = [client_of(person).get(door(agreed, "events")).json() for person in (grace, amina, brian)]
        return [(page["private"], page["flags"]) for page in pages]

    seen = [waiting()]
    write_privately(session=agreed, text=NAMED, by=amina, at=now)
    seen.append(waiting())
    write_privately(session=agreed, text="Call me.", by=grace, at=now, member=amina.pk)
    see_privately(session=agreed, by=grace, leads=True, at=now)
    seen.append(waiting())

    assert seen == [[(0, 0), (0, 0), (0, 0)], [(1, 1), (0, 0), (0, 0)], [(0, 1), (1, 0), (0, 0)]]
