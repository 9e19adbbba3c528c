"""Who may read minutes and who may write and sign them; a stranger gets the 404 of a missing page."""

from uuid import UUID

from django.http import Http404

from lms.people.models import User
from supervision.minutes import rules
from supervision.sessions.access import get_session_for, get_session_to_lead, may_facilitate
from supervision.sessions.models import SupervisionSession


def get_meeting_for(person: User, session_id: UUID) -> SupervisionSession:
    """The meeting that is over, for a member of it, or 404."""
    return with_minutes(get_session_for(person, session_id))


def get_meeting_to_write(person: User, session_id: UUID) -> SupervisionSession:
    """The same for who may write and sign, or 404."""
    return with_minutes(get_session_to_lead(person, session_id))


def with_minutes(session: SupervisionSession) -> SupervisionSession:
    if not rules.has_minutes(session.state, session.live_at):
        raise Http404
    return session


def may_write(person: User, session: SupervisionSession) -> bool:
    """Who led the meeting and its other supervisors; among peers the host."""
    return may_facilitate(person, session)
