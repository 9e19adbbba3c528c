"""Decisions about meetings: time attended, closing note, order of states."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from supervision.sessions.rules import NoteTooLarge, WrongMoment, check_move, clean_note, seconds_attended

BEGINS = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(hours=1)


def stay(came: int, left: int) -> tuple[datetime, datetime]:
    """Seconds after the beginning."""
    return BEGINS + timedelta(seconds=came), BEGINS + timedelta(seconds=left)


@pytest.mark.parametrize(
    ("stays", "seconds"),
    [
        ([], 0),
        ([stay(0, 3600)], 3600),
        ([stay(-600, 60)], 60),
        ([stay(3500, 4000)], 100),
        ([stay(10, 20), stay(30, 45)], 25),
        ([stay(10, 100), stay(50, 120)], 110),
        ([stay(50, 120), stay(10, 200)], 190),
        ([stay(-100, -10)], 0),
    ],
    ids=[
        "nobody",
        "all of it",
        "lobby is not counted",
        "after the end",
        "two stays",
        "two devices",
        "inside",
        "lobby only",
    ],
)
def test_time_attended_is_what_stays_cover_of_the_live_part(
    stays: list[tuple[datetime, datetime]], seconds: int
) -> None:
    assert seconds_attended(stays, BEGINS, ENDS) == seconds


def test_a_meeting_that_never_went_live_has_no_time() -> None:
    assert seconds_attended([stay(0, 100)], None, ENDS) == 0


def test_a_closing_note_keeps_bold_lists_and_links() -> None:
    note = (
        '<p>Thank <b>you</b></p><ul><li>One</li></ul><a href="https://example.org">x</a><a href="mailto:a@b.org">m</a>'
    )

    assert clean_note(note) == note


def test_a_closing_note_loses_everything_else() -> None:
    note = '<p onclick="x()">Hi<script>bad()</script><img src=x><a href="javascript:x()">j</a><!-- c --></p>'

    assert clean_note(note) == "<p>Hibad()<a>j</a></p>"


def test_a_closing_note_that_is_built_to_hurt_is_refused_at_once() -> None:
    begun = time.monotonic()

    with pytest.raises(NoteTooLarge):
        clean_note("<b>" * 4000)
    with pytest.raises(NoteTooLarge):
        clean_note("x" * 20481)
    assert time.monotonic() - begun < 1


def test_fifty_tags_and_twenty_kilobytes_fit() -> None:
    assert clean_note("<b>x</b>" * 50) == "<b>x</b>" * 50
    assert clean_note("x" * 20480) == "x" * 20480


@pytest.mark.parametrize(
    ("state", "to"), [("closed", "live"), ("live", "lobby"), ("scheduled", "closed"), ("live", "live")]
)
def test_states_follow_each_other_in_order(state: str, to: str) -> None:
    with pytest.raises(WrongMoment):
        check_move(state, to)
