"""Input of `/sync/` to clean values."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from lms.outbox.rules import EARLIEST, MAX_BYTES, MAX_DEPTH, MAX_ITEMS, TooLarge
from lms.people.rules import Invalid


def is_plain(value: Any, depth: int = MAX_DEPTH) -> bool:
    """Whether a JSON value has a canonical form: no numbers with a point, no half letters, not nested without end."""
    if depth == 0 or isinstance(value, float):
        return False
    if isinstance(value, dict):
        return all(is_plain(name, depth - 1) and is_plain(held, depth - 1) for name, held in value.items())
    if isinstance(value, list):
        return all(is_plain(held, depth - 1) for held in value)
    return not isinstance(value, str) or value.isprintable() or is_text(value)


def is_text(value: str) -> bool:
    """Whether these letters can be written down: half a surrogate pair or a zero byte cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value


def clean_batch(raw: bytes) -> dict[str, Any]:
    """The whole sending: `{"device", "person", "items": [...]}`; raises Invalid or TooLarge and decides nothing."""
    if len(raw) > MAX_BYTES:
        raise TooLarge
    try:
        batch = json.loads(raw)
        person = str(UUID(str(batch["person"])))
        device = str(UUID(str(batch["device"])))
        items = batch["items"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Invalid from error
    if not isinstance(items, list):
        raise Invalid
    if len(items) > MAX_ITEMS:
        raise TooLarge
    return {"person": person, "device": device, "items": items}


def clean_item(item: Any, at: datetime) -> dict[str, Any]:
    """One item; raises Invalid. A device time that cannot be read, or lies in the future, becomes ours."""
    try:
        key, kind, subject, data = UUID(str(item["key"])), item["kind"], item.get("subject", ""), item.get("data", {})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid from error
    if not isinstance(kind, str) or not isinstance(subject, str) or not isinstance(data, dict):
        raise Invalid
    if not is_plain(data) or not is_text(subject):
        raise Invalid
    return {"key": key, "kind": kind, "subject": subject, "data": data, "at": device_time(item.get("at"), at)}


def device_time(said: Any, at: datetime) -> datetime:
    """The device's time, clamped to what is possible: not later than ours, not before there were such phones."""
    try:
        told = parse_datetime(said) if isinstance(said, str) else None
        if told is None:
            return at
        told = told.replace(tzinfo=UTC) if told.tzinfo is None else told
        return max(EARLIEST, min(told, at))
    except (ValueError, OverflowError):
        return at
