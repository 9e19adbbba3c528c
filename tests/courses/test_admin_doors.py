"""The writing desk: who may not enter finds nothing there, and who may finds nothing of another programme."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.test import Client
from wagtail.models import Page

from courses.pages.actions import collection_of, make_catalogue
from courses.pages.models import CoursePage
from courses.questions.access import programme_ids
from lms import middleware
from lms.people.models import User
from lms.programmes.actions import grant
from tests.conftest import person
from tests.courses.conftest import make_question, put
from tests.courses.test_pictures import kept_picture

ClientOf = Callable[[User], Client]
HIDDEN = "Hidden in the north"


@pytest.fixture
def north(course: SimpleNamespace, world: SimpleNamespace, now: datetime) -> SimpleNamespace:
    """The other programme: a catalogue with a course, a question and a picture, and its author."""
    catalogue = make_catalogue(programme=world.other_programme, by=None, at=now)
    author = person("nora", "Nora Atieno")
    grant(user=author, role="author", programme=world.other_programme, by=None, at=now)
    return SimpleNamespace(
        catalogue=catalogue,
        page=put(catalogue, CoursePage(title=HIDDEN, slug="hidden", licence="CC BY 4.0", attribution="North")),
        question=make_question(world.other_programme, HIDDEN),
        picture=kept_picture(HIDDEN, collection_of(world.other_programme)),
        author=author,
    )


def doors(north: SimpleNamespace) -> list[str]:
    """Addresses that named what is another programme's."""
    page, picture = north.page.pk, north.picture.pk
    named = [f"/admin/bulk/wagtailcore/page/{action}/?id={page}" for action in ("delete", "publish", "move")]
    every = [
        "/admin/bulk/wagtailcore/page/delete/?id=all",
        f"/admin/bulk/wagtailcore/page/delete/?id=all&childOf={north.catalogue.pk}",
        "/admin/bulk/courses/question/delete/?id=all",
    ]
    return [
        *named,
        *every,
        f"/admin/bulk/courses/question/delete/?id={north.question.pk}",
        f"/admin/bulk/courses/picture/delete/?id={picture}",
        f"/admin/bulk/lms/user/delete/?id={north.author.pk}",
        f"/admin/choose-page/{page}/",
        f"/admin/choose-page/{north.catalogue.pk}/",
        f"/admin/choose-page/chosen-multiple/?id={page}",
        "/admin/reports/page-types-usage/",
        "/admin/reports/page-types-usage/results/",
        "/admin/localize/api/snippets/courses/question/",
        f"/admin/localize/api/snippets/courses/question/{north.question.pk}/",
    ]


@pytest.mark.parametrize("username", ["lena", "ruth"])
def test_what_is_another_programmes_is_missing(
    north: SimpleNamespace, lena: User, ruth: User, client_of: ClientOf, username: str
) -> None:
    client = client_of({"lena": lena, "ruth": ruth}[username])

    answers = {url: client.get(url) for url in doors(north)}

    assert {url: answer.status_code for url, answer in answers.items() if answer.status_code != 404} == {}
    assert [url for url, answer in answers.items() if HIDDEN in answer.content.decode()] == []


def test_what_is_missing_and_what_is_foreign_answer_the_same(
    north: SimpleNamespace, lena: User, client_of: ClientOf
) -> None:
    urls = [
        "/admin/choose-page/987654/",
        "/admin/bulk/nothing/here/delete/?id=1",
        "/admin/bulk/courses/question/delete/?id=x",
    ]

    assert {client_of(lena).get(url).status_code for url in urls} == {404}


def test_the_door_is_what_hides_them(
    north: SimpleNamespace, lena: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware.AdminDoorMiddleware, "may_pass", lambda self, request, kwargs: True)
    client = client_of(lena)

    shown = [url for url in doors(north) if HIDDEN in client.get(url).content.decode()]

    assert f"/admin/choose-page/{north.page.pk}/" in shown
    assert f"/admin/bulk/wagtailcore/page/delete/?id={north.page.pk}" in shown


def test_the_own_pages_and_questions_can_be_chosen_and_worked_on(
    north: SimpleNamespace, course: SimpleNamespace, world: SimpleNamespace, ruth: User, client_of: ClientOf
) -> None:
    own = make_question(world.programme, "Own question")
    above = course.catalogue.get_parent().pk
    urls = [
        "/admin/choose-page/",
        f"/admin/choose-page/{above}/",
        f"/admin/choose-page/{course.page.pk}/",
        f"/admin/choose-page/chosen-multiple/?id={course.page.pk}",
        f"/admin/bulk/wagtailcore/page/publish/?id={course.page.pk}",
        f"/admin/bulk/wagtailcore/page/publish/?id=all&childOf={course.catalogue.pk}",
        f"/admin/bulk/courses/question/delete/?id={own.pk}",
        "/admin/",
        "/admin/images/",
    ]

    answers = {url: client_of(ruth).get(url) for url in urls}

    assert {url: answer.status_code for url, answer in answers.items()} == dict.fromkeys(urls, 200)
    assert [url for url, answer in answers.items() if HIDDEN in answer.content.decode()] == []


def test_the_administrator_passes_every_door(north: SimpleNamespace, admin: User, client_of: ClientOf) -> None:
    client = client_of(admin)

    assert client.get(f"/admin/choose-page/{north.page.pk}/").status_code == 200
    assert client.get("/admin/reports/page-types-usage/").status_code == 200


def test_all_with_a_branch_that_is_not_there_is_nobodys(north: SimpleNamespace, lena: User) -> None:
    reach = middleware.within_reach(lena, Page)

    assert not middleware.all_within(Page, reach, QueryDict("id=all&childOf=987654"))
    assert not middleware.all_within(Page, reach, QueryDict("id=all&childOf=x"))


def test_to_who_may_not_enter_there_is_no_writing_desk(
    course: SimpleNamespace, amina: User, grace: User, joseph: User, stranger: User, client_of: ClientOf
) -> None:
    for who in (amina, grace, joseph, stranger):
        client = client_of(who)

        answers = [client.get(url, follow=True) for url in ("/admin/", "/admin/pages/", "/login/?next=/admin/")]

        assert [answer.status_code for answer in answers[:2]] == [404, 404]
        assert all(len(answer.redirect_chain) < 3 for answer in answers)


def test_a_visitor_of_the_writing_desk_signs_in(course: SimpleNamespace, lena: User) -> None:
    assert Client().get("/admin/")["Location"] == "/login/?next=/admin/"


def test_documents_are_offered_to_nobody(course: SimpleNamespace, lena: User, admin: User, client_of: ClientOf) -> None:
    for who in (lena, admin):
        client = client_of(who)

        assert client.get("/admin/documents/").status_code == 404
        assert client.get("/admin/documents/chooser/").status_code == 404
        assert "/admin/documents/" not in client.get("/admin/").content.decode()


def test_the_desk_leads_to_no_foreign_guide(
    course: SimpleNamespace, lena: User, admin: User, client_of: ClientOf
) -> None:
    for who in (lena, admin):
        home = client_of(who).get("/admin/").content.decode()

        assert "guide.wagtail.org" not in home
        assert "docs.wagtail.org" not in home
        assert "/admin/account/" in home


def test_a_report_that_is_shut_is_not_offered(course: SimpleNamespace, lena: User, client_of: ClientOf) -> None:
    assert "page-types-usage" not in client_of(lena).get("/admin/").content.decode()


def test_a_reviewer_reads_the_questions_of_the_own_programme_only(
    north: SimpleNamespace, world: SimpleNamespace, lena: User, ruth: User, client_of: ClientOf
) -> None:
    own = make_question(world.programme, "Own question")
    for question, author in ((own, lena), (north.question, north.author)):
        question.text += " in review"
        question.save_revision(user=author)
        question.get_workflow().start(question, author)

    home = client_of(ruth).get("/admin/").content.decode()

    assert "Own question in review" in home
    assert HIDDEN not in home


def test_a_question_goes_the_way_of_its_programme(north: SimpleNamespace, world: SimpleNamespace) -> None:
    own = make_question(world.programme, "Own question")

    assert own.get_workflow().name == f"Review · {world.programme.slug}"
    assert north.question.get_workflow().name == f"Review · {world.other_programme.slug}"
    assert type(own)().get_workflow() is None
    assert type(own).get_default_workflow() is None


def test_an_author_submits_a_question(
    course: SimpleNamespace, world: SimpleNamespace, lena: User, client_of: ClientOf
) -> None:
    own = make_question(world.programme, "Own question")

    page = client_of(lena).get(f"/admin/snippets/courses/question/edit/{own.pk}/").content.decode()

    assert 'name="action-submit"' in page


def test_an_administrator_of_one_programme_opens_no_other(
    course: SimpleNamespace,
    world: SimpleNamespace,
    lena: User,
    admin: User,
    fresh: Callable[[User], User],
    now: datetime,
) -> None:
    grant(user=lena, role="admin", programme=world.other_programme, by=None, at=now)

    assert programme_ids(fresh(lena)) == {world.programme.pk}
    assert programme_ids(admin) is None


@pytest.mark.parametrize("who", ["lena", "ruth", "admin"])
def test_the_red_button_stands_first_on_the_writing_desk(
    who: str, client_of: ClientOf, course: SimpleNamespace, request: pytest.FixtureRequest
) -> None:
    page = client_of(request.getfixturevalue(who)).get("/admin/").content.decode()

    assert page.count('"url": "/urgent/"') == 1
    assert page.index('"url": "/urgent/"') < page.index('"url": "/home/"')
