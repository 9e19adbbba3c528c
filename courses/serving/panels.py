"""What the pages of /learn/ offer to phones: the modules that a person saved with the quizzes given out, and the
kinds of item by which a phone saves, removes and answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from courses.pages.queries import address_of, catalogues_of
from courses.progress.actions import let_module_go
from courses.progress.queries import paths_of, saves_of
from courses.progress.rules import ModuleState, Path
from courses.quizzes.actions import answer_attempt, save_module
from courses.quizzes.forms import clean_answers
from courses.quizzes.queries import Tries, tries_of
from courses.serving.api import asking_part, result_part
from courses.serving.queries import editions
from lms.outbox import registry as outbox
from lms.people.models import User
from lms.people.rules import Invalid
from lms.phone import registry as phone
from lms.programmes.queries import held_enrolments


def modules(person: User, *, at: datetime) -> dict[str, Any]:
    """A person's way through all their courses, and each saved module with its edition and its quizzes. For somebody
    who learns no longer it is empty, never missing: the phone must hear that nothing is left."""
    paths = paths_of(person)
    kept = {save.module_key for save in saves_of(person)} if paths else set()
    saved = [(path, module) for path in paths for module in path.modules if module.module.key in kept]
    edition = editions([path.course for path in paths]) if saved else {}
    asked = tries_of(held_enrolments(person)[0].provider, quizzes_among(module for _, module in saved)) if saved else {}
    return {
        "courses": [shown_path(path) for path in paths],
        "modules": [
            shown_module(module)
            | {
                "course": {"key": str(path.course.key), "title": path.course.title, "url": path.course.url},
                "hash": edition[module.module.key],
                "quizzes": {
                    str(key): shown_quiz(asked[key], person) for key in quizzes_among([module]) if key in asked
                },
            }
            for path, module in saved
        ],
    }


def kept_pages(person: User, *, at: datetime) -> list[str]:
    """The list of courses shall open without network."""
    programmes = [held.programme_id for held in held_enrolments(person)]
    addresses = [address_of(catalogue) for catalogue in catalogues_of(programmes)] if programmes else []
    return [reverse("courses:learn"), *addresses] if addresses else []


def quizzes_among(modules: Any) -> list[UUID]:
    """The keys of the quizzes in these modules."""
    return [held.step.key for module in modules for held in module.steps if held.step.kind == "quiz"]


def shown_path(path: Path) -> dict[str, Any]:
    """A course with where the person stands in each part of it."""
    course = path.course
    return {
        "key": str(course.key),
        "title": course.title,
        "url": course.url,
        "modules": [shown_module(module) for module in path.modules],
    }


def shown_module(held: ModuleState) -> dict[str, Any]:
    """A module with where the person stands in each part of it."""
    return {
        "key": str(held.module.key),
        "number": held.number,
        "title": held.module.title,
        "url": held.module.url,
        "state": held.state,
        "provisional": held.provisional,
        "steps": [
            {
                "key": str(step.step.key),
                "kind": step.step.kind,
                "title": step.step.title,
                "url": step.step.url,
                "state": step.state,
            }
            for step in held.steps
        ],
    }


def shown_quiz(tries: Tries, person: User) -> dict[str, Any]:
    """A quiz on a phone: the form of the open attempt, and the result of the last one that was answered."""
    opened, last = tries.opened, tries.last
    return {
        "attempt": str(opened.pk) if opened else "",
        "number": opened.number if opened else 0,
        "html": asking_part(opened, tries.questions(opened)) if opened else "",
        "answered": str(last.pk) if last else "",
        "result": result_part(last, tries.questions(last), person.get_short_name(), again=bool(opened)) if last else "",
    }


def issued(person: User, quizzes: list[UUID]) -> dict[str, Any]:
    """These quizzes as the part of the phone shows them, after a change."""
    return {str(key): shown_quiz(tries, person) for key, tries in tries_of(person.provider, quizzes).items()}


def clean_module(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """A saved or removed module needs no more than its key."""
    try:
        return {"module": UUID(subject)}
    except ValueError as error:
        raise Invalid from error


def act_saved(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """A module that was saved on a phone: the answer brings its quizzes."""
    attempts = save_module(person=person, module=data["module"], at=at)
    return {"quizzes": issued(person, [attempt.quiz_key for attempt in attempts])}


def act_removed(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """A module that was taken from a phone."""
    let_module_go(person=person, module=data["module"], at=at)
    return {}


def act_answered(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """Answers that waited on a phone; `next` becomes the form of the next attempt."""
    told = answer_attempt(
        person=person, attempt=data["attempt"], answers=data["answers"], happened_at=happened_at, at=at
    )
    return told | ({"next": issued(person, [UUID(told["quiz"])])[told["quiz"]]} if "next" in told else {})


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    phone.register(phone.Part("modules", modules, kept_pages))
    outbox.register(outbox.ItemKind("quiz.answered", clean_answers, act_answered))
    outbox.register(outbox.ItemKind("module.saved", clean_module, act_saved))
    outbox.register(outbox.ItemKind("module.removed", clean_module, act_removed))
