"""The red button stands on every page: for each of the fixed people, for visitors, and where something broke."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.views.defaults import bad_request

from lms.people.models import User
from lms.people.views import broken

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
BUTTON = '<a class="btn btn-urgent" href="/urgent/">'
ITS_OWN_PAGE = "supervision/risk/urgent.html"
BLOCK = re.compile(r"{% block (topbar_end|topbar|header) %}(.*?){% endblock %}", re.S)


def test_no_page_that_draws_its_own_top_leaves_the_button_out() -> None:
    tops = {
        f"{path.relative_to(TEMPLATES)} {name}": drawn
        for path in sorted(TEMPLATES.rglob("*.html"))
        if path != TEMPLATES / "lms/base.html"
        for name, drawn in BLOCK.findall(path.read_text())
    }

    without = [where for where, drawn in tops.items() if "lms/_urgent.html" not in drawn and "block.super" not in drawn]

    assert without == [f"{ITS_OWN_PAGE} topbar_end"]


def test_no_page_has_a_frame_of_its_own_but_papers_and_mails() -> None:
    whole = [path for path in TEMPLATES.rglob("*.html") if "<!doctype html>" in path.read_text().lower()]

    assert sorted(str(path.relative_to(TEMPLATES)) for path in whole) == ["lms/base.html"]


@pytest.mark.parametrize("path", ["/", "/login/", "/language/", "/verify/", "/phone/shell/", "/phone/", "/nowhere/"])
def test_a_visitor_finds_it_once_on_every_page(path: str, client: Client, world: object) -> None:
    assert client.get(path).content.decode().count(BUTTON) == 1


@pytest.mark.parametrize("who", ["amina", "grace", "samuel", "joseph", "lena", "ruth", "admin"])
def test_whatever_somebody_does_it_stands_on_her_pages(
    who: str, client_of: Callable[[User], Client], world: object, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))

    pages = {path: client.get(path) for path in ("/home/", "/me/", "/me/reminders/", "/nowhere/")}

    assert {path: page.content.decode().count(BUTTON) for path, page in pages.items()} == dict.fromkeys(pages, 1)
    assert client.get("/urgent/").status_code == 200


def test_it_stands_where_something_broke_and_where_nothing_could_be_read() -> None:
    request = RequestFactory().get("/")

    answers = [broken(request), bad_request(request, ValueError())]

    assert [answer.status_code for answer in answers] == [500, 400]
    assert [answer.content.decode().count(BUTTON) for answer in answers] == [1, 1]
