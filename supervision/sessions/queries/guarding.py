"""What the guard knows where a meeting's people write: they may call each other by name."""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from lms.people.models import User
from lms.programmes.queries import cohorts_within
from supervision.guard.queries import register_sparing
from supervision.guard.rules import Register
from supervision.sessions.models import Recommendation, SessionMember, SupervisionSession
from supervision.sessions.queries import SUPERVISED, led_by, members_of


def register_in(session: SupervisionSession) -> Register:
    """Names and places of the programme; those who belong to the meeting may be named."""
    return register_sparing(session.programme_id, [member.name for member in members_of(session)])


def advice_by_id(advice_id: UUID) -> Recommendation | None:
    """An advice without asking who wants it; access is the caller's."""
    return Recommendation.objects.filter(pk=advice_id).first()


def meetings_that_saw(case_id: UUID) -> QuerySet[SupervisionSession]:
    """Every meeting in which this case was shown."""
    return SupervisionSession.objects.filter(seen_cases__case=case_id).distinct()


def incidents_led_by(person: User) -> Q:
    """On an incident: it is of a meeting that this person leads with others; or who leads a group alone wrote the words
    herself, and this is a supervisor of the cohort.
    """
    if person.is_superuser:
        return Q(pk__in=[])
    near = SupervisionSession.objects.filter(cohort__in=cohorts_within(person, "supervisor").values("pk"))
    shut_out = SessionMember.objects.filter(person=person, removed_at__isnull=False).values("session_id")
    led = near.filter(Q(group=None) | Q(SUPERVISED, led_by(person))).exclude(pk__in=shut_out)
    alone = near.filter(SUPERVISED, group__co_supervisor=None)
    return Q(session__in=led.values("pk")) | Q(writer=F("lead"), session__in=alone.values("pk"))
