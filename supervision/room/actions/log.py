"""Adding lines to the logs of meetings whose rows are locked, so that no number is missing and none is given twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from lms.sealing.rules import body_mac, seal
from supervision.room import registry
from supervision.room.models import RoomEvent
from supervision.room.rules import Event, encoded
from supervision.sessions.actions import lock_sessions, move_heads
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import Member


@dataclass
class Log:
    """The locked meetings of one transaction and what is being added to them."""

    at: datetime
    sessions: dict[UUID, SupervisionSession]
    pending: list[RoomEvent] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    added: Counter[UUID] = field(default_factory=Counter)


def open_log(sessions: Iterable[UUID], at: datetime) -> Log:
    """Locks the meetings in order of their ids; must stand at the beginning of a transaction."""
    return Log(at, lock_sessions(sessions=set(sessions)))


def body_of(session: UUID, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a key stands for."""
    return {"session": session, "kind": kind, "data": data}


def add(
    log: Log, session: SupervisionSession, key: UUID, kind: str, by: Member | None, data: dict[str, Any],
    sent: dict[str, Any] | None = None,
) -> RoomEvent:  # fmt: skip
    """The next line of a log; `store` stores it with the others. `sent`: what the key stands for, if not `data`."""
    row = RoomEvent(
        key=key,
        session_id=session.pk,
        seq=session.log_head + 1,
        kind=kind,
        by_id=by.id if by else None,
        at=log.at,
        body_mac=body_mac(body_of(session.pk, kind, data if sent is None else sent)),
    )
    row.sealed = seal(encoded(data), about=row.about)
    session.log_head = row.seq
    log.pending.append(row)
    log.added[session.pk] += 1
    log.events.append(Event(session.pk, row.seq, key, kind, row.by_id, by.name if by else "", log.at, data))
    return row


def store(log: Log) -> None:
    """Inserts what was added so far, in one statement."""
    if log.pending:
        RoomEvent.objects.bulk_create(log.pending)
        log.pending.clear()


def close_log(log: Log) -> None:
    """Stores the rest, moves the heads, and tells this process once it is committed."""
    store(log)
    by_count: dict[int, list[UUID]] = defaultdict(list)
    for session, count in log.added.items():
        by_count[count].append(session)
    for count, sessions in by_count.items():
        move_heads(sessions=sessions, by_count=count)
    if log.events:
        transaction.on_commit(partial(registry.announce, log.events))
