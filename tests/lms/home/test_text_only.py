"""The switch for a weak line: a wish of the phone, without script, before and after signing in."""

import pytest
from django.test import Client

from lms.home.rules import is_text_only

SWITCH = "/text-only/"


@pytest.mark.parametrize(("cookies", "wished"), [({}, False), ({"text_only": "1"}, True), ({"text_only": "0"}, False)])
def test_text_only_is_what_the_cookie_says(cookies: dict[str, str], wished: bool) -> None:
    assert is_text_only(cookies) is wished


def test_switched_on_it_is_remembered_for_a_year_and_leads_back() -> None:
    client = Client()

    answer = client.post(SWITCH, {"text_only": "1", "next": "/learn/a/?b=c&d=e"})

    assert answer["Location"] == "/learn/a/?b=c&d=e"
    assert (answer.cookies["text_only"].value, answer.cookies["text_only"]["max-age"]) == ("1", 365 * 24 * 3600)


def test_switched_off_it_is_forgotten() -> None:
    client = Client()
    client.post(SWITCH, {"text_only": "1"})

    answer = client.post(SWITCH, {"next": "/learn/"})

    assert answer["Location"] == "/learn/"
    assert (answer.cookies["text_only"].value, answer.cookies["text_only"]["max-age"]) == ("", 0)


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_it_never_leads_to_a_foreign_page(foreign: str) -> None:
    assert Client().post(SWITCH, {"text_only": "1", "next": foreign})["Location"] == "/me/"


def test_a_foreign_page_cannot_switch_it() -> None:
    assert Client(enforce_csrf_checks=True).post(SWITCH, {"text_only": "1"}).status_code == 403


def test_looking_at_it_changes_nothing() -> None:
    assert Client().get(SWITCH).status_code == 405
