"""Cut-offs of a programme: written by its managers, offered where scores are typed; never filled in by itself."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lms.people.models import User
from supervision.cutoffs import actions, rules
from supervision.cutoffs.models import CutOff

ClientOf = Callable[[User], Client]
PAGE = "/supervision/cut-offs/"
TOLD = {
    "tool": "PHQ-9",
    "version": "9 questions, 2 weeks",
    "language": "sw",
    "cut_off": 9,
    "source": "Our own study, 2025",
}


@pytest.fixture
def kept(world: SimpleNamespace, joseph: User, now: datetime) -> CutOff:
    return actions.write_cut_off(programme=world.programme, **TOLD, by=joseph, at=now)


def test_a_manager_writes_one_down_once(joseph: User, world: SimpleNamespace, client_of: ClientOf) -> None:
    browser, posted = client_of(joseph), {"key": str(uuid4()), **TOLD}

    answers = [browser.post(PAGE, posted).status_code for _ in range(2)]

    row = CutOff.objects.get()
    assert answers == [302, 302]
    assert (row.programme, row.tool, row.language, row.cut_off, row.source, row.by) == (
        world.programme,
        "PHQ-9",
        "sw",
        9,
        "Our own study, 2025",
        joseph,
    )


def test_a_second_number_takes_the_place_of_the_first(kept: CutOff, joseph: User, now: datetime) -> None:
    actions.write_cut_off(programme=kept.programme, **{**TOLD, "cut_off": 10}, by=joseph, at=now)

    assert [row.cut_off for row in CutOff.objects.all()] == [10]


def test_a_cut_off_without_a_source_is_not_kept(kept: CutOff, joseph: User, client_of: ClientOf) -> None:
    answer = client_of(joseph).post(PAGE, {"key": str(uuid4()), **TOLD, "tool": "GAD-7", "source": ""})

    assert list(answer.context["form"].errors) == ["source"]
    with pytest.raises(IntegrityError), transaction.atomic():
        CutOff.objects.filter(pk=kept.pk).update(source="")


def test_a_manager_takes_one_away(kept: CutOff, joseph: User, client_of: ClientOf) -> None:
    client_of(joseph).post(f"{PAGE}{kept.pk}/remove/", {"programme": str(kept.programme_id)})

    assert CutOff.objects.count() == 0


@pytest.mark.parametrize("who", ["amina", "grace", "stranger"])
def test_others_find_no_such_page(
    who: str, request: pytest.FixtureRequest, kept: CutOff, client_of: ClientOf, now: datetime
) -> None:
    person = request.getfixturevalue(who)
    browser = client_of(person)

    answers = [browser.get(PAGE), browser.post(PAGE, TOLD), browser.post(f"{PAGE}{kept.pk}/remove/")]

    assert [answer.status_code for answer in answers] == [404] * 3
    with pytest.raises(rules.NotItsManager):
        actions.write_cut_off(programme=kept.programme, **TOLD, by=person, at=now)
    with pytest.raises(rules.NotItsManager):
        actions.remove_cut_off(programme=kept.programme, cut_off_id=kept.pk, by=person)


def test_the_way_in_is_on_the_managers_home(joseph: User, amina: User, client_of: ClientOf) -> None:
    pages = [client_of(person).get("/home/").content.decode() for person in (joseph, amina)]

    assert [f'href="{PAGE}"' in page for page in pages] == [True, False]


def test_forty_are_enough(kept: CutOff, joseph: User, now: datetime) -> None:
    for number in range(rules.MOST - 1):
        actions.write_cut_off(programme=kept.programme, **{**TOLD, "version": str(number)}, by=joseph, at=now)

    with pytest.raises(rules.EnoughCutOffs):
        actions.write_cut_off(programme=kept.programme, **{**TOLD, "tool": "SDQ"}, by=joseph, at=now)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_with_many(
    rows: int,
    world: SimpleNamespace,
    joseph: User,
    now: datetime,
    client_of: ClientOf,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        actions.write_cut_off(programme=world.programme, **{**TOLD, "version": str(number)}, by=joseph, at=now)
    browser = client_of(joseph)

    with django_assert_num_queries(4):
        page = browser.get(PAGE)

    assert len(page.context["rows"]) == rows
