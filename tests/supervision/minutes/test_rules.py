"""Decisions about minutes on plain values."""

from datetime import date, datetime, timedelta

import pytest

from lms.people.rules import Invalid
from supervision.minutes import rules
from supervision.minutes.rules import CaseFacts, Wording


def test_the_first_words_are_numbers_days_and_our_own_words() -> None:
    cases = [CaseFacts("a", 20, ["Try with the person", "Learn"]), CaseFacts("b", 1, [])]

    words = rules.first_words(cases=cases, agreed=2, first_due=date(2026, 3, 24), polls=1, focus="Listening")

    assert words == Wording(
        {
            "a": "The group looked at this case for 20 minutes. Agreed: Try with the person, Learn.",
            "b": "The group looked at this case for 1 minute. No advice was agreed.",
        },
        "The group agreed on 2 pieces of advice. The first day to look at it is 24 March. "
        "The group answered 1 question.",
        "The group worked on this skill: Listening.",
    )


def test_a_meeting_without_anything_begins_empty() -> None:
    assert rules.first_words(cases=[], agreed=0, first_due=None, polls=0, focus="") == Wording({}, "", "")


def test_words_are_packed_and_unpacked() -> None:
    words = Wording({"a": "Line"}, "Tuliamua", "نتعلم")

    assert rules.unpacked(words.packed()) == words


def test_words_are_plain_and_within_their_caps() -> None:
    words = Wording({"a": " one\r\ntwo "}, "x" * rules.TEXT_LIMIT, "")

    assert rules.clean_words(words, ["a", "b"]) == Wording({"a": "one\ntwo", "b": ""}, "x" * rules.TEXT_LIMIT, "")


@pytest.mark.parametrize(
    "words",
    [
        Wording({"a": "x" * (rules.LINE_LIMIT + 1)}),
        Wording(decisions="x" * (rules.TEXT_LIMIT + 1)),
        Wording(learned="x" * (rules.TEXT_LIMIT + 1)),
        Wording({"of another meeting": "x"}),
    ],
)
def test_what_is_too_long_or_of_another_meeting_is_refused(words: Wording) -> None:
    with pytest.raises(Invalid):
        rules.clean_words(words, ["a"])


@pytest.mark.parametrize(
    ("hours", "left", "late", "reminder"),
    [(0, 48, False, None), (23.5, 25, False, None), (24, 24, False, 24), (47.5, 1, False, 24), (48, 0, True, 48)],
)
def test_there_are_two_days_to_sign(hours: float, left: int, late: bool, reminder: int | None, now: datetime) -> None:
    at = now + timedelta(hours=hours)

    assert (rules.hours_left(now, at), rules.is_late(now, at), rules.reminder_due(now, at)) == (left, late, reminder)


def test_after_four_days_nobody_is_reminded(now: datetime) -> None:
    assert rules.reminder_due(now, now + timedelta(hours=96)) is None


@pytest.mark.parametrize(
    ("state", "began", "has"),
    [("closed", True, True), ("signed_off", True, True), ("closed", False, False), ("live", True, False)],
)
def test_only_a_meeting_that_took_place_has_minutes(state: str, began: bool, has: bool, now: datetime) -> None:
    assert rules.has_minutes(state, now if began else None) == has
