"""A meeting elsewhere, and the question whether it may be recorded there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from lms.people.models import User
from supervision.calls import queries, registry
from supervision.calls.actions import answer_recording, ask_to_record, stop_recording
from supervision.calls.models import MeetingLink, RecordingAnswer
from supervision.calls.rules import NotALink, NothingAsked
from supervision.room.rules import Answer
from supervision.sessions.actions import close, keep_silence
from supervision.sessions.models import Attendance, SupervisionSession
from supervision.sessions.rules import NotAMember

Send = Callable[..., Answer]
ClientOf = Callable[[User], Client]
LINK = "https://meet.jit.si/Lakeside-Tuesday"
PURPOSE = "For who was ill today. Deleted after a week."


@pytest.fixture
def linked(meeting: SupervisionSession, grace: User, send: Send) -> SupervisionSession:
    """The group talks by Jitsi."""
    assert send(meeting, grace, "call", link=LINK).seq == 1
    return meeting


def test_who_leads_says_where_the_group_talks_and_takes_it_back(
    linked: SupervisionSession, grace: User, send: Send
) -> None:
    assert queries.link_of(linked).url == LINK
    assert queries.link_of(linked).name == "Jitsi"

    send(linked, grace, "call", link=" ")

    assert queries.link_of(linked) is None


def test_the_link_lies_sealed(linked: SupervisionSession) -> None:
    row = MeetingLink.objects.raw("SELECT id, url AS sealed FROM supervision_meetinglink")[0]

    assert b"jit.si" not in bytes(row.sealed)


def test_a_link_stands_before_the_doors_open_and_not_after_the_end(
    planned: SupervisionSession, grace: User, send: Send
) -> None:
    assert send(planned, grace, "call", link=LINK).seq == 1
    for state in ("lobby", "live", "closed"):
        send(planned, grace, "phase", state=state)

    assert send(planned, grace, "call", link=LINK).code == "closed"


def test_a_member_may_not_say_where_the_group_talks(meeting: SupervisionSession, amina: User, send: Send) -> None:
    assert send(meeting, amina, "call", link=LINK).code == "not_allowed"


def test_what_is_no_link_and_a_question_without_a_purpose_are_refused(
    meeting: SupervisionSession, grace: User, send: Send
) -> None:
    answers = [
        send(meeting, grace, "call", link="http://meet.jit.si/x"),
        send(meeting, grace, "call", recording="ask", purpose=" "),
        send(meeting, grace, "call", recording="begin"),
        send(meeting, grace, "call"),
        send(meeting, grace, "call", link=LINK, recording="stop"),
    ]

    assert [answer.code for answer in answers] == ["invalid"] * 5
    assert meeting.events.count() == 0


def test_nobody_may_record_before_everybody_here_said_yes(
    linked: SupervisionSession, grace: User, amina: User, brian: User, send: Send, now: datetime
) -> None:
    send(linked, grace, "call", recording="ask", purpose=PURPOSE)
    here = {grace.pk, amina.pk, brian.pk}
    states = [queries.recording_of(linked, here, amina.pk).state]

    for person in (amina, brian):
        answer_recording(session=linked, yes=True, by=person, at=now)
        states.append(queries.recording_of(linked, here, amina.pk).state)
    answer_recording(session=linked, yes=False, by=brian, at=now + timedelta(minutes=1))
    states.append(queries.recording_of(linked, here, amina.pk).state)

    assert states == ["asked", "asked", "agreed", "refused"]
    assert RecordingAnswer.objects.count() == 4


def comes(session: SupervisionSession, person: User, at: datetime, left: datetime | None = None) -> None:
    """One stay, over or not."""
    Attendance.objects.create(session=session, person=person, joined_at=at, heard_at=left or at, left_at=left)


def test_who_was_there_when_it_was_asked_and_left_without_a_word_has_not_said_yes(
    linked: SupervisionSession, grace: User, amina: User, brian: User, now: datetime
) -> None:
    comes(linked, grace, now)
    comes(linked, amina, now - timedelta(minutes=9), left=now - timedelta(minutes=1))
    comes(linked, brian, now - timedelta(minutes=9), left=now + timedelta(minutes=1))

    ask_to_record(session=linked, purpose=PURPOSE, by=grace, at=now)

    found = queries.recording_of(linked, {grace.pk}, grace.pk)
    assert (found.state, found.yes, found.asked) == ("asked", 1, 2)


SAID = {
    "agreed": "and everybody said yes.",
    "for_a_time": "For some time everybody who was there had said yes, and then not any more.",
    "never": "Not everybody agreed, so nobody could record.",
}


@pytest.mark.parametrize(
    ("answers", "course"),
    [([], "never"), ([True], "agreed"), ([False], "never"), ([True, False], "for_a_time")],
    ids=["nobody answered", "yes", "no", "taken back"],
)
def test_the_minutes_tell_how_everybody_who_was_there_answered(
    answers: list[bool],
    course: str,
    linked: SupervisionSession,
    grace: User,
    amina: User,
    client_of: ClientOf,
    now: datetime,
) -> None:
    for person in (grace, amina):
        comes(linked, person, now, left=now + timedelta(minutes=60))
    ask_to_record(session=linked, purpose=PURPOSE, by=grace, at=now)
    for number, yes in enumerate(answers):
        answer_recording(session=linked, yes=yes, by=amina, at=now + timedelta(minutes=number))
    close(session=linked, by=grace, at=now + timedelta(minutes=60))

    page = client_of(amina).get(f"/supervision/sessions/{linked.pk}/").content.decode()

    assert [name for name, sentence in SAID.items() if sentence in page] == [course]


def test_who_comes_after_the_recording_is_over_was_not_asked(
    linked: SupervisionSession, grace: User, brian: User, now: datetime
) -> None:
    comes(linked, grace, now)
    ask_to_record(session=linked, purpose=PURPOSE, by=grace, at=now)
    stop_recording(session=linked, by=grace, at=now + timedelta(minutes=5))
    comes(linked, brian, now + timedelta(minutes=6))

    assert [one.course for one in queries.recordings_of(linked)] == ["agreed"]


def test_each_answer_stirs_the_room_and_the_same_again_does_not(
    linked: SupervisionSession,
    grace: User,
    amina: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[object] = []
    monkeypatch.setattr(registry, "followers", {"test": heard.append})
    ask_to_record(session=linked, purpose=PURPOSE, by=grace, at=now)

    with django_capture_on_commit_callbacks(execute=True):
        for yes in (True, True, False):
            answer_recording(session=linked, yes=yes, by=amina, at=now)

    assert heard == [linked.pk, linked.pk]


def test_the_same_answer_again_changes_nothing(
    linked: SupervisionSession, grace: User, amina: User, now: datetime
) -> None:
    ask_to_record(session=linked, purpose=PURPOSE, by=grace, at=now)

    first = answer_recording(session=linked, yes=True, by=amina, at=now)
    again = answer_recording(session=linked, yes=True, by=amina, at=now + timedelta(minutes=1))

    assert again == first


def test_a_second_question_waits_for_the_first_and_a_stop_ends_it(
    linked: SupervisionSession, grace: User, amina: User, send: Send, now: datetime
) -> None:
    send(linked, grace, "call", recording="ask", purpose=PURPOSE)

    assert send(linked, grace, "call", recording="ask", purpose="Another").code == "conflict"
    send(linked, grace, "call", recording="stop")
    assert queries.open_request(linked) is None
    with pytest.raises(NothingAsked):
        answer_recording(session=linked, yes=True, by=amina, at=now)


# before the doors open


def by_form(session: SupervisionSession, browser: Client, **data: str) -> int:
    address = f"/supervision/sessions/{session.pk}/post/"
    return browser.post(address, {"key": str(uuid4()), "kind": "call", **data}).status_code


def lobby_of(session: SupervisionSession, browser: Client) -> str:
    return browser.get(f"/supervision/sessions/{session.pk}/").content.decode()


@pytest.mark.parametrize("doors", ["scheduled", "lobby"])
def test_who_leads_gets_the_link_ready_before_she_has_come_in(
    doors: str, planned: SupervisionSession, grace: User, client_of: ClientOf, send: Send
) -> None:
    browser = client_of(grace)
    if doors == "lobby":
        send(planned, grace, "phase", state="lobby")
    empty = lobby_of(planned, browser)

    kept = by_form(planned, browser, link=LINK)

    page = lobby_of(planned, browser)
    assert ['id="call-link"' in empty, 'id="call-why"' in page, page.count(f'href="{LINK}"')] == [True, False, 1]
    assert (kept, queries.link_of(planned).url) == (302, LINK)
    assert (by_form(planned, browser, link=" "), queries.link_of(planned)) == (302, None)


def test_what_is_no_link_is_refused_on_the_page_where_it_was_typed(
    planned: SupervisionSession, grace: User, client_of: ClientOf
) -> None:
    address, told = f"/supervision/sessions/{planned.pk}/post/", {"key": str(uuid4()), "kind": "call", "link": "jitsi"}

    page = client_of(grace).post(address, told)

    assert (page.status_code, page.templates[0].name) == (409, "supervision/room/lobby.html")
    assert page.context["refused"] == str(NotALink.sentence)


def test_who_waits_reads_by_what_the_group_talks_and_finds_the_link_in_the_room(
    planned: SupervisionSession, grace: User, amina: User, client_of: ClientOf, send: Send, now: datetime
) -> None:
    send(planned, grace, "call", link=LINK)
    browser, sentence = client_of(amina), "The group talks by Jitsi. You find the link in the room"
    pages = [lobby_of(planned, browser)]
    send(planned, grace, "phase", state="lobby")
    pages.append(lobby_of(planned, browser))

    keep_silence(session=planned, person=amina, at=now)

    pages.append(lobby_of(planned, browser))
    assert [(sentence in page, LINK in page, 'id="call-link"' in page) for page in pages] == [
        (True, False, False),
        (True, False, False),
        (False, True, False),
    ]


def test_a_member_sets_no_link_before_the_doors_open_and_a_stranger_finds_nothing(
    planned: SupervisionSession, amina: User, stranger: User, client_of: ClientOf
) -> None:
    answers = [by_form(planned, client_of(person), link=LINK) for person in (amina, stranger)]

    assert (answers, queries.link_of(planned)) == ([409, 404], None)


def test_about_a_recording_the_group_is_asked_by_who_has_come_in(
    linked: SupervisionSession, grace: User, client_of: ClientOf, now: datetime
) -> None:
    browser, asked = client_of(grace), {"recording": "ask", "purpose": PURPOSE}
    before = [by_form(linked, browser, **asked), by_form(linked, browser, link=LINK, **asked)]

    keep_silence(session=linked, person=grace, at=now)

    assert (before, by_form(linked, browser, **asked)) == ([409, 409], 302)


def test_who_is_no_member_has_no_say(linked: SupervisionSession, grace: User, stranger: User, now: datetime) -> None:
    ask_to_record(session=linked, purpose=PURPOSE, by=grace, at=now)

    with pytest.raises(NotAMember):
        answer_recording(session=linked, yes=True, by=stranger, at=now)


def test_the_answer_is_a_form_and_a_stranger_finds_nothing(
    linked: SupervisionSession, grace: User, amina: User, stranger: User, client_of: ClientOf, now: datetime
) -> None:
    ask_to_record(session=linked, purpose=PURPOSE, by=grace, at=now)
    address = f"/supervision/sessions/{linked.pk}/recording/"

    answer = client_of(amina).post(address, {"yes": "1"})
    foreign = client_of(stranger).post(address, {"yes": "1"})
    missing = client_of(stranger).post(f"/supervision/sessions/{uuid4()}/recording/", {"yes": "1"})

    assert answer["Location"] == f"/supervision/sessions/{linked.pk}/?tab=people"
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert list(RecordingAnswer.objects.filter(person=amina).values_list("yes", flat=True)) == [True]


def test_the_page_never_says_who_said_no(
    linked: SupervisionSession, grace: User, amina: User, brian: User, client_of: ClientOf, now: datetime
) -> None:
    for person in (grace, amina, brian):
        keep_silence(session=linked, person=person, at=now)
    ask_to_record(session=linked, purpose=PURPOSE, by=grace, at=now)
    answer_recording(session=linked, yes=False, by=brian, at=now)

    pages = [client_of(person).get(f"/supervision/sessions/{linked.pk}/").content.decode() for person in (grace, amina)]

    assert ["Not everybody agrees. Nobody may record." in page for page in pages] == [True, True]
    assert ["You said no." in page for page in pages] == [False, False]
    assert ["You said no." in client_of(brian).get(f"/supervision/sessions/{linked.pk}/").content.decode()] == [True]


def test_the_relay_is_for_members_who_keep_silence(
    meeting: SupervisionSession, amina: User, brian: User, stranger: User, client_of: ClientOf, now: datetime, settings
) -> None:
    settings.TURN_URL, settings.TURN_SECRET = ["turn:turn.example.org"], "north"
    keep_silence(session=meeting, person=amina, at=now)
    address = f"/supervision/sessions/{meeting.pk}/ice/"

    (server,) = client_of(amina).get(address).json()["iceServers"]

    assert (server["urls"], server["username"].split(":")[1]) == (["turn:turn.example.org"], str(amina.pk))
    answers = [client_of(brian).get(address), client_of(stranger).get(address), Client().get(address)]
    assert [answer.status_code for answer in answers] == [403, 404, 401]
