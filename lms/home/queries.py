"""What a front page has to know of a person: where they belong, and what the panels have to say."""

from dataclasses import dataclass
from datetime import datetime

from lms.home import registry
from lms.home.registry import ShownPanel
from lms.people.access import is_admin
from lms.people.models import User
from lms.programmes.queries import grants_of, held_enrolments


@dataclass(frozen=True)
class Places:
    """Where a person belongs: the roles held anywhere, and whether enrolled anywhere."""

    roles: frozenset[str]
    enrolled: bool


def places_of(person: User) -> Places:
    """Costs nothing more than what the page's guards have asked already: both are kept on the person."""
    roles = {grant.role for grant in grants_of(person)} | ({"admin"} if is_admin(person) else set())
    return Places(roles=frozenset(roles), enrolled=bool(held_enrolments(person)))


def panels_of(person: User, column: str, *, at: datetime) -> list[ShownPanel]:
    """The panels of one column that have something to say."""
    asked = [(panel, panel.context(person, at=at)) for panel in registry.in_order() if panel.column == column]
    return [ShownPanel(panel.name, panel.template, facts) for panel, facts in asked if facts is not None]
