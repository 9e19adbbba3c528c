"""Questions about supervision groups: whose they are, who belongs to them, who signed, who could."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lms.people.models import Provider, User
from lms.programmes.models import Cohort
from lms.programmes.queries import cohorts_within, enrolments_within, staff_of_cohort
from lms.programmes.rules import LEARNING_STAGES

from .models import AgreementSignature, GroupMember, SupervisionAgreement, SupervisionGroup

GOING_STAGES = (*LEARNING_STAGES, "paused")
CHANGING_ROLES = ("supervisor", "manager")


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who is asked to sign, as what, and when she did."""

    person: User
    role: str
    signed_at: datetime | None


def full(groups: QuerySet[SupervisionGroup]) -> QuerySet[SupervisionGroup]:
    """With all that a list shows. `people`: how many members it has now."""
    now = Q(members__left_at=None, members__provider__user__is_active=True)
    counted = groups.annotate(people=Count("members", filter=now, distinct=True))
    return counted.select_related("programme", "cohort", "supervisor", "co_supervisor")


def memberships_of(person: User) -> QuerySet[GroupMember]:
    """Where a person is a member now."""
    return GroupMember.objects.filter(provider__user=person, left_at=None)


def own_groups(person: User) -> Q:
    """The condition that a person belongs to a group, as a member or as its supervisor."""
    mine = Exists(memberships_of(person).filter(group=OuterRef("pk")))
    return Q(mine) | Q(supervisor=person) | Q(co_supervisor=person)


def groups_of(person: User) -> list[SupervisionGroup]:
    """The groups that a person belongs to now, by name; `signed` says whether she signed their newest agreement."""
    newest = SupervisionAgreement.objects.filter(group=OuterRef(OuterRef("pk"))).order_by("-version").values("pk")[:1]
    signed = AgreementSignature.objects.filter(person=person, agreement__in=newest)
    found = SupervisionGroup.objects.filter(own_groups(person), ended_at=None).annotate(signed=Exists(signed))
    return list(full(found).order_by("name", "id"))


def groups_to_change(person: User) -> QuerySet[SupervisionGroup]:
    """The groups whose people a supervisor or manager reaches; those that ended stand last."""
    cohorts = cohorts_within(person, *CHANGING_ROLES).values("pk")
    return full(SupervisionGroup.objects.filter(cohort__in=cohorts)).order_by("ended_at", "name", "id")


def groups_to_plan(person: User) -> QuerySet[SupervisionGroup]:
    """The groups for which a person may plan a meeting: a supervisor of these people, or a member of a peer group."""
    cohorts = cohorts_within(person, "supervisor").values("pk")
    peers = memberships_of(person).values("group_id")
    found = SupervisionGroup.objects.filter(Q(cohort__in=cohorts) | Q(pk__in=peers, kind="peer"), ended_at=None)
    return found.select_related("programme", "cohort", "supervisor").order_by("name", "id")


def group_by_id(key: UUID) -> SupervisionGroup | None:
    """A group without asking who wants to know; access is the caller's."""
    return full(SupervisionGroup.objects.filter(pk=key)).first()


def group_named(cohort: Cohort, name: str) -> SupervisionGroup | None:
    """The group of this name that has not ended."""
    return SupervisionGroup.objects.filter(cohort=cohort, name=name, ended_at=None).first()


def belongs_to(person: User, group: SupervisionGroup) -> bool:
    """Whether a person is a member or supervisor of this group now."""
    return SupervisionGroup.objects.filter(own_groups(person), pk=group.pk).exists()


def is_member(person: User, group: SupervisionGroup) -> bool:
    """Whether a person is a member (and so may lead a group of peers)."""
    return going_members(group).filter(provider__user=person).exists()


def going_members(group: SupervisionGroup) -> QuerySet[GroupMember]:
    """Members who still learn in the cohort, by name."""
    found = GroupMember.objects.filter(
        group=group,
        left_at=None,
        provider__user__is_active=True,
        provider__enrolments__cohort=group.cohort_id,
        provider__enrolments__stage__in=GOING_STAGES,
    )
    return found.select_related("provider__user").order_by("provider__user__name", "id")


def member_rows(groups: Iterable[UUID]) -> QuerySet[GroupMember]:
    """Every membership of these groups that goes on."""
    return GroupMember.objects.filter(group__in=list(groups), left_at=None)


def member_rows_for(group: Any, provider: Any) -> QuerySet[GroupMember]:
    """The membership of this provider in this group, if it goes on; both may be columns of an outer query."""
    return GroupMember.objects.filter(group=group, provider=provider, left_at=None)


def providers_in_group(group: UUID) -> QuerySet[GroupMember]:
    """The ids of the providers who are members now, for a condition."""
    return GroupMember.objects.filter(group=group, left_at=None).values("provider_id")


def newest_agreement(group: SupervisionGroup) -> SupervisionAgreement | None:
    """The text that counts now."""
    return SupervisionAgreement.objects.filter(group=group).select_related("written_by").order_by("-version").first()


def signers_of(group: SupervisionGroup, agreement: SupervisionAgreement | None) -> list[Signer]:
    """Who is asked to sign: supervisors first, then members by name; with the day on which each did. Two queries."""
    signed: dict[UUID, datetime] = {}
    if agreement is not None:
        signed = dict(AgreementSignature.objects.filter(agreement=agreement).values_list("person_id", "signed_at"))
    asked = [(person, "supervisor") for person in (group.supervisor, group.co_supervisor) if person]
    asked += [(member.provider.user, "member") for member in going_members(group)]
    return [Signer(person, role, signed.get(person.pk)) for person, role in asked]


def supervisors_for(cohort: Cohort) -> QuerySet[User]:
    """Who can supervise a group of this cohort."""
    return staff_of_cohort(cohort, "supervisor")


def leaders_for(group: SupervisionGroup) -> list[User]:
    """Who can lead a meeting of a group: a supervisor of these people; among peers one of them."""
    if group.kind == "peer":
        return [member.provider.user for member in going_members(group)]
    return list(supervisors_for(group.cohort))


def candidates_for(person: User, cohort: Cohort, group: SupervisionGroup | None) -> list[Provider]:
    """Whom this person can put into a group: who learns in the cohort and is in reach, and who is in it already."""
    reached = enrolments_within(person, *CHANGING_ROLES).filter(cohort=cohort, stage__in=GOING_STAGES)
    found = {row.provider_id: row.provider for row in reached.filter(provider__user__is_active=True)}
    if group is not None:
        found |= {member.provider_id: member.provider for member in going_members(group)}
    return sorted(found.values(), key=lambda provider: (provider.name, str(provider.pk)))
