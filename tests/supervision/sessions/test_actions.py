"""What happens to a meeting: cases, advice, the end, and what the end adds to the ledger."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes.registry import run_ticks
from supervision.cases.models import CasePresentation
from supervision.room.actions import expire, hear
from supervision.room.actions.presence import Heard
from supervision.room.rules import Answer
from supervision.sessions import actions
from supervision.sessions.models import Attendance, Recommendation, SupervisionSession
from supervision.sessions.queries import advice_of, minutes_of, presences_of
from supervision.sessions.rules import MeetingStillOpen, NotTheFacilitator

Send = Callable[..., Answer]


def come(session: SupervisionSession, person: User, at: datetime, connection: UUID | None = None) -> UUID:
    """A sign of life of one connection."""
    connection = connection or uuid4()
    hear(heard=[Heard(connection, session.pk, person.pk, at)], at=at)
    return connection


def reloaded(session: SupervisionSession) -> SupervisionSession:
    """As it stands now."""
    return SupervisionSession.objects.get(pk=session.pk)


def test_a_meeting_goes_from_planned_to_closed(planned: SupervisionSession, grace: User, now: datetime) -> None:
    for step in (actions.open_lobby, actions.go_live, actions.wrap_up, actions.close):
        step(session=planned, by=grace, at=now)

    assert (planned.state, planned.live_at, planned.closed_at) == ("closed", now, now)


def test_only_who_leads_moves_it(planned: SupervisionSession, amina: User, now: datetime) -> None:
    for step in (actions.open_lobby, actions.go_live, actions.cancel):
        with pytest.raises(NotTheFacilitator):
            step(session=planned, by=amina, at=now)
    assert reloaded(planned).state == "scheduled"


def test_a_case_is_opened_advised_on_agreed_and_closed(
    meeting: SupervisionSession, case: CasePresentation, grace: User, amina: User, send: Send, now: datetime
) -> None:
    opened = send(meeting, grace, "case.open", case=str(case.pk))
    key = uuid4()
    proposed = send(
        meeting, amina, "recommendation.propose", key=key, case=str(case.pk), type="refer", text="Go with her"
    )
    agreed = send(
        meeting, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2026-03-24"
    )
    closed = send(meeting, grace, "case.close", case=str(case.pk))

    (advice,) = advice_of(meeting)
    assert [answer.code for answer in (opened, proposed, agreed, closed)] == ["", "", "", ""]
    assert (advice.state, advice.owner, advice.due, advice.text) == (
        "agreed",
        amina.provider,
        date(2026, 3, 24),
        "Go with her",
    )
    assert CasePresentation.objects.get(pk=case.pk).state == "discussed"


def test_agreeing_again_changes_nothing_and_otherwise_conflicts(
    meeting: SupervisionSession, case: CasePresentation, grace: User, amina: User, brian: User, send: Send
) -> None:
    key = uuid4()
    send(meeting, grace, "case.open", case=str(case.pk))
    send(meeting, grace, "recommendation.propose", key=key, case=str(case.pk), type="learn", text="Read on")
    agree = {"recommendation": str(key), "owner": str(amina.pk), "due": "2026-03-24"}

    first, again = (
        send(meeting, grace, "recommendation.agree", **agree),
        send(meeting, grace, "recommendation.agree", **agree),
    )
    other = send(meeting, grace, "recommendation.agree", **{**agree, "owner": str(brian.pk)})

    assert (first.code, again.code, other.code) == ("", "", "conflict")
    assert Recommendation.objects.get(key=key).owner == amina.provider


def test_advice_needs_a_case_of_this_meeting_and_an_owner_of_this_group(
    meeting: SupervisionSession, case: CasePresentation, grace: User, stranger: User, send: Send
) -> None:
    key = uuid4()
    early = send(meeting, grace, "recommendation.propose", case=str(case.pk), type="learn", text="Read on")
    send(meeting, grace, "case.open", case=str(case.pk))
    send(meeting, grace, "recommendation.propose", key=key, case=str(case.pk), type="learn", text="Read on")
    foreign = send(
        meeting, grace, "recommendation.agree", recommendation=str(key), owner=str(stranger.pk), due="2026-03-24"
    )
    unknown = send(
        meeting, grace, "recommendation.agree", recommendation=str(uuid4()), owner=str(stranger.pk), due="2026-03-24"
    )

    assert [answer.code for answer in (early, foreign, unknown)] == ["invalid", "invalid", "invalid"]


def test_a_case_of_another_cohort_cannot_be_opened(
    meeting: SupervisionSession, case: CasePresentation, grace: User, stranger: User, send: Send
) -> None:
    CasePresentation.objects.filter(pk=case.pk).update(provider=stranger.provider)

    answer = send(meeting, grace, "case.open", case=str(case.pk))

    assert answer.code == "invalid"
    assert reloaded(meeting).current_case is None


def test_time_counts_from_live_to_the_end_to_the_second(
    planned: SupervisionSession, amina: User, brian: User, grace: User, send: Send, now: datetime
) -> None:
    send(planned, grace, "phase", state="lobby")
    first = come(planned, amina, now - timedelta(seconds=300))
    send(planned, grace, "phase", state="live")
    second = come(planned, brian, now + timedelta(seconds=60))
    come(planned, brian, now + timedelta(seconds=90), second)
    expire(at=now + timedelta(seconds=600))
    come(planned, amina, now + timedelta(seconds=3580), first)
    send(planned, grace, "phase", state="closed", at=now + timedelta(seconds=3600))

    times = {held.person.name: held.seconds for held in presences_of(reloaded(planned))}
    assert times == {"Amina Odhiambo": 3600 - 3580 + 20 - 20, "Brian Otieno": 30}


def test_silence_ends_a_stay_where_it_was_last_heard(meeting: SupervisionSession, amina: User, now: datetime) -> None:
    connection = come(meeting, amina, now)
    come(meeting, amina, now + timedelta(seconds=100), connection)

    ended = [expire(at=now + timedelta(seconds=seconds)) for seconds in (155, 161, 200)]

    stay = Attendance.objects.get()
    assert (ended, stay.left_at) == ([0, 1, 0], now + timedelta(seconds=100))
    assert list(meeting.events.values_list("kind", flat=True)) == ["join", "leave"]


def test_coming_back_within_a_minute_is_the_same_stay(meeting: SupervisionSession, amina: User, now: datetime) -> None:
    come(meeting, amina, now)
    come(meeting, amina, now + timedelta(seconds=59))
    expire(at=now + timedelta(seconds=100))

    assert list(meeting.events.values_list("kind", flat=True)) == ["join"]


def test_the_end_adds_time_and_case_to_the_ledger_once(
    meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Send, now: datetime
) -> None:
    connection, end = come(meeting, amina, now), now + timedelta(seconds=1800)
    send(meeting, grace, "case.open", case=str(case.pk))
    come(meeting, amina, end, connection)
    send(meeting, grace, "phase", state="closed", at=end)

    made = [actions.settle(session_id=meeting.pk, at=end) for _ in range(2)]
    SupervisionSession.objects.update(settled_at=None)
    made.append(actions.settle(session_id=meeting.pk, at=end))

    facts = [(entry.kind, entry.facts) for entry in entries_of(amina.provider)]
    told = {"session": str(meeting.pk)}
    assert made == [2, 0, 2]
    assert facts == [
        ("case.presented", told | {"case": str(case.pk)}),
        ("session.attended", told | {"seconds": 1800, "share": 100}),
    ]


def test_tick_finishes_what_a_crash_left(
    meeting: SupervisionSession, amina: User, grace: User, send: Send, now: datetime
) -> None:
    connection, end = come(meeting, amina, now), now + timedelta(seconds=600)
    come(meeting, amina, end, connection)
    send(meeting, grace, "phase", state="closed", at=end)

    done = [run_ticks(at=end)["entries of closed meetings"] for _ in range(2)]

    assert done == [1, 0]
    assert [entry.facts["seconds"] for entry in entries_of(amina.provider)] == [600]


def test_closing_again_is_refused_and_changes_nothing(
    meeting: SupervisionSession, grace: User, send: Send, now: datetime
) -> None:
    send(meeting, grace, "phase", state="closed")
    again = send(meeting, grace, "phase", state="closed", at=now + timedelta(seconds=5))

    assert again.code == "closed"
    assert reloaded(meeting).closed_at == now


def test_closing_issues_the_advice_of_the_open_case(
    meeting: SupervisionSession, case: CasePresentation, grace: User, amina: User, send: Send
) -> None:
    key = uuid4()
    send(meeting, grace, "case.open", case=str(case.pk))
    send(meeting, grace, "recommendation.propose", key=key, case=str(case.pk), type="safety", text="Ask each time")
    send(meeting, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2026-03-24")
    send(meeting, grace, "phase", state="closed")

    case.refresh_from_db()
    minutes = minutes_of(reloaded(meeting), {})
    assert (case.state, reloaded(meeting).current_case) == ("recommendations_issued", None)
    assert ([seen.case for seen in minutes.cases], [held.text for held in minutes.advice]) == (
        [case],
        ["Ask each time"],
    )


def test_a_closing_note_is_cleaned_and_belongs_to_the_end(
    meeting: SupervisionSession, grace: User, amina: User, now: datetime
) -> None:
    with pytest.raises(MeetingStillOpen):
        actions.add_closing_note(session=meeting, html="Early", by=grace, at=now)
    actions.close(session=meeting, by=grace, at=now)
    with pytest.raises(NotTheFacilitator):
        actions.add_closing_note(session=meeting, html="Mine", by=amina, at=now)
    actions.add_closing_note(session=meeting, html="<b>Well</b><script>x</script>", by=grace, at=now)

    assert reloaded(meeting).closing_note == "<b>Well</b>x"


def test_words_lie_sealed_in_the_database(
    meeting: SupervisionSession, case: CasePresentation, grace: User, amina: User, send: Send, now: datetime
) -> None:
    send(meeting, grace, "case.open", case=str(case.pk))
    send(meeting, amina, "message", text="secretword")
    send(meeting, grace, "recommendation.propose", case=str(case.pk), type="learn", text="secretword")
    actions.write_private_note(session=meeting, text="secretword", by=amina, at=now)

    tables = [meeting.events, meeting.recommendations, meeting.private_notes]
    raw = b"".join(str(row.__dict__).encode() for table in tables for row in table.all())
    assert b"secretword" not in raw
