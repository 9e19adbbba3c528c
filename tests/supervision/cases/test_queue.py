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


def test_a_queue_longer_than_a_page_says_how_many_wait_and_leads_to_the_rest(
    amina: User, grace: User, make_case: MakeCase, client_of: ClientOf
) -> None:
    told = [make_case(amina, days=100 - number, risk_asked="none") for number in range(51)]
    risky = make_case(amina, risk_asked="thoughts")
    browser = client_of(grace)

    pages = [browser.get(f"{INDEX}?queue={wish}") for wish in ("", "1", "2", "3", "0", "x")]

    first, second = [risky, *told[:49]], told[49:]
    assert [page.context["queue"] for page in pages] == [first, first, second, second, first, first]
    text = [page.content.decode() for page in pages]
    assert ['<span class="count">52</span>' in page for page in text] == [True] * 6
    assert ['href="?queue=2#queue"' in page for page in text] == [True, True, False, False, True, True]
    assert ['href="?queue=1#queue"' in page for page in text] == [False, False, True, True, False, False]


def test_a_queue_that_fits_has_no_pages(amina: User, grace: User, make_case: MakeCase, client_of: ClientOf) -> None:
    for _ in range(50):
        make_case(amina)

    page = client_of(grace).get(INDEX).content.decode()

    assert '<span class="count">50</span>' in page
    assert "queue=" not in page
