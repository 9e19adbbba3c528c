"""What a hub's threads do: questions to the database on connections of their own, and a closed meeting's entries."""

import logging
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import close_old_connections, connections
from django.utils import timezone

from supervision.room.actions import note_pace
from supervision.room.consumers.seats import Line, line_of
from supervision.room.queries import events_after
from supervision.sessions.actions import settle

log = logging.getLogger("tandem.room")


def with_connection(question: Callable[..., Any], *values: Any) -> Any:
    """Runs in a reader's thread, whose connection is renewed when it is old or broken."""
    close_old_connections()
    try:
        return question(*values)
    finally:
        close_old_connections()


def close_connections(together: threading.Barrier) -> None:
    """Closes this reader's connection; the barrier makes sure that each thread gets one of these."""
    together.wait(10)
    connections.close_all()


def read_lines(session: UUID, after: int, limit: int) -> list[Line]:
    """Lines of the log, encoded in the reader's thread."""
    events = events_after(session, after, limit)
    note_pace(events, timezone.now())
    return [line_of(event) for event in events]


def settle_now(session: UUID) -> None:
    """The ledger entries of a meeting that just closed; what fails here is finished by `tick`."""
    try:
        settle(session_id=session, at=timezone.now())
    except Exception:
        log.exception("entries of a closed meeting are not complete; tick will finish them")
