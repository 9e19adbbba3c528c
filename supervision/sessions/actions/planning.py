"""Planning meetings: one or many at once, changing or cancelling one or all that follow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lms.competency.queries import skills_of
from lms.people.models import User
from lms.programmes.models import Cohort, Programme
from lms.programmes.queries import lessons_of
from supervision.groups.models import SupervisionGroup
from supervision.groups.rules import moved, place_time
from supervision.sessions import rules
from supervision.sessions.actions.cases import check_lead
from supervision.sessions.actions.log import lock_sessions
from supervision.sessions.actions.meeting import check_planning, schedule, take_off
from supervision.sessions.actions.telling import tell_cancelled, tell_moved
from supervision.sessions.models import SessionSeries, SupervisionSession
from supervision.sessions.queries.planning import following, zone_of
from supervision.sessions.rules.planning import NothingPlanned


@transaction.atomic
def plan(
    *,
    cohort: Cohort,
    group: SupervisionGroup | None,
    title: str,
    starts: Sequence[datetime],
    rhythm: str,
    time_zone: str,
    minutes: int,
    facilitator: User,
    focus: str,
    lesson: UUID | None,
    by: User,
    at: datetime,
) -> list[SupervisionSession]:
    """Plans a meeting at each of these times; more than one are a series. The skill and the lesson are of the first:
    those that follow get theirs one by one.
    """
    if not starts:
        raise NothingPlanned
    check_focus(cohort.programme, focus, lesson)
    series = None
    if len(starts) > 1:
        check_planning(cohort, group, by, facilitator)
        series = SessionSeries.objects.create(rhythm=rhythm, time_zone=time_zone, created_by=by, created_at=at)
    told = {"cohort": cohort, "group": group, "series": series, "title": title, "minutes": minutes}
    told |= {"facilitator": facilitator, "by": by, "at": at, "agenda": rules.default_agenda(minutes)}
    first = schedule(**told, starts_at=starts[0], focus=focus, lesson=lesson)
    return [first, *(schedule(**told, starts_at=begins) for begins in starts[1:])]


def check_focus(programme: Programme, focus: str, lesson: UUID | None) -> None:
    """Raises unless skill and lesson, where named, are the programme's."""
    if focus and focus not in skills_of(programme):
        raise rules.NoSuchFocus
    if lesson and not lessons_of(programme).filter(key=lesson).exists():
        raise rules.NoSuchFocus


@transaction.atomic
def change(
    *,
    session: SupervisionSession,
    all_following: bool,
    starts_at: datetime,
    title: str,
    minutes: int,
    facilitator: User,
    agenda: Sequence[dict[str, Any]],
    focus: str,
    lesson: UUID | None,
    by: User,
    at: datetime,
) -> list[SupervisionSession]:
    """Changes a planned meeting, and with `all_following` those after it in its series: they take what is new here and
    keep the rest, like a leader who stands in or an agenda that was prepared, and move by as many days. Skill and
    lesson stay each meeting's own. Each person is told once.
    """
    check_focus(session.programme, focus, lesson)
    zone, rest = zone_of(session), list(following(session)) if all_following else []
    locked = lock_sessions(sessions=[session.pk, *(other.pk for other in rest)])
    first, before = locked[session.pk], {key: row.starts_at for key, row in locked.items()}
    told = {"title": title.strip(), "minutes": minutes, "facilitator": facilitator, "agenda": list(agenda)}
    new = {name: value for name, value in told.items() if is_new(first, name, value)}
    change_one(first, starts_at=starts_at, focus=focus, lesson=lesson, by=by, at=at, **told)
    for row in (locked[other.pk] for other in rest):
        kept = {name: getattr(row, name) for name in (*told, "focus", "lesson")}
        begins = along(row.starts_at, before[first.pk], starts_at, zone)
        change_one(row, starts_at=begins, by=by, at=at, **{**kept, **new})
    changed = [first, *(locked[other.pk] for other in rest)]
    tell_moved([(row, before[row.pk]) for row in changed if row.starts_at != before[row.pk]], by=by, at=at)
    return changed


def is_new(session: SupervisionSession, name: str, value: Any) -> bool:
    """Whether this is another value than the meeting has; an agenda is one with the same parts as they are shown."""
    if name == "agenda":
        shown = rules.agenda_boxes(session.agenda) or rules.default_agenda(session.minutes)
        return rules.agenda_boxes(value) != shown
    return value != getattr(session, name)


def along(moment: datetime, was: datetime, now: datetime, zone: str) -> datetime:
    """Where a later meeting moves to with the first: as many days on, and to the same time of the day by the clock of
    their place if the first has another one.
    """
    old, new = place_time(was, zone), place_time(now, zone)
    if old == new:
        return moment
    clock = (place_time(moment, zone) if new.time() == old.time() else new).time()
    return moved(moment, zone, days=(new.date() - old.date()).days, clock=clock)


def change_one(
    session: SupervisionSession,
    *,
    starts_at: datetime,
    title: str,
    minutes: int,
    facilitator: User,
    agenda: Sequence[dict[str, Any]],
    focus: str,
    lesson: UUID | None,
    by: User,
    at: datetime,
) -> None:
    """One locked meeting. Calendars take it anew when what they show has changed."""
    check_lead(by, session)
    if session.state != "scheduled":
        raise rules.WrongMoment
    if facilitator.pk != session.facilitator_id:
        check_planning(session.cohort, session.group, by, facilitator)
    if not title or len(title) > rules.TITLE_LIMIT:
        raise rules.Invalid
    if (starts_at, minutes, focus, lesson) != (session.starts_at, session.minutes, session.focus, session.lesson):
        session.sequence, session.revised_at = session.sequence + 1, at
    session.moved_at = at if starts_at != session.starts_at else session.moved_at
    session.title, session.starts_at, session.minutes = title, starts_at, minutes
    session.facilitator, session.agenda, session.focus, session.lesson = facilitator, list(agenda), focus, lesson
    session.save()


@transaction.atomic
def cancel_following(*, session: SupervisionSession, by: User, at: datetime) -> int:
    """Cancels a planned meeting and all after it in its series; how many."""
    meetings = [session, *following(session)]
    for one in meetings:
        check_lead(by, one)
    lock_sessions(sessions=[one.pk for one in meetings])  # in order of their ids, like everybody who locks several
    taken = [take_off(session=one, by=by, at=at) for one in meetings]
    tell_cancelled(taken, by=by, at=at)
    return len(taken)
