"""What becomes of planned meetings when their group ends or gets another supervisor.

Whether `by` may do that to the group was asked there: a manager may, who belongs to none of the meetings.
"""

from datetime import datetime

from django.db import transaction

from lms.notices.actions import call_off_all
from lms.people.models import User
from supervision.groups.models import SupervisionGroup
from supervision.sessions import queries
from supervision.sessions.actions.log import lock_sessions
from supervision.sessions.actions.meeting import take_off
from supervision.sessions.actions.telling import reminder_keys, tell_cancelled, tell_handed_over
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries.planning import planned_of


@transaction.atomic
def end_planned(*, group: SupervisionGroup, by: User, at: datetime) -> int:
    """A group that ends meets no more: its planned meetings are cancelled, and each is told once; how many."""
    locked = lock_sessions(sessions=list(planned_of(group).values_list("pk", flat=True)))
    planned = sorted((row for row in locked.values() if row.state == "scheduled"), key=lambda row: row.starts_at)
    taken = [take_off(session=session, by=by, at=at) for session in planned]
    tell_cancelled(taken, by=by, at=at)
    return len(taken)


@transaction.atomic
def hand_over(*, group: SupervisionGroup, before: User, by: User, at: datetime) -> int:
    """Planned meetings that the old supervisor was to lead go to the new one, and both are told; how many. Who was
    named to stand in still does.
    """
    hers = planned_of(group).filter(facilitator=before)
    locked = lock_sessions(sessions=list(hers.values_list("pk", flat=True)))
    rows = [row for row in locked.values() if row.state == "scheduled" and row.facilitator_id == before.pk]
    for row in rows:
        row.facilitator = group.supervisor
        row.save(update_fields=["facilitator"])
    stays = queries.members_among([row.pk for row in rows], [before.pk])
    left = [row for row in rows if (row.pk, before.pk) not in stays]
    call_off_all(keys=[key for row in left for key in reminder_keys(row, [before.pk], row.starts_at)], at=at)
    tell_handed_over(next_of(rows, at), before=before, by=by, at=at)
    return len(rows)


def next_of(sessions: list[SupervisionSession], at: datetime) -> SupervisionSession | None:
    """The first that is still ahead."""
    ahead = [session for session in sessions if session.starts_at >= at]
    return min(ahead, key=lambda session: session.starts_at, default=None)
