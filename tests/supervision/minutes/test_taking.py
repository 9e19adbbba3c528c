"""Words of a case go everywhere at once: from what stands beside it, what meetings wrote about it, their minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from lms.people.models import User
from supervision.calls.models import RecordingRequest
from supervision.cases import actions as case_actions
from supervision.cases import rules
from supervision.cases.models import CaseEvent, CasePresentation, ScreeningScore
from supervision.guard.models import IdentifierIncident
from supervision.minutes import actions
from supervision.minutes.models import Minutes
from supervision.minutes.rules import Wording
from supervision.pictures.models import CasePicture
from supervision.risk.actions import acknowledge, raise_risk
from supervision.risk.actions import close as close_danger
from supervision.risk.models import RiskEscalation, RiskNote
from supervision.room.actions import write_privately
from supervision.room.models import PrivateMessage, RoomEvent
from supervision.room.queries import events_after
from supervision.sessions.actions import (
    add_closing_note,
    close,
    leave_undone,
    settle,
    write_private_note,
)
from supervision.sessions.models import AdviceFollowUp, PrivateNote, Recommendation, SupervisionSession
from supervision.sessions.rules import clean_note

NAME = "Achieng Wafula"
TOLD = f"We spoke of {NAME} again."


@pytest.fixture
def named(
    discussed: SupervisionSession,
    case: CasePresentation,
    amina: User,
    grace: User,
    send: Callable[..., object],
    ends: datetime,
    now: datetime,
) -> SupervisionSession:
    """The name stands in every place that can hold words about the case; the minutes are signed."""
    key = uuid4()
    send(discussed, amina, "message", text=TOLD)
    send(discussed, amina, "message", text="Nothing to see.")
    send(discussed, grace, "agenda", items=[{"kind": "case", "title": f"Talk of {NAME}", "minutes": 20}])
    send(discussed, grace, "agenda", items=[{"kind": "case", "title": f"More of {NAME}", "minutes": 20}])
    send(discussed, grace, "call", recording="ask", purpose=f"To learn from {NAME}")
    SupervisionSession.objects.filter(pk=discussed.pk).update(title=f"About {NAME}")
    told = {"case": str(case.pk), "type": "intervene", "text": TOLD}
    send(discussed, grace, "recommendation.propose", key=key, **told)
    send(discussed, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2026-03-24")
    write_privately(session=discussed, text=TOLD, by=amina, at=now)
    write_private_note(session=discussed, text=TOLD, by=grace, at=now)
    close(session=discussed, by=grace, at=ends)
    settle(session_id=discussed.pk, at=ends)
    add_closing_note(session=discussed, html=f"<p>{TOLD}</p>", by=grace, at=ends)
    actions.sign(session=discussed, base=1, words=Wording(decisions=TOLD), by=grace, at=ends)
    advice = leave_undone(key=key, why=TOLD, by=amina, at=ends)
    AdviceFollowUp.objects.create(advice=advice, session=discussed, outcome="helped", note=TOLD, by=grace, at=ends)
    CaseEvent.objects.create(
        case=case, number=50, kind="return", from_state="submitted", to_state="returned", reason=TOLD, by=grace, at=now
    )
    danger = raise_risk(key=uuid4(), what="self", note=TOLD, case_id=case.pk, happened_at=now, by=amina, at=now)
    acknowledge(escalation=danger, by=grace, at=now)
    close_danger(escalation=danger, outcome="safe", note="She is with her sister.", by=grace, at=now)
    ScreeningScore.objects.create(case=case, position=2, tool=NAME, version=NAME, score=3, cut_off_source=NAME)
    earlier = case_actions.create_past(
        key=uuid4(), provider=amina.provider, programme=case.programme, answers=case.answers | {"tried": TOLD},
        state="closed", at=now, by=amina,
    )  # fmt: skip
    case.series = earlier.series = "K7WM-3TQ9"
    CasePresentation.objects.bulk_update([case, earlier], ["series"])
    CasePicture.objects.create(case=case, position=1, alt=TOLD, sealed=b"", width=1, height=1, at=now)
    return SupervisionSession.objects.get(pk=discussed.pk)


def places(session: SupervisionSession, case: CasePresentation) -> dict[str, list[str]]:
    """What stands in each place."""
    return {
        "talk": [str(event.data) for event in events_after(session.pk, 0, 500)],
        "title": [SupervisionSession.objects.get(pk=session.pk).title],
        "agenda": [str(SupervisionSession.objects.get(pk=session.pk).agenda)],
        "recording": [one.purpose for one in RecordingRequest.objects.filter(session=session)],
        "danger": [one.text for one in RiskNote.objects.all()],
        "scores": [one.tool + one.version + one.cut_off_source for one in case.scores.all()],
        "series": [one.tried for one in CasePresentation.objects.exclude(pk=case.pk)],
        "private": [row.text for row in PrivateMessage.objects.filter(session=session)],
        "own notes": [row.text for row in PrivateNote.objects.filter(session=session)],
        "closing note": [SupervisionSession.objects.get(pk=session.pk).closing_note],
        "minutes": [version.words for version in Minutes.objects.get(session=session).versions.all()],
        "advice": [one.text for one in Recommendation.objects.filter(case=case)],
        "why not": [one.why_not for one in Recommendation.objects.filter(case=case)],
        "looking back": [one.note for one in AdviceFollowUp.objects.filter(session=session)],
        "returned": [event.reason for event in CaseEvent.objects.filter(case=case)],
        "picture": [one.alt for one in CasePicture.objects.filter(case=case)],
    }


def with_name(session: SupervisionSession, case: CasePresentation) -> list[str]:
    return [place for place, texts in places(session, case).items() if any(NAME in text for text in texts)]


def test_taken_from_the_case_they_are_nowhere(
    named: SupervisionSession, case: CasePresentation, grace: User, ends: datetime
) -> None:
    assert len(with_name(named, case)) == 16

    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)

    assert with_name(named, case) == []
    assert "We spoke of […] again." in places(named, case)["advice"]
    assert str({"text": "Nothing to see."}) in places(named, case)["talk"]


def test_who_and_when_stay_and_the_signature_too(
    named: SupervisionSession, case: CasePresentation, grace: User, amina: User, ends: datetime
) -> None:
    line = next(event for event in events_after(named.pk, 0, 500) if (event.data or {}).get("text") == TOLD)

    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)

    row = RoomEvent.objects.get(session=named, seq=line.seq)
    told = RoomEvent.objects.get(session=named, seq=row.redacted_by)
    assert (row.by, row.at, bytes(row.sealed)) == (amina, line.at, b"")
    assert (told.kind, told.by) == ("redact", grace)
    assert Minutes.objects.get(session=named).signed_by == grace


def test_the_log_has_no_hole_and_the_incident_says_no_words(
    named: SupervisionSession, case: CasePresentation, grace: User, ends: datetime
) -> None:
    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)

    seqs = [event.seq for event in events_after(named.pk, 0, 500)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert SupervisionSession.objects.get(pk=named.pk).log_head == seqs[-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM supervision_identifierincident")
        assert NAME not in str(cursor.fetchall())
    assert IdentifierIncident.objects.get(subject=case.pk).state == "closed"


def test_pressed_again_it_says_that_nothing_has_them(
    named: SupervisionSession, case: CasePresentation, grace: User, ends: datetime
) -> None:
    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)
    before = RoomEvent.objects.count()

    with pytest.raises(rules.NoSuchWords):
        case_actions.redact_words(case=case, words=NAME, by=grace, at=ends + timedelta(minutes=1))
    assert RoomEvent.objects.count() == before


def test_a_meeting_that_did_not_see_the_case_keeps_its_words(
    named: SupervisionSession, case: CasePresentation, grace: User, ends: datetime
) -> None:
    named.seen_cases.all().delete()

    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)

    assert with_name(named, case) == [
        "talk", "title", "agenda", "recording", "private", "own notes", "closing note", "minutes"
    ]  # fmt: skip


def test_somebody_else_takes_nothing(
    named: SupervisionSession, case: CasePresentation, amina: User, brian: User, ends: datetime
) -> None:
    for person in (amina, brian):
        with pytest.raises(rules.NotItsSupervisor):
            case_actions.redact_words(case=case, words=NAME, by=person, at=ends)

    assert len(with_name(named, case)) == 16


def test_words_that_are_part_of_a_tag_leave_a_clean_note(
    named: SupervisionSession, case: CasePresentation, grace: User, ends: datetime
) -> None:
    html = '<p>Read <a href="https://example.org/a">this</a> onmouseover=alert(1)</p>'
    row = SupervisionSession.objects.get(pk=named.pk)
    row.closing_note = html
    row.save(update_fields=["closing_note"])

    case_actions.redact_words(case=case, words="href", by=grace, at=ends)

    kept = SupervisionSession.objects.get(pk=named.pk).closing_note
    assert kept == clean_note(kept)
    assert "<a […]" not in kept


def test_of_a_call_that_goes_on_nothing_is_taken_and_afterwards_it_can_be(
    named: SupervisionSession, case: CasePresentation, grace: User, ends: datetime
) -> None:
    RiskEscalation.objects.update(state="acting", closed_at=None, closed_by=None, outcome="")

    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)
    during = with_name(named, case)
    RiskEscalation.objects.update(state="closed", closed_at=ends, closed_by=grace, outcome="safe")
    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)

    assert (during, with_name(named, case)) == (["danger"], [])


def test_words_that_stand_only_in_another_presentation_of_the_same_person_go_too(
    named: SupervisionSession, case: CasePresentation, grace: User, ends: datetime
) -> None:
    other = CasePresentation.objects.exclude(pk=case.pk).get()
    other.tried = "I met Wanjiru Njeri."
    other.save(update_fields=["tried"])

    case_actions.redact_words(case=case, words="Wanjiru Njeri", by=grace, at=ends)

    other.refresh_from_db()
    assert (other.tried, other.events.last().kind) == ("I met […].", "redact")
    assert IdentifierIncident.objects.filter(place="case").count() == 1


def test_calendars_take_a_meetings_new_name(
    named: SupervisionSession, case: CasePresentation, grace: User, ends: datetime
) -> None:
    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)

    after = SupervisionSession.objects.get(pk=named.pk)
    assert (after.title, after.sequence) == ("About […]", named.sequence + 1)
