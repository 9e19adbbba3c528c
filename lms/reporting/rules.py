"""Decisions about what a manager sees, on plain values: the funnel, and who waits too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal

STEPS = ("enrolled", "in_training", "supervised_practice", "certified")
REACHED_BY = {"enrolled": 0, "in_training": 1, "supervised_practice": 2, "certified": 3, "lapsed": 3}
"""How far each stage is; who lapsed was certified. Paused, suspended and left people count only as enrolled."""
PATIENCE = {"enrolled": 14, "in_training": 35, "supervised_practice": 60}
"""Days in a stage after which somebody counts as stuck."""


class CardsInUse(Refusal):
    """None of the chosen people needs a card."""

    sentence = _("These people already sign in with their cards. Was one lost? Replace it on the person's page.")


@dataclass(frozen=True)
class Step:
    """People who reached a stage; `share` of all in percent, `lost` since the step before."""

    stage: str
    count: int
    share: int
    lost: int


def funnel_of(counts: Mapping[str, int]) -> list[Step]:
    """From how many people are in each stage now to how many reached each step."""
    total = sum(counts.values())
    reached = [total] + [
        sum(number for stage, number in counts.items() if REACHED_BY.get(stage, 0) >= place)
        for place in range(1, len(STEPS))
    ]
    return [
        Step(
            stage,
            reached[place],
            reached[place] * 100 // total if total else 0,
            reached[place - 1] - reached[place] if place else 0,
        )
        for place, stage in enumerate(STEPS)
    ]


def biggest_drop(steps: list[Step]) -> Step | None:
    """The step before which most people stay behind; None when nobody does."""
    worst = max(steps, key=lambda step: step.lost, default=None)
    return worst if worst and worst.lost else None


def stuck_since(stage: str, at: datetime) -> datetime | None:
    """Whoever came to this stage before that moment waits too long; None where waiting is no trouble."""
    return at - timedelta(days=PATIENCE[stage]) if stage in PATIENCE else None


def is_stuck(stage: str, since: datetime, at: datetime) -> bool:
    limit = stuck_since(stage, at)
    return limit is not None and since < limit
