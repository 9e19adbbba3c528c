"""Who may see, change and sign for a group; a stranger gets the same 404 as for a group that does not exist."""

from uuid import UUID

from django.http import Http404

from lms.people.models import User
from lms.programmes.access import get_cohort_for
from lms.programmes.models import Cohort
from lms.programmes.queries import cohorts_within

from .models import SupervisionGroup
from .queries import CHANGING_ROLES, belongs_to, group_by_id, is_member


def may_change(person: User, group: SupervisionGroup) -> bool:
    """A supervisor or manager whose role reaches the cohort."""
    return cohorts_within(person, *CHANGING_ROLES).filter(pk=group.cohort_id).exists()


def may_group(person: User, cohort: Cohort) -> bool:
    """Whether somebody may make a group of these people."""
    return cohorts_within(person, *CHANGING_ROLES).filter(pk=cohort.pk).exists()


def may_plan(person: User, group: SupervisionGroup) -> bool:
    """A supervisor of these people; among peers each member too."""
    if group.ended_at is not None:
        return False
    if cohorts_within(person, "supervisor").filter(pk=group.cohort_id).exists():
        return True
    return group.kind == "peer" and is_member(person, group)


def may_lead(person: User, group: SupervisionGroup) -> bool:
    """Who can be named to lead a meeting: a supervisor of these people; among peers one of them."""
    if group.kind == "peer":
        return is_member(person, group)
    return cohorts_within(person, "supervisor").filter(pk=group.cohort_id).exists()


def get_group_for(person: User, key: UUID) -> SupervisionGroup:
    """The group for who belongs to it or may change it, or 404."""
    group = group_by_id(key)
    if group is None or not (belongs_to(person, group) or may_change(person, group)):
        raise Http404
    return group


def get_group_to_change(person: User, key: UUID) -> SupervisionGroup:
    """Or 404."""
    group = group_by_id(key)
    if group is None or not may_change(person, group):
        raise Http404
    return group


def get_cohort_to_group(person: User, key: UUID) -> Cohort:
    """The cohort of whose people somebody may make a group, or 404."""
    return get_cohort_for(person, key, *CHANGING_ROLES)
