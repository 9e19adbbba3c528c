"""Questions to the group: counted once a person, hidden until the end, and what is secret leaves no trail."""

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from lms.people.models import User
from supervision.room.actions import polls as poll_actions
from supervision.room.actions import post_events
from supervision.room.models import Ballot, Poll, RoomEvent, Vote
from supervision.room.queries import events_after, polls_on_the_wire, shown_polls
from supervision.room.rules import Answer, Post
from supervision.sessions.models import SupervisionSession

Send = Callable[..., Answer]


@pytest.fixture
def ask(meeting: SupervisionSession, grace: User, send: Send) -> Callable[..., UUID]:
    """Grace asks the group: ask(anonymous=True)."""

    def one(**told: object) -> UUID:
        key = uuid4()
        told = {"question": "Did you ask?", "choices": ["Yes", "No", "Not yet"], "anonymous": False} | told
        assert send(meeting, grace, "poll.open", key=key, **told).code == ""
        return key

    return one


def data_of(session: SupervisionSession, kind: str) -> list[dict[str, object]]:
    """What the wire carries of a kind."""
    return [event.wire()["data"] for event in events_after(session.pk, 0, 100) if event.kind == kind]


@pytest.mark.parametrize("anonymous", [False, True])
def test_each_person_counts_once_and_the_last_choice_counts(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, send: Send, ask: Callable[..., UUID],
    anonymous: bool,
) -> None:  # fmt: skip
    poll = ask(anonymous=anonymous)
    for person, choice in ((amina, 0), (brian, 1), (grace, 1), (amina, 2), (amina, 1)):
        assert send(meeting, person, "poll.vote", poll=str(poll), choice=choice).code == ""

    send(meeting, grace, "poll.close", poll=str(poll))

    assert Poll.objects.get(pk=poll).counts == [0, 3, 0]
    assert data_of(meeting, "poll.close") == [{"poll": str(poll), "votes": 3, "counts": [0, 3, 0]}]


@pytest.mark.parametrize("anonymous", [False, True])
def test_until_the_end_nobody_hears_how_the_group_votes(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, send: Send, ask: Callable[..., UUID],
    anonymous: bool,
) -> None:  # fmt: skip
    poll = ask(anonymous=anonymous)
    for person in (amina, brian, grace):
        send(meeting, person, "poll.vote", poll=str(poll), choice=0)

    (wire,) = polls_on_the_wire(meeting.pk)
    (page,) = shown_polls(meeting, grace, {}, leads=True)

    assert data_of(meeting, "poll.vote") == [{"poll": str(poll)}] * 3
    assert (wire["open"], wire["votes"], wire["counts"]) == (True, 3, None)
    assert [(option.count, option.names) for option in page.options] == [(None, [])] * 3


def test_what_was_not_secret_is_told_by_name_at_the_end(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, send: Send, ask: Callable[..., UUID]
) -> None:
    poll = ask()
    for person, choice in ((amina, 0), (brian, 0)):
        send(meeting, person, "poll.vote", poll=str(poll), choice=choice)
    send(meeting, grace, "poll.close", poll=str(poll))

    (page,) = shown_polls(meeting, amina, {}, leads=False)

    assert [(option.text, option.count, option.names, option.mine) for option in page.options] == [
        ("Yes", 2, ["Amina Odhiambo", "Brian Otieno"], True),
        ("No", 0, [], False),
        ("Not yet", 0, [], False),
    ]


def everything_stored() -> str:
    """Every row of the room's tables as text."""
    told = []
    with connection.cursor() as cursor:
        for table in ("supervision_poll", "supervision_vote", "supervision_ballot", "supervision_roomevent"):
            cursor.execute(f"SELECT * FROM {table}")
            told += [repr(row) for row in cursor.fetchall()]
    return "\n".join(told)


def test_a_secret_vote_leaves_nobody_in_any_row(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, send: Send, ask: Callable[..., UUID]
) -> None:
    poll = ask(anonymous=True)
    for person in (amina, brian):
        send(meeting, person, "poll.vote", poll=str(poll), choice=0)
    votes = RoomEvent.objects.filter(kind="poll.vote")
    stored = everything_stored()

    assert [(row.by_id, Vote.objects.count()) for row in votes] == [(None, 0), (None, 0)]
    assert [amina.pk.hex in stored, str(amina.pk) in stored] == [False, False]
    assert [event.wire()["by"] for event in events_after(meeting.pk, 1, 10)] == [None, None]

    send(meeting, grace, "poll.vote", poll=str(poll), choice=2)
    send(meeting, grace, "poll.close", poll=str(poll))
    assert (Ballot.objects.count(), Poll.objects.get(pk=poll).counts) == (0, [2, 0, 1])


def test_the_receipt_of_a_secret_vote_does_not_hold_the_choice(
    meeting: SupervisionSession, amina: User, brian: User, send: Send, ask: Callable[..., UUID]
) -> None:
    poll = ask(anonymous=True)
    for person, choice in ((amina, 0), (brian, 2)):
        send(meeting, person, "poll.vote", poll=str(poll), choice=choice)

    assert len(set(RoomEvent.objects.filter(kind="poll.vote").values_list("body_mac", flat=True))) == 1


def test_a_vote_that_is_sent_twice_is_the_same_vote(
    meeting: SupervisionSession, amina: User, send: Send, ask: Callable[..., UUID]
) -> None:
    secret, named = ask(anonymous=True), uuid4()
    keys = uuid4(), uuid4()
    first = [send(meeting, amina, "poll.vote", key=keys[0], poll=str(secret), choice=1) for _ in range(2)]
    other = send(meeting, amina, "poll.vote", key=keys[0], poll=str(named), choice=1)

    poll = ask()
    again = [send(meeting, amina, "poll.vote", key=keys[1], poll=str(poll), choice=choice).code for choice in (1, 1, 2)]

    assert [answer.seq for answer in first] == [2, 2]
    assert other.code == "conflict"
    assert again == ["", "", "conflict"]


def test_a_new_key_of_the_ring_gives_nobody_a_second_secret_vote(
    meeting: SupervisionSession, amina: User, send: Send, ask: Callable[..., UUID], settings: SimpleNamespace
) -> None:
    poll = ask(anonymous=True)
    send(meeting, amina, "poll.vote", poll=str(poll), choice=0)
    settings.FIELD_KEYS = {"new": "another key of the ring, newest first"} | settings.FIELD_KEYS

    send(meeting, amina, "poll.vote", poll=str(poll), choice=1)

    assert [ballot.choice for ballot in Ballot.objects.all()] == [1]


def test_without_the_mark_of_old_keys_she_would_count_twice(
    meeting: SupervisionSession, amina: User, send: Send, ask: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns the guard off: a mark that is new each time."""
    poll = ask(anonymous=True)
    monkeypatch.setattr(poll_actions, "voter_marks", lambda poll_id, person: [uuid4().hex])

    for choice in (0, 1):
        send(meeting, amina, "poll.vote", poll=str(poll), choice=choice)

    assert Ballot.objects.count() == 2


def test_the_database_holds_one_vote_and_one_ballot_for_each(meeting: SupervisionSession, amina: User, ask) -> None:
    poll = Poll.objects.get(pk=ask())
    Vote.objects.create(poll=poll, person=amina, choice=0)
    Ballot.objects.create(poll=poll, voter="x", choice=0)

    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(poll=poll, person=amina, choice=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.create(poll=poll, voter="x", choice=1)


@pytest.mark.parametrize("voters", [1, 2])
def test_of_very_few_secret_votes_only_the_number_is_told(
    meeting: SupervisionSession,
    amina: User,
    brian: User,
    grace: User,
    send: Send,
    ask: Callable[..., UUID],
    voters: int,
) -> None:
    poll = ask(anonymous=True)
    for person in (amina, brian)[:voters]:
        send(meeting, person, "poll.vote", poll=str(poll), choice=0)

    send(meeting, grace, "poll.close", poll=str(poll))

    assert data_of(meeting, "poll.close") == [{"poll": str(poll), "votes": voters, "counts": None}]
    assert polls_on_the_wire(meeting.pk)[0]["counts"] is None
    (page,) = shown_polls(meeting, grace, {}, leads=True)
    assert (page.hidden, [option.count for option in page.options]) == (True, [None, None, None])


def test_refusals_each_with_its_code(
    meeting: SupervisionSession, amina: User, grace: User, send: Send, ask: Callable[..., UUID]
) -> None:
    poll = ask()

    told = {"question": "And?", "choices": ["a", "b"]}
    answers = [
        send(meeting, amina, "poll.open", **told).code,
        send(meeting, amina, "poll.close", poll=str(poll)).code,
        send(meeting, amina, "poll.vote", poll=str(poll), choice=3).code,
        send(meeting, amina, "poll.vote", poll=str(uuid4()), choice=0).code,
        send(meeting, grace, "poll.open", question="And?", choices=["only one"]).code,
        send(meeting, grace, "poll.open", question="And?", choices=["same", "same"]).code,
        send(meeting, grace, "poll.close", poll=str(poll)).code,
        send(meeting, amina, "poll.vote", poll=str(poll), choice=0).code,
        send(meeting, grace, "poll.close", poll=str(poll)).code,
    ]

    assert answers == ["not_allowed", "not_allowed", "invalid", "invalid", "invalid", "invalid", "", "closed", ""]


def test_a_new_question_and_the_end_of_the_meeting_count_the_open_one(
    meeting: SupervisionSession, amina: User, grace: User, send: Send, ask: Callable[..., UUID]
) -> None:
    first, second = ask(), ask()
    send(meeting, amina, "poll.vote", poll=str(second), choice=1)

    send(meeting, grace, "phase", state="closed")

    assert [poll.counts for poll in (Poll.objects.get(pk=first), Poll.objects.get(pk=second))] == [
        [0, 0, 0],
        [0, 1, 0],
    ]


def test_a_prepared_poll_is_opened_under_its_own_key_once(
    meeting: SupervisionSession, amina: User, grace: User, send: Send, now: datetime
) -> None:
    key = uuid4()
    told = {"question": "Ready?", "choices": ["Yes", "No"], "anonymous": False}
    poll_actions.prepare_poll(key=key, session=meeting, **told, by=grace, at=now)
    before = (polls_on_the_wire(meeting.pk), shown_polls(meeting, amina, {}, leads=False))

    answers = [send(meeting, grace, "poll.open", key=key, **told) for _ in range(2)]

    assert before == ([], [])
    assert [answer.seq for answer in answers] == [1, 1]
    assert [wire["id"] for wire in polls_on_the_wire(meeting.pk)] == [str(key)]


def test_a_batch_of_votes_shares_one_commit(
    meeting: SupervisionSession, amina: User, brian: User, ask: Callable[..., UUID], now: datetime
) -> None:
    poll = ask(anonymous=True)
    posts = [
        Post(meeting.pk, person.pk, uuid4(), "poll.vote", {"poll": str(poll), "choice": choice})
        for person, choice in ((amina, 0), (brian, 1), (amina, 9))
    ]

    answers = post_events(posts=posts, at=now)

    assert [answer.code for answer in answers] == ["", "", "invalid"]
    assert Ballot.objects.count() == 2


def test_question_and_answers_lie_sealed(ask: Callable[..., UUID]) -> None:
    ask(question="Does she sleep?", choices=["At night", "Never"])

    assert [words in everything_stored() for words in ("Does she sleep", "At night")] == [False, False]
    assert json.loads(Poll.objects.get().choices) == ["At night", "Never"]
