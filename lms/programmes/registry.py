"""What other parts add to a programme's demo, to what is due by time, and to whom to call in danger."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

Row = TypeVar("Row")
log = logging.getLogger("tandem.tick")


@dataclass(frozen=True)
class DemoPart:
    """One idempotent part of `manage.py demo`; parts run in `order`, `build(at=...)` adds what is missing."""

    name: str
    order: int
    build: Callable[..., None]


@dataclass(frozen=True)
class Number:
    """Somebody to call in danger."""

    name: str
    phone: str


demo_parts: dict[str, DemoPart] = {}
ticks: dict[str, Callable[..., int]] = {}
daily_ticks: set[str] = set()
first_ticks: set[str] = set()
on_call_sources: dict[str, Callable[..., dict[Any, list[tuple[str, str]]]]] = {}


def register_demo(part: DemoPart) -> None:
    """Adds a part of the demo; a doubled name is an error."""
    if part.name in demo_parts:
        raise ValueError(f"demo part {part.name} is registered twice")
    demo_parts[part.name] = part


def register_tick(name: str, job: Callable[[], int], *, daily: bool = False, first: bool = False) -> None:
    """Adds a job of `manage.py tick`: `job(at=...)` does what is due and says how many; safe to run twice.

    The server runs it every minute; `daily`: only once a day, because it looks at everybody; `first`: before all
    others, because somebody is in danger.
    """
    if name in ticks:
        raise ValueError(f"tick job {name} is registered twice")
    ticks[name] = job
    if daily:
        daily_ticks.add(name)
    if first:
        first_ticks.add(name)


def each(fault: str, rows: Iterable[Row], act: Callable[[Row], int]) -> int:
    """Does a job for every row and adds up what it says; one that fails is logged as `fault` and stops no other. Each
    row needs a transaction of its own.
    """
    done = 0
    for row in rows:
        try:
            done += act(row)
        except Exception:
            log.exception("%s: %s", fault, row)
    return done


def tick_names(*, daily: bool) -> list[str]:
    """The jobs of every minute, or those of once a day."""
    return [name for name in in_turn() if (name in daily_ticks) == daily]


def in_turn() -> list[str]:
    """Every job, what is urgent before the others."""
    return sorted(ticks, key=lambda name: (name not in first_ticks, name))


def register_on_call(name: str, source: Callable[..., dict[Any, list[tuple[str, str]]]]) -> None:
    """Adds who is on call: `source(programmes, at=...)` gives programme id -> [(name, phone)], the first to call first;
    one query for all of them."""
    if name in on_call_sources:
        raise ValueError(f"on-call source {name} is registered twice")
    on_call_sources[name] = source


def run_order() -> list[DemoPart]:
    """The demo's parts in order."""
    return sorted(demo_parts.values(), key=lambda part: (part.order, part.name))


def run_ticks(*, at: datetime) -> dict[str, int]:
    """Runs every job; name -> how many things it did."""
    return {name: ticks[name](at=at) for name in in_turn()}
