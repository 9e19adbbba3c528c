"""What is open, what is done and what comes next: decided from a course's shape and a person's records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from courses.pages.rules import LESSON, QUIZ, Course, Module, Step
from lms.people.rules import Refusal

LESSON_DONE, MODULE_DONE, COURSE_DONE = "lesson.completed", "module.completed", "course.completed"
QUIZ_ANSWERED, QUIZ_DECIDED = "quiz.answered", "quiz.decided"
KINDS = (LESSON_DONE, MODULE_DONE, COURSE_DONE, QUIZ_ANSWERED, QUIZ_DECIDED)
BORDERLINE = frozenset({"borderline_fail", "borderline_pass"})
DONE, WAITING, NOW, OPEN, LOCKED = "done", "waiting", "now", "open", "locked"


class NotEnrolled(Refusal):
    """The person does not learn in this programme."""

    code = "not_enrolled"
    status = 403
    sentence = _("You are not in this programme now, so this could not be counted. Ask your supervisor.")


class StepLocked(Refusal):
    """Something before this one is not done yet."""

    code = "not_allowed"
    status = 403
    sentence = _("This part is not open yet. Finish what comes before it first.")


class NoSuchStep(Refusal):
    """There is no such lesson or quiz."""

    code = "invalid"
    status = 404
    sentence = _("We did not find this part of the course. It may have been taken away.")


class NoSuchModule(Refusal):
    """There is no such module."""

    code = "invalid"
    status = 404
    sentence = _("We did not find this module. It may have been taken away.")


@dataclass(frozen=True)
class Record:
    """One fact from the ledger, as far as progress looks at it."""

    kind: str
    subject: UUID | None
    facts: dict[str, Any]
    at: datetime


@dataclass(frozen=True)
class QuizStanding:
    """What became of a quiz so far; `waiting`: between the bands, a person has still to decide."""

    attempts: int
    passed: bool
    waiting: bool


def quiz_standing(records: Iterable[Record]) -> QuizStanding:
    """Judges the records of one quiz. Only a clear or a decided pass counts, and once passed it stays passed."""
    answered = [record.facts for record in records if record.kind == QUIZ_ANSWERED]
    decided = {record.facts["attempt"]: record.facts["passed"] for record in records if record.kind == QUIZ_DECIDED}
    passed = any(facts["passed"] for facts in answered) or any(decided.values())
    last = max(answered, key=lambda facts: facts["attempt"], default=None)
    waiting = bool(last) and not passed and last["band"] in BORDERLINE and last["attempt"] not in decided
    return QuizStanding(attempts=len(answered), passed=passed, waiting=waiting)


@dataclass(frozen=True)
class StepState:
    """A lesson or quiz with where the person stands in it."""

    step: Step
    state: str
    attempts: int = 0

    @property
    def is_open(self) -> bool:
        return self.state != LOCKED


@dataclass(frozen=True)
class ModuleState:
    """A module with where the person stands in it. `provisional`: open although the quiz before it still waits for a
    talk."""

    module: Module
    number: int
    state: str
    steps: tuple[StepState, ...]
    provisional: bool = False
    done_at: datetime | None = None

    @property
    def lessons_done(self) -> int:
        return sum(held.state == DONE for held in self.steps if held.step.kind == LESSON)

    @property
    def lessons_all(self) -> int:
        return sum(held.step.kind == LESSON for held in self.steps)

    @property
    def steps_done(self) -> int:
        return sum(held.state == DONE for held in self.steps)

    @property
    def next_step(self) -> StepState | None:
        return next((held for held in self.steps if held.state == NOW), None)


@dataclass(frozen=True)
class Path:
    """A person's way through one course."""

    course: Course
    modules: tuple[ModuleState, ...]
    done_at: datetime | None = None

    @property
    def modules_done(self) -> int:
        return sum(module.state == DONE for module in self.modules)

    @property
    def next_step(self) -> StepState | None:
        return next((module.next_step for module in self.modules if module.next_step), None)

    @property
    def waiting(self) -> StepState | None:
        """The quiz that somebody has still to decide."""
        return next((held for module in self.modules for held in module.steps if held.state == WAITING), None)

    @property
    def is_done(self) -> bool:
        return bool(self.modules) and self.modules_done == len(self.modules)

    def module_of(self, key: UUID) -> ModuleState | None:
        """The module with this key, or the one in which this lesson or quiz stands."""
        return next(
            (held for held in self.modules if key == held.module.key or key in {s.step.key for s in held.steps}), None
        )

    def step(self, key: UUID) -> StepState | None:
        """The lesson or quiz with this key."""
        return next((held for module in self.modules for held in module.steps if held.step.key == key), None)

    def before(self, module: ModuleState) -> ModuleState | None:
        """The module that has to be done before this one."""
        return self.modules[module.number - 2] if module.number > 1 else None

    def after(self, key: UUID) -> StepState | None:
        """What stands behind this lesson or quiz, in its module or the next."""
        steps = [held for module in self.modules for held in module.steps]
        place = next((index for index, held in enumerate(steps) if held.step.key == key), None)
        return steps[place + 1] if place is not None and place + 1 < len(steps) else None


def path_through(course: Course, records: Iterable[Record]) -> Path:
    """Walks the course in order. A step opens when all before it are cleared: a lesson by finishing it, a quiz by
    passing it
    or, provisionally, by an answer between the bands that a person has still to decide. What was done stays open."""
    held = [record for record in records if record.subject is not None]
    finished = {(record.kind, record.subject): record.at for record in held}
    by_quiz: dict[UUID, list[Record]] = {}
    for record in held:
        if record.kind in {QUIZ_ANSWERED, QUIZ_DECIDED}:
            by_quiz.setdefault(record.subject, []).append(record)

    modules: list[ModuleState] = []
    clear, waits = True, False
    for number, module in enumerate(course.modules, start=1):
        provisional = waits
        closed = (MODULE_DONE, module.key) in finished
        steps: list[StepState] = []
        for step in module.steps:
            standing = quiz_standing(by_quiz.get(step.key, ()))
            state = step_state(step, standing, clear=clear, done=(LESSON_DONE, step.key) in finished, closed=closed)
            clear = clear and (closed or state in {DONE, WAITING})
            waits = waits or state == WAITING
            steps.append(StepState(step, state, standing.attempts))
        done_at = finished.get((MODULE_DONE, module.key))
        state = module_state(steps, closed=closed)
        modules.append(ModuleState(module, number, state, tuple(steps), provisional and state != LOCKED, done_at))
    return Path(course, tuple(modules), finished.get((COURSE_DONE, course.key)))


def step_state(step: Step, standing: QuizStanding, *, clear: bool, done: bool, closed: bool) -> str:
    """Where a person stands in one lesson or quiz. `clear`: everything before it is cleared; `closed`: its module was
    finished before."""
    if step.kind == QUIZ and standing.waiting:
        return WAITING
    if (step.kind == QUIZ and standing.passed) or (step.kind == LESSON and done):
        return DONE
    if closed:
        return OPEN
    return NOW if clear else LOCKED


def module_state(steps: Iterable[StepState], *, closed: bool) -> str:
    """A module is done when all of it is; a lesson that was added after somebody finished it opens, but takes nothing
    away."""
    states = [held.state for held in steps]
    if closed or (states and all(state == DONE for state in states)):
        return DONE
    if NOW in states:
        return NOW
    if WAITING in states:
        return WAITING
    return LOCKED if not states or states[0] == LOCKED else NOW


def now_done(path: Path) -> list[Module]:
    """The modules that are done and were not recorded as done before."""
    return [held.module for held in path.modules if held.state == DONE and held.done_at is None]


def stitches(states: Iterable[str]) -> list[str]:
    """States as the stitches on a page know them: done, now or still to do."""
    return [state if state in {DONE, NOW} else "todo" for state in states]
