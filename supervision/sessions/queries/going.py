"""Which meetings go on, and those of a cohort."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lms.people.models import User
from lms.programmes.models import Cohort
from supervision.groups.models import SupervisionGroup
from supervision.sessions import rules
from supervision.sessions.models import AdviceFollowUp, SupervisionSession


def others_live(session: SupervisionSession) -> QuerySet[SupervisionSession]:
    """Other meetings of the same people in which time counts now: a meeting of the whole cohort stands in the way of
    its groups' and the other way round; two groups may meet at once.
    """
    going = SupervisionSession.objects.filter(cohort=session.cohort_id, state__in=rules.LIVE_STATES)
    if session.group_id:
        going = going.filter(Q(group=None) | Q(group=session.group_id))
    return going.exclude(pk=session.pk)


def looks_held() -> QuerySet[AdviceFollowUp]:
    """What meetings wrote when they looked back at an advice; one that was over before it ever was live did not."""
    return AdviceFollowUp.objects.exclude(session__live_at=None, session__state__in=rules.OVER_STATES)


def open_sessions_of(cohort_id: UUID) -> list[UUID]:
    """The meetings of a cohort whose doors are open now."""
    held = SupervisionSession.objects.filter(cohort=cohort_id, state__in=rules.OPEN_STATES).order_by()
    return list(held.values_list("pk", flat=True))


def stays_of_person(session: SupervisionSession, person: User) -> QuerySet:
    """The stays of one person in one meeting."""
    return session.attendances.filter(person=person)


def sessions_over_with(person: User, since: datetime) -> QuerySet[SupervisionSession]:
    """Meetings that ended after `since`, in which this person was and did not lead; the latest first."""
    over = SupervisionSession.objects.filter(
        state__in=["closed", "signed_off"], closed_at__gt=since, live_at__isnull=False, attendances__person=person
    )
    return over.exclude(facilitator=person).distinct().order_by("-closed_at")


def meetings_held_by(group: SupervisionGroup) -> QuerySet[SupervisionSession]:
    """The meetings of a group that took place and are over, the latest first."""
    over = SupervisionSession.objects.filter(group=group, state__in=["closed", "signed_off"], live_at__isnull=False)
    return over.select_related("group", "facilitator").order_by("-closed_at", "id")


def sessions_of_cohort(cohort: Cohort) -> QuerySet[SupervisionSession]:
    """Every meeting of a cohort, whoever asks."""
    return SupervisionSession.objects.filter(cohort=cohort).order_by("starts_at")


def not_coming(at: datetime) -> Q:
    """The condition that a meeting is over, or that its time has passed and nobody has opened its doors."""
    return Q(state__in=rules.OVER_STATES) | Q(state="scheduled", starts_at__lte=at - rules.LATE)


def never_begun(at: datetime) -> QuerySet[SupervisionSession]:
    """Meetings whose time is long over and that never began."""
    return SupervisionSession.objects.filter(state__in=rules.BEFORE_STATES, starts_at__lte=at - rules.GIVEN_UP)
