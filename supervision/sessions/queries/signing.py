"""Which meetings wait for their minutes, or for somebody to sign them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lms.people.models import User
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import (
    LEADING_ROLES,
    full,
    leaders_among,
    members_among,
    sessions_for,
    supervised_by,
)


def over_and_settled() -> QuerySet[SupervisionSession]:
    """Every meeting that took place and whose entries stand."""
    held = SupervisionSession.objects.filter(state__in=["closed", "signed_off"], live_at__isnull=False)
    return held.filter(settled_at__isnull=False).order_by("closed_at", "id")


def unsigned_for(person: User, *, others_before: datetime) -> QuerySet[SupervisionSession]:
    """The meetings that nobody has signed: those that a person led, and of others that she may lead those that were
    closed before that time. The longest waiting first; she still belongs to each.
    """
    hers = Q(facilitator=person) | Q(supervised_by(person), closed_at__lte=others_before)
    held = sessions_for(person).filter(hers, state="closed", live_at__isnull=False)
    return held.order_by("closed_at", "id")


def may_sign_among(sessions: Collection[SupervisionSession]) -> dict[UUID, set[UUID]]:
    """Meeting -> who may sign its minutes now; a fixed number of queries."""
    keys = [session.pk for session in sessions]
    people = {person for _, person in leaders_among(keys, None)} | {session.facilitator_id for session in sessions}
    found: dict[UUID, set[UUID]] = {key: set() for key in keys}
    for (session, person), member in members_among(keys, people).items():
        if member.role in LEADING_ROLES:
            found[session].add(person)
    return found


def unsigned_closed_between(begins: datetime, ends: datetime) -> list[SupervisionSession]:
    """The meetings that were closed in that time and wait for a signature."""
    held = SupervisionSession.objects.filter(
        state="closed", live_at__isnull=False, closed_at__gt=begins, closed_at__lte=ends
    )
    return list(full(held).order_by("closed_at", "id"))


def last_before(session: SupervisionSession, person: User) -> SupervisionSession | None:
    """The meeting of the same people that took place before this one, if the person belongs to it."""
    held = sessions_for(person).filter(cohort=session.cohort_id, group=session.group_id, live_at__isnull=False)
    return held.filter(state__in=["closed", "signed_off"], closed_at__lt=session.starts_at).first()
