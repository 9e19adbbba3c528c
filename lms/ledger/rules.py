"""Decisions about entries on plain values: which facts are allowed, how the chain is made."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.outbox.rules import EARLIEST
from lms.people.rules import Refusal
from lms.sealing.rules import canonical, mac

FIRST = "0" * 64


class KeyConflict(Refusal):
    """A key of the ledger was used again for another fact."""

    code = "conflict"
    sentence = _("This was already recorded with other content. Nothing was changed.")


class UnknownFact(Exception):
    """A programming error: an entry with a kind or a fact that nobody declared."""


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong in a chain: whose, which number, and what in a sentence."""

    provider: str
    origin: str
    number: int
    sentence: str


def is_of(value: Any, declared: Any) -> bool:
    """Whether a fact's value is of its declared type: str, int, bool, date (as ISO text), dict[str, int], list[str]."""
    if declared is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if declared is date:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    if declared == dict[str, int]:
        return isinstance(value, dict) and all(isinstance(k, str) and is_of(v, int) for k, v in value.items())
    if declared == list[str]:
        return isinstance(value, list) and all(isinstance(held, str) for held in value)
    return isinstance(value, declared)


def checked_facts(
    facts: dict[str, Any], declared: dict[str, Any], optional: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The facts, if each declared one is there with its type and nothing else but optional ones; or UnknownFact."""
    known = {**declared, **(optional or {})}
    if not declared.keys() <= facts.keys() <= known.keys():
        raise UnknownFact(f"facts are {sorted(facts)}, declared are {sorted(declared)}")
    wrong = [name for name, value in facts.items() if not is_of(value, known[name])]
    if wrong:
        raise UnknownFact(f"facts of another type than declared: {wrong}")
    return facts


def possible_time(happened_at: datetime, recorded_at: datetime) -> datetime:
    """The device's time, clamped to what is possible."""
    return max(EARLIEST, min(happened_at, recorded_at))


def chained(previous: str, fields: dict[str, Any], *, key: str, origin: str) -> str:
    """Hex HMAC over the previous chain and every field of the entry, under the key of this origin."""
    return mac({"previous": previous, "entry": fields}, key=key, purpose=f"tandem ledger {origin}")


def same_fact(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether two entries say the same, apart from when and by whom it was written down."""
    told = ("provider", "programme", "kind", "subject", "facts")
    return all(canonical(first[name]) == canonical(second[name]) for name in told)
