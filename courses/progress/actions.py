"""Changes to a person's progress: a lesson is finished, and what is finished with it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from courses.pages.rules import LESSON, Course
from courses.progress.models import ModuleSave
from courses.progress.queries import enrolment_then, path_of, place_of, save_around
from courses.progress.rules import (
    COURSE_DONE,
    DONE,
    LESSON_DONE,
    MODULE_DONE,
    NoSuchModule,
    NoSuchStep,
    NotEnrolled,
    StepLocked,
    now_done,
)
from lms.ledger.actions import record
from lms.people.models import User
from lms.programmes.actions import mark_assignment_done
from lms.programmes.models import Enrolment


@transaction.atomic
def complete_lesson(
    *, person: User, lesson: UUID, by: User | None, happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """Counts a lesson as read to its end; reading it again only closes what was assigned. Gives the address of what
    comes next. A lesson of a module that was saved on a phone counts out of turn, and after the enrolment ended."""
    place = place_of(person, lesson)
    if place is None:
        raise NoSuchStep
    enrolment = place.enrolment or enrolment_then(person, lesson, place.course.programme)
    if enrolment is None:
        raise NotEnrolled
    held = path_of(enrolment.provider, place.course).step(lesson)
    if held is None or held.step.kind != LESSON:
        raise NoSuchStep
    if not held.is_open and save_around(person, lesson, place.course.programme) is None:
        raise StepLocked
    if held.state != DONE:
        note(enrolment, LESSON_DONE, lesson, held.step.title, by=by, happened_at=happened_at, at=at)
    mark_assignment_done(provider=enrolment.provider, subject_key=lesson, at=at)
    settle(enrolment=enrolment, course=place.course, by=by, happened_at=happened_at, at=at)
    following = path_of(enrolment.provider, place.course).after(lesson)
    return {"next": following.step.url if following else place.course.url}


@transaction.atomic
def keep_module(*, person: User, module: UUID, at: datetime) -> ModuleSave:
    """Writes down that a person takes a module along; asked again, it is the same save."""
    place = place_of(person, module)
    if place is None or module not in {held.key for held in place.course.modules}:
        raise NoSuchModule
    if place.enrolment is None:
        raise NotEnrolled
    kept = ModuleSave.objects.filter(person=person, module_key=module, removed_at__isnull=True)
    try:
        with transaction.atomic():
            return kept.first() or ModuleSave.objects.create(
                person=person, enrolment=place.enrolment, module_key=module, at=at
            )
    except IntegrityError:
        return kept.get()


def let_module_go(*, person: User, module: UUID, at: datetime) -> None:
    """The module is no longer on this person's phone; what was done in it still counts when it arrives."""
    ModuleSave.objects.filter(person=person, module_key=module, removed_at__isnull=True).update(removed_at=at)


def settle(*, enrolment: Enrolment, course: Course, by: User | None, happened_at: datetime, at: datetime) -> None:
    """Records the modules, and the course, that are finished by what was just recorded. Runs inside its caller's
    transaction."""
    path = path_of(enrolment.provider, course)
    for module in now_done(path):
        note(enrolment, MODULE_DONE, module.key, module.title, by=by, happened_at=happened_at, at=at)
        mark_assignment_done(provider=enrolment.provider, subject_key=module.key, at=at)
    if path.is_done and path.done_at is None:
        note(enrolment, COURSE_DONE, course.key, course.title, by=by, happened_at=happened_at, at=at)
        mark_assignment_done(provider=enrolment.provider, subject_key=course.key, at=at)


def note(
    enrolment: Enrolment, kind: str, subject: UUID, title: str, *, by: User | None, happened_at: datetime, at: datetime
) -> None:
    """One fact about this provider and this page, under the one key that it can have."""
    record(
        key=uuid5(subject, f"{kind}:{enrolment.provider_id}"),
        provider=enrolment.provider,
        programme=enrolment.programme,
        kind=kind,
        subject=subject,
        facts={"title": title},
        happened_at=happened_at,
        by=by,
        at=at,
    )
