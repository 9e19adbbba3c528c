"""What a meeting means to do, in order."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from lms.people.models import User
from supervision.sessions import rules
from supervision.sessions.actions.cases import check_lead
from supervision.sessions.actions.log import lock_sessions
from supervision.sessions.models import SupervisionSession


@transaction.atomic
def set_agenda(
    *, session: SupervisionSession, agenda: Sequence[Mapping[str, object]], by: User, at: datetime
) -> SupervisionSession:
    """Takes the place of what stood there: `{"kind": one of AGENDA_KINDS, "title": str, "minutes": int}` per item."""
    items = rules.checked_agenda(agenda)
    session = lock_sessions(sessions=[session.pk])[session.pk]
    check_lead(by, session)
    if session.state in rules.OVER_STATES:
        raise rules.MeetingOver
    session.agenda = items
    session.save(update_fields=["agenda"])
    return session
