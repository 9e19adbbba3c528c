"""The room without a script: hands, agenda, polls, answers and parts as plain forms; the results as a file."""

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.people.models import User
from supervision.room.exports import plain_cell
from supervision.room.models import Board, Poll
from supervision.room.queries import events_after
from supervision.room.rules import Answer
from supervision.sessions.actions import keep_silence
from supervision.sessions.models import SupervisionSession

ClientOf = Callable[[User], Client]
Send = Callable[..., Answer]


@pytest.fixture
def agreed(meeting: SupervisionSession, amina: User, brian: User, grace: User, now: datetime) -> SupervisionSession:
    """A meeting in which all three have promised to keep what is said."""
    for person in (amina, brian, grace):
        keep_silence(session=meeting, person=person, at=now)
    return meeting


def door(session: SupervisionSession, name: str = "session-post") -> str:
    return reverse(f"supervision:{name}", args=[session.pk])


def test_hands_agenda_and_polls_by_form(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User
) -> None:
    learner, leader, poll = client_of(amina), client_of(grace), uuid4()

    answers = [
        learner.post(door(agreed), {"key": uuid4(), "kind": "hand.raise"}),
        leader.post(door(agreed), {"key": uuid4(), "kind": "hand.lower", "person": amina.pk, "called": "1"}),
        leader.post(
            door(agreed),
            {
                "key": uuid4(), "kind": "agenda", "items": "1", "box_kind": ["case", "other", "x"],
                "box_title": ["The case", " ", "Goodbye"], "box_minutes": ["30", "", "5"],
            },
        ),
        leader.post(door(agreed), {"key": uuid4(), "kind": "agenda", "box": "1"}),
        leader.post(door(agreed), {"key": uuid4(), "kind": "agenda", "extend": "2"}),
        leader.post(
            door(agreed), {"key": poll, "kind": "poll.open", "question": "Ready?", "choices": ["Yes", "No", ""]}
        ),
        learner.post(door(agreed), {"key": uuid4(), "kind": "poll.vote", "poll": poll, "choice": "1"}),
        leader.post(door(agreed), {"key": uuid4(), "kind": "poll.close", "poll": poll}),
    ]  # fmt: skip

    agreed.refresh_from_db()
    board = Board.objects.get(pk=agreed.pk)
    assert [answer.status_code for answer in answers] == [302] * 8
    assert agreed.agenda == [
        {"kind": "case", "title": "The case", "minutes": 30},
        {"kind": "other", "title": "Goodbye", "minutes": 5},
    ]
    assert (board.speaker_id, board.box, board.box_seconds) == (amina.pk, 1, 420)
    assert Poll.objects.get().counts == [0, 1]


def test_an_answer_by_form_names_its_line_and_quotes_it(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User, send: Send
) -> None:
    seq = send(agreed, amina, "message", text="Who is at home?").seq
    browser = client_of(grace)

    chosen = browser.get(reverse("supervision:session", args=[agreed.pk]) + f"?reply_to={seq}").context["answers"]
    browser.post(door(agreed), {"key": uuid4(), "kind": "message", "text": "Her daughter.", "reply_to": str(seq)})
    page = browser.get(reverse("supervision:session", args=[agreed.pk]))

    assert chosen.data["text"] == "Who is at home?"
    quotes = [(line.event.data["text"], line.quote.data["text"]) for line in page.context["lines"] if line.quote]
    assert quotes == [("Her daughter.", "Who is at home?")]


def test_what_is_answered_from_further_up_is_quoted_too(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, send: Send
) -> None:
    seq = send(agreed, amina, "message", text="The first").seq
    for number in range(55):
        send(agreed, amina, "message", text=f"Between {number}")
    send(agreed, amina, "message", text="The answer", reply_to=seq)

    page = client_of(amina).get(reverse("supervision:session", args=[agreed.pk]))

    assert [line.quote.data["text"] for line in page.context["lines"] if line.quote] == ["The first"]


def test_a_poll_is_prepared_before_the_meeting_and_thrown_away_again(
    planned: SupervisionSession, client_of: ClientOf, amina: User, grace: User
) -> None:
    key, browser = uuid4(), client_of(grace)
    told = {"key": key, "question": "Ready?", "choices": ["Yes", "No"], "anonymous": "1"}

    for _ in range(2):
        browser.post(door(planned, "poll-new"), told)
    held = [(poll.pk, poll.question, poll.anonymous, poll.opened_at) for poll in Poll.objects.all()]
    page = browser.get(reverse("supervision:session", args=[planned.pk])).content.decode()
    others = client_of(amina).post(door(planned, "poll-new"), told | {"key": uuid4()}).status_code
    browser.post(reverse("supervision:poll-drop", args=[planned.pk, key]))

    assert held == [(key, "Ready?", True, None)]
    assert ("Ready?" in page, others, Poll.objects.count()) == (True, 404, 0)


def test_a_script_that_keeps_or_throws_away_a_poll_stays_on_the_page(
    meeting: SupervisionSession, client_of: ClientOf, grace: User
) -> None:
    """What is typed beside it stays, and a voice goes on."""
    key, browser, script = uuid4(), client_of(grace), {"headers": {"Accept": "application/json"}}
    told = {"key": key, "question": "Ready?", "choices": ["Yes", "No"]}

    answers = [
        browser.post(door(meeting, "poll-new"), told, **script).json(),
        browser.post(door(meeting, "poll-new"), told | {"key": uuid4(), "choices": ["Yes"]}, **script).json(),
        browser.post(reverse("supervision:poll-drop", args=[meeting.pk, key]), **script).json(),
    ]

    assert [(answer["type"], answer["key"]) for answer in answers] == [
        ("ack", str(key)),
        ("refused", None),
        ("ack", str(key)),
    ]
    assert Poll.objects.count() == 0


def test_a_poll_with_one_answer_is_not_prepared_and_the_page_says_so(
    planned: SupervisionSession, client_of: ClientOf, grace: User
) -> None:
    page = client_of(grace).post(door(planned, "poll-new"), {"key": uuid4(), "question": "?", "choices": ["Yes"]})

    assert (page.status_code, Poll.objects.count()) == (409, 0)


def test_the_results_leave_as_a_table_for_who_leads(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, brian: User, grace: User, send: Send
) -> None:
    for number, (question, anonymous) in enumerate((("=1+1?", False), ("Secret?", True), ("Open?", False)), 1):
        key = UUID(int=number)  # asked in one moment: the smaller key comes first
        send(agreed, grace, "poll.open", key=key, question=question, choices=["Yes", "No"], anonymous=anonymous)
        for person in (amina, brian):
            send(agreed, person, "poll.vote", poll=str(key), choice=1)
        if question != "Open?":
            send(agreed, grace, "poll.close", poll=str(key))

    answer = client_of(grace).get(door(agreed, "polls-csv"))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert list(csv.reader(StringIO(answer.content.decode("utf-8-sig")))) == [
        ["Question", "Secret", "Answer", "How many", "How many voted"],
        ["'=1+1?", "no", "Yes", "0", "2"],
        ["'=1+1?", "no", "No", "2", "2"],
        ["Secret?", "yes", "Yes", "", "2"],
        ["Secret?", "yes", "No", "", "2"],
    ]
    assert client_of(amina).get(door(agreed, "polls-csv")).status_code == 404
    assert [plain_cell(text) for text in ("-1", "@a", "\tb", "c")] == ["'-1", "'@a", "'\tb", "c"]


def test_results_stand_in_the_minutes(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User, send: Send
) -> None:
    key = uuid4()
    send(agreed, grace, "poll.open", key=key, question="Ready?", choices=["Yes", "No"])
    send(agreed, amina, "poll.vote", poll=str(key), choice=0)
    send(agreed, grace, "phase", state="closed")

    page = client_of(amina).get(reverse("supervision:session", args=[agreed.pk]))

    assert [(poll.question, poll.options[0].names) for poll in page.context["polls"]] == [
        ("Ready?", ["Amina Odhiambo"])
    ]


def test_parts_are_for_members_who_promised_and_only_known_ones(
    meeting: SupervisionSession, client_of: ClientOf, amina: User, stranger: User, now: datetime
) -> None:
    parts = door(meeting, "session-parts")

    before = client_of(amina).get(f"{parts}?names=hands").status_code
    keep_silence(session=meeting, person=amina, at=now)
    known = client_of(amina).get(f"{parts}?names=hands,agenda")
    answers = [
        before,
        known.status_code,
        client_of(amina).get(f"{parts}?names=secrets").status_code,
        client_of(stranger).get(f"{parts}?names=hands").status_code,
    ]

    assert answers == [403, 200, 400, 404]
    assert known.content.decode().count("data-part=") == 2


def test_a_learner_gets_no_controls_in_any_part(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User, send: Send
) -> None:
    send(agreed, amina, "hand.raise")
    names = "agenda,notice,case,hand,hands,advice,ask,polls,people,lead,private"

    pages = [
        client_of(person).get(door(agreed, "session-parts") + f"?names={names}").content.decode()
        for person in (amina, grace)
    ]

    marks = ('name="called"', 'value="agenda"', 'value="phase"', 'value="poll.open"')
    assert [[mark in page for mark in marks] for page in pages] == [[False] * 4, [True] * 4]


MINUTE = 60
READING_BYTES = 20 * 1024
HEADERS = 700  # bytes of an answer's and a request's headers beside the body, generously


def test_reading_mode_needs_under_20_kb_in_a_busy_minute(
    agreed: SupervisionSession, client_of: ClientOf, amina: User, grace: User, send: Send
) -> None:
    """Four looks, thirty messages of a line and a half, an advice, hands and a poll that make parts be fetched."""
    browser, seq, used = client_of(amina), 0, 0
    poll = uuid4()

    def get(address: str) -> bytes:
        answer = browser.get(address, headers={"Accept-Encoding": "br"})
        nonlocal used
        used += len(answer.content) + HEADERS
        return answer.content

    for look in range(MINUTE // 15):
        for number in range(8):
            send(agreed, grace, "message", text=f"Message {look} {number}: " + f"she said that {uuid4()} helps. " * 2)
        if look == 1:
            send(agreed, grace, "poll.open", key=poll, question="Did you try it?", choices=["Yes", "No"])
        send(agreed, amina, "hand.raise")
        get(door(agreed, "events") + f"?after={seq}")
        seq = events_after(agreed.pk, 0, 200)[-1].seq
        get(door(agreed, "session-parts") + "?names=" + ("ask,polls,hand,hands" if look == 1 else "hand,hands"))
    print(f"reading mode: {used} bytes a minute")

    assert isinstance(poll, UUID)
    assert used < READING_BYTES


def test_the_sum_finds_a_mode_that_needs_more(agreed: SupervisionSession, client_of: ClientOf, amina: User) -> None:
    """Turns the saving off: whole pages instead of events and parts."""
    page = client_of(amina).get(reverse("supervision:session", args=[agreed.pk]), headers={"Accept-Encoding": "br"})

    assert 4 * (len(page.content) + HEADERS) > READING_BYTES
