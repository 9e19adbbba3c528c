"""What a phone keeps of its person, by name; filled when the apps start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Part:
    """One part of a person's state on the phone.

    `context(person, *, at) -> dict | None` is kept there sealed, under the part's name; None: nothing to keep.
    `keep(person, *, at) -> list[str]` are the addresses of pages that shall open without network.
    `since(person, *, at) -> datetime | None`: words were taken away then, so pages that were kept before are of no use.
    All must cost the same number of queries whatever the person has.
    """

    name: str
    context: Callable[..., dict[str, Any] | None] | None = None
    keep: Callable[..., list[str]] | None = None
    since: Callable[..., datetime | None] | None = None


parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Adds a part; a doubled name is an error."""
    if part.name in parts:
        raise ValueError(f"A part of the phone called {part.name!r} is registered already.")
    parts[part.name] = part
