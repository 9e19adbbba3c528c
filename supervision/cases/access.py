"""Who may read, write and judge a case. A stranger gets the same 404 as for a case that does not exist."""

from uuid import UUID

from django.http import Http404

from lms.people.models import User
from lms.programmes.access import is_enrolled, may_act_on
from lms.programmes.models import Programme
from lms.programmes.queries import programmes_of

from . import rules
from .models import CasePresentation
from .queries import with_people


def is_writer(person: User, case: CasePresentation) -> bool:
    return case.provider.user_id == person.pk


def may_write_in(person: User, programme: Programme) -> bool:
    return is_enrolled(person, programme)


def programmes_to_write_in(person: User) -> list[Programme]:
    """Where this person can show a case, by name."""
    return [programme for programme in programmes_of(person) if may_write_in(person, programme)]


def may_edit(person: User, case: CasePresentation) -> bool:
    return is_writer(person, case) and case.state in rules.WRITABLE


def may_review(person: User, case: CasePresentation) -> bool:
    """A supervisor in scope, once it was sent; never of an own case."""
    if case.state in rules.HIDDEN_FROM_STAFF or is_writer(person, case):
        return False
    return may_act_on(person, case.provider, "supervisor", programme=case.programme)


def may_read(person: User, case: CasePresentation) -> bool:
    if is_writer(person, case):
        return case.state != "withdrawn"
    return may_review(person, case)


def get_case_for(person: User, case_id: UUID) -> CasePresentation:
    case = with_people(CasePresentation.objects.filter(pk=case_id)).first()
    if case is None or not may_read(person, case):
        raise Http404
    return case


def get_own_case(person: User, case_id: UUID) -> CasePresentation:
    case = get_case_for(person, case_id)
    if not is_writer(person, case):
        raise Http404
    return case


def get_case_to_review(person: User, case_id: UUID) -> CasePresentation:
    case = get_case_for(person, case_id)
    if not may_review(person, case):
        raise Http404
    return case
