"""What a page of /learn/ shows, put together once for the page with the person and once for the one without."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from courses.pages.queries import Found, address_of, course_at, kind_of, marks_of
from courses.pages.rules import Course
from courses.progress.queries import enrolment_in, path_of
from courses.progress.rules import Path
from courses.quizzes.models import Attempt, AttemptQuestion
from courses.quizzes.queries import newest_asked
from courses.quizzes.rules import OPEN, may_try_again
from courses.serving.rules import around
from lms.people.models import User
from lms.phone.queries import app_version
from lms.programmes.models import Enrolment


@dataclass(frozen=True)
class Seen:
    """A found page in its course as one person stands before it; staff have no path."""

    found: Found
    kind: str
    course: Course | None
    enrolment: Enrolment | None
    path: Path | None

    def shared(self) -> dict[str, Any]:
        """What everybody sees: the only context of a saved page."""
        key = self.found.page.translation_key
        module = self.course.module_of(key) if self.course and self.kind == "module" else None
        return {
            "page": self.found.page,
            "self": self.found.page,
            "found": self.found,
            "address": address_of(self.found.source),
            "course": self.course,
            "around": around(self.course, key) if self.course and self.kind in {"lesson", "quiz"} else None,
            "module": module,
            "number": self.course.modules.index(module) + 1 if module else None,
        }

    def personal(self) -> dict[str, Any]:
        """What is added for the person."""
        key = self.found.page.translation_key
        return {
            "path": self.path,
            "here": self.path.step(key) if self.path and self.kind in {"lesson", "quiz"} else None,
            "module_state": self.path.module_of(key) if self.path and self.kind != "course" else None,
        }


def seen(person: User, found: Found) -> Seen:
    """The page with its course and the person's way through it. At most three queries."""
    kind = kind_of(found.page.content_type_id)
    if kind not in {"course", "module", "lesson", "quiz"}:
        return Seen(found, kind, None, enrolment_in(person, found.programme_id), None)
    course = course_at(found.source.path, get_language() or "")
    enrolment = enrolment_in(person, found.programme_id)
    path = path_of(enrolment.provider_id, course) if enrolment and course else None
    return Seen(found, kind, course, enrolment, path)


def editions(courses: Sequence[Course]) -> dict[UUID, str]:
    """The edition of each module in these courses: it changes when anything changes that a phone would keep of it, in
    the language of now. Three queries, however many."""
    keys = [key for course in courses for key in (course.key, *(module.key for module in course.modules))]
    marks = marks_of([*keys, *(step.key for course in courses for step in course.steps())])
    found = {}
    for course in courses:
        outline = [(module.title, module.url, [(s.title, s.url) for s in module.steps]) for module in course.modules]
        for module in course.modules:
            own = [marks.get(key) for key in (course.key, module.key, *(step.key for step in module.steps))]
            told = json.dumps([app_version(), get_language(), course.title, course.url, outline, own])
            found[module.key] = sha256(told.encode()).hexdigest()[:16]
    return found


def again_allowed(attempt: Attempt, allowed: int | None, path: Path) -> bool:
    """Whether the result page offers another try."""
    here = path.step(attempt.quiz_key)
    return may_try_again(
        state=attempt.state,
        band=attempt.band,
        attempts=attempt.number,
        allowed=allowed,
        passed=here is None or here.state != "now",
    )


def last_try(seen: Seen) -> tuple[Attempt | None, list[AttemptQuestion]]:
    """The person's newest attempt at the quiz on this page, with its questions."""
    if seen.enrolment is None:
        return None, []
    return newest_asked(seen.enrolment.provider_id, seen.found.page.translation_key)


def is_open(attempt: Attempt | None) -> bool:
    """Whether it is still to be answered."""
    return attempt is not None and attempt.state == OPEN
