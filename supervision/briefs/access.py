"""Who may read briefs: who leads the meeting as a supervisor; a host of peers and a stranger get the 404 of a missing
page.
"""

from uuid import UUID

from django.http import Http404

from lms.people.models import User
from lms.programmes.access import has_role
from supervision.sessions.access import get_session_for, may_supervise
from supervision.sessions.models import SupervisionSession


def get_session_to_brief(person: User, session_id: UUID) -> SupervisionSession:
    """The meeting for who leads it as a supervisor, or 404: what peers were rated and told is not their host's."""
    session = get_session_for(person, session_id)
    if not may_supervise(person, session):
        raise Http404
    return session


def check_supervisor(person: User) -> None:
    """404 for who supervises nobody."""
    if not has_role(person, "supervisor"):
        raise Http404
