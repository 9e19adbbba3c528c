"""What a correction of somebody's time says about the case she brought; plain values."""

from collections.abc import Iterable
from datetime import datetime

from supervision.sessions.rules import was_there


def showed(
    stays: Iterable[tuple[datetime, datetime]],
    begins: datetime,
    ends: datetime | None,
    corrected: int | None = None,
    counted: int = 0,
) -> bool:
    """Whether a presenter was there for some of her case. Her time `corrected` to nothing: she was not; to more than
    was `counted`: she was, for somebody saw her where no stay says so.
    """
    if corrected is not None and (corrected == 0 or corrected > counted):
        return corrected > 0
    return was_there(stays, begins, ends)
