"""`/learn/...`: who sees a page, what a page holds, what it costs."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override
from wagtail.models import Locale, Page

from courses.pages.models import FrontPage, LearnIndex, LessonPage
from courses.serving import access
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes.actions import grant
from tests.courses.conftest import make_lesson, make_question

ClientOf = Callable[[User], Client]


def all_urls(course: SimpleNamespace) -> list[str]:
    return ["/learn/helping-kisumu/", course.url, course.module1.url, *course.module1.urls]


def test_a_visitor_signs_in_first(course: SimpleNamespace) -> None:
    for url in [*all_urls(course), "/learn/nothing/here/"]:
        response = Client().get(url)

        assert (response.status_code, response["Location"]) == (302, f"/login/?next={url}")


def test_a_stranger_gets_the_same_answer_as_for_a_missing_page(
    course: SimpleNamespace, stranger: User, client_of: ClientOf
) -> None:
    client = client_of(stranger)
    missing = client.get("/learn/helping-kisumu/nothing/")

    answers = [client.get(url) for url in [*all_urls(course), course.module1.urls[0] + "?saved=1"]]

    assert {answer.status_code for answer in answers} == {404}
    assert missing.status_code == 404
    assert client.post(course.module1.urls[0], {"key": uuid4()}).status_code == 404


def test_the_guard_is_what_keeps_the_stranger_out(
    course: SimpleNamespace, stranger: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "may_open_course", lambda person, programme: True)

    assert client_of(stranger).get(course.url).status_code == 200


@pytest.mark.parametrize("role", ["supervisor", "rater", "manager", "author", "reviewer"])
def test_staff_of_the_programme_read_all_lessons_unlocked(
    course: SimpleNamespace, world: SimpleNamespace, joseph: User, client_of: ClientOf, now: datetime, role: str
) -> None:
    grant(user=joseph, role=role, programme=world.programme, by=None, at=now)

    answers = [client_of(joseph).get(url) for url in [*all_urls(course), *course.module2.urls]]

    assert {answer.status_code for answer in answers} == {200}
    assert "Only people who learn" in answers[-1].content.decode()


def test_one_programme_shows_its_catalogue_at_once(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    response = client_of(amina).get("/learn/")

    assert response.status_code == 200
    assert f'href="{course.url}"' in response.content.decode()


def test_without_a_catalogue_the_page_says_what_happens_next(
    course: SimpleNamespace, stranger: User, client_of: ClientOf
) -> None:
    response = client_of(stranger).get("/learn/")

    assert response.status_code == 200
    assert "Your course is not open yet" in response.content.decode()


def test_a_locked_lesson_says_where_the_person_is(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    page = client_of(amina).get(course.module1.urls[1]).content.decode()

    assert "This part is not open yet" in page
    assert "Heading of 1 2" not in page
    assert f'href="{course.module1.urls[0]}"' in page


def test_a_locked_module_and_quiz_are_not_shown(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    for url in (course.module2.url, course.module1.urls[2]):
        assert "This part is not open yet" in client_of(amina).get(url).content.decode()


def test_an_unpublished_page_is_missing_with_all_below(
    course: SimpleNamespace, amina: User, client_of: ClientOf
) -> None:
    course.module1.page.unpublish()

    assert client_of(amina).get(course.module1.url).status_code == 404
    assert client_of(amina).get(course.module1.urls[0]).status_code == 404


def test_finishing_a_lesson_counts_once_and_leads_on(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    client, key = client_of(amina), str(uuid4())

    first = client.post(course.module1.urls[0], {"key": key})
    again = client.post(course.module1.urls[0], {"key": key})
    other = client.post(course.module1.urls[0], {"key": uuid4()})

    assert [answer["Location"] for answer in (first, again, other)] == [course.module1.urls[1]] * 3
    assert [entry.kind for entry in entries_of(amina.provider)] == ["lesson.completed"]


def test_a_locked_lesson_cannot_be_finished(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    response = client_of(amina).post(course.module1.urls[1], {"key": uuid4()})

    assert "This part is not open yet" in response.content.decode()
    assert entries_of(amina.provider) == []


def test_staff_cannot_finish_a_lesson(course: SimpleNamespace, lena: User, client_of: ClientOf) -> None:
    response = client_of(lena).post(course.module1.urls[0], {"key": uuid4()})

    assert response.status_code == 409
    assert "You are not in this programme now" in response.content.decode()


def test_nothing_can_be_sent_to_a_course(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    assert client_of(amina).post(course.url).status_code == 405


def test_a_page_with_the_person_is_kept_nowhere(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    response = client_of(amina).get(course.module1.urls[0])

    assert response["Cache-Control"] == "private, no-store"


def test_the_saved_page_holds_nothing_of_the_person(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    client = client_of(amina)
    with_person = client.get(course.module1.urls[0]).content.decode()
    for url in [*all_urls(course), course.module2.urls[0], course.module2.urls[2]]:
        saved = client.get(url + "?saved=1")
        text = saved.content.decode()

        assert saved.status_code == 200
        assert "csrfmiddlewaretoken" not in text
        assert "Amina" not in text
        assert str(amina.pk) not in text
        assert saved["Cache-Control"] == "private, no-cache"
        assert "is-done" not in text
        assert saved.cookies == {}
    assert "csrfmiddlewaretoken" in with_person


def test_a_saved_quiz_holds_no_question(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    assert "1 question 1" not in client_of(amina).get(course.module1.urls[2] + "?saved=1").content.decode()


NOT_YET = "This page is not in your language yet. You see it in the language it was written in."


def notice_in(language: str) -> str:
    """What a page says that is not in the reader's language, in that language."""
    with override(language):
        return gettext(NOT_YET)


def test_a_page_not_in_the_persons_language_says_so(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    User.objects.filter(pk=amina.pk).update(language="sw")

    page = client_of(amina).get(course.module1.urls[0]).content.decode()

    assert notice_in("sw") != NOT_YET
    assert notice_in("sw") in page
    assert 'lang="en"' in page


def test_the_notice_follows_the_language_of_the_page_and_not_of_the_account(
    course: SimpleNamespace, amina: User, client_of: ClientOf
) -> None:
    client = client_of(amina)
    client.cookies["django_language"] = "ar"

    for url in (course.module1.urls[0], course.module1.url, course.url, "/learn/helping-kisumu/"):
        assert notice_in("ar") in client.get(url).content.decode(), url


def test_a_translation_is_shown_in_the_language_that_was_switched_to(
    course: SimpleNamespace, amina: User, client_of: ClientOf
) -> None:
    translated_lesson(course)
    client = client_of(amina)
    client.cookies["django_language"] = "sw"

    assert ">Sikiliza</h1>" in client.get(course.module1.urls[0]).content.decode()
    for url in (course.module1.url, "/home/"):
        assert "Sikiliza" in client.get(url).content.decode(), url


def test_english_inside_an_arabic_page_runs_left_to_right(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Callable[..., None]
) -> None:
    read(amina, course.module1)
    client = client_of(amina)
    client.cookies["django_language"] = "ar"

    lesson = client.get(course.module1.urls[0]).content.decode()
    quiz = client.get(course.module1.urls[2]).content.decode()

    assert 'dir="rtl">' in lesson
    assert '<div class="prose" lang="en" dir="ltr">' in lesson
    assert '<h1 lang="en" dir="ltr">Lesson 1.1</h1>' in lesson
    assert '<bdi class="strong lead" lang="en" dir="ltr">1 question 1</bdi>' in quiz
    assert '<span lang="en" dir="ltr">1 question 1 choice 1</span>' in quiz


def translated_lesson(course: SimpleNamespace) -> LessonPage:
    """The first lesson in Kiswahili, under a front page of that language, with a slug of its own."""
    locale = Locale.objects.create(language_code="sw")
    parent: Page = Page.get_first_root_node()
    for kind, slug in ((FrontPage, "front-sw"), (LearnIndex, "learn")):
        page = kind(title=slug, slug=slug, locale=locale)
        parent.add_child(instance=page)
        parent = page
    source = course.module1.lessons[0]
    lesson = LessonPage(
        title="Sikiliza", slug="sikiliza", locale=locale, translation_key=source.translation_key, body=source.body
    )
    parent.add_child(instance=lesson)
    lesson.save_revision().publish()
    return lesson


def test_a_translation_is_shown_at_the_address_of_the_source(
    course: SimpleNamespace, amina: User, client_of: ClientOf
) -> None:
    translated_lesson(course)
    User.objects.filter(pk=amina.pk).update(language="sw")

    page = client_of(amina).get(course.module1.urls[0]).content.decode()
    module = client_of(amina).get(course.module1.url).content.decode()

    assert ">Sikiliza</h1>" in page
    assert notice_in("sw") not in page
    assert "Sikiliza" in module


def queries_for(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as told:
        assert client.get(url).status_code == 200
    return len(told)


def test_a_lesson_costs_the_same_with_1_and_with_30_beside_it(
    course: SimpleNamespace, amina: User, client_of: ClientOf
) -> None:
    client, url = client_of(amina), course.module1.urls[0]
    few = queries_for(client, url)

    for number in range(3, 33):
        make_lesson(course.module1.page, "1", number)

    assert queries_for(client, url) == few == 7


def test_the_quiz_costs_the_same_with_1_and_with_30_questions(
    course: SimpleNamespace,
    world: SimpleNamespace,
    amina: User,
    brian: User,
    client_of: ClientOf,
    read: Callable[..., None],
) -> None:
    read(amina, course.module1)
    few = queries_for(client_of(amina), course.module1.urls[2])
    quiz = course.module1.quiz
    asked = [make_question(world.programme, f"more {number}", right=2) for number in range(30)]
    quiz.questions = type(quiz).questions.field.to_python([{"type": "question", "value": str(q.pk)} for q in asked])
    quiz.save_revision().publish()
    read(brian, course.module1)

    many = queries_for(client_of(brian), course.module1.urls[2])

    assert many == few == 8


def test_course_and_module_and_catalogue_cost_at_most_ten(
    course: SimpleNamespace, amina: User, client_of: ClientOf
) -> None:
    costs = {
        url: queries_for(client_of(amina), url) for url in ("/learn/helping-kisumu/", course.url, course.module1.url)
    }

    assert max(costs.values()) <= 10, costs
