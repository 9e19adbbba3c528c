"""The head of a meeting's log: the lock that orders it and the number it has reached. Only the room writes lines."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F

from supervision.sessions.models import SupervisionSession


def lock_sessions(*, sessions: Collection[UUID]) -> dict[UUID, SupervisionSession]:
    """Locks the rows in order of their ids until the end of the transaction."""
    rows = SupervisionSession.objects.select_for_update().filter(pk__in=set(sessions)).order_by("pk")
    return {row.pk: row for row in rows}


def move_heads(*, sessions: Collection[UUID], by_count: int) -> None:
    """Adds as many numbers to the heads of these locked rows as lines were added."""
    SupervisionSession.objects.filter(pk__in=sessions).update(log_head=F("log_head") + by_count)
