"""What others put on top of supervision's front page, and who follows a meeting's end; filled when the apps start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from lms.home.registry import ShownPanel


@dataclass(frozen=True)
class Part:
    """`context(person, at=...)` is None where it has nothing to say; it costs the same queries whatever there is."""

    name: str
    order: int
    template: str
    context: Callable[..., dict[str, Any] | None]


class Follower(Protocol):
    def __call__(self, *, session_id: UUID, at: datetime) -> object: ...


parts: dict[str, Part] = {}
followers: dict[str, Follower] = {}


def register(part: Part) -> None:
    """Adds a part; a doubled name is an error."""
    if part.name in parts:
        raise ValueError(f"part {part.name} is registered twice")
    parts[part.name] = part


def shown_to(person: Any, *, at: datetime) -> list[ShownPanel]:
    """The parts that have something to say, in order."""
    asked = [(part, part.context(person, at=at)) for part in sorted(parts.values(), key=lambda part: part.order)]
    return [ShownPanel(part.name, part.template, facts) for part, facts in asked if facts is not None]


def follow_settled(name: str, follower: Follower) -> None:
    """Calls `follower(session_id=..., at=...)` when the entries of a closed meeting stand. It may be lost in a crash,
    so a follower looks by `tick` for what it missed.
    """
    if name in followers:
        raise ValueError(f"{name} follows the end of meetings twice")
    followers[name] = follower


def settled(session_id: UUID, *, at: datetime) -> None:
    """Tells those who follow."""
    for follower in followers.values():
        follower(session_id=session_id, at=at)
