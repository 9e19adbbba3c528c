"""Decisions about what a phone sends, on plain values."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal

MAX_ITEMS = 100
MAX_BYTES = 1_000_000
MAX_DEPTH = 12
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


class Conflict(Refusal):
    """A key was used again for something else, or by somebody else."""

    code = "conflict"
    sentence = _("This was sent before with other content. Nothing was changed.")


class NotSupported(Invalid):
    """A kind of item that this server does not know."""

    sentence = _("This server does not know what was sent. Update the page and send it again.")


class TooLarge(Refusal):
    """More than fits in one sending."""

    code = "too_large"
    status = 413
    sentence = _("This is too much to send at once. Nothing was changed; send it in smaller parts.")


@dataclass(frozen=True)
class Answer:
    """What became of one item. `data` is what the item's action gave back, or what goes with its refusal: the same
    when it is asked again."""

    status: str
    code: str = ""
    detail: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def counted(self) -> bool:
        """Whether the change stands, now or from an earlier sending."""
        return self.status in {"applied", "already"}
