"""A case after its advice: time to look back, looked back together, finished."""

from datetime import datetime

from django.db import transaction

from lms.people.models import User
from supervision.cases import access, rules
from supervision.cases.actions.moving import locked, move
from supervision.cases.models import CasePresentation


@transaction.atomic
def follow_up_due(*, case: CasePresentation, at: datetime) -> bool:
    """The day of its advice has passed; says whether it moved."""
    case = locked(case)
    if case.state != "recommendations_issued":
        return False
    move(case, "follow_up_due", kind="due", by=None, at=at)
    return True


@transaction.atomic
def follow_up(*, case: CasePresentation, by: User | None, at: datetime) -> CasePresentation:
    """Every advice was looked back at; a case in another state stays."""
    case = locked(case)
    if case.state == "recommendations_issued":
        case = move(case, "follow_up_due", kind="due", by=by, at=at)
    if case.state == "follow_up_due":
        case = move(case, "followed_up", kind="follow_up", by=by, at=at)
    return case


@transaction.atomic
def finish(*, case: CasePresentation, by: User, at: datetime) -> CasePresentation:
    """A supervisor says that nothing more is to do; again, it changes nothing."""
    case = locked(case)
    if not access.may_review(by, case):
        raise rules.NotItsSupervisor
    if case.state == "closed":
        return case
    return move(case, "closed", kind="finish", by=by, at=at)
