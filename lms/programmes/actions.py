"""Changes to programmes: each keyword-only, atomic, with `by` and `at`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction

from lms.people.actions import consent, make_known
from lms.people.models import OrgUnit, Provider, User
from lms.programmes.access import may_decide
from lms.programmes.models import (
    Assignment,
    Cohort,
    Enrolment,
    EnrolmentEvent,
    Programme,
    RoleGrant,
    Subject,
    TickTurn,
)
from lms.programmes.queries import enrolments_of, place_of_staff
from lms.programmes.rules import (
    AlreadyDecided,
    NothingToComeBackFrom,
    NotInScope,
    TwoNarrowings,
    decisions_for,
    stage_after,
)

GROUP_OF_ROLE = {"author": "authors_group", "reviewer": "reviewers_group"}


@transaction.atomic
def create_programme(*, slug: str, name: str, oncall_name: str, oncall_phone: str, **fields: str | bool) -> Programme:
    """A programme with the two empty groups that its authors and reviewers will be in."""
    return Programme.objects.create(
        slug=slug,
        name=name,
        oncall_name=oncall_name,
        oncall_phone=oncall_phone,
        authors_group=Group.objects.create(name=f"Authors · {slug}"),
        reviewers_group=Group.objects.create(name=f"Reviewers · {slug}"),
        **fields,
    )


@transaction.atomic
def add_cohort(*, programme: Programme, name: str, starts_on: date, org_unit: OrgUnit | None = None) -> Cohort:
    """A group of people who start together."""
    return Cohort.objects.create(programme=programme, name=name, starts_on=starts_on, org_unit=org_unit)


@transaction.atomic
def enrol(*, provider: Provider, cohort: Cohort, by: User | None, at: datetime) -> Enrolment:
    """Takes a provider into a cohort; enrolling again gives the first enrolment."""
    enrolment, new = Enrolment.objects.get_or_create(
        provider=provider,
        programme=cohort.programme,
        defaults={"cohort": cohort, "enrolled_at": at, "stage_since": at},
    )
    if new and provider.user:
        grant(user=provider.user, role="provider", programme=cohort.programme, cohort=cohort, by=by, at=at)
    return enrolment


@transaction.atomic
def known_to_ledger(*, person: User, cohort: Cohort) -> Provider | None:
    """The provider under which the ledger keeps what somebody did for a cohort. One who never learned here gets one
    without cadre and without enrolment, so that no list of learners knows her; without any place there is none.
    """
    known, place = getattr(person, "provider", None), None
    if known is None:
        place = place_of_staff(person, cohort)
    return make_known(person=person, org_unit=place) if place else known


@transaction.atomic
def decide(*, enrolment: Enrolment, decision: str, reason: str, by: User, at: datetime) -> EnrolmentEvent:
    """Pause, leave, withdraw, suspend or re-enter: kept with its reason, and the stage moves with it."""
    if not may_decide(by, enrolment):
        raise NotInScope
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    stage = stage_after(decision)
    if enrolment.stage == stage:
        raise AlreadyDecided
    if decision not in decisions_for(enrolment.stage):
        raise NothingToComeBackFrom
    event = EnrolmentEvent.objects.create(enrolment=enrolment, kind=decision, reason=reason, by=by, at=at)
    move_stage(enrolment=enrolment, stage=stage, at=at)
    return event


@transaction.atomic
def agree_to_conduct(*, person: User, at: datetime) -> dict[str, list[str]]:
    """Keeps that a person agreed to the code of conduct of every programme she learns in, in its version of now."""
    versions = sorted({enrolment.programme.code_of_conduct_version for enrolment in enrolments_of(person)})
    for version in versions:
        consent(user=person, kind="code_of_conduct", version=version, at=at)
    return {"versions": versions}


@transaction.atomic
def move_stage(*, enrolment: Enrolment, stage: str, at: datetime) -> bool:
    """Writes the kept figure; says whether it moved."""
    moved = Enrolment.objects.filter(pk=enrolment.pk).exclude(stage=stage).update(stage=stage, stage_since=at)
    if moved:
        enrolment.stage, enrolment.stage_since = stage, at
    return bool(moved)


@transaction.atomic
def grant(
    *,
    user: User,
    role: str,
    programme: Programme | None,
    by: User | None,
    at: datetime,
    org_unit: OrgUnit | None = None,
    cohort: Cohort | None = None,
) -> RoleGrant:
    """Gives a role within a scope, once; authors and reviewers join the programme's group."""
    if org_unit and cohort:
        raise TwoNarrowings
    held, _ = RoleGrant.objects.get_or_create(
        user=user,
        role=role,
        programme=programme,
        org_unit=org_unit,
        cohort=cohort,
        ended_at=None,
        defaults={"granted_at": at, "granted_by": by},
    )
    if programme and role in GROUP_OF_ROLE:
        user.groups.add(getattr(programme, GROUP_OF_ROLE[role]))
    return held


@transaction.atomic
def end_grant(*, held: RoleGrant, by: User, at: datetime) -> RoleGrant:
    """Ends a role; the person leaves the programme's group when no other grant keeps them in it."""
    if held.ended_at is None:
        held.ended_at, held.ended_by = at, by
        held.save(update_fields=["ended_at", "ended_by"])
    if held.programme and held.role in GROUP_OF_ROLE:
        others = RoleGrant.objects.filter(
            user=held.user, role=held.role, programme=held.programme, ended_at__isnull=True
        )
        if not others.exists():
            held.user.groups.remove(getattr(held.programme, GROUP_OF_ROLE[held.role]))
    return held


@transaction.atomic
def write_subject(
    *,
    key: UUID,
    kind: str,
    title: str,
    url: str,
    language: str,
    programme: Programme,
    parent_key: UUID | None,
    position: int,
    competencies: Sequence[str],
    live: bool,
) -> Subject:
    """Writes what can be learned, by its key; courses calls it when a page is published, moved or taken down."""
    subject, _ = Subject.objects.update_or_create(
        key=key,
        defaults={
            "kind": kind,
            "title": title,
            "url": url,
            "language": language,
            "programme": programme,
            "parent_id": parent_key,
            "position": position,
            "competencies": list(competencies),
            "live": live,
        },
    )
    return subject


@transaction.atomic
def assign(
    *,
    provider: Provider,
    subject: Subject,
    reason: str,
    due: date | None,
    by: User | None,
    at: datetime,
    source: str = "",
    key: UUID | None = None,
) -> Assignment:
    """Asks a provider to learn something; asking again while it is open changes nothing."""
    open_one = Assignment.objects.filter(
        provider=provider, subject=subject, source=source, done_at__isnull=True
    ).first()
    if open_one:
        return open_one
    named = {"id": key} if key else {}
    return Assignment.objects.create(
        provider=provider, subject=subject, reason=reason, due=due, by=by, at=at, source=source, **named
    )


@transaction.atomic
def mark_assignment_done(*, provider: Provider, subject_key: UUID, at: datetime) -> int:
    """Closes the open assignments of a subject; says how many."""
    found = Assignment.objects.filter(provider=provider, subject=subject_key, done_at__isnull=True)
    return found.update(done_at=at)


def take_turn(*, name: str, at: datetime, hold: timedelta) -> bool:
    """Whether this process may now do what is due; nobody else may until `hold` is over. One statement decides."""
    made = TickTurn.objects.filter(name=name).exists()
    if not made:
        TickTurn.objects.bulk_create([TickTurn(name=name, until=at)], ignore_conflicts=True)
    return bool(TickTurn.objects.filter(name=name, until__lte=at).update(until=at + hold))
