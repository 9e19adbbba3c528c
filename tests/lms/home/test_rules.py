"""Which tabs stand in whose navigation, and how the front page greets."""

import pytest

from lms.home.rules import current_of, greeting, keeps_urgent, meets_danger, tabs_for


@pytest.mark.parametrize(
    ("roles", "enrolled", "names"),
    [
        ((), True, ["home", "learn", "cases", "me"]),
        (("provider",), True, ["home", "learn", "cases", "me"]),
        (("supervisor", "rater"), False, ["home", "people", "cases", "me"]),
        (("rater",), False, ["home", "people", "me"]),
        (("manager",), False, ["home", "board", "manage-people", "me"]),
        (("manager", "supervisor"), False, ["home", "board", "manage-people", "cases", "me"]),
        (("author",), False, ["home", "learn", "me"]),
        (("reviewer",), False, ["home", "learn", "me"]),
        (("admin",), False, ["home", "board", "manage-people", "me"]),
        ((), False, ["home", "me"]),
    ],
)
def test_each_role_gets_the_tabs_of_its_work(roles: tuple[str, ...], enrolled: bool, names: list[str]) -> None:
    tabs = tabs_for(roles, enrolled=enrolled)

    assert [tab.name for tab in tabs] == names


def test_the_front_page_of_who_learns_or_supervises_names_the_people_on_call() -> None:
    assert meets_danger((), enrolled=True)
    assert meets_danger(("supervisor",), enrolled=False)
    assert not meets_danger(("manager",), enrolled=False)


@pytest.mark.parametrize("role", ["supervisor", "rater", "manager", "reviewer", "author", "admin"])
def test_the_phone_of_everybody_in_a_programme_keeps_the_red_page(role: str) -> None:
    assert keeps_urgent((role,), enrolled=False)
    assert keeps_urgent((), enrolled=True)
    assert not keeps_urgent((), enrolled=False)


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        (3, "Good evening, Amina"),
        (4, "Good morning, Amina"),
        (11, "Good morning, Amina"),
        (12, "Good afternoon, Amina"),
        (16, "Good afternoon, Amina"),
        (17, "Good evening, Amina"),
        (23, "Good evening, Amina"),
    ],
)
def test_the_greeting_follows_the_hour_where_the_person_lives(hour: int, said: str) -> None:
    assert greeting("Amina", hour) == said


def test_the_current_tab_is_the_deepest_one_above_the_page() -> None:
    places = {"home": ["/home/"], "board": ["/manage/"], "people": ["/manage/people/", "/competency/"]}

    assert current_of("/manage/people/7/", places) == "people"
    assert current_of("/competency/rate/7/", places) == "people"
    assert current_of("/manage/", places) == "board"
    assert current_of("/urgent/", places) is None
