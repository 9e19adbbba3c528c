"""A small course: two modules of two lessons and a quiz each, published below the programme's catalogue."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID, uuid5

import pytest
from wagtail.models import Locale, Page

from courses.pages.actions import make_catalogue, rebuild_subjects
from courses.pages.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.pages.rules import starter_key
from courses.progress.actions import complete_lesson
from courses.questions.actions import add_question
from courses.questions.models import Question
from courses.quizzes.actions import answer_attempt, open_attempt
from courses.quizzes.models import Attempt
from courses.quizzes.queries import asked_in, questions_of
from lms.people.models import User
from lms.programmes.models import Programme
from tests.conftest import make_world
from tests.kept import kept


def put(parent: Page, page: Page) -> Page:
    """A page that is live, without a revision: a tenth of the time of publishing."""
    parent.add_child(instance=page)
    return page


def choices_for(text: str, right: int, of: int = 3) -> list[dict]:
    """Choices of which the first `right` are right."""
    return [
        {
            "type": "choice",
            "id": str(uuid5(starter_key(text), str(place))),
            "value": {
                "text": f"{text} choice {place}",
                "correct": place <= right,
                "feedback": f"{text} feedback {place}",
            },
        }
        for place in range(1, of + 1)
    ]


def make_question(programme: Programme, text: str, right: int = 1) -> Question:
    """A published question; with more than one right choice, more may be picked."""
    return add_question(
        key=starter_key(f"test/{text}"),
        programme=programme,
        locale=Locale.objects.get(language_code="en"),
        kind="single" if right == 1 else "multiple",
        text=text,
        choices=choices_for(text, right),
        explanation=f"{text} explained",
        by=None,
    )


def make_quiz(module: ModulePage, programme: Programme, name: str, questions: int) -> QuizPage:
    """A quiz at the end of a module."""
    asked = [make_question(programme, f"{name} question {number}") for number in range(1, questions + 1)]
    stored = [{"type": "question", "value": str(question.pk)} for question in asked]
    page = QuizPage(
        title=f"Quiz {name}",
        slug="quiz",
        translation_key=starter_key(f"test/{name}/quiz"),
        questions=QuizPage.questions.field.to_python(stored),
    )
    return put(module, page)


def make_lesson(module: ModulePage, name: str, number: int) -> LessonPage:
    """A lesson with a heading, a key point and a practice question."""
    practice = {
        "question": "What helps?",
        "choices": [
            {
                "type": "item",
                "id": str(uuid5(starter_key(name), "a")),
                "value": {"text": "Listen", "correct": True, "feedback": "Yes."},
            },
            {
                "type": "item",
                "id": str(uuid5(starter_key(name), "b")),
                "value": {"text": "Talk", "correct": False, "feedback": "Not yet."},
            },
        ],
        "explanation": "",
    }
    body = [
        {"type": "heading", "value": f"Heading of {name} {number}"},
        {"type": "text", "value": "<p>Some <b>words</b>.</p>"},
        {"type": "say", "value": "How are you?"},
        {"type": "key_point", "value": "Listen first."},
        {"type": "practice", "value": practice},
    ]
    page = LessonPage(
        title=f"Lesson {name}.{number}",
        slug=f"lesson-{number}",
        competencies="listening, asking-about-harm",
        translation_key=starter_key(f"test/{name}/lesson-{number}"),
        body=LessonPage.body.field.to_python(body),
    )
    return put(module, page)


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """As elsewhere, but the same one each time: the course is kept."""
    return kept("world", make_world)


@pytest.fixture
def course(world: SimpleNamespace, now: datetime) -> SimpleNamespace:
    """The course's pages, by name."""
    return kept(f"course of {world.programme.pk}", lambda: make_course(world, now))


def make_course(world: SimpleNamespace, now: datetime) -> SimpleNamespace:
    """What `course` gives."""
    catalogue = make_catalogue(programme=world.programme, by=None, at=now)
    page = CoursePage(title="First steps", slug="first-steps", licence="CC BY 4.0", attribution="The programme")
    page = put(catalogue, page)
    made = SimpleNamespace(catalogue=catalogue, page=page, url="/learn/helping-kisumu/first-steps/")
    for number in (1, 2):
        module = put(page, ModulePage(title=f"Module {number}", slug=f"module-{number}"))
        lessons = [make_lesson(module, str(number), place) for place in (1, 2)]
        quiz = make_quiz(module, world.programme, str(number), 4)
        url = f"{made.url}module-{number}/"
        urls = [f"{url}lesson-1/", f"{url}lesson-2/", f"{url}quiz/"]
        setattr(made, f"module{number}", SimpleNamespace(page=module, lessons=lessons, quiz=quiz, url=url, urls=urls))
    rebuild_subjects()
    return made


@pytest.fixture
def read(now: datetime) -> Callable[..., None]:
    """Finishes both lessons of a module: read(amina, course.module1)."""

    def finish(person: User, module: SimpleNamespace) -> None:
        for lesson in module.lessons:
            complete_lesson(person=person, lesson=lesson.translation_key, by=person, happened_at=now, at=now)

    return finish


def answers_to(attempt: Attempt, right: int) -> dict[str, list[str]]:
    """So many right answers, the rest with one wrong choice."""
    answers = {}
    for place, (key, asked) in enumerate(asked_in(questions_of(attempt)).items(), start=1):
        wrong = [choice.id for choice in asked.choices if not choice.correct][:1]
        answers[key] = sorted(asked.right) if place <= right else wrong
    return answers


@pytest.fixture
def take(now: datetime) -> Callable[..., Attempt]:
    """Takes a quiz with so many right answers: take(amina, course.module1.quiz, 3)."""

    def taken(person: User, quiz: QuizPage | UUID, right: int) -> Attempt:
        key = quiz if isinstance(quiz, UUID) else quiz.translation_key
        attempt = open_attempt(person=person, quiz=key, at=now)
        answer_attempt(person=person, attempt=attempt.pk, answers=answers_to(attempt, right), happened_at=now, at=now)
        attempt.refresh_from_db()
        return attempt

    return taken
