"""Questions about a person's way: through one course, and through all of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language

from courses.pages.queries import course_at, courses_in, module_above, source_page
from courses.pages.rules import Course
from courses.progress.models import ModuleSave
from courses.progress.rules import KINDS, Path, Record, path_through
from lms.ledger.models import Entry
from lms.ledger.queries import entries_of, own_entries
from lms.people.models import Provider, User
from lms.programmes.models import Enrolment
from lms.programmes.queries import held_enrolments, subject_by_key


@dataclass(frozen=True)
class Place:
    """A lesson or quiz in its course, and the enrolment by which a person may work on it."""

    course: Course
    enrolment: Enrolment | None


def enrolment_in(person: User, programme_id: UUID | None) -> Enrolment | None:
    """The person's enrolment in a programme, asked once per request."""
    return next((held for held in held_enrolments(person) if held.programme_id == programme_id), None)


def records(entries: Sequence[Entry]) -> list[Record]:
    """Ledger entries as far as progress looks at them."""
    return [Record(entry.kind, entry.subject, entry.facts, entry.happened_at) for entry in entries]


def path_of(provider: Provider | UUID, course: Course) -> Path:
    """A provider's way through a course. One query."""
    return path_through(course, records(entries_of(provider, course.programme, KINDS)))


def paths_of(person: User) -> list[Path]:
    """A person's way through all their courses, asked once per request: two queries however many there are."""
    if not hasattr(person, "_paths"):
        person._paths = walked(person)
    return person._paths


def walked(person: User) -> list[Path]:
    """Reads the courses of all programmes in which a person learns, and that person's records."""
    enrolments = held_enrolments(person)
    if not enrolments:
        return []
    courses = courses_in([held.programme_id for held in enrolments], get_language() or "")
    told = records([entry for entry in own_entries(person) if entry.kind in KINDS])
    return [path_through(course, told) for course in courses]


def place_of(person: User, key: UUID) -> Place | None:
    """Where a lesson, quiz or module stands, by its key; None if it is not published."""
    page = source_page(key)
    course = course_at(page.path, page.locale.language_code) if page is not None else None
    if course is None or course.module_of(key) is None:
        return None
    return Place(course, enrolment_in(person, course.programme))


def saves_of(person: User) -> list[ModuleSave]:
    """The modules that a person keeps on a phone now and still learns in, the first saved first."""
    kept = ModuleSave.objects.filter(
        person=person, removed_at__isnull=True, enrolment__in=[held.pk for held in held_enrolments(person)]
    )
    return list(kept.order_by("at"))


def save_around(person: User, key: UUID, programme: UUID | None) -> ModuleSave | None:
    """The save, of now or of before, by which work on this lesson or quiz of a programme counts whenever it
    arrives."""
    saves = ModuleSave.objects.filter(
        person=person, module_key=module_above(key), enrolment__programme=programme
    ).select_related("enrolment__provider", "enrolment__programme")
    return saves.order_by("at").last()


def enrolment_then(person: User, key: UUID, programme: UUID | None) -> Enrolment | None:
    """The enrolment by which a person took this lesson or quiz along, also when it has ended since."""
    saved = save_around(person, key, programme)
    return saved.enrolment if saved else None


def link(entry: Entry) -> str | None:
    """Where the page of this fact stands now."""
    subject = subject_by_key(entry.subject) if entry.subject else None
    return subject.url if subject and subject.live else None
