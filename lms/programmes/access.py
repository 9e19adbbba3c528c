"""Who may see or change another person, and who may open a programme's courses."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from lms.people.access import is_admin
from lms.people.models import Provider, User
from lms.programmes.models import Cohort, Enrolment, Programme
from lms.programmes.queries import (
    cohorts_within,
    enrolments_within,
    grants_of,
    held_enrolments,
    providers_within,
    staff,
)
from lms.programmes.rules import OUT_STAGES, STAFF_ROLES


def has_role(person: User | AnonymousUser, *roles: str, programme: Programme | None = None) -> bool:
    """Whether a person holds one of these roles, in this programme or (without one) anywhere."""
    if is_admin(person):
        return True
    return any(
        grant.role in roles and (programme is None or grant.programme_id == programme.pk) for grant in grants_of(person)
    )


def may_act_on(person: User, provider: Provider, *roles: str, programme: Programme | None = None) -> bool:
    """Whether one of these roles of the person reaches an enrolment of the provider (in this programme)."""
    reached = enrolments_within(person, *roles).filter(provider=provider)
    if programme is not None:
        reached = reached.filter(programme=programme)
    return reached.exists()


def get_provider_for(person: User, key: UUID, *roles: str) -> Provider:
    """The provider, or 404: the same for who is out of scope and who does not exist."""
    provider = providers_within(person, *roles).filter(pk=key).first()
    if provider is None:
        raise Http404
    return provider


def get_enrolment_for(person: User, key: UUID, *roles: str) -> Enrolment:
    """The enrolment, or 404."""
    enrolment = enrolments_within(person, *roles).filter(pk=key).first()
    if enrolment is None:
        raise Http404
    return enrolment


def may_decide(person: User, enrolment: Enrolment) -> bool:
    """Pause, withdraw, suspend, let come back: a manager in scope, never about oneself."""
    is_own = enrolment.provider.user_id == person.id
    return not is_own and may_act_on(person, enrolment.provider, "manager", programme=enrolment.programme)


def get_enrolment_to_decide(person: User, key: UUID) -> Enrolment:
    """Or 404."""
    enrolment = get_enrolment_for(person, key, "manager")
    if not may_decide(person, enrolment):
        raise Http404
    return enrolment


def get_cohort_for(person: User, key: UUID, *roles: str) -> Cohort:
    """The cohort, or 404."""
    cohort = cohorts_within(person, *roles).filter(pk=key).first()
    if cohort is None:
        raise Http404
    return cohort


def is_enrolled(person: User | AnonymousUser, programme: Programme | UUID) -> bool:
    """Whether a person learns in this programme now."""
    key = programme.pk if isinstance(programme, Programme) else programme
    return any(enrolment.programme_id == key for enrolment in held_enrolments(person))


def may_open_course(person: User | AnonymousUser, programme: Programme | UUID) -> bool:
    """Enrolled people and the programme's staff see its pages; nobody else."""
    if not person.is_authenticated:
        return False
    key = programme.pk if isinstance(programme, Programme) else programme
    staff = any(grant.role in STAFF_ROLES and grant.programme_id == key for grant in grants_of(person))
    return is_admin(person) or staff or is_enrolled(person, key)


def people_for_cards(person: User, programme: Programme | None = None) -> QuerySet[Enrolment]:
    """The enrolments of those for whom this manager may make cards: in her scope, learning, and not staff.

    Whoever prints a card sees its starting PIN: no manager may so become an admin.
    """
    reached = enrolments_within(person, "manager").exclude(stage__in=OUT_STAGES)
    if programme is not None:
        reached = reached.filter(programme=programme)
    return reached.filter(provider__user__is_active=True).exclude(provider__user__in=staff().values("pk"))


def get_provider_for_card(person: User, key: UUID) -> Provider:
    """The provider whose card this manager may make, or 404."""
    enrolment = people_for_cards(person).filter(provider=key).first()
    if enrolment is None:
        raise Http404
    return enrolment.provider
