"""Who takes words away where they stand: the room for its log, cases for their texts; filled when the apps start."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lms.people.models import User

redactors: dict[str, Callable[..., None]] = {}
links: dict[str, Callable[[Any], str]] = {}


def register(place: str, *, redact: Callable[..., None], link: Callable[[Any], str]) -> None:
    """`redact(incident, by=..., at=...)` takes the words away for good; `link(incident)` is where they stand."""
    if place in redactors:
        raise ValueError(f"{place} is registered twice")
    redactors[place], links[place] = redact, link


def take_away(incident: Any, *, by: User, at: datetime) -> None:
    """Asks the part where the words stand."""
    redactors[incident.place](incident, by=by, at=at)


def link_to(incident: Any) -> str:
    """The page where the words stand, or nothing."""
    link = links.get(incident.place)
    return link(incident) if link else ""
