"""Who is there: leases of connections, stays of people, and the join and leave lines, which only the server writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from supervision.room.actions.boards import drop_hands
from supervision.room.actions.log import Log, add, close_log, open_log
from supervision.room.models import Lease
from supervision.sessions.actions import begin_stay, end_silent_stays, keep_heard
from supervision.sessions.models import Attendance
from supervision.sessions.queries import Member, members_among, silent_sessions, staying_among
from supervision.sessions.rules import OPEN_STATES

SILENCE = timedelta(seconds=60)
KEPT = timedelta(minutes=10)
POLL_STEP = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """A sign of life of one connection."""

    connection: UUID
    session: UUID
    person: UUID
    at: datetime
    polls: bool = False
    ended: bool = False

    def lease(self) -> Lease:
        """The row that keeps it."""
        return Lease(
            id=self.connection,
            session_id=self.session,
            person_id=self.person,
            polls=self.polls,
            opened_at=self.at,
            heard_at=self.at,
            ended=self.ended,
        )


def hear(*, heard: Sequence[Heard], at: datetime) -> None:
    """Keeps the signs of life of many connections; whoever has no open stay in an open meeting joins it.

    Two transactions, so that nobody waits for a meeting's lock while holding the rows of stays.
    """
    last = {sign.connection: sign for sign in sorted(heard, key=lambda sign: sign.at)}
    refresh(list(last.values()))
    pairs = {(sign.session, sign.person) for sign in last.values() if not sign.ended}
    missing = sorted(pairs - staying_among(pairs))
    if missing:
        join(missing, at)


@transaction.atomic
def refresh(heard: Sequence[Heard]) -> None:
    """Moves leases and open stays to when they were last heard."""
    Lease.objects.bulk_create(
        [sign.lease() for sign in sorted(heard, key=lambda sign: sign.connection)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["heard_at", "ended"],
    )
    when: dict[tuple[UUID, UUID], datetime] = {}
    for sign in heard:
        when[sign.session, sign.person] = max(sign.at, when.get((sign.session, sign.person), sign.at))
    keep_heard(when=when)


@transaction.atomic
def join(pairs: Sequence[tuple[UUID, UUID]], at: datetime) -> None:
    """Opens stays and writes `join`, if the meeting is open and the person still belongs to it."""
    log = open_log((session for session, _ in pairs), at)
    members = members_among(list(log.sessions), {person for _, person in pairs})
    there = staying_among(pairs)
    for session_id, person in pairs:
        session, member = log.sessions.get(session_id), members.get((session_id, person))
        if member is None or session is None or session.state not in OPEN_STATES or (session_id, person) in there:
            continue
        begin_stay(session=session, person=person, at=at)
        add(log, session, uuid4(), "join", member, {})
    close_log(log)


def heard_by_poll(*, session_id: UUID, person: UUID, at: datetime) -> None:
    """A phone that only polls is there too; its lease moves at most every ten seconds."""
    connection = uuid5(session_id, f"poll:{person}")
    if not Lease.objects.filter(pk=connection, heard_at__gt=at - POLL_STEP).exists():
        hear(heard=[Heard(connection, session_id, person, at, polls=True)], at=at)


def depart(*, connections: Sequence[Heard]) -> None:
    """Ends connections that closed; the stay goes on for a minute, because lines come back."""
    refresh(connections)


def expire(*, at: datetime) -> int:
    """Ends the stays of people who were not heard for a minute, whichever process held them; how many."""
    sessions = silent_sessions(at - SILENCE)
    ended = leave(sessions, at) if sessions else 0
    Lease.objects.filter(heard_at__lt=at - KEPT).delete()
    return ended


@transaction.atomic
def leave(sessions: set[UUID], at: datetime) -> int:
    """Writes `leave` for the silent, under the meetings' locks; their hands go down."""
    log = open_log(sessions, at)
    found = end_silent_stays(sessions=list(log.sessions), at=at)
    gone: dict[UUID, set[UUID]] = {}
    for stay in found:
        say_left(log, stay)
        gone.setdefault(stay.session_id, set()).add(stay.person_id)
    if gone:
        drop_hands(gone=gone)
    close_log(log)
    return len(found)


def say_left(log: Log, stay: Attendance) -> None:
    """The line in the log, while the log is open."""
    session = log.sessions[stay.session_id]
    if session.state in OPEN_STATES:
        add(log, session, uuid4(), "leave", Member(stay.person_id, stay.person.name, ""), {})
