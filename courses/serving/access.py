"""Who may see a page of /learn/: enrolled people and staff; for everybody else it is as if it were not there."""

from uuid import UUID

from django.http import Http404
from django.utils.translation import get_language

from courses.pages.queries import Found, found_at
from courses.pages.rules import CATALOGUE_DEPTH, Course, Module
from courses.progress.queries import place_of
from lms.people.models import User
from lms.programmes.access import may_open_course


def get_page_for(person: User, address: str) -> Found:
    """The page at this address below /learn/, in the language that the rest of the page speaks, or 404: the same for a
    missing one and for a foreign one."""
    found = found_at(f"learn/{address}", get_language() or "")
    if found is None or not may_see(person, found):
        raise Http404
    return found


def get_module_for(person: User, key: UUID) -> tuple[Course, Module]:
    """A published module with its course, for a person who learns in its programme, or 404."""
    place = place_of(person, key)
    module = place.course.module_of(key) if place is not None else None
    if place is None or place.enrolment is None or module is None or module.key != key:
        raise Http404
    return place.course, module


def may_see(person: User, found: Found) -> bool:
    """The page above all catalogues is everybody's; below it the programme decides."""
    if found.programme_id is None:
        return found.source.depth < CATALOGUE_DEPTH
    return may_open_course(person, found.programme_id)
