"""How a quiz is judged: bands, and what may be done next, on plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from courses.questions.rules import Asked, is_right, may_be_picked
from lms.people.rules import Refusal

CLEAR_FAIL, BORDERLINE_FAIL, BORDERLINE_PASS, CLEAR_PASS = (
    "clear_fail",
    "borderline_fail",
    "borderline_pass",
    "clear_pass",
)
BANDS = (CLEAR_FAIL, BORDERLINE_FAIL, BORDERLINE_PASS, CLEAR_PASS)
BORDERLINE = (BORDERLINE_FAIL, BORDERLINE_PASS)
OPEN, ANSWERED, DECIDED = "open", "answered", "decided"
PASS, TRY_AGAIN = "pass", "try_again"


class MissingAnswers(Refusal):
    """Some questions have no answer."""

    code = "invalid"
    status = 400
    sentence = _("Some questions have no answer yet. Answer them, then send again. Nothing was sent.")


class AttemptAnswered(Refusal):
    """The first answer counts; this one came second."""

    code = "attempt_answered"
    sentence = _("These questions were answered before. Your first answers count.")


class NoAttempt(Refusal):
    """No such set of questions was given to this person."""

    code = "invalid"
    status = 404
    sentence = _("We did not find these questions. Open the quiz again.")


class NoQuestions(Refusal):
    """The quiz is published without a question."""

    code = "closed"
    sentence = _("This quiz has no questions yet. Come back later.")


class NoMoreTries(Refusal):
    """The quiz was taken as often as it may be."""

    code = "closed"
    sentence = _("You have used all your tries for this quiz. Talk with your supervisor about what comes next.")


class NotBorderline(Refusal):
    """Only a result between the bands is decided by a person, and once."""

    code = "conflict"
    sentence = _("This result is decided already, or the number alone decides it. Nothing was changed.")


class ReasonMissing(Refusal):
    """A decision about a person always says why."""

    code = "invalid"
    status = 400
    sentence = _("Write in a sentence why you decide so. Nothing was changed.")


@dataclass(frozen=True)
class Bands:
    """Where “nearly”, “just over” and “clear pass” begin, in whole percent."""

    nearly: int
    over: int
    clear: int

    def band(self, percent: int) -> str:
        """The band of a result; the first percent of a band belongs to it."""
        if percent >= self.clear:
            return CLEAR_PASS
        if percent >= self.over:
            return BORDERLINE_PASS
        return BORDERLINE_FAIL if percent >= self.nearly else CLEAR_FAIL


def percent_of(right: int, total: int) -> int:
    """Whole percent, rounded down: nobody is lifted into a band by rounding."""
    return right * 100 // total if total else 0


def unanswered(asked: Mapping[str, Asked], answers: Mapping[str, Sequence[str]]) -> list[str]:
    """The keys of the questions without an answer that counts as one."""
    return [key for key, question in asked.items() if not may_be_picked(question, answers.get(key, ()))]


def graded(asked: Mapping[str, Asked], answers: Mapping[str, Sequence[str]]) -> dict[str, bool]:
    """Right or not, question by question."""
    return {key: is_right(question, answers[key]) for key, question in asked.items()}


def may_try_again(*, state: str, band: str, attempts: int, allowed: int | None, passed: bool) -> bool:
    """After “not yet”, and after a person said “try again”; never while somebody has still to decide, or once
    passed."""
    if passed or (allowed is not None and attempts >= allowed):
        return False
    return band == CLEAR_FAIL if state == ANSWERED else state == DECIDED


@dataclass(frozen=True)
class Reviewed:
    """One question on the result page: what was asked, what was picked, and what to say to it."""

    number: int
    asked: Asked
    picked: frozenset[str]
    right: bool

    @property
    def found(self) -> int:
        """How many of the right choices were picked."""
        return len(self.picked & self.asked.right)

    @property
    def feedback(self) -> list[str]:
        """What we say to each choice that was picked: first to the right ones, then to the others."""
        told = sorted(
            (choice for choice in self.asked.choices if choice.id in self.picked), key=lambda choice: not choice.correct
        )
        return [choice.feedback for choice in told if choice.feedback]


def what_worked_first(reviewed: Iterable[Reviewed]) -> list[Reviewed]:
    """Right answers stand before those to look at again, each in the order in which they were asked."""
    return sorted(reviewed, key=lambda held: (not held.right, held.number))
