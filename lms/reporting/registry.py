"""Parts of a person's page and figures of the board, filled when the apps start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise


@dataclass(frozen=True)
class Figure:
    """
    One figure of the board: `figure(at=...)` gives the conditions on an enrolment for numerator and denominator.

    Conditions and not numbers, so that one query counts all figures.
    """

    name: str
    label: str | Promise
    figure: Callable[..., tuple[Q, Q]]


@dataclass(frozen=True)
class Section:
    """One part of a person's page: `context(viewer, provider, programme, at=...)` is None where it has nothing to
    say.
    """

    name: str
    order: int
    template: str
    context: Callable[..., dict[str, Any] | None]
    column: str = "main"


@dataclass(frozen=True)
class Line:
    """One line above the board's figures: safety first. `context(viewer, programme, at=...)` is None where it has
    nothing to say.
    """

    name: str
    order: int
    template: str
    context: Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class Shown:
    """A section that has something to say: the shape that the shell's `panel` tag draws."""

    template: str
    facts: dict[str, Any]


figures: dict[str, Figure] = {}
sections: dict[str, Section] = {}
lines: dict[str, Line] = {}


def register_figure(figure: Figure) -> None:
    """Adds a figure; a doubled name is an error."""
    if figure.name in figures:
        raise ValueError(f"figure {figure.name} is registered twice")
    figures[figure.name] = figure


def register_section(section: Section) -> None:
    """Adds a section; a doubled name is an error."""
    if section.name in sections:
        raise ValueError(f"section {section.name} is registered twice")
    if section.column not in ("main", "side"):
        raise ValueError(f"section {section.name} must stand in main or side")
    sections[section.name] = section


def register_line(line: Line) -> None:
    """Adds a line of the board; a doubled name is an error."""
    if line.name in lines:
        raise ValueError(f"line {line.name} is registered twice")
    lines[line.name] = line


def lines_for(viewer: Any, programme: Any, **when: Any) -> list[Shown]:
    """The board's lines that have something to say, in order."""
    asked = [
        (line, line.context(viewer, programme, **when)) for line in sorted(lines.values(), key=lambda one: one.order)
    ]
    return [Shown(line.template, facts) for line, facts in asked if facts is not None]


def in_order() -> list[Section]:
    return sorted(sections.values(), key=lambda section: (section.order, section.name))
