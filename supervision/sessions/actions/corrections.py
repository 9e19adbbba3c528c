"""Attendance corrected: the stays stay as they are, a row says how long it really was and why; the ledger follows."""

from datetime import datetime
from uuid import uuid5

from django.db import transaction

from lms.ledger.actions import record, reverse
from lms.ledger.queries import entries_of
from lms.people.models import User
from supervision.sessions import access, queries, rules
from supervision.sessions.actions.settling import attended_facts
from supervision.sessions.models import AttendanceCorrection, SupervisionSession


@transaction.atomic
def correct_attendance(
    *, session: SupervisionSession, person: User, minutes: int, reason: str, by: User, at: datetime
) -> AttendanceCorrection:
    """How many minutes somebody was there. By who leads as a supervisor, about a member, never about oneself.

    What the ledger has is taken back and written anew in the same transaction; 0 minutes is only taken back. The same
    minutes again change nothing.
    """
    session = SupervisionSession.objects.select_for_update(of=("self",)).select_related("programme").get(pk=session.pk)
    if not access.may_supervise(by, session) or by.pk == person.pk:
        raise rules.NotYoursToCorrect
    if session.closed_at is None or session.live_at is None:
        raise rules.MeetingStillOpen
    if person.pk == session.facilitator_id or queries.member_of(session, person) is None:
        raise rules.NotAMember
    if not reason.strip():
        raise rules.CorrectionUnexplained
    if not 0 <= minutes <= rules.longest_minutes(session.live_at, session.closed_at):
        raise rules.TooManyMinutes
    last = queries.corrections_of(session).get(person.pk)
    if last and last.seconds == minutes * 60:
        return last
    correction = AttendanceCorrection.objects.create(
        session=session, person=person, seconds=minutes * 60, reason=reason.strip(), by=by, at=at
    )
    if session.settled_at is not None:
        replace_entry(correction, by=by, at=at)
    return correction


def replace_entry(correction: AttendanceCorrection, *, by: User, at: datetime) -> None:
    """The entry of the meeting goes, and one with the corrected time comes; keys are made of the correction."""
    session, provider = correction.session, getattr(correction.person, "provider", None)
    if provider is None:
        return
    for entry in entries_of(provider, session.programme):
        if entry.kind == "session.attended" and entry.facts["session"] == str(session.pk):
            reverse(entry=entry, reason=correction.reason, by=by, at=at)
    if correction.seconds:
        record(
            key=uuid5(correction.pk, f"session.attended:{provider.pk}"),
            provider=provider,
            programme=session.programme,
            kind="session.attended",
            facts=attended_facts(session, correction.seconds),
            happened_at=session.closed_at,
            by=by,
            at=at,
        )
