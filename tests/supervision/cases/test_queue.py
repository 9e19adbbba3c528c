"""The supervisor's queue: risk first, then who waited longest; answered from the list."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from lms.people.models import User
from supervision.cases import queries
from supervision.cases.models import CasePresentation

ClientOf = Callable[[User], Client]
MakeCase = Callable[..., CasePresentation]
INDEX = "/supervision/"
INDEX_QUERIES = 11


def test_risk_comes_first_then_who_waited_longest(amina: User, brian: User, grace: User, make_case: MakeCase) -> None:
    told = [
        make_case(amina, days=30, risk_asked="none"),
        make_case(brian, days=1, risk_asked="thoughts"),
        make_case(amina, days=2, risk_asked="not_asked"),
        make_case(brian, days=9, risk_asked="thoughts", state="accepted"),
        make_case(amina, days=31, risk_asked="none"),
    ]

    assert list(queries.queue_of(grace)) == [told[3], told[1], told[2], told[4], told[0]]


@pytest.mark.parametrize("cases", [1, 30])
def test_the_queue_asks_as_much_for_one_case_as_for_thirty(
    cases: int,
    grace: User,
    make_learner: Callable[..., User],
    make_case: MakeCase,
    client_of: ClientOf,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(cases):
        who = make_learner(f"p{number}", f"Person {number:02}")
        make_case(who, days=number, risk_asked="thoughts" if number % 3 == 0 else "none")
    browser = client_of(grace)

    with django_assert_num_queries(INDEX_QUERIES):
        page = browser.get(INDEX)

    assert len(page.context["queue"]) == cases


def test_a_case_is_accepted_and_planned_from_the_list(
    amina: User, grace: User, make_case: MakeCase, client_of: ClientOf
) -> None:
    case, browser = make_case(amina), client_of(grace)
    address = reverse("supervision:case-accept", args=[case.pk])
    page = browser.get(INDEX).content.decode()

    answer = browser.post(address)

    case.refresh_from_db()
    assert f'action="{address}"' in page
    assert (case.state, answer["Location"]) == ("accepted", reverse("supervision:case-plan", args=[case.pk]))
    assert f'href="{answer["Location"]}"' in browser.get(INDEX).content.decode()


def test_a_case_is_sent_back_from_the_list_with_a_reason_only(
    amina: User, grace: User, make_case: MakeCase, client_of: ClientOf
) -> None:
    case, browser = make_case(amina), client_of(grace)
    address = reverse("supervision:case-return", args=[case.pk])
    page = browser.get(INDEX).content.decode()

    without = browser.post(address, {"reason": " "})
    case.refresh_from_db()
    state_then = case.state
    browser.post(address, {"reason": "Good question. Say how she sleeps."})

    case.refresh_from_db()
    assert f'action="{address}"' in page
    assert "Write what should be changed" in without.content.decode()
    assert (state_then, case.state) == ("submitted", "returned")
    assert queries.last_return_of(case) == "Good question. Say how she sleeps."


def test_learners_have_no_queue(
    amina: User, brian: User, make_case: MakeCase, client_of: ClientOf, now: datetime
) -> None:
    make_case(amina)

    assert client_of(brian).get(INDEX).context["queue"] == []
