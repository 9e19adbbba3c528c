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
from supervision.sessions.actions.meeting import cancel, check_planning, schedule
from supervision.sessions.actions.telling import call_off_reminders, tell_moved
from supervision.sessions.models import SessionSeries, SupervisionSession
from supervision.sessions.queries.planning import following, zone_of


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
        raise rules.NothingPlanned
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
    """Changes a planned meeting, and with `all_following` those after it in its series: they move by as many days to
    the same time of the day by the clock of their place. Skill and lesson stay each meeting's own.
    """
    check_focus(session.programme, focus, lesson)
    zone, rest = zone_of(session), list(following(session)) if all_following else []
    locked = lock_sessions(sessions=[session.pk, *(other.pk for other in rest)])
    was, now = place_time(session.starts_at, zone), place_time(starts_at, zone)
    days = (now.date() - was.date()).days
    told = {"title": title, "minutes": minutes, "facilitator": facilitator, "agenda": agenda, "by": by, "at": at}
    first = change_one(locked[session.pk], starts_at=starts_at, focus=focus, lesson=lesson, more=len(rest), **told)
    changed = [first]
    for other in rest:
        row = locked[other.pk]
        begins = moved(row.starts_at, zone, days=days, clock=now.time()) if now != was else row.starts_at
        changed.append(change_one(row, starts_at=begins, focus=row.focus, lesson=row.lesson, quiet=True, **told))
    return changed


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
    more: int = 0,
    quiet: bool = False,
) -> SupervisionSession:
    """One locked meeting. Calendars take it anew when what they show has changed; members are told of another time."""
    check_lead(by, session)
    if session.state != "scheduled":
        raise rules.WrongMoment
    if facilitator.pk != session.facilitator_id:
        check_planning(session.cohort, session.group, by, facilitator)
    if not title.strip() or len(title.strip()) > rules.TITLE_LIMIT:
        raise rules.Invalid
    before, moves = session.starts_at, starts_at != session.starts_at
    shown = (starts_at, minutes, focus, lesson)
    session.sequence += shown != (before, session.minutes, session.focus, session.lesson)
    session.moved_at = at if moves else session.moved_at
    session.title, session.starts_at, session.minutes = title.strip(), starts_at, minutes
    session.facilitator, session.agenda, session.focus, session.lesson = facilitator, list(agenda), focus, lesson
    session.save()
    if moves and quiet:
        call_off_reminders(session=session, starts_at=before, at=at)
    elif moves:
        tell_moved(session=session, before=before, more=more, by=by, at=at)
    return session


@transaction.atomic
def cancel_following(*, session: SupervisionSession, by: User, at: datetime) -> int:
    """Cancels a planned meeting and all after it in its series; how many."""
    check_lead(by, session)
    rest = list(following(session))
    cancel(session=session, more=len(rest), by=by, at=at)
    for one in rest:
        cancel(session=one, quiet=True, by=by, at=at)
    return 1 + len(rest)
