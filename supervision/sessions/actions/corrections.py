"""Attendance corrected: the stays stay as they are, a row says how long it really was and why; the ledger follows."""

from datetime import datetime

from django.db import transaction

from lms.people.models import User
from supervision.sessions import access, queries, rules
from supervision.sessions.actions.settling import follow_correction
from supervision.sessions.models import AttendanceCorrection, SupervisionSession


@transaction.atomic
def correct_attendance(
    *, session: SupervisionSession, person: User, minutes: int, reason: str, by: User, at: datetime
) -> AttendanceCorrection:
    """How many minutes somebody was there, who led included. By another one who supervises there; among peers by who
    may change their group. Never about oneself.

    What the ledger has is taken back and written anew in the same transaction; 0 minutes is only taken back. The same
    minutes again change nothing.
    """
    session = queries.full(SupervisionSession.objects.select_for_update(of=("self",))).get(pk=session.pk)
    if not access.may_correct(by, session, person):
        raise rules.NotYoursToCorrect
    if session.closed_at is None or session.live_at is None:
        raise rules.MeetingStillOpen
    if not queries.belonged_to(session, person):
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
        del session._corrections  # read before this one
        follow_correction(session, person, by=by, at=at)
    return correction
