"""What minutes offer to front pages: those that wait to be signed."""

from datetime import datetime
from typing import Any

from lms.home import registry as home
from lms.people.models import User
from lms.programmes.access import has_role
from supervision.sessions import registry as sessions

from . import queries

SHOWN = 5


def minutes_to_sign(person: User, *, at: datetime) -> dict[str, Any] | None:
    """For who led: a supervisor, or the host of peers; one query."""
    waiting = queries.to_sign(person, at=at)
    if not waiting:
        return None
    return {"waiting": waiting[:SHOWN], "more": waiting[SHOWN:]}


def of_supervisor(person: User, *, at: datetime) -> dict[str, Any] | None:
    """On the home page for supervisors only: a learner's costs nothing more."""
    return minutes_to_sign(person, at=at) if has_role(person, "supervisor") else None


def register() -> None:
    sessions.register(sessions.Part("minutes", 10, "supervision/home/_minutes.html", minutes_to_sign))
    home.register(home.Panel("minutes", 17, "main", "supervision/home/_minutes.html", of_supervisor))
