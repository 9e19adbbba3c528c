"""What lies above groups and follows their changes, like the meetings that are planned; filled when the apps start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.people.models import User


@dataclass(frozen=True)
class Part:
    """`planned(group)` says how much ends with a group; `ended(group=..., by=..., at=...)` ends it. `handed_over` is
    called, with `before` besides, when a group got another supervisor than `before`. Both in the change's transaction.
    """

    planned: Callable[[Any], int]
    ended: Callable[..., int]
    handed_over: Callable[..., int]


parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Adds a part; a doubled name is an error."""
    if name in parts:
        raise ValueError(f"{name} follows groups twice")
    parts[name] = part


def planned_in(group: Any) -> int:
    """How much is planned that ends with the group."""
    return sum(part.planned(group) for part in parts.values())


def ended(*, group: Any, by: User, at: datetime) -> None:
    """Tells those who follow."""
    for part in parts.values():
        part.ended(group=group, by=by, at=at)


def handed_over(*, group: Any, before: User, by: User, at: datetime) -> None:
    """Tells those who follow."""
    for part in parts.values():
        part.handed_over(group=group, before=before, by=by, at=at)
