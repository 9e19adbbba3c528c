"""What other parts add to a programme's demo and to what is due by time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DemoPart:
    """One idempotent part of `manage.py demo`; parts run in `order`, `build(at=...)` adds what is missing."""

    name: str
    order: int
    build: Callable[..., None]


demo_parts: dict[str, DemoPart] = {}
ticks: dict[str, Callable[..., int]] = {}


def register_demo(part: DemoPart) -> None:
    """Adds a part of the demo; a doubled name is an error."""
    if part.name in demo_parts:
        raise ValueError(f"demo part {part.name} is registered twice")
    demo_parts[part.name] = part


def register_tick(name: str, job: Callable[[], int]) -> None:
    """Adds a job of `manage.py tick`: `job(at=...)` does what is due and says how many; safe to run twice."""
    if name in ticks:
        raise ValueError(f"tick job {name} is registered twice")
    ticks[name] = job


def run_order() -> list[DemoPart]:
    """The demo's parts in order."""
    return sorted(demo_parts.values(), key=lambda part: (part.order, part.name))


def run_ticks(*, at: datetime) -> dict[str, int]:
    """Runs every job; name -> how many things it did."""
    return {name: job(at=at) for name, job in sorted(ticks.items())}
