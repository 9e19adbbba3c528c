"""The product with one room whose questions take two seconds: TANDEM_SLOW names its session."""

import os
import time
from typing import Any
from uuid import UUID

from lms.asgi import application as application
from supervision.room.consumers import hub

slow = UUID(os.environ["TANDEM_SLOW"])
state_of, read_lines = hub.state_of, hub.read_lines


def late_state(session: UUID) -> dict[str, Any]:
    """Where the meeting is, slowly."""
    if session == slow:
        time.sleep(2)
    return state_of(session)


def late_lines(session: UUID, after: int, limit: int) -> list[Any]:
    """Lines of the log, slowly."""
    if session == slow:
        time.sleep(2)
    return read_lines(session, after, limit)


hub.state_of, hub.read_lines = late_state, late_lines
