"""A meeting to which too few came, or that nobody opened: it does not take place, and nobody's time counts."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from lms.programmes.registry import each
from supervision.sessions import queries, rules
from supervision.sessions.actions.cases import check_lead, give_cases_back
from supervision.sessions.actions.log import lock_sessions
from supervision.sessions.actions.stays import end_open_stays
from supervision.sessions.actions.telling import call_off_reminders, tell_too_few
from supervision.sessions.models import SupervisionSession


@transaction.atomic
def too_few(*, session: SupervisionSession, by: User, at: datetime) -> SupervisionSession:
    """Who leads says so while the doors are open and the meeting has not begun; who may be on the way is told."""
    check_lead(by, session)
    if session.state != "lobby":
        raise rules.WrongMoment
    not_held(session=session, by=by, at=at)
    tell_too_few(session=session, by=by, at=at)
    return session


def not_held(*, session: SupervisionSession, by: User | None, at: datetime) -> None:
    """The locked meeting ends without having begun: calendars take it out, its cases wait for another one."""
    rules.check_move(session.state, "no_quorum")
    session.sequence, session.revised_at, session.state = session.sequence + 1, at, "no_quorum"
    session.save(update_fields=["state", "sequence", "revised_at"])
    end_open_stays(session=session, at=at)
    give_cases_back(session=session, by=by, at=at)


def give_up_unheld(*, at: datetime) -> int:
    """Half a day after its end a meeting that never began is over, whatever became of who planned it; the tick job."""
    late = [one.pk for one in queries.never_begun(at) if rules.is_given_up(one.starts_at, one.minutes, at)]
    return each("a meeting that never began could not be ended", late, lambda session_id: give_up(session_id, at))


@transaction.atomic
def give_up(session_id: UUID, at: datetime) -> bool:
    """One of them under its lock, for it may be moved or opened in this moment; says whether it was given up."""
    session = lock_sessions(sessions=[session_id])[session_id]
    unheld = session.state in rules.BEFORE_STATES and rules.is_given_up(session.starts_at, session.minutes, at)
    if unheld:
        not_held(session=session, by=None, at=at)
        call_off_reminders([(session, session.starts_at)], at=at)
    return unheld
