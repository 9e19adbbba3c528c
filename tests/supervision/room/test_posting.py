"""Batches of posts: one commit, each judged for itself, numbers without a gap."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from lms.people.models import User
from lms.sealing.rules import CannotUnseal
from supervision.guard.queries import register_for
from supervision.room.actions import note_pace, post_events, post_now, posting
from supervision.room.actions.posting import PACE
from supervision.room.models import RoomEvent
from supervision.room.queries import events_after, last_events
from supervision.room.rules import MAY, Answer, Post
from supervision.sessions.models import SupervisionSession

Send = Callable[..., Answer]


def message(session: SupervisionSession, person: User, text: str, key: UUID | None = None) -> Post:
    """A message that waits in a batch."""
    return Post(session.pk, person.pk, key or uuid4(), "message", {"text": text})


def test_one_refusal_fails_no_other(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, stranger: User, now: datetime
) -> None:
    key = uuid4()
    batch = [
        message(meeting, amina, "one", key),
        message(meeting, stranger, "no"),
        Post(meeting.pk, brian.pk, uuid4(), "phase", {"state": "closed"}),
        Post(meeting.pk, grace.pk, uuid4(), "phase", {"state": "lobby"}),
        message(meeting, amina, "one", key),
        message(meeting, brian, "", uuid4()),
        Post(uuid4(), amina.pk, uuid4(), "message", {"text": "nowhere"}),
        Post(meeting.pk, grace.pk, uuid4(), "phase", {"step": "group"}),
        message(meeting, grace, "two"),
    ]

    answers = post_events(posts=batch, at=now)

    assert [(answer.seq, answer.code) for answer in answers] == [
        (1, ""), (None, "not_member"), (None, "not_allowed"), (None, "invalid"), (1, ""),
        (None, "invalid"), (None, "not_member"), (2, ""), (3, ""),
    ]  # fmt: skip
    assert [event.seq for event in events_after(meeting.pk, 0, 10)] == [1, 2, 3]
    assert SupervisionSession.objects.get(pk=meeting.pk).log_head == 3


def test_a_redaction_in_the_batch_of_its_message_takes_the_words(
    meeting: SupervisionSession, amina: User, now: datetime
) -> None:
    batch = [message(meeting, amina, "oh no"), Post(meeting.pk, amina.pk, uuid4(), "redact", {"seq": 1})]

    post_events(posts=batch, at=now)

    assert [event.wire()["data"] for event in last_events(meeting)] == [{"redacted": True}, {"seq": 1}]


def test_a_redacted_advice_loses_its_words_too(
    meeting: SupervisionSession, case: object, amina: User, grace: User, send: Send
) -> None:
    send(meeting, grace, "case.open", case=str(case.pk))
    seq = send(meeting, amina, "recommendation.propose", case=str(case.pk), type="learn", text="Call Akinyi").seq

    send(meeting, grace, "redact", seq=seq)

    assert [(advice.text, advice.state) for advice in meeting.recommendations.all()] == [("", "superseded")]


def test_a_key_used_elsewhere_in_the_same_moment_is_heard_as_conflict(
    meeting: SupervisionSession, amina: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process committed after we looked for the key: the batch is refused and done one by one."""
    key, tried = uuid4(), []
    real = posting.written

    def late(posts: list[Post], at: datetime) -> list[Answer]:
        if not tried:
            tried.append(len(posts))
            with transaction.atomic():
                real([message(meeting, amina, "first", key)], at)
            raise IntegrityError
        return real(posts, at)

    monkeypatch.setattr(posting, "written", late)
    answers = post_events(posts=[message(meeting, amina, "second", key), message(meeting, amina, "other")], at=now)

    assert [(answer.seq, answer.code) for answer in answers] == [(None, "conflict"), (2, "")]


def test_without_the_key_check_a_repeated_key_cannot_be_stored(
    meeting: SupervisionSession, amina: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns the guard off: the constraint stands behind it."""
    key = uuid4()
    post_events(posts=[message(meeting, amina, "once", key)], at=now)
    monkeypatch.setattr(posting, "repeated", lambda row, post, data: posting.add)
    row = RoomEvent.objects.get(pk=key)

    with pytest.raises(IntegrityError), transaction.atomic():
        RoomEvent.objects.bulk_create(
            [RoomEvent(key=key, session=meeting, seq=9, kind="message", at=now, body_mac="x", sealed=row.sealed)]
        )


def test_access_that_says_yes_to_all_would_let_a_learner_close(
    meeting: SupervisionSession, amina: User, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns the first guard off: the meeting's own action still refuses."""
    monkeypatch.setitem(MAY, "provider", MAY["facilitator"])

    answer = send(meeting, amina, "phase", state="closed")

    assert answer.code == "not_allowed"


def test_words_moved_to_another_line_do_not_open(meeting: SupervisionSession, amina: User, send: Send) -> None:
    first, second = uuid4(), uuid4()
    send(meeting, amina, "message", key=first, text="one")
    send(meeting, amina, "message", key=second, text="two")
    RoomEvent.objects.filter(pk=second).update(sealed=RoomEvent.objects.get(pk=first).sealed)

    with pytest.raises(CannotUnseal):
        last_events(meeting)


def test_nothing_is_taken_before_the_doors_open(
    planned: SupervisionSession, amina: User, grace: User, send: Send
) -> None:
    answers = [send(planned, amina, "message", text="Hello"), send(planned, grace, "phase", state="lobby")]

    assert [answer.code for answer in answers] == ["closed", ""]


def test_a_message_batch_costs_the_same_queries_for_1_and_for_30(
    meeting: SupervisionSession,
    amina: User,
    brian: User,
    now: datetime,
    django_assert_num_queries: Callable[..., object],
) -> None:
    register_for(meeting.programme_id)  # the guard's lists are kept in the process

    with django_assert_num_queries(8):
        post_events(posts=[message(meeting, amina, "one")], at=now)
    with django_assert_num_queries(8):
        post_events(posts=[message(meeting, brian, f"{number}") for number in range(30)], at=now)


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_leaves_no_hole(meeting: SupervisionSession, amina: User, brian: User, now: datetime) -> None:
    """Two processes write at once and the first commits late: nobody reads number 2 before number 1 is there."""
    held, go, done, answers = Event(), Event(), Event(), {}

    def first() -> None:
        try:
            with transaction.atomic():
                (answers["first"],) = post_events(posts=[message(meeting, amina, "first")], at=now)
                held.set()
                go.wait(10)
        finally:
            connection.close()

    def second() -> None:
        try:
            (answers["second"],) = post_events(posts=[message(meeting, brian, "second")], at=now)
            done.set()
        finally:
            connection.close()

    writers = [Thread(target=first), Thread(target=second)]
    writers[0].start()
    held.wait(10)
    writers[1].start()
    overtaken, read = done.wait(0.5), events_after(meeting.pk, 0, 10)
    go.set()
    for writer in writers:
        writer.join(20)

    assert (overtaken, read) == (False, [])
    assert {name: answer.seq for name, answer in answers.items()} == {"first": 1, "second": 2}
    told = [(event.seq, event.data["text"]) for event in events_after(meeting.pk, 0, 10)]
    assert told == [(1, "first"), (2, "second")]


@pytest.mark.parametrize(("seconds", "code"), [(30, "too_fast"), (61, "")])
def test_what_another_process_stored_in_the_last_minute_counts_for_the_pace(
    meeting: SupervisionSession, amina: User, brian: User, now: datetime, seconds: int, code: str
) -> None:
    post_events(posts=[message(meeting, amina, f"{number}") for number in range(100)], at=now)
    PACE.heard.clear()  # as in another process

    later = now + timedelta(seconds=seconds)
    hers = post_now(post=message(meeting, amina, "one more"), at=later)
    his = post_now(post=message(meeting, brian, "I may"), at=later)

    assert (hers.code, his.code) == (code, "")


def test_what_is_read_from_the_log_counts_for_the_pace_and_nothing_twice(
    meeting: SupervisionSession, amina: User, now: datetime
) -> None:
    post_events(posts=[message(meeting, amina, f"{number}") for number in range(60)], at=now)
    note_pace(events_after(meeting.pk, 0, 60), now)
    first = post_events(posts=[message(meeting, amina, f"{number}") for number in range(40)], at=now)
    PACE.heard.clear()

    note_pace(events_after(meeting.pk, 0, 200), now)
    second = post_events(posts=[message(meeting, amina, "one more")], at=now)

    assert ([answer.code for answer in first], [answer.code for answer in second]) == ([""] * 40, ["too_fast"])


def test_a_key_that_is_sent_again_counts_once(meeting: SupervisionSession, amina: User, now: datetime) -> None:
    posts = [message(meeting, amina, "again and again", uuid4())] * 101

    assert {answer.code for answer in post_events(posts=posts, at=now)} == {""}
