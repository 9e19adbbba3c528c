"""Questions about receipts."""

from uuid import UUID

from lms.outbox.models import Receipt


def receipt_of(key: UUID) -> Receipt | None:
    """The receipt of a key, if it was ever answered."""
    return Receipt.objects.filter(key=key).first()
