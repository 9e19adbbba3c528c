"""How well the guard finds what the test set names: recall and precision by language and kind."""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supervision.guard.rules import find

FILE = Path(__file__).parent / "texts.toml"


def texts() -> list[dict[str, Any]]:
    """The test set: id, language, text, and what should be found."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))["text"]


@dataclass
class Score:
    """Found and missed of what should be found, and what was found without need."""

    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    needless: Counter[tuple[str, str]] = field(default_factory=Counter)

    def total(self, counts: Counter[tuple[str, str]], language: str) -> int:
        return sum(number for (one, _), number in counts.items() if one == language)

    def recall(self, language: str) -> float:
        """Of what should be found, the share that was."""
        have = self.total(self.found, language)
        return have / (have + self.total(self.missed, language))

    def precision(self, language: str) -> float:
        """Of what was found, the share that should be."""
        have = self.total(self.found, language)
        return have / (have + self.total(self.needless, language))


def places_of(entry: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Kind, start and end of what should be found; the same words twice stand one after the other."""
    places, last = [], 0
    for one in entry["found"]:
        start = entry["text"].index(one["text"], last if one["text"] in entry["text"][last:] else 0)
        last = start + len(one["text"])
        places.append((one["kind"], start, last))
    return places


def measured() -> Score:
    """Over the whole set; words that lie over each other are one."""
    score = Score()
    for entry in texts():
        language, wanted, findings = entry["language"], places_of(entry), find(entry["text"])
        for kind, start, end in wanted:
            hit = any(finding.start < end and finding.end > start for finding in findings)
            (score.found if hit else score.missed)[language, kind] += 1
        for finding in findings:
            if not any(finding.start < end and finding.end > start for _, start, end in wanted):
                score.needless[language, finding.kind] += 1
    return score
