"""Levels, their reasons and states, on plain values."""

from datetime import date

import pytest

from lms.competency.rules import Line, blanks_of, is_authorised, level_of, reason_of, state_of

LETTERS = {"1": "observed", "0": "not_observed", "-": "not_elicited", "?": None}
KINDS = ("harmful", "harmful", "basic", "basic", "advanced")


def lines(marks: str) -> list[Line]:
    """Two harmful lines (the first an omission), two basic, one advanced."""
    made = zip(KINDS, marks, strict=True)
    return [Line(number, kind, LETTERS[mark], number == 1) for number, (kind, mark) in enumerate(made, start=1)]


@pytest.mark.parametrize(
    ("marks", "number", "because"),
    [
        ("01111", 1, (2,)),  # harm outweighs every skill
        ("10111", 1, (1,)),  # an omission that was observed is harm
        ("11000", 1, (1, 2)),
        ("-0110", 3, ()),  # what the story did not call for cannot have been left out
        ("00100", 2, (4,)),
        ("00000", 2, (3, 4)),
        ("00001", 2, (3, 4)),  # an advanced skill does not replace a basic one
        ("00110", 3, ()),
        ("00111", 4, (5,)),
        ("0011-", 3, ()),
        ("001-1", 2, ()),  # a basic skill that was not asked for was not shown
    ],
)
def test_a_level_follows_from_the_marked_lines(marks: str, number: int, because: tuple[int, ...]) -> None:
    level = level_of(lines(marks))

    assert (level.number, level.because) == (number, because)


@pytest.mark.parametrize(("marks", "blanks"), [("?0110", (1,)), ("1??11", (2, 3)), ("?????", (1, 2, 3, 4, 5))])
def test_with_a_blank_line_there_is_no_level_not_even_the_lowest(marks: str, blanks: tuple[int, ...]) -> None:
    level = level_of(lines(marks))

    assert (level.number, level.blanks) == (None, blanks)


def test_a_competency_without_lines_has_no_level() -> None:
    assert level_of([]).number is None


def test_a_skill_that_was_not_asked_for_needs_another_role_play_not_a_lesson() -> None:
    assert level_of(lines("001-0")).needs_lesson is False
    assert level_of(lines("00100")).needs_lesson is True
    assert level_of(lines("10110")).needs_lesson is True
    assert level_of(lines("00110")).needs_lesson is False


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ("10110", "Could do harm: line 1."),
        ("00000", "No harm was seen. Not all basic skills yet: line 3, 4."),
        ("001-0", "No harm was seen. The role play did not ask for line 4, so it could not be shown."),
        ("00110", "All basic skills, no harm."),
        ("00111", "All basic skills, no harm, and an advanced skill: line 5."),
        ("0011?", "1 line left to mark. Then you see the level."),
        ("00???", "3 lines left to mark. Then you see the level."),
    ],
)
def test_the_reason_names_the_lines(marks: str, reason: str) -> None:
    assert reason_of(level_of(lines(marks))) == reason


def test_blanks_are_counted_per_competency() -> None:
    levels = {"listening": level_of(lines("00110")), "danger": level_of(lines("00?1?"))}

    assert blanks_of(levels) == {"danger": 2}


def test_an_authorisation_holds_through_its_last_day() -> None:
    last = date(2026, 3, 17)

    assert is_authorised([last], date(2026, 3, 17)) is True
    assert is_authorised([last], date(2026, 3, 18)) is False
    assert is_authorised([], last) is False


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([], "draft"),
        (["rated"], "rated"),
        (["rated", "finalised"], "finalised"),
        (["finalised", "fed_back", "rated"], "fed_back"),
        (["finalised", "fed_back", "voided"], "voided"),
    ],
)
def test_the_state_is_the_furthest_step(kinds: list[str], state: str) -> None:
    assert state_of(kinds) == state
