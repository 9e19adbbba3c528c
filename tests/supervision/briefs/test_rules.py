"""The focus of a group and an agenda that fits, on plain values."""

import pytest

from supervision.briefs.rules import Part, focus_of, suggested


def test_the_focus_is_the_skill_most_often_below_level_3() -> None:
    assert focus_of([["danger"], ["listening", "danger"], ["listening"], ["danger"], []]) == "danger"


def test_of_two_skills_as_often_the_first_named_wins() -> None:
    assert focus_of([["listening", "danger"], ["danger", "listening"]]) == "listening"


def test_a_group_without_ratings_has_no_focus() -> None:
    assert focus_of([[], []]) == ""


def test_an_hour_looks_back_first_then_practises_then_shows_cases() -> None:
    parts = suggested(minutes=60, has_advice=True, presenters=["Amina", "Brian", "Eve"], focus="Danger")

    assert parts == [
        Part("advice", 10),
        Part("didactic", 10, "Danger"),
        Part("case", 18, "Amina"),
        Part("case", 17, "Brian"),
        Part("wrap_up", 5),
    ]


@pytest.mark.parametrize("minutes", [5, 15, 20, 30, 45, 60, 90, 240])
@pytest.mark.parametrize("has_advice", [True, False])
@pytest.mark.parametrize("presenters", [[], ["A"], ["A", "B", "C", "D"]])
@pytest.mark.parametrize("focus", ["", "Danger"])
def test_an_agenda_fills_its_minutes(minutes: int, has_advice: bool, presenters: list[str], focus: str) -> None:
    parts = suggested(minutes=minutes, has_advice=has_advice, presenters=presenters, focus=focus)

    assert sum(part.minutes for part in parts) == max(
        minutes, 5 + (10 if has_advice and not presenters else 0) + (10 if focus and not presenters else 0)
    )
    assert parts[-1].kind == "wrap_up"
    assert len([part for part in parts if part.kind == "case"]) <= 3


def test_in_a_short_meeting_the_case_stays() -> None:
    parts = suggested(minutes=20, has_advice=True, presenters=["Amina"], focus="Danger")

    assert parts == [Part("case", 15, "Amina"), Part("wrap_up", 5)]


def test_without_a_case_the_group_asks() -> None:
    parts = suggested(minutes=30, has_advice=True, presenters=[], focus="")

    assert parts == [Part("advice", 10), Part("other", 15), Part("wrap_up", 5)]
