"""The kinds of item that phones may send, filled in `apps.ready()` of the parts that know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ItemKind:
    """One kind of item.

    `clean(data, subject) -> dict` raises Invalid; `act(*, key, person, subject, data, happened_at, at) -> dict`.
    """

    name: str
    clean: Callable[[dict[str, Any], str], dict[str, Any]]
    act: Callable[..., dict[str, Any]]


kinds: dict[str, ItemKind] = {}


def register(kind: ItemKind) -> None:
    """Adds a kind; a doubled name is an error."""
    if kind.name in kinds:
        raise ValueError(f"outbox kind {kind.name} is registered twice")
    kinds[kind.name] = kind
