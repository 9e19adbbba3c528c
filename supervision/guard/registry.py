"""Who takes words away where they stand: the room for its log, cases for their texts; filled when the apps start."""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q

from lms.people.models import User

Spread = Callable[..., int]

redactors: dict[str, Callable[..., None]] = {}
links: dict[str, Callable[[Any], str]] = {}
spreads: dict[str, Spread] = {}
leads: list[Callable[[User], Q]] = []


def register(place: str, *, redact: Callable[..., None], link: Callable[[Any], str]) -> None:
    """`redact(incident, by=..., at=...)` takes the words away for good; `link(incident)` is where they stand."""
    if place in redactors:
        raise ValueError(f"{place} is registered twice")
    redactors[place], links[place] = redact, link


def follow(part: str, spread: Spread) -> None:
    """`spread(case=id, words=..., by=..., at=...)` takes the words of a case away in this part too; says in how many
    places it did.
    """
    if part in spreads:
        raise ValueError(f"{part} is registered twice")
    spreads[part] = spread


def lead(condition: Callable[[User], Q]) -> None:
    """`condition(person)`: on an incident, that this person decides about words of its meeting."""
    if condition not in leads:
        leads.append(condition)


def led_by(person: User) -> Q:
    """What somebody decides about because of a meeting."""
    return reduce(or_, (condition(person) for condition in leads), Q(lead=person))


def take_everywhere(*, case: UUID, words: str, by: User, at: datetime) -> int:
    """Asks every part that may hold the words of a case; says in how many places they stood."""
    return sum(spread(case=case, words=words, by=by, at=at) for spread in spreads.values())


def take_away(incident: Any, *, by: User, at: datetime) -> None:
    """Asks the part where the words stand."""
    redactors[incident.place](incident, by=by, at=at)


def link_to(incident: Any) -> str:
    """The page where the words stand, or nothing."""
    link = links.get(incident.place)
    return link(incident) if link else ""
