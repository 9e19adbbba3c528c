"""The front page of each of the fixed people."""

import re
from datetime import datetime

import pytest
from django.test import Client

from lms.home import registry
from lms.home.registry import Panel
from lms.home.rules import others_to_call
from lms.people.models import User
from lms.programmes.registry import Number

pytestmark = pytest.mark.django_db


def tabs_on(page: str) -> list[str]:
    bar = re.search(r'<nav class="tabbar".*?</nav>', page, re.S)
    return re.findall(r"</svg>([^<]+)</a>", bar.group(0)) if bar else []


@pytest.fixture
def no_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "panels", {})


def test_a_visitor_is_sent_to_sign_in_and_back(client: Client, world: object) -> None:
    answer = client.get("/home/")

    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/home/")


def test_a_learner_finds_her_greeting_her_tabs_and_the_urgent_button(client_of, amina: User) -> None:
    page = client_of(amina).get("/home/").content.decode()

    assert re.search(r"<h1>Good (morning|afternoon|evening), Amina</h1>", page)
    assert tabs_on(page) == ["Home", "Learn", "Cases", "Me"]
    assert 'class="btn btn-urgent" href="/urgent/"' in page


def test_each_kind_of_work_has_its_own_tabs(client_of, grace: User, joseph: User, lena: User) -> None:
    assert tabs_on(client_of(grace).get("/home/").content.decode()) == ["Home", "People", "Cases", "Me"]
    assert tabs_on(client_of(joseph).get("/home/").content.decode()) == ["Home", "Board", "People", "Me"]
    assert tabs_on(client_of(lena).get("/home/").content.decode()) == ["Home", "Learn", "Me"]


def test_a_learner_sees_whom_to_call_and_a_manager_does_not(client_of, amina: User, joseph: User) -> None:
    called = 'id="on-call"'

    assert called in client_of(amina).get("/home/").content.decode()
    assert called not in client_of(joseph).get("/home/").content.decode()


def test_without_any_panel_the_page_says_what_will_stand_here(client_of, amina: User, no_panels: None) -> None:
    page = client_of(amina).get("/home/").content.decode()

    assert "Nothing waits for you now" in page


def test_a_panel_with_nothing_to_say_is_left_out_and_another_is_drawn(client_of, amina: User, no_panels: None) -> None:
    def context(person: User, *, at: datetime) -> dict[str, bool]:
        return {"belongs": False}

    registry.register(Panel("silent", 1, "main", "lms/home/_on_call.html", lambda person, *, at: None))
    registry.register(Panel("says", 2, "main", "lms/home/_nothing.html", context))

    page = client_of(amina).get("/home/").content.decode()

    assert "You are not in a programme yet" in page
    assert "Call at once" not in page


def test_the_hour_is_that_of_the_persons_own_time_zone(client_of, amina: User, monkeypatch, no_panels: None) -> None:
    at = datetime.fromisoformat("2026-03-17T20:00:00+00:00")
    monkeypatch.setattr("lms.home.views.timezone.now", lambda: at)
    User.objects.filter(pk=amina.pk).update(time_zone="Pacific/Auckland")

    page = client_of(amina).get("/home/").content.decode()

    assert "Good morning, Amina" in page


def test_who_writes_reviews_or_manages_finds_the_way_to_that_work(
    client_of, joseph: User, lena: User, ruth: User
) -> None:
    ways = {
        user.username: re.findall(
            r'<a class="btn btn-wide" href="([^"]+)">', client_of(user).get("/home/").content.decode()
        )
        for user in (joseph, lena, ruth)
    }

    assert ways == {"joseph": ["/manage/"], "lena": ["/admin/"], "ruth": ["/admin/"]}


@pytest.mark.parametrize("name", ["amina", "grace", "joseph", "lena", "ruth", "stranger", "admin"])
def test_the_front_page_costs_at_most_ten_queries(
    name: str, client_of, request: pytest.FixtureRequest, django_assert_max_num_queries
) -> None:
    client = client_of(request.getfixturevalue(name))
    client.get("/home/")

    with django_assert_max_num_queries(10):
        answer = client.get("/home/")

    assert answer.status_code == 200


def test_who_is_on_duty_is_told_to_call_somebody_else() -> None:
    grace, joseph = Number("Grace", "+254 700 000 011"), Number("Joseph", "0700 000 013")

    assert others_to_call([grace, joseph], "0700 000 011") == [joseph]
    assert others_to_call([grace, joseph], "") == [grace, joseph]
    assert others_to_call([grace], "0700000011") == [grace]
