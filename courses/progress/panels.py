"""What progress offers: the next step, the path and the assigned lessons on the front page; its ledger and outbox
kinds."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from courses.progress.actions import complete_lesson
from courses.progress.queries import link, paths_of
from courses.progress.rules import Path, stitches
from lms.home import registry as home
from lms.ledger import registry as ledger
from lms.outbox import registry as outbox
from lms.people.models import User
from lms.people.rules import Invalid
from lms.programmes.queries import held_assignments, held_enrolments

SHOWN_MODULES = 3


def next_step(person: User, *, at: datetime) -> dict[str, Any] | None:
    """The one next thing to do; None for a person without a course."""
    paths = paths_of(person)
    if not paths:
        return None if not held_enrolments(person) else {"nothing_yet": True}
    path = next((held for held in paths if held.next_step), paths[0])
    step = path.next_step
    module = path.module_of(step.step.key) if step else None
    states = [held.state for held in module.steps] if module else []
    number = states.index("now") + 1 if module else 0
    return {"path": path, "step": step, "module": module, "places": stitches(states), "number": number}


def my_path(person: User, *, at: datetime) -> dict[str, Any] | None:
    """The course around the module in which the person is."""
    paths = [held for held in paths_of(person) if held.modules]
    if not paths:
        return None
    path = next((held for held in paths if held.next_step), paths[0])
    return {"path": path, "modules": around_now(path), "total": len(path.modules)}


def around_now(path: Path) -> list[Any]:
    """The module before, the one in which the person is, and the next."""
    place = next((index for index, held in enumerate(path.modules) if held.state == "now"), len(path.modules) - 1)
    start = max(0, min(place - 1, len(path.modules) - SHOWN_MODULES))
    return list(path.modules[start : start + SHOWN_MODULES])


def assigned(person: User, *, at: datetime) -> dict[str, Any] | None:
    """Lessons that somebody asked this person to read, with the reason."""
    enrolments = held_enrolments(person)
    asked = [one for one in held_assignments(person) if not one.done_at and one.subject.live] if enrolments else []
    held = sorted(asked, key=lambda one: (one.due is None, one.due or date.max, one.at))[:5]
    return {"assignments": held} if held else None


def clean_completed(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """A finished lesson needs no more than its key."""
    try:
        return {"lesson": UUID(subject)}
    except ValueError as error:
        raise Invalid from error


def act_completed(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """A lesson that was finished on a phone."""
    return complete_lesson(person=person, lesson=data["lesson"], by=person, happened_at=happened_at, at=at)


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    home.register(home.Panel("next-step", 10, "main", "courses/progress/_next_step.html", next_step))
    home.register(home.Panel("assigned", 15, "main", "courses/progress/_assigned.html", assigned))
    home.register(home.Panel("my-path", 20, "main", "courses/progress/_my_path.html", my_path))
    said = {
        "lesson.completed": lambda facts: _("Finished the lesson “%(title)s”.") % facts,
        "module.completed": lambda facts: _("Finished the module “%(title)s”.") % facts,
        "course.completed": lambda facts: _("Finished the course “%(title)s”.") % facts,
    }
    for name, sentence in said.items():
        ledger.register(ledger.EntryKind(name, {"title": str}, sentence, link))
    outbox.register(outbox.ItemKind("lesson.completed", clean_completed, act_completed))
