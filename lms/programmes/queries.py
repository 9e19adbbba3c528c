"""Questions about programmes: who is in them, what is theirs, what somebody's roles reach."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.people.access import is_admin
from lms.people.models import OrgUnit, Provider, User
from lms.people.queries import consents_of, providers, root_unit, users
from lms.programmes.models import Assignment, Cohort, Enrolment, Programme, RoleGrant, Subject
from lms.programmes.registry import Number, on_call_sources
from lms.programmes.rules import LEARNING_STAGES, OUT_STAGES, STAFF_ROLES

LEARNER = "provider"


def signs_of_a_person() -> dict[str, Exists]:
    """What comes with whoever signs in: without any role, or never enrolled, no page asks for those rows."""
    return {
        "holds_roles": Exists(
            RoleGrant.objects.filter(user=OuterRef("pk"), ended_at__isnull=True).exclude(role=LEARNER)
        ),
        "was_enrolled": Exists(Enrolment.objects.filter(provider__user=OuterRef("pk"))),
    }


def grants_of(person: User | AnonymousUser) -> list[RoleGrant]:
    """The roles beside learning that a person holds now, asked once per request; her learning is her enrolments."""
    if not person.is_authenticated:
        return []
    if not hasattr(person, "_grants"):
        held = RoleGrant.objects.filter(user=person, ended_at__isnull=True).exclude(role=LEARNER)
        found = held.select_related("programme", "org_unit").order_by("granted_at", "role")
        person._grants = list(found) if getattr(person, "holds_roles", True) else []
    return person._grants


def enrolments_of(person: User | AnonymousUser) -> QuerySet[Enrolment]:
    """Where a person learns: enrolments that are not over. `agreed`: to the code of conduct in its version of now."""
    if not person.is_authenticated:
        return Enrolment.objects.none()
    found = Enrolment.objects.filter(provider__user_id=person.pk).exclude(stage__in=OUT_STAGES)
    agreed = consents_of(person).filter(kind="code_of_conduct", version=OuterRef("programme__code_of_conduct_version"))
    found = found.annotate(agreed=Exists(agreed))
    return found.select_related("programme", "cohort", "provider").order_by("enrolled_at")


def enrolments_ever(provider: Provider) -> QuerySet[Enrolment]:
    """Every enrolment of a provider, those that are over too, the latest first."""
    return Enrolment.objects.filter(provider=provider).select_related("programme", "cohort").order_by("-enrolled_at")


def held_enrolments(person: User | AnonymousUser) -> list[Enrolment]:
    """`enrolments_of`, asked once per request."""
    if not hasattr(person, "_enrolments"):
        person._enrolments = list(enrolments_of(person)) if getattr(person, "was_enrolled", True) else []
    return person._enrolments


def within(person: User | AnonymousUser, roles: Iterable[str], prefix: str = "") -> Q:
    """The condition that an enrolment (reached by `prefix`, like `enrolment__`) lies in the scope of these roles."""
    if not person.is_authenticated:
        return Q(pk__in=[])
    if is_admin(person):
        return Q()
    reached = Q(pk__in=[])
    for grant in grants_of(person):
        if grant.role not in roles or grant.programme_id is None:
            continue
        part = Q(**{f"{prefix}programme_id": grant.programme_id})
        if grant.cohort_id:
            part &= Q(**{f"{prefix}cohort_id": grant.cohort_id})
        if grant.org_unit_id:
            part &= Q(**{f"{prefix}provider__org_unit__path__startswith": grant.org_unit.path})
        reached |= part
    return reached


def enrolments_within(person: User | AnonymousUser, *roles: str) -> QuerySet[Enrolment]:
    """The enrolments that a person reaches by these roles."""
    found = Enrolment.objects.filter(within(person, roles))
    return found.select_related("provider__user", "provider__org_unit", "cohort", "programme")


def providers_within(person: User | AnonymousUser, *roles: str) -> QuerySet[Provider]:
    """The providers that a person reaches by these roles."""
    reached = Enrolment.objects.filter(within(person, roles)).values("provider_id")
    return providers().filter(pk__in=reached)


def programmes_of(person: User | AnonymousUser, *roles: str) -> list[Programme]:
    """The programmes where a person learns or holds a role (with `roles`: one of these), in order of name."""
    if is_admin(person):
        return list(Programme.objects.order_by("name"))
    found = {
        grant.programme_id: grant.programme
        for grant in grants_of(person)
        if grant.programme_id and (not roles or grant.role in roles)
    }
    if not roles:
        found |= {enrolment.programme_id: enrolment.programme for enrolment in held_enrolments(person)}
    return sorted(found.values(), key=lambda programme: programme.name)


def all_programmes() -> QuerySet[Programme]:
    """The programmes that the front page names: every one of the installation."""
    return Programme.objects.order_by("name")


def subject_by_key(key: UUID) -> Subject | None:
    """What can be learned, by its key."""
    return Subject.objects.filter(key=key).select_related("programme").first()


def subjects_by_keys(keys: Iterable[UUID | None]) -> list[Subject]:
    """What can be learned and is live, by many keys in one query; unknown keys are left out."""
    wanted = [key for key in keys if key]
    return list(Subject.objects.filter(key__in=wanted, live=True)) if wanted else []


def lessons_of(programme: Programme | UUID) -> QuerySet[Subject]:
    """Live lessons of a programme, in the order of the course."""
    return Subject.objects.filter(programme=programme, kind=Subject.Kind.LESSON, live=True).order_by("url")


def lessons_for_competency(programme: Programme, code: str) -> list[Subject]:
    """Live lessons of a programme that teach a competency."""
    return [lesson for lesson in lessons_of(programme) if code in lesson.competencies]


def held_assignments(person: User) -> list[Assignment]:
    """Everything that somebody asked this person to learn, done or not, in order; asked once per request."""
    if not hasattr(person, "_assignments"):
        found = Assignment.objects.filter(provider__user=person).select_related("subject", "by").order_by("at", "id")
        person._assignments = list(found)
    return person._assignments


def assignments_of(provider: Provider) -> QuerySet[Assignment]:
    """The same of somebody else."""
    return Assignment.objects.filter(provider=provider).select_related("subject", "by").order_by("at", "id")


def cohorts_within(person: User | AnonymousUser, *roles: str) -> QuerySet[Cohort]:
    """The cohorts that a person reaches by these roles: her own, or with somebody in her place."""
    if is_admin(person):
        return Cohort.objects.select_related("programme").order_by("name")
    reached = Q(pk__in=Enrolment.objects.filter(within(person, roles)).values("cohort_id"))
    for grant in grants_of(person):
        if grant.role in roles and grant.cohort_id:
            reached |= Q(pk=grant.cohort_id)
        elif grant.role in roles and grant.programme_id and not grant.org_unit_id:
            reached |= Q(programme_id=grant.programme_id)
    return Cohort.objects.filter(reached).select_related("programme").order_by("name")


def members_of_cohort(cohort: Cohort | UUID) -> QuerySet[User]:
    """The people who learn in a cohort and take part in its meetings."""
    return (
        users()
        .filter(
            provider__enrolments__cohort=cohort,
            provider__enrolments__stage__in=[*LEARNING_STAGES, "paused"],
        )
        .order_by("name")
    )


def staff_of_cohort(cohort: Cohort, *roles: str) -> QuerySet[User]:
    """The people who hold one of these roles over a cohort: by it, by its whole programme, or by a place in it."""
    units = list(cohort.enrolments.values_list("provider__org_unit__path", flat=True).distinct())
    held = Q(grants__cohort=cohort) | Q(
        grants__programme=cohort.programme_id, grants__org_unit=None, grants__cohort=None
    )
    found = users().filter(held, grants__role__in=roles, grants__ended_at__isnull=True)
    by_place = RoleGrant.objects.filter(
        programme=cohort.programme_id, role__in=roles, org_unit__isnull=False, ended_at__isnull=True
    ).values_list("user_id", "org_unit__path")
    reaching = {user for user, path in by_place if any(unit.startswith(path) for unit in units)}
    return users().filter(Q(pk__in=found.values("pk")) | Q(pk__in=reaching)).order_by("name")


def place_of_staff(person: User, cohort: Cohort) -> OrgUnit | None:
    """Where somebody with a role over a cohort belongs: her role's place, else the cohort's, else the country."""
    held = RoleGrant.objects.filter(user=person, programme=cohort.programme_id, ended_at=None, org_unit__isnull=False)
    grant = held.exclude(role=LEARNER).select_related("org_unit").order_by("granted_at", "id").first()
    return grant.org_unit if grant else cohort.org_unit or root_unit()


def staff_of(programme: Programme, *roles: str) -> QuerySet[User]:
    """The people who hold one of these roles in a programme, in all of it or in a part."""
    held = RoleGrant.objects.filter(programme=programme, role__in=roles, ended_at__isnull=True)
    return users().filter(pk__in=held.values("user_id")).order_by("name")


def names_in(programme: Programme | UUID) -> list[str]:
    """The names of everybody who ever learned in a programme, and of who holds a role in it now."""
    learn = Q(provider__enrolments__programme=programme)
    hold = Q(grants__programme=programme, grants__ended_at__isnull=True)
    return list(users().filter(learn | hold).values_list("name", flat=True).distinct())


def names_in_cohorts(cohorts: Iterable[UUID]) -> list[str]:
    """The names of everybody who learns or learned in these cohorts."""
    return list(
        users().filter(provider__enrolments__cohort__in=list(cohorts)).values_list("name", flat=True).distinct()
    )


def numbers_of(programmes: Iterable[Programme], *, at: datetime) -> list[tuple[Programme, list[Number]]]:
    """Whom to call in danger, by programme: who is on call now, then the programme's own numbers; each number once."""
    programmes = list(programmes)
    on_call: dict[UUID, list[tuple[str, str]]] = {}
    for source in on_call_sources.values():
        for key, people in source(programmes, at=at).items():
            on_call[key] = [*on_call.get(key, []), *people]
    return [(programme, _numbers(programme, on_call.get(programme.pk, []))) for programme in programmes]


def _numbers(programme: Programme, on_call: list[tuple[str, str]]) -> list[Number]:
    fixed = [(programme.oncall_name, programme.oncall_phone), (programme.oncall2_name, programme.oncall2_phone)]
    return [Number(name, phone) for name, phone in dict.fromkeys([*on_call, *fixed]) if phone]


def staff() -> QuerySet[User]:
    """People who hold any role beside learning: they sign in by password, never by a card that a manager prints."""
    roles = RoleGrant.objects.filter(role__in=STAFF_ROLES, ended_at__isnull=True).values("user_id")
    return users().filter(Q(pk__in=roles) | Q(is_staff=True) | Q(is_superuser=True))
