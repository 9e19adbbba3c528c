"""The shape of a course on plain values: its parts in order, and the keys of the starter pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

LESSON, QUIZ = "lesson", "quiz"
STEP = 4  # letters of one level in a page's tree path
CATALOGUE_DEPTH, COURSE_DEPTH, MODULE_DEPTH, STEP_DEPTH = 4, 5, 6, 7
KIND_AT_DEPTH = {CATALOGUE_DEPTH: "catalogue", COURSE_DEPTH: "course", MODULE_DEPTH: "module"}


@dataclass(frozen=True)
class Step:
    """A lesson or a quiz, as the course's path shows it."""

    key: UUID
    kind: str
    title: str
    url: str


@dataclass(frozen=True)
class Module:
    """A module with its lessons and quizzes in order."""

    key: UUID
    title: str
    url: str
    steps: tuple[Step, ...]

    @property
    def lessons(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.kind == LESSON)


@dataclass(frozen=True)
class Course:
    """A course with its modules in order; `programme` is the id of the programme it belongs to."""

    key: UUID
    title: str
    url: str
    programme: UUID | None
    modules: tuple[Module, ...]

    def steps(self) -> Iterator[Step]:
        """All lessons and quizzes in the order in which they open."""
        for module in self.modules:
            yield from module.steps

    def module_of(self, key: UUID) -> Module | None:
        """The module with this key, or the one in which the lesson or quiz with this key stands."""
        return next(
            (module for module in self.modules if key == module.key or key in {step.key for step in module.steps}), None
        )


@dataclass(frozen=True)
class Node:
    """One live page of a course, as it comes from the database in tree order."""

    key: UUID
    kind: str
    title: str
    url: str
    path: str
    programme: UUID | None = None


def courses_of(nodes: Sequence[Node]) -> list[Course]:
    """Puts pages together by their tree paths; what hangs below something unpublished does not show,
    nor does a module in which nothing stands yet."""
    below: dict[str, list[Node]] = {}
    for node in nodes:
        below.setdefault(node.path[:-STEP], []).append(node)
    return [
        Course(
            course.key,
            course.title,
            course.url,
            course.programme,
            tuple(module_from(module, below) for module in below.get(course.path, ()) if module.path in below),
        )
        for course in nodes
        if course.kind == "course"
    ]


def module_from(node: Node, below: dict[str, list[Node]]) -> Module:
    """One module with the lessons and quizzes below it."""
    steps = tuple(
        Step(held.key, held.kind, held.title, held.url)
        for held in below.get(node.path, ())
        if held.kind in {LESSON, QUIZ}
    )
    return Module(node.key, node.title, node.url, steps)


def starter_key(slug_path: str) -> UUID:
    """The translation key of a page that comes with Tandem: the same in every installation, so that their records can
    be compared."""
    return uuid5(NAMESPACE_URL, f"tandem:starter:{slug_path}")


def bands_in_order(nearly: int, over: int, clear: int) -> bool:
    """Each band begins higher than the one before."""
    return 0 < nearly < over < clear <= 100


def codes_in(text: str) -> list[str]:
    """Competency codes as an author typed them, separated by commas or spaces."""
    return list(dict.fromkeys(text.replace(",", " ").split()))
