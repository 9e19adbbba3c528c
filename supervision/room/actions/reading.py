"""Reading up on what one missed: kept apart from the minutes that one was there."""

from datetime import datetime
from uuid import uuid5

from django.db import transaction

from lms.ledger.actions import record
from lms.people.models import User
from lms.people.queries import provider_of
from supervision.room.models import CatchUp
from supervision.room.rules import seconds_read
from supervision.sessions import access
from supervision.sessions.models import SupervisionSession
from supervision.sessions.rules import NotAMember


@transaction.atomic
def catch_up(
    *, session: SupervisionSession, from_seq: int, to_seq: int, opened_at: datetime, by: User, at: datetime
) -> CatchUp:
    """Keeps that somebody read this part and answered its question; once for each part.

    A provider's reading is a fact of its own kind in the ledger: no rule counts it as minutes of supervision.
    """
    if access.role_in(by, session) is None:
        raise NotAMember
    seconds = seconds_read(opened_at, at)
    row, fresh = CatchUp.objects.get_or_create(
        session=session, person=by, from_seq=from_seq, to_seq=to_seq, defaults={"seconds": seconds, "at": at}
    )
    provider = provider_of(by)
    if fresh and provider:
        record(
            key=uuid5(row.pk, f"session.read:{provider.pk}"),
            provider=provider,
            programme=session.programme,
            kind="session.read",
            facts={"session": str(session.pk), "seconds": row.seconds},
            happened_at=at,
            by=by,
            at=at,
        )
    return row
