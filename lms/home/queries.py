"""What a front page has to know of a person: where they belong, and what the panels have to say."""

from dataclasses import dataclass
from datetime import datetime

from lms.home import registry
from lms.home.registry import ShownPanel
from lms.people.models import User
from lms.programmes.access import grants_of
from lms.programmes.models import Programme
from lms.programmes.queries import enrolments_of

LEFT = frozenset({"withdrawn", "left", "suspended"})


@dataclass(frozen=True)
class Places:
    """Where a person belongs: the roles held, whether enrolled anywhere, and the programmes of both, by name."""

    roles: frozenset[str]
    enrolled: bool
    programmes: tuple[Programme, ...]


def places_of(person: User) -> Places:
    """Asked by the shell and by the panels of one page, so it is kept on the person for the request."""
    if not hasattr(person, "_places"):
        person._places = _places_of(person)
    return person._places


def _places_of(person: User) -> Places:
    grants = [grant for grant in grants_of(person) if grant.programme_id]
    enrolments = [one for one in enrolments_of(person).select_related("programme") if one.stage not in LEFT]
    roles = frozenset(grant.role for grant in grants_of(person)) | ({"admin"} if person.is_superuser else frozenset())
    programmes = {held.programme_id: held.programme for held in [*grants, *enrolments]}
    return Places(
        roles=roles,
        enrolled=bool(enrolments),
        programmes=tuple(sorted(programmes.values(), key=lambda programme: programme.name)),
    )


def panels_of(person: User, column: str, *, at: datetime) -> list[ShownPanel]:
    """The panels of one column that have something to say."""
    asked = [(panel, panel.context(person, at=at)) for panel in registry.in_order() if panel.column == column]
    return [ShownPanel(panel.name, panel.template, facts) for panel, facts in asked if facts is not None]
