"""Changes about voice: a link to a meeting elsewhere, a question about recording, an answer to it."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from supervision.guard.rules import has_words, without_words
from supervision.sessions import access
from supervision.sessions.models import SupervisionSession
from supervision.sessions.rules import OPEN_STATES, OVER_STATES, NotAMember, NotTheFacilitator

from . import queries, registry, rules
from .models import MeetingLink, RecordingAnswer, RecordingRequest


def check_lead(by: User, session: SupervisionSession) -> None:
    """Raises NotTheFacilitator unless the person may lead this meeting."""
    if not access.may_facilitate(by, session):
        raise NotTheFacilitator


@transaction.atomic
def set_link(*, session: SupervisionSession, url: str, by: User, at: datetime) -> MeetingLink | None:
    """Says where the group talks; an empty address takes the link away."""
    check_lead(by, session)
    if session.state in OVER_STATES:
        raise rules.NoMeetingNow
    MeetingLink.objects.filter(session=session).delete()
    if not url.strip():
        return None
    return MeetingLink.objects.create(session=session, url=rules.check_link(url), by=by, at=at)


@transaction.atomic
def ask_to_record(*, session: SupervisionSession, purpose: str, by: User, at: datetime) -> RecordingRequest:
    """Asks everybody; who asks has said yes. Nothing is recorded here, and nobody may elsewhere before all agree."""
    check_lead(by, session)
    if session.state not in OPEN_STATES:
        raise rules.NoMeetingNow
    if not purpose.strip() or len(purpose.strip()) > rules.PURPOSE_LIMIT:
        raise rules.PurposeMissing
    if queries.open_request(session):
        raise rules.AlreadyAsked
    request = RecordingRequest.objects.create(session=session, purpose=purpose.strip(), by=by, at=at)
    RecordingAnswer.objects.create(request=request, person=by, yes=True, at=at)
    return request


@transaction.atomic
def stop_recording(*, session: SupervisionSession, by: User, at: datetime) -> None:
    """The question is taken back, or the recording is over; stopping twice changes nothing."""
    check_lead(by, session)
    RecordingRequest.objects.filter(session=session, ended_at=None).update(ended_at=at)


@transaction.atomic
def answer_recording(*, session: SupervisionSession, yes: bool, by: User, at: datetime) -> RecordingAnswer:
    """Says yes or no; the same again changes nothing, and a changed mind counts from now on. The room hears that there
    is an answer, and nobody whose it is.
    """
    if access.role_in(by, session) is None:
        raise NotAMember
    request = queries.open_request(session)
    if request is None:
        raise rules.NothingAsked
    last = request.answers.filter(person=by).order_by("-at", "-id").first()
    if last and last.yes == yes:
        return last
    transaction.on_commit(partial(registry.announce, session.pk))
    return RecordingAnswer.objects.create(request=request, person=by, yes=yes, at=at)


def take_words(*, session: UUID, words: str) -> int:
    """Takes words out of what recordings were said to be for; says in how many."""
    told = [one for one in RecordingRequest.objects.filter(session=session) if has_words(one.purpose, words)]
    for request in told:
        request.purpose = without_words(request.purpose, words)
        request.save(update_fields=["purpose"])
    return len(told)
