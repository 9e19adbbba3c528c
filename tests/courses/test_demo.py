"""The starter course and the demo people's way through it; and the front page's panels."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from wagtail.models import Page

from courses.pages.models import LessonPage, QuizPage
from courses.pages.rules import starter_key
from courses.pictures.models import Picture, PictureRendition
from courses.progress.panels import assigned, my_path, next_step
from courses.progress.queries import paths_of
from courses.questions.models import Question
from courses.quizzes.models import Attempt
from courses.starter.tasks import build_demo_courses, build_demo_learning
from lms.ledger.models import Entry
from lms.people.models import User
from lms.people.queries import user_named
from lms.programmes.actions import assign
from lms.programmes.models import Subject
from lms.programmes.registry import run_order
from tests.kept import kept

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def demo(db: None) -> None:
    """The demo's people, the starter course and the learning history."""
    kept("demo", build)


def build() -> None:
    """What `demo` gives."""
    for part in run_order():
        if part.name in {"people", "courses", "learning"}:
            part.build(at=AT)


def test_the_starter_course_stands_and_adding_again_changes_nothing(demo: None) -> None:
    def counted() -> list[int]:
        kinds = (Page, Question, Picture, PictureRendition, Attempt, Entry, Subject)
        return [kind.objects.count() for kind in kinds]

    before = counted()
    build_demo_courses(at=AT)
    build_demo_learning(at=AT)

    assert counted() == before
    assert (LessonPage.objects.count(), QuizPage.objects.count(), Question.objects.count()) == (6, 2, 16)
    quiz = QuizPage.objects.get(translation_key=starter_key("first-steps/module-2/quiz"))
    assert len(quiz.questions) == 8
    assert Subject.objects.get(key=quiz.translation_key).competencies != []


def test_each_demo_person_stands_where_the_demo_needs_them(demo: None) -> None:
    steps = {
        name: [held.state for module in paths_of(user_named(name))[0].modules for held in module.steps]
        for name in ("amina", "brian", "chidi", "dalia")
    }

    assert steps == {
        "amina": ["done"] * 6 + ["now", "locked"],
        "brian": ["done"] * 8,
        "chidi": ["done"] * 3 + ["waiting", "done", "now", "locked", "locked"],
        "dalia": ["done", "now"] + ["locked"] * 6,
    }
    assert list(Attempt.objects.filter(provider__user__username="amina").values_list("band", flat=True)) == [
        "clear_fail",
        "clear_pass",
    ]
    assert Entry.objects.order_by("-happened_at").first().happened_at < AT


def test_every_starter_page_renders(demo: None, client_of: Callable[[User], Client]) -> None:
    client = client_of(user_named("brian"))
    urls = Subject.objects.values_list("url", flat=True).filter(programme__slug="helping-kisumu")

    assert {client.get(url).status_code for url in urls} == {200}
    lesson = client.get("/learn/helping-kisumu/first-steps/module-1/lesson-1/").content.decode()
    assert '.webp"' in lesson and 'alt="Two women sit' in lesson
    assert 'loading="lazy"' in lesson
    assert "width=" in lesson and "height=" in lesson
    assert "None" not in lesson


def test_the_next_step_says_what_to_do(demo: None) -> None:
    said = {name: next_step(user_named(name), at=AT) for name in ("amina", "brian", "stranger", "grace")}

    assert said["amina"]["step"].step.title == "One small step, together"
    assert said["amina"]["places"] == ["done", "done", "now", "todo"]
    assert said["brian"]["step"] is None
    assert said["brian"]["path"].is_done
    assert said["stranger"] == {"nothing_yet": True}
    assert said["grace"] is None


def test_home_shows_step_and_path(demo: None, client_of: Callable[[User], Client]) -> None:
    pages = {
        name: client_of(user_named(name)).get("/home/").content.decode() for name in ("amina", "chidi", "stranger")
    }

    assert "Continue with this lesson" in pages["amina"]
    assert "2 of 4 parts done" in pages["amina"]
    assert "Your supervisor still talks with you" in pages["chidi"]
    assert "Your course is not open yet" in pages["stranger"]


def test_the_panels_cost_two_queries_together(demo: None, django_assert_num_queries: Callable[..., object]) -> None:
    amina = user_named("amina")
    next_step(user_named("amina"), at=AT)

    with django_assert_num_queries(3):
        next_step(amina, at=AT)
        my_path(amina, at=AT)


def test_an_assigned_lesson_stands_on_home_until_it_is_read(
    demo: None, client_of: Callable[[User], Client], fresh: Callable[[User], User]
) -> None:
    amina = user_named("amina")
    subject = Subject.objects.get(key=starter_key("first-steps/module-1/lesson-1"))
    assign(provider=amina.provider, subject=subject, reason="Warmth", due=AT.date(), by=None, at=AT, source="x")
    client = client_of(amina)

    before = client.get("/home/").content.decode()
    client.post(subject.url)

    assert "To read again" in before
    assert "Please read it by 22 November." in before
    assert assigned(fresh(amina), at=AT) is None
