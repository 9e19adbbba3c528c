"""The skill that a case is to practise: chosen by its writer, or by the supervisor who plans it."""

from datetime import datetime

from django.db import transaction

from lms.competency.queries import known_skills
from lms.people.models import User
from supervision.cases import access, rules
from supervision.cases.actions.moving import locked
from supervision.cases.models import CasePresentation


def check_focus(case: CasePresentation) -> None:
    """Raises NoSuchSkill: the framework may have changed since the draft was begun."""
    if case.focus_competency and case.focus_competency not in known_skills(case.programme_id):
        raise rules.NoSuchSkill


@transaction.atomic
def set_focus(*, case: CasePresentation, competency: str, by: User, at: datetime) -> CasePresentation:
    """A supervisor says what the case is to practise, until it is shown; the same again changes nothing."""
    case = locked(case)
    if not access.may_review(by, case):
        raise rules.NotItsSupervisor
    if case.focus_competency == competency:
        return case
    if case.state not in rules.BEFORE_SHOWN:
        raise rules.CaseMoved
    case.focus_competency = competency
    check_focus(case)
    case.save(update_fields=["focus_competency"])
    return case
