"""The loop of one skill: rated too low, a lesson, practised with the group, rated again. Plain values only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

ENOUGH = 3
RATED, TOLD = "assessment.finalised", "assessment.fed_back"
SHOWN, MET, LOOKED_BACK = "case.presented", "session.attended", "advice.followed_up"
MET_FROM = 60
"""Percent of a meeting's time, as much as a certificate asks for; who only looked in has not practised there."""


class Entry(Protocol):
    """What of a ledger entry is asked here."""

    kind: str
    facts: Mapping[str, Any]
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Chain:
    """One skill from the rating that was too low on. `levels`: when and what, the low one first; `cases`: entries of
    cases that were shown to practise it; `meetings`: of group meetings about it that she was in; `advice`: of advice
    about it that her group looked back at with her."""

    code: str
    levels: tuple[tuple[datetime, int], ...]
    cases: tuple[Entry, ...]
    meetings: tuple[Entry, ...] = ()
    advice: tuple[Entry, ...] = ()

    @property
    def before(self) -> int:
        return self.levels[0][1]

    @property
    def now(self) -> int:
        return self.levels[-1][1]

    @property
    def began_at(self) -> datetime:
        return self.levels[0][0]

    @property
    def rated_again(self) -> tuple[datetime, int] | None:
        """The last rating after the low one, if there was one."""
        return self.levels[-1] if len(self.levels) > 1 else None

    @property
    def is_closed(self) -> bool:
        return self.now >= ENOUGH


def chains_of(entries: Iterable[Entry], *, told_only: bool) -> list[Chain]:
    """The skills that are or last were below level 3: the weakest open ones first, then those that were closed.

    `entries` stand in order of time. `told_only`: ratings count only once they were talked through, as the person
    herself may see them.
    """
    found = list(entries)
    told = {entry.facts["assessment"] for entry in found if entry.kind == TOLD}
    ratings = [entry for entry in found if entry.kind == RATED and (not told_only or entry.facts["assessment"] in told)]
    codes = dict.fromkeys(code for rating in ratings for code in rating.facts["levels"])
    chains = [chain for code in codes if (chain := chain_of(code, ratings, found)) is not None]
    return sorted(chains, key=lambda chain: (chain.is_closed, chain.now if not chain.is_closed else 0))


def chain_of(code: str, ratings: list[Entry], entries: list[Entry]) -> Chain | None:
    """The last time that this skill was too low, up to the rating that ended it."""
    levels = [(entry.happened_at, entry.facts["levels"][code]) for entry in ratings if code in entry.facts["levels"]]
    lows = [at for at, (_, level) in enumerate(levels) if level < ENOUGH]
    if not lows:
        return None
    start = end = lows[-1]
    while start > 0 and levels[start - 1][1] < ENOUGH:
        start -= 1
    spell = levels[start : end + 2]
    closed_at = spell[-1][0] if spell[-1][1] >= ENOUGH else None
    practised = [
        entry
        for entry in entries
        if entry.facts.get("competency") == code
        and entry.happened_at >= spell[0][0]
        and (closed_at is None or entry.happened_at <= closed_at)
    ]
    cases = tuple(entry for entry in practised if entry.kind == SHOWN)
    meetings = tuple(entry for entry in practised if entry.kind == MET and entry.facts["share"] >= MET_FROM)
    return Chain(code, tuple(spell), cases, meetings, tuple(one for one in practised if one.kind == LOOKED_BACK))


def weak_codes(entries: Iterable[Entry], *, told_only: bool = True) -> list[str]:
    """The skills to practise next, the weakest first: told to the person (or, for who supervises her, rated), and not
    rated high enough since.
    """
    return [chain.code for chain in chains_of(entries, told_only=told_only) if not chain.is_closed]
