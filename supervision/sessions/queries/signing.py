"""Which meetings wait for their minutes, or for somebody to sign them."""

from datetime import datetime

from django.db.models import QuerySet

from lms.people.models import User
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import full, sessions_for


def over_and_settled() -> QuerySet[SupervisionSession]:
    """Every meeting that took place and whose entries stand."""
    held = SupervisionSession.objects.filter(state__in=["closed", "signed_off"], live_at__isnull=False)
    return held.filter(settled_at__isnull=False).order_by("closed_at", "id")


def unsigned_led_by(person: User) -> QuerySet[SupervisionSession]:
    """The meetings that a person led and nobody has signed, the longest waiting first; she still belongs to each."""
    held = sessions_for(person).filter(facilitator=person, state="closed", live_at__isnull=False)
    return held.order_by("closed_at", "id")


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
