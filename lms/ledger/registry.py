"""Kinds of entry and followers, filled in `apps.ready()`; and the tables that the database itself guards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class EntryKind:
    """A kind of fact: the facts it declares with their types, how to say it, and where to see it.

    `optional` facts came later or hold only sometimes; an entry without them means what it always meant.
    """

    name: str
    facts: dict[str, Any]
    sentence: Callable[[dict[str, Any]], str]
    link: Callable[[Any], str | None] = lambda entry: None
    in_group: bool = False
    """The link opens for the person herself and for who supervises her, not for who only manages."""
    optional: dict[str, Any] = field(default_factory=dict)


kinds: dict[str, EntryKind] = {}
followers: dict[str, Callable[[Any], None]] = {}
guarded_tables: list[str] = ["lms_entry", "lms_entrykey"]


def register(kind: EntryKind) -> None:
    """Adds a kind; a doubled name is an error."""
    if kind.name in kinds:
        raise ValueError(f"ledger kind {kind.name} is registered twice")
    kinds[kind.name] = kind


def link_of(entry: Any, *, in_group: bool) -> str | None:
    """Where an entry can be looked at, by somebody in the person's group or not; None: nowhere."""
    kind = kinds[entry.kind]
    return None if kind.in_group and not in_group else kind.link(entry)


def follow(name: str, follower: Callable[[Any], None]) -> None:
    """Calls `follower(entry)` with each new entry in its transaction."""
    if name in followers:
        raise ValueError(f"ledger follower {name} is registered twice")
    followers[name] = follower


def guard(table: str) -> None:
    """Lets the database refuse UPDATE, DELETE and TRUNCATE on a table of rows that never change."""
    if table in guarded_tables:
        raise ValueError(f"table {table} is guarded twice")
    guarded_tables.append(table)
