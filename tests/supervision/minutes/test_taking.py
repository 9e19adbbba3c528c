"""Words of a case go everywhere at once: from what stands beside it, what meetings wrote about it, their minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from lms.people.models import User
from supervision.cases import actions as case_actions
from supervision.cases import rules
from supervision.cases.models import CaseEvent, CasePresentation
from supervision.guard.models import IdentifierIncident
from supervision.minutes import actions
from supervision.minutes.models import Minutes
from supervision.minutes.rules import Wording
from supervision.pictures.models import CasePicture
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
    CasePicture.objects.create(case=case, position=1, alt=TOLD, sealed=b"", width=1, height=1, at=now)
    return SupervisionSession.objects.get(pk=discussed.pk)


def places(session: SupervisionSession, case: CasePresentation) -> dict[str, list[str]]:
    """What stands in each place."""
    return {
        "talk": [(event.data or {}).get("text", "") for event in events_after(session.pk, 0, 500)],
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
    assert len(with_name(named, case)) == 10

    case_actions.redact_words(case=case, words=NAME, by=grace, at=ends)

    assert with_name(named, case) == []
    assert "We spoke of […] again." in places(named, case)["advice"]
    assert "Nothing to see." in places(named, case)["talk"]


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

    assert with_name(named, case) == ["talk", "private", "own notes", "closing note", "minutes"]


def test_somebody_else_takes_nothing(
    named: SupervisionSession, case: CasePresentation, amina: User, brian: User, ends: datetime
) -> None:
    for person in (amina, brian):
        with pytest.raises(rules.NotItsSupervisor):
            case_actions.redact_words(case=case, words=NAME, by=person, at=ends)

    assert len(with_name(named, case)) == 10


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
