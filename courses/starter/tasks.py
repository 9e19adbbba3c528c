"""What courses add to the demo: the starter course, and the demo people's way through it, by the real actions."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from courses.pages.actions import make_catalogue
from courses.pages.rules import starter_key
from courses.progress.actions import complete_lesson
from courses.progress.rules import KINDS
from courses.quizzes.actions import answer_attempt, decide, open_attempt
from courses.quizzes.models import Attempt
from courses.quizzes.queries import asked_in, questions_of
from courses.quizzes.rules import PASS
from courses.starter.actions import load_course
from courses.starter.rules import FOLDER, read_course
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.people.queries import provider_of, user_named
from lms.programmes.queries import all_programmes
from lms.programmes.registry import DemoPart, register_demo

COURSE = "first-steps"
STARTER_PROGRAMME = "helping-kisumu"


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    register_demo(DemoPart("courses", 30, build_demo_courses))
    register_demo(DemoPart("learning", 60, build_demo_learning))


def build_demo_courses(*, at: datetime) -> None:
    """A catalogue for every programme, and the starter course in the first."""
    author = user_named("lena")
    for programme in all_programmes():
        catalogue = make_catalogue(programme=programme, by=author, at=at)
        if programme.slug == STARTER_PROGRAMME:
            load_course(
                source=read_course(FOLDER / "first_steps.toml"), folder=FOLDER, catalogue=catalogue, by=author, at=at
            )


@transaction.atomic
def build_demo_learning(*, at: datetime) -> None:
    """Amina has passed module 1 at the second try and is half through module 2; Brian is through; Chidi waits for a
    talk;
    Dalia has just begun. Nothing is added to somebody who has learned already."""
    amina, brian, chidi, dalia = (new_learner(name) for name in ("amina", "brian", "chidi", "dalia"))
    grace = user_named("grace")
    if amina:
        read(amina, "module-1", 3, at - timedelta(days=61))
        answer(amina, "module-1", 3, at - timedelta(days=54))
        answer(amina, "module-1", 7, at - timedelta(days=52))
        read(amina, "module-2", 2, at - timedelta(days=33))
    if brian:
        read(brian, "module-1", 3, at - timedelta(days=84))
        answer(brian, "module-1", 8, at - timedelta(days=76))
        read(brian, "module-2", 3, at - timedelta(days=70))
        talked = answer(brian, "module-2", 6, at - timedelta(days=61))
        reason = "He explained both situations well and showed the words he would use."
        if grace:
            decide(attempt=talked, outcome=PASS, reason=reason, by=grace, at=at - timedelta(days=57))
    if chidi:
        read(chidi, "module-1", 3, at - timedelta(days=30))
        answer(chidi, "module-1", 5, at - timedelta(days=12))
        read(chidi, "module-2", 1, at - timedelta(days=10))
    if dalia:
        read(dalia, "module-1", 1, at - timedelta(days=6))


def new_learner(username: str) -> User | None:
    """The demo person, if there is one who has learned nothing yet."""
    person = user_named(username)
    provider = provider_of(person) if person else None
    return person if provider and not entries_of(provider, None, KINDS) else None


def read(person: User, module: str, lessons: int, first: datetime) -> None:
    """Finishes the first lessons of a module, one every second evening."""
    for number in range(1, lessons + 1):
        when = first + timedelta(days=2 * (number - 1), minutes=7 * number)
        complete_lesson(person=person, lesson=key_of(module, f"lesson-{number}"), by=person, happened_at=when, at=when)


def answer(person: User, module: str, right: int, when: datetime) -> Attempt:
    """Takes a module's quiz with so many right answers; the rest are answered with one wrong choice."""
    attempt = open_attempt(person=person, quiz=key_of(module, "quiz"), at=when - timedelta(minutes=14))
    answers = {}
    for place, (key, asked) in enumerate(asked_in(questions_of(attempt)).items(), start=1):
        wrong = [choice.id for choice in asked.choices if not choice.correct][:1]
        answers[key] = sorted(asked.right) if place <= right else wrong
    answer_attempt(person=person, attempt=attempt.pk, answers=answers, happened_at=when, at=when)
    attempt.refresh_from_db()
    return attempt


def key_of(module: str, slug: str) -> UUID:
    """The key of a page of the starter course."""
    return starter_key(f"{COURSE}/{module}/{slug}")
