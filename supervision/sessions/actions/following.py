"""Looking back: at a later meeting the group hears what became of an advice."""

from datetime import datetime

from django.db import transaction

from lms.people.models import User
from supervision.cases import actions as cases
from supervision.sessions import rules
from supervision.sessions.actions.cases import check_lead
from supervision.sessions.models import AdviceFollowUp, Recommendation, SupervisionSession
from supervision.sessions.queries.following import advice_not_looked_at, advice_to_look_at, cases_with_due_advice


@transaction.atomic
def look_back(
    *, session: SupervisionSession, advice: Recommendation, outcome: str, note: str, by: User, at: datetime
) -> AdviceFollowUp:
    """Writes down what became of an advice, while the meeting is open; another word before its end replaces it."""
    session = SupervisionSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    check_lead(by, session)
    if session.state not in rules.OPEN_STATES:
        raise rules.MeetingOver
    if outcome not in rules.OUTCOMES or len(note) > rules.WHY_LIMIT:
        raise rules.OutcomeMissing
    if not advice_to_look_at(session).filter(pk=advice.pk).exists():
        raise rules.NoSuchAdvice
    row, _ = AdviceFollowUp.objects.update_or_create(
        advice=advice, session=session, defaults={"outcome": outcome, "note": note.strip(), "by": by, "at": at}
    )
    return row


def look_back_at_cases(session: SupervisionSession, *, at: datetime) -> None:
    """When the meeting is over: a case whose every advice was looked back at has been followed up."""
    seen = {row.advice.case_id: row.advice.case for row in session.follow_ups.select_related("advice__case")}
    for case in seen.values():
        if not advice_not_looked_at(case).exists():
            cases.follow_up(case=case, by=session.facilitator, at=at)


def advice_is_due(*, at: datetime) -> int:
    """The day of an advice has passed: its case waits for a look back; says how many."""
    return sum(cases.follow_up_due(case=case, at=at) for case in cases_with_due_advice(at.date()))
