"""What is asked about a meeting, when it may be answered, and when answers may be shown. Plain values only.

Who led knows who was in which meeting, and can open her page as often as she likes. So what she sees may never change
by what one person did: from two looks, before and after, one answer could be worked out. Answers therefore come out
in closed batches, and a batch is made of what cannot change any more:

- An answer rests once its meeting's seven days are over (or, sent late by a phone, once it came) and one more hour has
  passed, so that what is written at that moment is in. From then on nothing can change it; a change that comes later
  is refused. So an answer that was changed was never seen in its first wording.
- Resting answers wait until those of five people lie together; then all of them come out at once and are closed. The
  next batch needs five people again. What was said about one meeting rests at one moment and is never cut in two.
- A batch leaves the page as it came, whole, 90 days after it came out, whatever the days of its answers.
- No number of answers is shown: a number that grows by one says that somebody just answered.
- Comments stand by their random ids within their batch, so their order says nothing of who wrote first.

All this follows from the rows alone, so that nothing has to be kept beside them and two looks always agree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal

DAYS = timedelta(days=7)
SHOWN_FROM = 5
"""So many people; with fewer somebody could guess whose an answer is."""
WINDOW = timedelta(days=90)
REST = timedelta(hours=1)
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


def rests_at(closed_at: datetime, at: datetime) -> datetime:
    """From when on an answer is the same for ever: `closed_at` of its meeting, `at` when it came."""
    return max(may_answer_until(closed_at), at) + REST


@dataclass(frozen=True, slots=True)
class Given:
    """An answer without what it says."""

    key: UUID
    person: UUID
    rests_at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """Answers that came out together, by their random ids."""

    at: datetime
    keys: tuple[UUID, ...]


def batches_of(given: Iterable[Given], now: datetime) -> list[Batch]:
    """What has come out so far, the first batch first; what lies fewer than five people deep waits."""
    resting = sorted((one for one in given if one.rests_at <= now), key=lambda one: one.rests_at)
    found: list[Batch] = []
    waiting: list[Given] = []
    for at, ones in groupby(resting, key=lambda one: one.rests_at):
        waiting += ones
        if len({one.person for one in waiting}) >= SHOWN_FROM:
            found.append(Batch(at, tuple(sorted(one.key for one in waiting))))
            waiting = []
    return found


def still_shown(batches: Iterable[Batch], now: datetime) -> list[Batch]:
    """Those of the last 90 days."""
    return [batch for batch in batches if batch.at > now - WINDOW]


def averages(answers: Sequence[dict[str, int]]) -> list[Shown]:
    """The questions with their averages; none without answers."""
    if not answers:
        return []
    return [
        Shown(words, round(sum(one[name] for one in answers) / len(answers), 1)) for name, words in QUESTIONS.items()
    ]
