"""A case that a meeting did not reach waits for another one, at its old place in the queue."""

from datetime import datetime

from django.db import transaction

from lms.people.models import User
from supervision.cases import rules
from supervision.cases.actions.moving import locked, move
from supervision.cases.models import CasePresentation


@transaction.atomic
def give_back(*, case: CasePresentation, why: str, by: User | None, at: datetime) -> CasePresentation:
    """No judgement of the case, so nobody is asked whether `by` may judge it: who ends the meeting is kept, and a host
    of peers ends hers too. `why`: one of rules.GIVEN_BACK. A case that is not planned any more stays.
    """
    case = locked(case)
    if case.state != "scheduled":
        return case
    case.session = None
    return move(case, "accepted", kind=rules.GIVEN_BACK[why], by=by, at=at, fields=["session"])
