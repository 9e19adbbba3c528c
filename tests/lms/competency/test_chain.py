"""The loop of one skill: too low, a lesson, practised with the group, rated again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from lms.competency import actions, queries
from lms.competency.models import Framework
from lms.competency.queries.practice import practices_of
from lms.competency.rules.chain import chains_of, weak_codes
from lms.ledger.actions import record
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes.actions import mark_assignment_done
from lms.programmes.models import Subject
from lms.programmes.queries import assignments_of

DAY = timedelta(days=1)
START = datetime.fromisoformat("2026-03-01T10:00:00+00:00")
Browser = Callable[[User], Client]


def rated(day: int, levels: dict[str, int], name: str = "") -> SimpleNamespace:
    facts = {"assessment": name or f"a{day}", "levels": levels}
    return SimpleNamespace(kind="assessment.finalised", facts=facts, happened_at=START + day * DAY)


def told(day: int, name: str) -> SimpleNamespace:
    return SimpleNamespace(kind="assessment.fed_back", facts={"assessment": name}, happened_at=START + day * DAY)


def shown(day: int, competency: str | None) -> SimpleNamespace:
    facts: dict[str, Any] = {"session": "s", "case": "c"} | ({"competency": competency} if competency else {})
    return SimpleNamespace(kind="case.presented", facts=facts, happened_at=START + day * DAY)


def told_of(*entries: SimpleNamespace, told_only: bool = False) -> list[tuple[str, list[int], int, bool]]:
    """Code, levels in order, how many cases, whether it is closed."""
    chains = chains_of(entries, told_only=told_only)
    return [(one.code, [level for _, level in one.levels], len(one.cases), one.is_closed) for one in chains]


def test_a_low_skill_opens_a_chain_and_a_good_rating_closes_it() -> None:
    low, case, good = rated(1, {"danger": 2, "listening": 3}), shown(3, "danger"), rated(9, {"danger": 3})

    assert told_of(low) == [("danger", [2], 0, False)]
    assert told_of(low, case) == [("danger", [2], 1, False)]
    assert told_of(low, case, good) == [("danger", [2, 3], 1, True)]


def test_only_cases_about_it_and_of_its_time_count() -> None:
    entries = [
        shown(0, "danger"), rated(1, {"danger": 2}), shown(2, "listening"), shown(3, None), shown(4, "danger"),
        rated(9, {"danger": 3}), shown(12, "danger"),
    ]  # fmt: skip

    assert told_of(*entries) == [("danger", [2, 3], 1, True)]


def met(day: int, competency: str, share: int = 100) -> SimpleNamespace:
    facts = {"session": f"m{day}", "seconds": 3600, "share": share, "competency": competency}
    return SimpleNamespace(kind="session.attended", facts=facts, happened_at=START + day * DAY)


def looked_back(day: int, competency: str) -> SimpleNamespace:
    facts = {"session": "s", "advice": "a", "outcome": "helped", "competency": competency}
    return SimpleNamespace(kind="advice.followed_up", facts=facts, happened_at=START + day * DAY)


def test_meetings_about_it_and_advice_that_was_looked_back_at_are_told_apart_from_cases() -> None:
    entries = [
        met(0, "danger"), rated(1, {"danger": 2}), met(2, "listening"), met(3, "danger", 59), met(4, "danger", 60),
        looked_back(5, "danger"), looked_back(6, "listening"), shown(7, "danger"), rated(9, {"danger": 3}),
        met(12, "danger"), looked_back(12, "danger"),
    ]  # fmt: skip

    (one,) = chains_of(entries, told_only=False)

    assert (one.cases, one.meetings, one.advice) == ((entries[7],), (entries[4],), (entries[5],))


def test_several_low_ratings_are_one_chain_and_a_fall_begins_a_new_one() -> None:
    again = [rated(1, {"danger": 1}), rated(5, {"danger": 2}), rated(9, {"danger": 3})]

    assert told_of(*again) == [("danger", [1, 2, 3], 0, True)]
    assert told_of(*again, rated(20, {"danger": 2})) == [("danger", [2], 0, False)]


def test_the_weakest_open_skill_stands_first_and_closed_ones_last() -> None:
    entries = [rated(1, {"a": 2, "b": 1, "c": 2}), rated(5, {"c": 4})]

    assert [code for code, *_ in told_of(*entries)] == ["b", "a", "c"]


def test_a_rating_counts_for_herself_once_it_was_talked_through() -> None:
    low = rated(1, {"danger": 2}, "first")

    assert told_of(low, told_only=True) == []
    assert weak_codes([low, told(2, "first")]) == ["danger"]
    assert weak_codes([low, told(2, "first"), rated(9, {"danger": 3}, "second")]) == ["danger"]
    assert weak_codes([low, told(2, "first"), rated(9, {"danger": 3}, "second"), told(10, "second")]) == []


# --- with real ratings


@pytest.fixture
def rate(framework: Framework, rater: User, amina: User, marks: Callable) -> Callable[..., object]:
    """Rates Amina and talks it through: rate(at, danger="00100")."""

    def one(at: datetime, **told: str) -> object:
        rating = actions.start_assessment(
            key=uuid4(), provider=amina.provider, framework=framework, occasion="supervision", mode="role_play",
            by=rater, at=at,
        )  # fmt: skip
        actions.save_marks(rating=rating, marks=marks(**told), by=rater, at=at)
        assessment = actions.finalise(rating=rating, by=rater, at=at)
        return actions.feed_back(assessment=assessment, what_worked="You asked.", practise_next="Ask.", by=rater, at=at)

    return one


def show_case(amina: User, framework: Framework, at: datetime) -> None:
    facts = {"session": str(uuid4()), "case": str(uuid4()), "competency": "danger"}
    record(
        key=uuid4(), provider=amina.provider, programme=framework.programme, kind="case.presented", facts=facts,
        happened_at=at, by=None, at=at,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_whole_way_from_low_to_reached(
    rate: Callable, amina: User, framework: Framework, lesson: Subject, now: datetime
) -> None:
    rate(now - 20 * DAY, danger="00100")
    mark_assignment_done(provider=amina.provider, subject_key=lesson.key, at=now - 18 * DAY)
    show_case(amina, framework, now - 9 * DAY)
    rate(now - 2 * DAY)

    entries = entries_of(amina.provider, framework.programme)
    skills = queries.known_skills(framework.programme_id)
    (one,) = practices_of(entries, assignments_of(amina.provider), skills, told_only=True)

    assert (one.title, one.chain.before, one.chain.now, one.chain.is_closed) == ("Danger", 2, 3, True)
    assert (one.lesson.subject, one.lesson.done_at) == (lesson, now - 18 * DAY)
    assert [at for at, _ in one.cases] == [now - 9 * DAY]


@pytest.mark.django_db
def test_her_front_page_shows_the_next_steps_and_her_supervisor_sees_the_same(
    rate: Callable, amina: User, grace: User, client_of: Browser, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(now - 20 * DAY, danger="00100")
    monkeypatch.setattr("lms.home.views.timezone.now", lambda: now)

    home = client_of(amina).get("/home/").content.decode()
    person = client_of(grace).get(f"/manage/people/{amina.provider.pk}/").content.decode()

    assert home.count("What you practise") == 1
    assert home.count("Read the lesson: Asking about danger") == 1
    assert home.count('<a href="/supervision/cases/new/?focus=danger">Bring a case about it to your group</a>') == 1
    assert person.count("From a weak skill to a strong one") == 1
    assert person.count("Bring a case about it") == 0


@pytest.mark.django_db
def test_a_result_shows_the_level_of_the_time_before(
    rate: Callable, amina: User, client_of: Browser, now: datetime
) -> None:
    first = rate(now - 20 * DAY, danger="00100")
    second = rate(now - 2 * DAY)

    pages = [client_of(amina).get(f"/competency/result/{one.pk}/").content.decode() for one in (first, second)]

    assert [page.count("Last time:") for page in pages] == [0, 2]


@pytest.mark.django_db
def test_a_rating_that_was_taken_back_is_no_time_before(
    rate: Callable, amina: User, joseph: User, now: datetime
) -> None:
    first = rate(now - 20 * DAY, danger="00100")
    second = rate(now - 2 * DAY)

    actions.void(assessment=first, reason="Wrong person.", by=joseph, at=now)

    assert queries.levels_before(second) == {}


@pytest.mark.django_db
def test_the_skills_are_kept_until_a_new_framework_comes(
    framework: Framework, django_assert_num_queries: Callable
) -> None:
    first = queries.known_skills(framework.programme_id)

    with django_assert_num_queries(0):
        assert queries.known_skills(framework.programme_id) == first == {"listening": "Listening", "danger": "Danger"}
