"""Polls: what may be asked, how votes are counted, and when a secret one is too small to show."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal
from supervision.room.rules.values import TooLong, Unreadable, clean_reason, key_of, number_of, words_of

QUESTION_LIMIT = 300
CHOICE_LIMIT = 120
FEWEST_CHOICES, MOST_CHOICES = 2, 6
FEWEST_SECRET = 3


class NoSuchPoll(Invalid):
    """The poll does not exist in this meeting."""

    sentence = _("There is no such poll in this meeting.")


class NoSuchChoice(Invalid):
    """A choice that the poll does not have."""

    sentence = _("Choose one of the answers.")


class PollOver(Refusal):
    """A vote that came after the end; what was counted stays."""

    code = "closed"
    sentence = _("This poll is over. Your answer came too late to be counted.")


def clean_open(data: dict[str, Any]) -> dict[str, Any]:
    """{question, choices: 2..6 different texts, anonymous?, confirmed?}"""
    choices, anonymous = data.get("choices"), data.get("anonymous", False)
    if not isinstance(choices, list) or not isinstance(anonymous, bool):
        raise Unreadable
    texts = [short(choice, CHOICE_LIMIT) for choice in choices[: MOST_CHOICES + 1]]
    if not FEWEST_CHOICES <= len(texts) <= MOST_CHOICES or len(set(texts)) < len(texts):
        raise Unreadable
    question = short(data.get("question"), QUESTION_LIMIT)
    return {"question": question, "choices": texts, "anonymous": anonymous, **clean_reason(data)}


def words_asked(question: str, choices: Sequence[str]) -> str:
    """A poll's words, the question and each answer in a line."""
    return "\n".join([question, *choices])


def short(value: Any, limit: int) -> str:
    """A text of one line; raises Unreadable, TooLong."""
    text = " ".join(words_of(value).split())
    if len(text) > limit:
        raise TooLong
    return text


def clean_vote(data: dict[str, Any]) -> dict[str, Any]:
    """{poll, choice}: choices are numbered from 0."""
    choice = number_of(data.get("choice"))
    if choice >= MOST_CHOICES:
        raise Unreadable
    return {"poll": str(key_of(data.get("poll"))), "choice": choice}


def clean_close(data: dict[str, Any]) -> dict[str, Any]:
    """{poll}"""
    return {"poll": str(key_of(data.get("poll")))}


def tallied(votes: Iterable[int], choices: Sequence[str]) -> list[int]:
    """How many chose each."""
    found = Counter(votes)
    return [found[number] for number in range(len(choices))]


def may_be_shown(counts: Sequence[int], *, anonymous: bool) -> bool:
    """Whether the split may be told: of one or two secret votes each voter would know the other's."""
    return not anonymous or not sum(counts) or sum(counts) >= FEWEST_SECRET
