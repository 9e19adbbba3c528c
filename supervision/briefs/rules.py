"""What a meeting should do, decided on plain values: the focus of a group, and an agenda that fits its minutes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ADVICE_MINUTES = 10
FOCUS_MINUTES = 10
END_MINUTES = 5
CASE_MINUTES = 15
MOST_CASES = 3
DIDACTIC_MOST = 30


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a suggested agenda; `about` is the case's helper or the skill, for who makes a title of it."""

    kind: str
    minutes: int
    about: str = ""


def focus_of(low_skills: Iterable[Sequence[str]]) -> str:
    """The code that is most often below level 3, of each person's low codes; the earlier in the framework wins a tie.

    "" when nobody was rated or nobody is below.
    """
    counted = Counter(code for codes in low_skills for code in codes)
    return max(counted, key=counted.__getitem__, default="")


def suggested(*, minutes: int, has_advice: bool, presenters: Sequence[str], focus: str) -> list[Part]:
    """Last advice first, then the focus, then cases in the order given, then the end; it fills `minutes` exactly.

    A case gets 15 minutes or more, at most three are planned. In a meeting that is too short for all, the focus goes
    first, then the look back; a case stays.
    """
    first = [Part("advice", ADVICE_MINUTES)] if has_advice else []
    didactic = [Part("didactic", FOCUS_MINUTES, focus)] if focus else []
    for optional in (didactic, first):
        if presenters and minutes - END_MINUTES - _sum(first) - _sum(didactic) < CASE_MINUTES:
            optional.clear()
    left = max(minutes - END_MINUTES - _sum(first) - _sum(didactic), 0)
    count = min(len(presenters), max(left // CASE_MINUTES, 1), MOST_CASES)
    cases = [Part("case", left // count + (left % count if n == 0 else 0), presenters[n]) for n in range(count)]
    if left and not count:
        cases = [Part("other", left)]
    return [part for part in (*first, *didactic, *cases, Part("wrap_up", END_MINUTES)) if part.minutes]


def _sum(parts: Iterable[Part]) -> int:
    return sum(part.minutes for part in parts)
