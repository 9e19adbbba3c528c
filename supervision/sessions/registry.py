"""Parts that others put on top of supervision's front page; filled when the apps start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.home.registry import ShownPanel


@dataclass(frozen=True)
class Part:
    """`context(person, at=...)` is None where it has nothing to say; it costs the same queries whatever there is."""

    name: str
    order: int
    template: str
    context: Callable[..., dict[str, Any] | None]


parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Adds a part; a doubled name is an error."""
    if part.name in parts:
        raise ValueError(f"part {part.name} is registered twice")
    parts[part.name] = part


def shown_to(person: Any, *, at: datetime) -> list[ShownPanel]:
    """The parts that have something to say, in order."""
    asked = [(part, part.context(person, at=at)) for part in sorted(parts.values(), key=lambda part: part.order)]
    return [ShownPanel(part.name, part.template, facts) for part, facts in asked if facts is not None]
