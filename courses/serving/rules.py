"""Where a page stands in its course, on plain values: the same for everybody, so a saved page may carry it."""

from dataclasses import dataclass
from uuid import UUID

from courses.pages.rules import Course, Module, Step


def edition_for(edition: str, *, text_only: bool) -> str:
    """The edition of a module as one phone keeps it: the script of the phone puts it together in the same way."""
    return edition + ("t" if text_only else "")


@dataclass(frozen=True)
class Around:
    """A lesson or quiz in its module: which one of how many, and its neighbours."""

    course: Course
    module: Module
    module_number: int
    number: int
    total: int
    before: Step | None
    after: Step | None


def around(course: Course, key: UUID) -> Around | None:
    """None: the page is not part of the published course."""
    module = course.module_of(key)
    if module is None:
        return None
    steps = list(course.steps())
    place = next((index for index, step in enumerate(steps) if step.key == key), None)
    if place is None:
        return None
    return Around(
        course=course,
        module=module,
        module_number=course.modules.index(module) + 1,
        number=module.steps.index(steps[place]) + 1,
        total=len(module.steps),
        before=steps[place - 1] if place else None,
        after=steps[place + 1] if place + 1 < len(steps) else None,
    )
