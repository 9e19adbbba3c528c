"""Who may read briefs: who leads the meeting, who supervises; a stranger gets the 404 of a missing page."""

from uuid import UUID

from django.http import Http404

from lms.people.models import User
from lms.programmes.access import has_role
from supervision.sessions.access import get_session_to_lead
from supervision.sessions.models import SupervisionSession


def get_session_to_brief(person: User, session_id: UUID) -> SupervisionSession:
    """The meeting for who may lead it, or 404."""
    return get_session_to_lead(person, session_id)


def check_supervisor(person: User) -> None:
    """404 for who supervises nobody."""
    if not has_role(person, "supervisor"):
        raise Http404
