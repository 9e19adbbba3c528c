"""The panels of the front page, by name; filled when the apps start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

COLUMNS = ("main", "side")


class PanelContext(Protocol):
    def __call__(self, person: Any, *, at: datetime) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Panel:
    """One part of the front page. `context` answers None where it has nothing to say to this person.

    It must cost the same number of queries whatever the person has: the whole page may cost ten.
    """

    name: str
    order: int
    column: str
    template: str
    context: PanelContext | Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class ShownPanel:
    """A panel that has something to say, with what it says."""

    name: str
    template: str
    facts: Mapping[str, Any]


panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    if panel.name in panels:
        raise ValueError(f"A home panel called {panel.name!r} is registered already.")
    if panel.column not in COLUMNS:
        raise ValueError(f"The home panel {panel.name!r} must stand in one of {COLUMNS}, not in {panel.column!r}.")
    panels[panel.name] = panel


def in_order() -> list[Panel]:
    return sorted(panels.values(), key=lambda panel: (panel.order, panel.name))
