"""Input of `/sync/` to clean values."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from lms.outbox.rules import MAX_BYTES, MAX_ITEMS, TooLarge
from lms.people.rules import Invalid


def has_floats(value: Any) -> bool:
    """Whether a JSON value holds a number with a point, which has no canonical form."""
    if isinstance(value, dict):
        return any(has_floats(held) for held in value.values())
    if isinstance(value, list):
        return any(has_floats(held) for held in value)
    return isinstance(value, float)


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
    if has_floats(data):
        raise Invalid(_("Numbers must be whole. Nothing was changed."))
    return {"key": key, "kind": kind, "subject": subject, "data": data, "at": device_time(item.get("at"), at)}


def device_time(said: Any, at: datetime) -> datetime:
    """The device's time, never later than ours."""
    try:
        told = parse_datetime(said) if isinstance(said, str) else None
    except ValueError:
        told = None
    if told is None:
        return at
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    return min(told, at)
