"""Advice that a meeting looks back at, and cases that wait for it."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from supervision.cases.models import CasePresentation
from supervision.cases.queries import cases_where
from supervision.sessions import rules
from supervision.sessions.models import AdviceFollowUp, Recommendation, SupervisionSession
from supervision.sessions.queries import enrolments_in
from supervision.sessions.queries.going import looks_held


def advice_to_look_at(session: SupervisionSession) -> QuerySet[Recommendation]:
    """What the people of this meeting took on earlier and no meeting before has looked back at, the earliest first; one
    that ended before it began looked back at nothing. Peers look back at what they took on among themselves: what a
    supervisor advised, and why it was not possible, is not their host's to read.
    """
    before = looks_held().filter(advice=OuterRef("pk")).exclude(session=session)
    owners = enrolments_in(session).values("provider_id")
    found = Recommendation.objects.filter(
        ~Exists(before), owner__in=owners, state__in=rules.TAKEN_ON, session__programme=session.programme_id
    )
    if session.is_peer:
        found = found.filter(session__group=session.group_id)
    return found.exclude(session=session).select_related("owner__user", "case").order_by("due", "id")


def advice_not_looked_at(case: CasePresentation) -> QuerySet[Recommendation]:
    """What was taken on for a case and no meeting has looked back at."""
    return Recommendation.objects.filter(
        ~Exists(looks_held().filter(advice=OuterRef("pk"))), case=case, state__in=rules.TAKEN_ON
    )


def follow_ups_in(session: SupervisionSession) -> dict[UUID, AdviceFollowUp]:
    """Advice -> what this meeting wrote about it."""
    return {row.advice_id: row for row in session.follow_ups.all()}


def told_in(session: SupervisionSession) -> list[AdviceFollowUp]:
    """What this meeting heard about earlier advice, in order."""
    return list(session.follow_ups.select_related("advice__owner__user").order_by("at", "id"))


def looked_back_after(advice: Collection[Recommendation], at: datetime) -> list[AdviceFollowUp]:
    """What later meetings heard about these advices after that time."""
    found = looks_held().filter(advice__in=advice, at__gt=at)
    return list(found.select_related("advice__owner__user").order_by("at", "id"))


def cases_with_due_advice(today: date) -> QuerySet[CasePresentation]:
    """Cases with advice whose day has passed and that nobody looked back at."""
    waiting = Recommendation.objects.filter(
        ~Exists(looks_held().filter(advice=OuterRef("pk"))),
        case=OuterRef("pk"),
        state__in=rules.TAKEN_ON,
        due__lt=today,
    )
    return cases_where(Q(Exists(waiting)) & Q(state="recommendations_issued"))
