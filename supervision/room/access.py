"""Who may open a socket, and as whom: the sign-in cookie and the membership are asked in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone

from lms.people.models import User
from lms.people.rules import LOCKED
from supervision.room.queries import head_of, may_post, sockets_of
from supervision.sessions.queries import LEADING_ROLES, has_agreed, members_among

HELD = timedelta(seconds=45)  # a lease is renewed every 20 s with what was heard then, and a client pings every 20 s


@dataclass(frozen=True, slots=True)
class Guest:
    """A member at the door. `sign_in` and `password` are what must still hold while the socket is open; `held` are the
    sockets that she has in any process and any meeting.
    """

    id: UUID
    name: str
    role: str
    sign_in: str
    password: str
    head: int
    held: frozenset[UUID]

    @property
    def leads(self) -> bool:
        """Whether private matters of others are told to this one."""
        return self.role in LEADING_ROLES

    def me(self, connection: UUID) -> dict[str, object]:
        """How the wire tells a client who it is."""
        return {
            "id": str(self.id),
            "connection": str(connection),
            "role": self.role,
            "may": may_post(self.role),
        }


def person_of(cookies: Mapping[str, str]) -> tuple[User, str] | None:
    """The person whose sign-in the cookies carry, and the sign-in's key; a phone that is locked carries nobody."""
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    person = get_user(request)
    return (person, key) if person.is_authenticated and not request.session.get(LOCKED) else None


def admitted(cookies: Mapping[str, str], session_id: UUID) -> Guest | None:
    """The member at the door, or nobody: not signed in, not a member, not agreed, no such meeting are one answer."""
    found = person_of(cookies)
    if found is None:
        return None
    person, key = found
    member, head = members_among([session_id], [person.pk]).get((session_id, person.pk)), head_of(session_id)
    if member is None or head is None or not has_agreed(session_id, person.pk):
        return None
    held = sockets_of(person.pk, timezone.now() - HELD)
    return Guest(person.pk, member.name, member.role, key, person.password, head, held)
