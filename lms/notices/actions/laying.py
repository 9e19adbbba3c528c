"""Laying out what people shall be told, and calling it off."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.notices.models import Notice
from lms.notices.queries import WAITS
from lms.people.models import User


@transaction.atomic
def notify(
    *,
    key: UUID,
    person: User,
    kind: str,
    subject: str,
    text: str,
    at: datetime,
    link: str = "",
    due_at: datetime | None = None,
    until: datetime | None = None,
) -> Notice:
    """Lays a notice out to be sent at `due_at` (now, if not said); the same key is the same notice. After `until` it
    is of no use and not sent any more.

    `subject` and `text` are in the person's own language; `link` is a path of ours. No name or word of a case.
    """
    fields = {
        "person": person,
        "kind": kind,
        "subject": subject,
        "text": text,
        "link": link,
        "made_at": at,
        "due_at": due_at or at,
        "until": until,
    }
    notice, _ = Notice.objects.get_or_create(key=key, defaults=fields)
    return notice


def call_off(*, key: UUID, at: datetime) -> None:
    """What was not sent yet is not sent any more."""
    call_off_all(keys=[key], at=at)


@transaction.atomic
def call_off_all(*, keys: Iterable[UUID], at: datetime) -> int:
    """The same for many; how many were still waiting. What is being handed out just now goes out."""
    waiting = Notice.objects.filter(WAITS, key__in=list(keys), claimed_at=None)
    return waiting.update(dropped_at=at, why="called_off")
