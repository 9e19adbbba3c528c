"""What is asked about a meeting, when it may be answered, and when answers may be shown. Plain values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal

DAYS = timedelta(days=7)
SHOWN_FROM = 5
"""So many people; with fewer somebody could guess whose an answer is."""
WINDOW = timedelta(days=90)
COMMENT_LIMIT = 1000
QUESTIONS: dict[str, Promise] = {
    "safe": _("I felt safe to speak"),
    "heard": _("My questions were heard"),
    "usable": _("I can use the advice"),
    "time": _("The time was right"),
}
ANSWERS: dict[int, Promise] = {
    1: _("Not at all"),
    2: _("A little"),
    3: _("Mostly"),
    4: _("Yes, fully"),
}


class NotThere(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("Only who was in the meeting and did not lead it says how it was.")


class TooLate(Refusal):
    code = "closed"
    sentence = _("This was asked for seven days after the meeting. They are over.")


class AnswerMissing(Invalid):
    sentence = _("Choose one line for each question. A comment can have 1,000 letters.")


@dataclass(frozen=True, slots=True)
class Shown:
    """One question with the middle of its answers, as a number from 1 to 4 with one place."""

    question: Promise
    average: float


def may_answer_until(closed_at: datetime) -> datetime:
    return closed_at + DAYS


def averages(answers: Sequence[dict[str, int]], people: int) -> list[Shown]:
    """The questions with their averages; nothing if too few people answered, however often each did."""
    if people < SHOWN_FROM:
        return []
    return [
        Shown(words, round(sum(one[name] for one in answers) / len(answers), 1)) for name, words in QUESTIONS.items()
    ]
