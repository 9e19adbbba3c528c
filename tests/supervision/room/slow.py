"""The product with one room whose questions take six seconds: TANDEM_SLOW names its session."""

import os
import time
from datetime import datetime
from typing import Any
from uuid import UUID

from lms.asgi import application as application
from supervision.room.consumers import hub

slow = UUID(os.environ["TANDEM_SLOW"])
told_at_ready, read_lines = hub.told_at_ready, hub.read_lines


def late_state(session: UUID, person: UUID, leads: bool, at: datetime) -> tuple[dict[str, Any], int]:
    """Where the meeting is, slowly."""
    if session == slow:
        time.sleep(6)
    return told_at_ready(session, person, leads, at)


def late_lines(session: UUID, after: int, limit: int) -> list[Any]:
    """Lines of the log, slowly."""
    if session == slow:
        time.sleep(6)
    return read_lines(session, after, limit)


hub.told_at_ready, hub.read_lines = late_state, late_lines
