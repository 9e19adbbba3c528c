"""Words between one member and those who lead; the group sees nothing of it."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from lms.people.rules import Invalid
from supervision.room import queries, registry
from supervision.room.actions.watching import look_at_private
from supervision.room.models import PrivateMessage
from supervision.room.rules import NotForYou
from supervision.sessions import access
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import LEADING_ROLES
from supervision.sessions.rules import TEXT_LIMIT, NotAMember


@transaction.atomic
def write_privately(
    *, session: SupervisionSession, text: str, by: User, at: datetime, member: UUID | None = None, confirmed: str = ""
) -> PrivateMessage:
    """A member writes to those who lead, or one of them answers `member`; both sides are told by a frame.

    `confirmed`: why words that could show who somebody is stay; who leads finds them flagged.
    """
    role = access.role_in(by, session)
    if role is None:
        raise NotAMember
    if member and role not in LEADING_ROLES:
        raise NotForYou
    about = member or by.pk
    if about != by.pk and not PrivateMessage.objects.filter(session=session, member=about).exists():
        raise NotForYou
    if not text.strip() or len(text) > TEXT_LIMIT or "\x00" in text:
        raise Invalid
    kept = PrivateMessage.objects.create(session=session, member_id=about, by=by, text=text.strip(), at=at)
    if role not in LEADING_ROLES:
        look_at_private(session, kept, confirmed)
    transaction.on_commit(partial(tell, session.pk, about))
    return kept


def tell(session_id: UUID, member: UUID) -> None:
    """Tells the sockets of those allowed how many words they have not seen."""
    registry.whisper(session_id, member, queries.unseen_by_lead(session_id), queries.unseen_by(session_id, member))


@transaction.atomic
def see_privately(*, session: SupervisionSession, by: User, leads: bool, at: datetime) -> int:
    """What the other side wrote was on her page now."""
    held = PrivateMessage.objects.filter(session=session, seen_at=None)
    held = queries.to_lead(held) if leads else queries.to_member(held, by.pk)
    return held.update(seen_at=at)
