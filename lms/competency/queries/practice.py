"""The loop of a weak skill as pages show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lms.competency import rules
from lms.competency.rules.chain import Chain, chains_of
from lms.ledger.models import Entry
from lms.ledger.registry import link_of
from lms.programmes.models import Assignment


@dataclass(frozen=True)
class Practice:
    """The loop of one skill as a page shows it: levels in words, the lesson, the cases, group meetings and advice about
    it with where to see them."""

    title: str
    chain: Chain
    lesson: Assignment | None
    cases: list[tuple[datetime, str | None]]
    meetings: list[tuple[datetime, str | None]]
    advice: list[tuple[datetime, str | None]]

    @property
    def before(self) -> str:
        return rules.level_word(self.chain.before)

    @property
    def now(self) -> str:
        return rules.level_word(self.chain.now)


def practices_of(
    entries: Iterable[Entry],
    assignments: Iterable[Assignment],
    skills: Mapping[str, str],
    *,
    told_only: bool,
    in_group: bool = True,
) -> list[Practice]:
    """The loops of a person from what was read already; no query. A skill that is in no framework now is left out."""
    lessons = {one.source.partition(":")[2]: one for one in assignments if one.source.startswith("competency:")}

    def seen(held: Iterable[Entry]) -> list[tuple[datetime, str | None]]:
        return [(entry.happened_at, link_of(entry, in_group=in_group)) for entry in held]

    return [
        Practice(
            skills[chain.code],
            chain,
            lessons.get(chain.code),
            seen(chain.cases),
            seen(chain.meetings),
            seen(chain.advice),
        )
        for chain in chains_of(entries, told_only=told_only)
        if chain.code in skills
    ]
