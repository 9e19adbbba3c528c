"""Reading and writing single values of the wire: text, numbers, keys, times; what cannot be read is refused."""

import json
import re
from datetime import UTC, datetime
from math import isfinite
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal
from supervision.guard.rules import REASONS
from supervision.sessions.rules import TEXT_LIMIT

CANONICAL_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


class Unreadable(Invalid):
    """A frame or a body that is not of the agreed form."""

    sentence = _("The room could not read this. Load the page again; what you wrote is kept.")


class TooLong(Refusal):
    """More text than one message holds."""

    code = "too_large"
    status = 413
    sentence = _("This is longer than 4,000 letters. Please send it in two parts.")


def stamp(at: datetime) -> str:
    """A time on the wire: UTC with microseconds and Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def encoded(value: Any) -> str:
    """JSON text for the wire; letters of all scripts as they are. Raises ValueError for what JSON does not know."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parsed(text: str) -> dict[str, Any]:
    """A frame as a dict; raises Unreadable for whatever is not one, however it was built to hurt."""
    try:
        frame = json.loads(text, parse_constant=refuse_constant, parse_float=finite)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(frame, dict):
        raise Unreadable
    return frame


def refuse_constant(name: str) -> None:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def finite(digits: str) -> float:
    """A fraction; one that is too large would become Infinity and could not be passed on."""
    number = float(digits)
    if not isfinite(number):
        raise ValueError(digits)
    return number


def key_of(value: Any) -> UUID:
    """A key in the form that everybody writes it; raises Unreadable."""
    if not isinstance(value, str) or not CANONICAL_UUID.fullmatch(value):
        raise Unreadable
    return UUID(value)


def key_or_none(value: Any) -> UUID | None:
    """The key if it can be read."""
    try:
        return key_of(value)
    except Unreadable:
        return None


def number_of(value: Any, least: int = 0) -> int:
    """A number in a log; raises Unreadable for true, 1.0, "1" and what no column holds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**31:
        raise Unreadable
    return value


def words_of(value: Any) -> str:
    """A text of 1..4,000 letters that every client and database can hold; raises Unreadable, TooLong."""
    if not isinstance(value, str):
        raise Unreadable
    if len(value) > TEXT_LIMIT:
        raise TooLong
    if not value.strip() or "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Unreadable
    return value


def clean_reason(data: dict[str, Any]) -> dict[str, str]:
    """{confirmed?}; a reason that is not on the list is none."""
    reason = data.get("confirmed")
    return {"confirmed": reason} if isinstance(reason, str) and reason in REASONS else {}
