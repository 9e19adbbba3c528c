"""Which meetings go on, and those of a cohort."""

from uuid import UUID

from django.db.models import Q, QuerySet

from lms.programmes.models import Cohort
from supervision.sessions import rules
from supervision.sessions.models import SupervisionSession


def others_live(session: SupervisionSession) -> QuerySet[SupervisionSession]:
    """Other meetings of the same people in which time counts now: a meeting of the whole cohort stands in the way of
    its groups' and the other way round; two groups may meet at once.
    """
    going = SupervisionSession.objects.filter(cohort=session.cohort_id, state__in=rules.LIVE_STATES)
    if session.group_id:
        going = going.filter(Q(group=None) | Q(group=session.group_id))
    return going.exclude(pk=session.pk)


def open_sessions_of(cohort_id: UUID) -> list[UUID]:
    """The meetings of a cohort whose doors are open now."""
    held = SupervisionSession.objects.filter(cohort=cohort_id, state__in=rules.OPEN_STATES).order_by()
    return list(held.values_list("pk", flat=True))


def sessions_of_cohort(cohort: Cohort) -> QuerySet[SupervisionSession]:
    """Every meeting of a cohort, whoever asks."""
    return SupervisionSession.objects.filter(cohort=cohort).order_by("starts_at")
