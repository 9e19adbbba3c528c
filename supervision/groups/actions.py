"""Changes of supervision groups: made, changed, ended; the agreement written and signed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction
from django.db.models import Max

from lms.people.models import User
from lms.people.rules import Invalid
from lms.programmes.models import Cohort
from supervision.groups import access, queries, registry, rules
from supervision.groups.models import AgreementSignature, GroupMember, SupervisionAgreement, SupervisionGroup


@transaction.atomic
def create_group(
    *,
    cohort: Cohort,
    name: str,
    kind: str,
    supervisor: User | None,
    co_supervisor: User | None,
    time_zone: str,
    cadence: str,
    providers: Collection[UUID],
    by: User,
    at: datetime,
) -> SupervisionGroup:
    """Makes a group with its people and the usual agreement, which each of them is then asked to sign."""
    if not access.may_group(by, cohort):
        raise rules.NotYourGroup
    told = checked(cohort, name, kind, supervisor, co_supervisor, time_zone, cadence)
    group = SupervisionGroup(
        **told,
        programme_id=cohort.programme_id,
        cohort=cohort,
        started_at=at,
        created_by=by,
        changed_by=by,
        changed_at=at,
    )
    saved(group)
    set_members(group=group, providers=providers, by=by, at=at)
    add_agreement(group, rules.usual_agreement(kind), by, at)
    return group


def checked(
    cohort: Cohort,
    name: str,
    kind: str,
    supervisor: User | None,
    co_supervisor: User | None,
    time_zone: str,
    cadence: str,
) -> dict[str, Any]:
    """The fields of a group as they are stored, or a refusal. Peers have no supervisor, whatever was chosen."""
    name = name.strip()
    if not name or len(name) > rules.NAME_LIMIT or kind not in rules.KINDS or cadence not in rules.CADENCES:
        raise Invalid
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise Invalid from fault
    if kind == "peer":
        supervisor = co_supervisor = None
    elif supervisor is None:
        raise rules.SupervisorMissing
    if supervisor and supervisor == co_supervisor:
        raise rules.SameSupervisorTwice
    asked = {person.pk for person in (supervisor, co_supervisor) if person}
    if asked - set(queries.supervisors_for(cohort).filter(pk__in=asked).values_list("pk", flat=True)):
        raise rules.OutsideCohort
    told = {"name": name, "kind": kind, "supervisor": supervisor, "co_supervisor": co_supervisor}
    return {**told, "time_zone": time_zone, "cadence": cadence}


def saved(group: SupervisionGroup) -> None:
    """Stores it, or says that the name is taken."""
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as fault:
        if "one_group_of_a_name" in str(fault) or "name" in str(fault):
            raise rules.NameTaken from fault
        raise


@transaction.atomic
def change_group(
    *,
    group: SupervisionGroup,
    name: str,
    kind: str,
    supervisor: User | None,
    co_supervisor: User | None,
    time_zone: str,
    cadence: str,
    providers: Collection[UUID],
    by: User,
    at: datetime,
) -> SupervisionGroup:
    """Other people, another supervisor, another rhythm. Meetings that are planned keep their time; from now on the
    people of the group belong to them, and a new supervisor leads those that the old one was to lead.
    """
    group = locked(group, by)
    before = group.supervisor
    if kind != group.kind:
        raise rules.KindStays
    told = checked(group.cohort, name, kind, supervisor, co_supervisor, time_zone, cadence)
    for field, value in {**told, "changed_by": by, "changed_at": at}.items():
        setattr(group, field, value)
    saved(group)
    set_members(group=group, providers=providers, by=by, at=at)
    if before is not None and before != group.supervisor:
        registry.handed_over(group=group, before=before, by=by, at=at)
    return group


def locked(group: SupervisionGroup, by: User) -> SupervisionGroup:
    """The row, locked, for who may change it."""
    found = SupervisionGroup.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=group.pk)
    if not access.may_change(by, found):
        raise rules.NotYourGroup
    if found.ended_at is not None:
        raise rules.GroupEnded
    return found


@transaction.atomic
def set_members(*, group: SupervisionGroup, providers: Collection[UUID], by: User, at: datetime) -> None:
    """Who is in the list stays or joins, who is not leaves; each of them learns in the group's cohort."""
    wanted = set(providers)
    known = {provider.pk for provider in queries.candidates_for(by, group.cohort, group)}
    if wanted - known:
        raise rules.OutsideCohort
    here = set(queries.member_rows([group.pk]).values_list("provider_id", flat=True))
    gone = GroupMember.objects.filter(group=group, left_at=None, provider__in=(here - wanted) & known)
    gone.update(left_at=at, removed_by=by)
    joined = [GroupMember(group=group, provider_id=key, joined_at=at, added_by=by) for key in sorted(wanted - here)]
    GroupMember.objects.bulk_create(joined)


@transaction.atomic
def end_group(*, group: SupervisionGroup, by: User, at: datetime) -> SupervisionGroup:
    """The group meets no more, and what was planned for it is cancelled; ending it again changes nothing. What happened
    in it stays.
    """
    found = SupervisionGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if not access.may_change(by, found):
        raise rules.NotYourGroup
    if found.ended_at is None:
        found.ended_at, found.changed_by, found.changed_at = at, by, at
        found.save(update_fields=["ended_at", "changed_by", "changed_at"])
        registry.ended(group=found, by=by, at=at)
    return found


@transaction.atomic
def write_agreement(*, group: SupervisionGroup, text: str, by: User, at: datetime) -> SupervisionAgreement:
    """Another text is another version, to be signed anew by all; the same text changes nothing."""
    group, text = locked(group, by), text.replace("\r\n", "\n").strip()
    if not text or len(text) > rules.AGREEMENT_LIMIT:
        raise Invalid
    newest = queries.newest_agreement(group)
    return newest if newest and newest.text == text else add_agreement(group, text, by, at)


def add_agreement(group: SupervisionGroup, text: str, by: User, at: datetime) -> SupervisionAgreement:
    """The next version."""
    last = SupervisionAgreement.objects.filter(group=group).aggregate(last=Max("version"))["last"] or 0
    return SupervisionAgreement.objects.create(group=group, version=last + 1, text=text, written_by=by, written_at=at)


@transaction.atomic
def sign_agreement(*, agreement: SupervisionAgreement, by: User, at: datetime) -> AgreementSignature:
    """Somebody of the group promises what stands in the text of now; signing again keeps the first day."""
    group = agreement.group
    newest = queries.newest_agreement(group)
    if newest is None or newest.pk != agreement.pk or not queries.belongs_to(by, group):
        raise rules.NotToSign
    row, _ = AgreementSignature.objects.get_or_create(agreement=agreement, person=by, defaults={"signed_at": at})
    return row
