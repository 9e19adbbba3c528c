"""What cut-offs offer to a manager's front page: the way to write them down."""

from datetime import datetime
from typing import Any

from lms.home import registry
from lms.people.models import User
from lms.programmes.access import has_role


def lists_to_manage(person: User, *, at: datetime) -> dict[str, Any] | None:
    return {} if has_role(person, "manager") else None


def register() -> None:
    registry.register(registry.Panel("cut-offs", 85, "main", "supervision/home/_cut_offs.html", lists_to_manage))
