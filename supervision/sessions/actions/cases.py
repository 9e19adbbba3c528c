"""Which case the group looks at."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from lms.programmes.registry import each
from supervision.cases import actions as case_actions
from supervision.cases.models import CasePresentation
from supervision.cases.queries import cases_left_behind, cases_of_meeting, cases_planned_for, cases_within
from supervision.cases.rules import CaseNotReady
from supervision.sessions import access, queries, rules
from supervision.sessions.models import SessionCase, SupervisionSession


def check_lead(by: User, session: SupervisionSession) -> None:
    """Raises NotTheFacilitator unless the person may lead this meeting."""
    if not access.may_facilitate(by, session):
        raise rules.NotTheFacilitator


@transaction.atomic
def open_case(*, session: SupervisionSession, case_id: UUID, by: User, at: datetime) -> SessionCase:
    """Shows a case to the group; another open one is put away first. A sent case is accepted by being opened.

    A host of peers judges no case: she opens what a supervisor has planned for this meeting, and nothing else.
    """
    check_lead(by, session)
    if session.state != "live":
        raise rules.WrongMoment
    reached = cases_within(by) if access.may_supervise(by, session) else cases_of_meeting(session.pk)
    case = reached.filter(pk=case_id, programme=session.programme_id).first()
    if case is None or not queries.enrolments_in(session).filter(provider=case.provider_id).exists():
        raise rules.NoSuchCase
    if session.current_case_id and session.current_case_id != case.pk:
        put_away_case(session=session, by=by, at=at)
    if case.state == "submitted":
        case = case_actions.schedule(case=case, session=session, by=by, at=at)
    elif case.session_id not in {None, session.pk} and case.state == "presenting":
        raise CaseNotReady
    case = case_actions.open_case(case=case, session=session, by=by, at=at)
    session.current_case, session.step = case, "present"
    session.save(update_fields=["current_case", "step"])
    seen, _ = SessionCase.objects.update_or_create(
        session=session, case=case, defaults={"closed_at": None}, create_defaults={"opened_at": at}
    )
    return seen


@transaction.atomic
def close_case(*, session: SupervisionSession, case_id: UUID, by: User, at: datetime) -> SupervisionSession:
    """Puts the open case away: it has been talked about."""
    check_lead(by, session)
    if session.current_case_id != case_id:
        raise rules.NoSuchCase
    put_away_case(session=session, by=by, at=at)
    session.save(update_fields=["current_case", "step"])
    return session


def put_away_case(*, session: SupervisionSession, by: User, at: datetime) -> None:
    """Ends the open case, if any; the caller saves the meeting."""
    if session.current_case_id is None:
        return
    case_actions.close_case(case=session.current_case, by=by, at=at)
    session.seen_cases.filter(case=session.current_case_id).update(closed_at=at)
    session.current_case, session.step = None, ""


def give_cases_back(*, session: SupervisionSession, by: User | None, at: datetime) -> None:
    """The meeting is over: what was planned for it and never opened waits for another one."""
    for case in cases_planned_for(session.pk):
        case_actions.give_back(case=case, why=session.state, by=by, at=at)


def give_left_cases_back(*, at: datetime) -> int:
    """The same for cases that were planned for a meeting in the moment in which it ended; the tick job."""

    def give_back(case: CasePresentation) -> int:
        case_actions.give_back(case=case, why=case.session.state, by=None, at=at)
        return 1

    return each("a case could not be given back", list(cases_left_behind(rules.OVER_STATES)), give_back)
