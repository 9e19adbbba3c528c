"""Who may see a danger and work on it; a stranger gets the 404 of one that does not exist."""

from uuid import UUID

from django.http import Http404

from lms.people.models import User
from lms.people.queries import provider_of
from lms.programmes.access import has_role
from lms.programmes.models import Enrolment, Programme
from lms.programmes.queries import enrolments_ever, held_enrolments, programmes_of
from supervision.cases.access import may_read
from supervision.cases.models import CasePresentation
from supervision.cases.queries import case_by_id

from .models import OnCallShift, RiskEscalation, RiskFollowUp
from .queries import follow_up_for, rows_of, seen_by


def get_escalation_for(person: User, key: UUID) -> RiskEscalation:
    """For its raiser, the group's supervisors and who was told, or 404."""
    found = seen_by(person).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def get_follow_up_for(person: User, key: UUID) -> RiskFollowUp:
    found = follow_up_for(person, key)
    if found is None:
        raise Http404
    return found


def may_see(person: User, escalation: RiskEscalation) -> bool:
    return seen_by(person).filter(pk=escalation.pk).exists()


def may_work_on(person: User, escalation: RiskEscalation) -> bool:
    """Take it, act, hand it over, close it: whoever may see it, but never its raiser."""
    return escalation.raised_by_id != person.pk and may_see(person, escalation)


def learns_in(person: User, programme_id: UUID | None) -> Enrolment | None:
    """The enrolment in this programme, else the first; one that is over counts too: danger asks for no papers."""
    provider = provider_of(person)
    if provider is None:
        return None
    rows = held_enrolments(person) or list(enrolments_ever(provider))
    return next((row for row in rows if row.programme_id == programme_id), rows[0] if rows else None)


def enrolment_of_case(case: CasePresentation) -> Enrolment | None:
    """Whose group it concerns when a supervisor presses for a case: the writer's."""
    return enrolments_ever(case.provider).filter(programme=case.programme_id).first()


def enrolment_of_danger(person: User, case: CasePresentation | None, programme_id: UUID | None) -> Enrolment | None:
    """Whose group it concerns: of somebody else's case its writer's, else hers. None where she works in the programme
    that it is about and learns in another one: then that programme is told.
    """
    found = enrolment_of_case(case) if case and case.provider.user_id != person.pk else None
    if found:
        return found
    wanted = case.programme_id if case else programme_id
    mine = learns_in(person, wanted)
    elsewhere = mine and wanted and mine.programme_id != wanted
    return None if elsewhere and any(one.pk == wanted for one in programmes_of(person)) else mine


def programme_of_danger(person: User, programme_id: UUID | None) -> Programme | None:
    """Where somebody belongs who presses the button and does not learn: the programme asked for, else the first."""
    mine = programmes_of(person)
    return next((one for one in mine if one.pk == programme_id), mine[0] if mine else None)


def case_of_danger(person: User, case_id: UUID | None) -> CasePresentation | None:
    """The case that it is about, if the person may read it; a wrong one is left out, never a reason to refuse."""
    case = case_by_id(case_id) if case_id else None
    return case if case and may_read(person, case) else None


def programmes_to_staff(person: User) -> list[Programme]:
    """Whose rota this person makes."""
    return programmes_of(person, "manager") if has_role(person, "manager") else []


def get_shift_for(person: User, key: UUID) -> OnCallShift:
    """A row of the rota for a manager of its programme, or 404."""
    found = rows_of(programmes_to_staff(person)).filter(pk=key).first()
    if found is None:
        raise Http404
    return found
