"""The state that a phone keeps of its person, and the addresses that shall open without network."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from lms.people.models import User
from lms.phone import registry
from lms.phone.queries import state_of

pytestmark = pytest.mark.django_db
STATE = "/phone/state/"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, registry.Part]:
    """A registry with nothing in it."""
    empty: dict[str, registry.Part] = {}
    monkeypatch.setattr(registry, "parts", empty)
    return empty


def test_a_part_registered_twice_is_an_error(parts: dict) -> None:
    registry.register(registry.Part("cases"))

    with pytest.raises(ValueError, match="registered already"):
        registry.register(registry.Part("cases"))


def test_the_state_is_made_of_what_the_parts_say(parts: dict, amina: User, now: datetime) -> None:
    registry.register(registry.Part("one", lambda person, *, at: {"name": person.name}, lambda person, *, at: ["/a/"]))
    registry.register(registry.Part("two", lambda person, *, at: None, lambda person, *, at: ["/b/", "/a/"]))
    registry.register(registry.Part("three"))

    state = state_of(amina, at=now)

    assert state == {
        "person": {"id": str(amina.pk), "name": "Amina Odhiambo", "language": "en"},
        "app": "",
        "keep": ["/a/", "/b/"],
        "since": "",
        "parts": {"one": {"name": "Amina Odhiambo"}},
    }


def test_a_learner_keeps_her_pages_and_the_numbers_to_call(client_of: Callable, amina: User) -> None:
    state = client_of(amina).get(STATE).json()

    assert [kept for kept in state["keep"] if not kept.startswith(("/learn/", "/supervision/"))] == [
        "/home/",
        "/urgent/",
        "/certificate/",
        "/me/",
    ]
    assert state["parts"]["urgent"] == {"numbers": [{"name": "Dr Peter Ouma", "phone": "+254 700 000 001"}]}


def test_whoever_works_in_a_programme_keeps_the_red_page_and_the_numbers(client_of: Callable, joseph: User) -> None:
    state = client_of(joseph).get(STATE).json()

    assert state["keep"][:3] == ["/home/", "/urgent/", "/me/"]
    assert state["parts"]["urgent"] == {"numbers": [{"name": "Dr Peter Ouma", "phone": "+254 700 000 001"}]}


def test_who_belongs_nowhere_keeps_no_numbers(client_of: Callable, world: object) -> None:
    nobody = User.objects.create_user("nobody", name="Nobody")

    state = client_of(nobody).get(STATE).json()

    assert state["keep"][:2] == ["/home/", "/me/"]
    assert "urgent" not in state["parts"]


def test_the_phone_knows_what_its_person_does(client_of: Callable, amina: User, grace: User, joseph: User) -> None:
    told = {person.username: client_of(person).get(STATE).json()["parts"]["place"] for person in (amina, grace, joseph)}

    assert told == {
        "amina": {"learns": True, "rates": False, "urgent": True},
        "grace": {"learns": False, "rates": True, "urgent": True},
        "joseph": {"learns": False, "rates": False, "urgent": True},
    }


def test_every_page_that_is_named_opens_and_says_that_it_may_be_kept(client_of: Callable, amina: User) -> None:
    client = client_of(amina)

    pages = {address: client.get(address).content.decode() for address in client.get(STATE).json()["keep"]}

    assert [address for address, page in pages.items() if " data-keep" not in page] == []
    assert [address for address, page in pages.items() if f'data-person="{amina.pk}"' not in page] == []


def test_signed_out_there_is_no_state(client: Client) -> None:
    answer = client.get(STATE)

    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_what_has_not_changed_is_not_sent_again(client_of: Callable, amina: User, brian: User) -> None:
    client = client_of(amina)
    first = client.get(STATE)

    again = client.get(STATE, headers={"If-None-Match": first["ETag"]})
    weak = client.get(STATE, headers={"If-None-Match": f"W/{first['ETag']}"})
    his = client_of(brian).get(STATE, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert weak.status_code == 304
    assert his.status_code == 200


def test_the_browser_itself_keeps_no_state(client_of: Callable, amina: User) -> None:
    assert client_of(amina).get(STATE)["Cache-Control"] == "private, no-store"


def test_the_pages_that_every_phone_keeps_name_nobody(client_of: Callable, client: Client, amina: User) -> None:
    for address in ("/phone/", "/phone/shell/"):
        hers, anybodys = (one.get(address).content.decode() for one in (client_of(amina), client))

        assert hers == anybodys
        assert " data-without" in hers
        assert "csrfmiddlewaretoken" not in hers


def test_without_script_the_page_about_this_phone_says_what_is_so(client: Client) -> None:
    page = client.get("/phone/").content.decode()

    plain = page[page.index("<noscript>") : page.index("</noscript>")]
    assert "Your browser sends at once what you press." in plain


def test_a_page_says_whose_it_is(client_of: Callable, client: Client, amina: User) -> None:
    page, door = client_of(amina).get("/home/").content.decode(), client.get("/login/").content.decode()

    assert f'data-person="{amina.pk}" data-name="Amina Odhiambo"' in page
    assert "data-person" not in door
    assert "data-without" not in door


def test_the_state_costs_few_questions(
    client_of: Callable, amina: User, django_assert_max_num_queries: SimpleNamespace
) -> None:
    with django_assert_max_num_queries(35):
        client_of(amina).get(STATE)
