"""What counts for a certificate, whose words advice is, what lies open in the ledger and the tables."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from lms.certification.rules.requirements import cases_presented, sessions_attended, supervision_minutes
from lms.ledger.models import Entry
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes.actions import enrol
from supervision.cases import actions as case_actions
from supervision.cases.actions import create_past, save_draft, write_scores
from supervision.cases.models import CasePresentation
from supervision.cases.queries import cases_within, queue_of
from supervision.room.rules import Answer
from supervision.sessions import actions, rules
from supervision.sessions.models import Attendance, Recommendation, SupervisionSession
from supervision.sessions.queries import agreed_advice_for
from tests.supervision.conftest import ANSWERS

Send = Callable[..., Answer]


def stay(session: SupervisionSession, person: User, begins: datetime, seconds: int) -> None:
    """One stay that is over."""
    ends = begins + timedelta(seconds=seconds)
    Attendance.objects.create(session=session, person=person, joined_at=begins, heard_at=ends, left_at=ends)


def ended(session: SupervisionSession, by: User, at: datetime) -> None:
    """Closes a meeting and writes its entries."""
    actions.close(session=session, by=by, at=at)
    actions.settle(session_id=session.pk, at=at)


# 7: programmes do not mix


def test_a_case_written_in_another_programme_is_not_in_the_queue(
    world: SimpleNamespace, amina: User, grace: User, case: CasePresentation, now: datetime
) -> None:
    enrol(provider=amina.provider, cohort=world.other_cohort, by=None, at=now)
    foreign = create_past(
        key=uuid4(), provider=amina.provider, programme=world.other_programme, answers=ANSWERS, state="submitted",
        at=now, by=amina,
    )  # fmt: skip

    assert list(cases_within(grace)) == [case]
    assert foreign not in queue_of(grace)


# 10: attendance


def test_a_group_meets_in_one_room_at_a_time(
    world: SimpleNamespace, meeting: SupervisionSession, grace: User, send: Send, now: datetime
) -> None:
    other = actions.schedule(cohort=world.cohort, title="Again", starts_at=now, by=grace, at=now)

    with pytest.raises(rules.AnotherIsLive):
        actions.go_live(session=other, by=grace, at=now)
    answer = send(other, grace, "phase", state="live")
    send(meeting, grace, "phase", state="closed")
    after = send(other, grace, "phase", state="live")

    assert (answer.code, after.code) == ("conflict", "")


def test_the_database_too_refuses_a_second_live_meeting(
    world: SimpleNamespace, meeting: SupervisionSession, grace: User, now: datetime
) -> None:
    other = actions.schedule(cohort=world.cohort, title="Again", starts_at=now, by=grace, at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionSession.objects.filter(pk=other.pk).update(state="live", live_at=now)


@pytest.mark.parametrize(("seconds", "share", "counts"), [(1, 0, 0), (2159, 59, 0), (2160, 60, 1), (3600, 100, 1)])
def test_a_meeting_counts_from_three_fifths_and_its_minutes_always(
    meeting: SupervisionSession, brian: User, grace: User, now: datetime, seconds: int, share: int, counts: int
) -> None:
    stay(meeting, brian, now, seconds)
    ended(meeting, grace, now + timedelta(hours=1))

    (entry,) = entries = entries_of(brian.provider)
    today = now.date()
    assert entry.facts == {"session": str(meeting.pk), "seconds": seconds, "share": share}
    assert sessions_attended({"count": 1}, entries, today).have == counts
    assert supervision_minutes({"count": 60}, entries, today).have == seconds // 60


@pytest.mark.parametrize(("came_after", "counts"), [(None, 0), (10, 1), (45, 0)])
def test_a_case_counts_only_for_a_presenter_who_was_there_for_it(
    meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Send, now: datetime,
    came_after: int | None, counts: int,
) -> None:  # fmt: skip
    send(meeting, grace, "case.open", case=str(case.pk), at=now + timedelta(minutes=5))
    send(meeting, grace, "case.close", case=str(case.pk), at=now + timedelta(minutes=40))
    if came_after is not None:
        stay(meeting, amina, now + timedelta(minutes=came_after), 600)
    ended(SupervisionSession.objects.get(pk=meeting.pk), grace, now + timedelta(hours=1))

    assert cases_presented({"count": 1}, entries_of(amina.provider), now.date()).have == counts


# 12: words of advice


@pytest.fixture
def advised(
    meeting: SupervisionSession, case: CasePresentation, amina: User, brian: User, grace: User, send: Send
) -> SimpleNamespace:
    """Amina proposed, the group agreed that Brian does it."""
    send(meeting, grace, "case.open", case=str(case.pk))
    key = uuid4()
    seq = send(
        meeting, amina, "recommendation.propose", key=key, case=str(case.pk), type="refer", text="Go with her"
    ).seq
    agree = {"recommendation": str(key), "owner": str(brian.pk), "due": "2026-04-01"}
    send(meeting, grace, "recommendation.agree", **agree)
    return SimpleNamespace(key=key, seq=seq)


def test_agreed_words_are_the_groups_and_the_promise_outlives_them(
    meeting: SupervisionSession, advised: SimpleNamespace, amina: User, brian: User, grace: User, send: Send
) -> None:
    own = send(meeting, amina, "redact", seq=advised.seq)
    kept = Recommendation.objects.get().text
    led = send(meeting, grace, "redact", seq=advised.seq)

    assert (own.code, kept, led.code) == ("not_allowed", "Go with her", "")
    (advice,) = agreed_advice_for(brian.provider)
    assert (advice.text, advice.state) == ("", "agreed")


def test_after_the_end_a_proposal_is_no_longer_the_proposers_alone(
    meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Send
) -> None:
    send(meeting, grace, "case.open", case=str(case.pk))
    seqs = [
        send(meeting, amina, "recommendation.propose", case=str(case.pk), type="learn", text=text).seq for text in "ab"
    ]

    before = send(meeting, amina, "redact", seq=seqs[0])
    send(meeting, grace, "phase", state="closed")
    after = send(meeting, amina, "redact", seq=seqs[1])

    assert (before.code, after.code) == ("", "not_allowed")
    found = sorted((one.text, one.state) for one in Recommendation.objects.all())
    assert found == [("", "superseded"), ("b", "proposed")]


# 13, 14: nothing typed lies open


def test_a_title_that_somebody_typed_is_not_in_the_ledger(
    meeting: SupervisionSession, amina: User, grace: User, make_learner: Callable[..., User], now: datetime
) -> None:
    SupervisionSession.objects.filter(pk=meeting.pk).update(title="About Mary Akinyi")
    meeting.refresh_from_db()
    stay(meeting, amina, now, 600)

    ended(meeting, grace, now + timedelta(hours=1))

    assert "Mary" not in str([entry.facts for entry in Entry.objects.all()])


def test_what_is_typed_about_a_score_lies_sealed(world: SimpleNamespace, amina: User, now: datetime) -> None:
    draft = save_draft(
        key=uuid4(), provider=amina.provider, programme=world.programme, answers=ANSWERS, by=amina, at=now
    )
    score = {"tool": "Mary PHQ", "version": "Mary 9", "score": 20, "cut_off": 10, "cut_off_source": "Mary Akinyi"}

    write_scores(case=draft, scores=[score], by=amina, at=now)

    with connection.cursor() as cursor:
        cursor.execute("select tool, version, cut_off_source from supervision_screeningscore")
        (row,) = cursor.fetchall()
    assert not any(b"Mary" in bytes(value) for value in row)
    kept = draft.scores.get()
    assert {name: getattr(kept, name) for name in score} == score


# 25: what became of advice; calling a meeting off


def test_a_reason_stands_with_what_was_not_done(
    advised: SimpleNamespace, amina: User, brian: User, now: datetime
) -> None:
    with pytest.raises(rules.NotTheFacilitator):
        actions.leave_undone(key=advised.key, why="no bus", by=amina, at=now)
    with pytest.raises(rules.WhyMissing):
        actions.leave_undone(key=advised.key, why=" ", by=brian, at=now)

    for _ in range(2):
        advice = actions.leave_undone(key=advised.key, why="No bus that week.", by=brian, at=now)

    assert (advice.state, advice.why_not, advice.reported_at) == ("not_done", "No bus that week.", now)
    with pytest.raises(rules.AdviceReported):
        actions.finish(key=advised.key, by=brian, at=now)
    assert list(agreed_advice_for(brian.provider)) == []


def test_a_cancelled_meeting_gives_its_cases_back(
    planned: SupervisionSession, case: CasePresentation, grace: User, now: datetime
) -> None:
    case_actions.schedule(case=case, session=planned, by=grace, at=now)

    actions.cancel(session=planned, by=grace, at=now)

    case.refresh_from_db()
    planned.refresh_from_db()
    assert (planned.state, case.state, case.session) == ("cancelled", "accepted", None)


def test_open_doors_are_not_cancelled(planned: SupervisionSession, grace: User, now: datetime) -> None:
    actions.open_lobby(session=planned, by=grace, at=now)

    with pytest.raises(rules.WrongMoment):
        actions.cancel(session=planned, by=grace, at=now)


def test_a_case_that_practises_a_skill_says_so_in_the_ledger(
    meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Send, now: datetime
) -> None:
    CasePresentation.objects.filter(pk=case.pk).update(focus_competency="danger")
    stay(meeting, amina, now, 1800)
    send(meeting, grace, "case.open", case=str(case.pk), at=now + timedelta(minutes=5))
    send(meeting, grace, "case.close", case=str(case.pk), at=now + timedelta(minutes=20))

    ended(SupervisionSession.objects.get(pk=meeting.pk), grace, now + timedelta(minutes=40))

    (entry,) = [one for one in entries_of(amina.provider, meeting.programme) if one.kind == "case.presented"]
    assert entry.facts == {"session": str(meeting.pk), "case": str(case.pk), "competency": "danger"}
