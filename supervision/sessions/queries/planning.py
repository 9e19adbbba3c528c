"""Questions around planning: series, where a case can be put, what begins soon, whose calendar it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.people.models import User
from lms.programmes.models import Subject
from lms.programmes.queries import cohorts_within, subjects_by_keys
from supervision.cases.models import CasePresentation
from supervision.groups.models import SupervisionGroup
from supervision.groups.queries import member_rows_for
from supervision.sessions import rules
from supervision.sessions.models import CalendarAddress, SupervisionSession
from supervision.sessions.queries import full, not_coming, sessions_for


def following(session: SupervisionSession) -> QuerySet[SupervisionSession]:
    """The meetings of the same series that are planned for later."""
    if session.series_id is None:
        return SupervisionSession.objects.none()
    later = SupervisionSession.objects.filter(series=session.series_id, starts_at__gt=session.starts_at)
    return full(later.filter(state="scheduled")).exclude(pk=session.pk).order_by("starts_at", "id")


def planned_of(group: SupervisionGroup) -> QuerySet[SupervisionSession]:
    """The meetings of a group whose doors did not open yet, the next first."""
    return full(SupervisionSession.objects.filter(group=group, state="scheduled")).order_by("starts_at", "id")


def count_planned(group: SupervisionGroup) -> int:
    """How many these are."""
    return planned_of(group).count()


def sessions_to_plan_in(person: User, case: CasePresentation, at: datetime) -> QuerySet[SupervisionSession]:
    """The coming meetings into which this supervisor can put a case: those where its writer belongs, also those of her
    peers, to which the supervisor does not come herself.
    """
    coming = SupervisionSession.objects.exclude(not_coming(at))
    reached = coming.filter(programme=case.programme_id, cohort__in=cohorts_within(person, "supervisor").values("pk"))
    member = member_rows_for(OuterRef("group"), case.provider_id)
    mine = reached.filter(Q(group=None) | Exists(member), cohort__enrolments__provider=case.provider_id)
    return full(mine).order_by("starts_at", "id")


def next_after(session: SupervisionSession, person: User, at: datetime) -> SupervisionSession | None:
    """The next meeting of the same people to which this person belongs."""
    same = sessions_for(person).filter(cohort=session.cohort_id, group=session.group_id)
    return same.exclude(not_coming(at)).exclude(pk=session.pk).order_by("starts_at", "id").first()


def starting_between(begins: datetime, ends: datetime) -> list[SupervisionSession]:
    """The planned meetings that begin in this time, whoever asks."""
    waiting = SupervisionSession.objects.filter(state__in=["scheduled", "lobby"])
    return list(full(waiting.filter(starts_at__gt=begins, starts_at__lte=ends)).order_by("starts_at", "id"))


def zone_of(session: SupervisionSession) -> str:
    """By the clocks of which place a meeting is planned."""
    if session.series:
        return session.series.time_zone
    return session.group.time_zone if session.group else session.programme.time_zone


def lesson_of(session: SupervisionSession) -> Subject | None:
    """What is read before the meeting, if it is still there."""
    return next(iter(subjects_by_keys([session.lesson])), None)


def calendar_address_of(person: User) -> CalendarAddress | None:
    """The private address of a person's meetings, if she has one."""
    return CalendarAddress.objects.filter(person=person, ended_at=None).first()


def reader_of_calendar(digest: str) -> User | None:
    """Whose meetings lie under an address."""
    held = CalendarAddress.objects.filter(digest=digest, ended_at=None, person__is_active=True)
    found = held.select_related("person").first()
    return found.person if found else None


def plan_of(session: SupervisionSession, skills: Mapping[str, str]) -> dict[str, Any]:
    """What pages say of a meeting's plan: the skill by its title, the lesson, the boxes and how long they are."""
    boxes = rules.agenda_boxes(session.agenda)
    return {
        "focus": skills.get(session.focus, ""),
        "lesson": lesson_of(session),
        "boxes": boxes,
        "boxes_sum": sum(box["minutes"] for box in boxes),
    }
