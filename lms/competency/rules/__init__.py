"""Decisions about marks and levels, on plain values: what a level is, why, and when a rating is complete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.people.rules import Refusal

HARMFUL, BASIC, ADVANCED = "harmful", "basic", "advanced"
OBSERVED, NOT_OBSERVED, NOT_ELICITED = "observed", "not_observed", "not_elicited"
MARKS = (OBSERVED, NOT_OBSERVED, NOT_ELICITED)
ENOUGH = 3
"""Below this level a competency gets a focus lesson."""

MODES_THAT_COUNT = ("role_play", "live_observation", "recording")
"""Self and peer ratings are for learning; they never count for a certificate alone (FIELD.md)."""


class NotARater(Refusal):
    code = "not_allowed"
    status = 403
    sentence = gettext_lazy(
        "You are not an authorised rater for this person. Ask the programme manager to authorise you."
    )


class NotYourself(Refusal):
    code = "not_allowed"
    status = 403
    sentence = gettext_lazy("Nobody can rate their own skills. Ask another rater.")


class BlanksLeft(Refusal):
    code = "invalid"
    sentence = gettext_lazy("Some lines are still blank. Mark each line, then finish the rating.")


class AlreadyFinal(Refusal):
    code = "closed"
    sentence = gettext_lazy("This rating is finished and cannot be changed any more. Start a new rating instead.")


class NotFinalYet(Refusal):
    code = "closed"
    sentence = gettext_lazy("This rating is not finished yet. Finish it first, then give feedback.")


class AlreadyFedBack(Refusal):
    code = "closed"
    sentence = gettext_lazy("Feedback on this rating was given already.")


class NotYoursToTakeBack(Refusal):
    code = "not_allowed"
    status = 403
    sentence = gettext_lazy("Only a supervisor or manager of this person takes a rating back.")


class AlreadyTakenBack(Refusal):
    code = "closed"
    sentence = gettext_lazy("This rating was taken back already.")


class UnknownMark(Refusal):
    code = "invalid"
    sentence = gettext_lazy("We could not read one of the marks. Nothing was changed. Mark the lines again.")


class AlreadyPublished(Refusal):
    code = "conflict"
    sentence = gettext_lazy("This version of the framework is published and never changes. Publish a new version.")


class FrameworkUnclear(Refusal):
    code = "invalid"
    sentence = gettext_lazy(
        "The framework cannot be read. Each competency needs a code, a title and at least one basic skill."
    )


@dataclass(frozen=True)
class Line:
    """One behaviour as the rater marked it;
    `mark` is None while it is blank, `number` is its place in the competency, from 1.
    """

    number: int
    kind: str
    mark: str | None
    is_omission: bool = False


@dataclass(frozen=True)
class Level:
    """`number` is None while lines are blank; `because` are the numbers of the lines that decided it."""

    number: int | None
    blanks: tuple[int, ...] = ()
    because: tuple[int, ...] = ()
    not_asked_for: tuple[int, ...] = ()

    @property
    def is_harm(self) -> bool:
        return self.number == 1

    @property
    def needs_lesson(self) -> bool:
        """A skill that the role play never called for is a reason for another role play, not for a lesson."""
        return self.number is not None and self.number < ENOUGH and bool(self.because)


def level_of(lines: Iterable[Line]) -> Level:
    """1 = any harm; 2 = no harm, some basic skill missing; 3 = no harm, all basic skills; 4 = also an advanced skill.

    (ENACT, WHO 2021.) A harmful omission ("does not ask about self-harm") is harm when it was observed, that is when
    the asking did not happen although the story called for it. A basic skill that was not asked for was not shown: it
    never lifts a competency to level 3.
    """
    lines = tuple(lines)
    blanks = _numbers(line for line in lines if line.mark is None)
    if blanks or not lines:
        return Level(None, blanks=blanks)
    harms = _numbers(line for line in lines if line.kind == HARMFUL and line.mark == OBSERVED)
    if harms:
        return Level(1, because=harms)
    missed = _numbers(line for line in lines if line.kind == BASIC and line.mark == NOT_OBSERVED)
    not_asked_for = _numbers(line for line in lines if line.kind == BASIC and line.mark == NOT_ELICITED)
    if missed or not_asked_for:
        return Level(2, because=missed, not_asked_for=not_asked_for)
    advanced = _numbers(line for line in lines if line.kind == ADVANCED and line.mark == OBSERVED)
    return Level(4, because=advanced) if advanced else Level(3)


def _numbers(lines: Iterable[Line]) -> tuple[int, ...]:
    return tuple(line.number for line in lines)


def level_word(number: int | None) -> str:
    """The level in words: a number alone says nothing to the person it is about."""
    words = {
        None: _("Not worked out yet"),
        1: _("Could do harm"),
        2: _("On the way"),
        3: _("Reached"),
        4: _("Reached, and more"),
    }
    return words[number]


def sentences() -> dict[str, str]:
    """The whole sentence for each case of `case_of`; the script of the rating page says the same ones."""
    return {
        "harm": _("Could do harm: line %(lines)s."),
        "missed": _("No harm was seen. Not all basic skills yet: line %(lines)s."),
        "unasked": _("No harm was seen. The role play did not ask for line %(lines)s, so it could not be shown."),
        "basic": _("All basic skills, no harm."),
        "advanced": _("All basic skills, no harm, and an advanced skill: line %(lines)s."),
    }


def case_of(level: Level) -> str:
    """Which sentence says why a complete competency has its level."""
    if level.number == 2:
        return "missed" if level.because else "unasked"
    return {1: "harm", 3: "basic", 4: "advanced"}[level.number or 1]


def reason_of(level: Level) -> str:
    """Why it is this level, in one whole sentence."""
    if level.number is None:
        return blank_sentence(len(level.blanks))
    return sentences()[case_of(level)] % {"lines": _listed(level.because or level.not_asked_for)}


def blank_sentence(count: int) -> str:
    """How many lines are left before there is a level."""
    words = ngettext(
        "%(count)d line left to mark. Then you see the level.",
        "%(count)d lines left to mark. Then you see the level.",
        count,
    )
    return words % {"count": count}


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def blanks_of(levels: Mapping[str, Level]) -> dict[str, int]:
    """Competency code -> how many lines are blank, only those with blanks."""
    return {code: len(level.blanks) for code, level in levels.items() if level.number is None}


def is_authorised(valid_untils: Iterable[date], today: date) -> bool:
    """An authorisation holds through its last day."""
    return any(valid_until >= today for valid_until in valid_untils)


def state_of(kinds: Iterable[str]) -> str:
    """The state of an assessment from the kinds of its events, in any order; voided is final."""
    kinds = set(kinds)
    for kind in ("voided", "fed_back", "finalised", "rated"):
        if kind in kinds:
            return kind
    return "draft"
