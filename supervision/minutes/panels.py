"""What minutes offer to front pages: those that wait to be signed."""

from datetime import datetime
from typing import Any

from lms.people.models import User
from supervision.sessions import registry as sessions

from . import queries

SHOWN = 5


def minutes_to_sign(person: User, *, at: datetime) -> dict[str, Any] | None:
    """For who led, a supervisor or the host of peers, and after a day for who may sign in their place; one query."""
    waiting = queries.to_sign(person, at=at)
    if not waiting:
        return None
    return {"waiting": waiting[:SHOWN], "more": waiting[SHOWN:]}


def register() -> None:
    sessions.register(sessions.Part("minutes", 10, "supervision/home/_minutes.html", minutes_to_sign))
