"""Changes to what people are told."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.notices.models import Notice
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
) -> Notice:
    """Lays a notice out to be sent at `due_at` (now, if not said); the same key is the same notice.

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
    }
    notice, _ = Notice.objects.get_or_create(key=key, defaults=fields)
    return notice


@transaction.atomic
def call_off(*, key: UUID, at: datetime) -> None:
    """What was not sent yet is not sent any more."""
    Notice.objects.filter(key=key, sent_at=None, dropped_at=None).update(dropped_at=at)
