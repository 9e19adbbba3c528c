"""What the guard knows where a meeting's people write: they may call each other by name."""

from uuid import UUID

from django.db.models import QuerySet

from supervision.guard.queries import register_sparing
from supervision.guard.rules import Register
from supervision.sessions.models import Recommendation, SupervisionSession
from supervision.sessions.queries import members_of


def register_in(session: SupervisionSession) -> Register:
    """Names and places of the programme; those who belong to the meeting may be named."""
    return register_sparing(session.programme_id, [member.name for member in members_of(session)])


def advice_by_id(advice_id: UUID) -> Recommendation | None:
    """An advice without asking who wants it; access is the caller's."""
    return Recommendation.objects.filter(pk=advice_id).first()


def meetings_that_saw(case_id: UUID) -> QuerySet[SupervisionSession]:
    """Every meeting in which this case was shown."""
    return SupervisionSession.objects.filter(seen_cases__case=case_id).distinct()
