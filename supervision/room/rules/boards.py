"""Hands, the floor, and the clock of the agenda."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal
from supervision.room.rules.values import Unreadable, key_of, number_of
from supervision.sessions.rules import BOXES_AT_MOST, clean_boxes

ENOUGH_SECONDS = 4 * 3600  # no box is longer, however often it is stretched
STRETCH_AT_MOST = 60


class NoHand(Refusal):
    """Somebody who has no hand up was to be called: they lowered it in the same moment."""

    code = "conflict"
    sentence = _("This hand is down already.")


def clean_raise(data: dict[str, Any]) -> dict[str, Any]:
    """{}"""
    return {}


def clean_lower(data: dict[str, Any]) -> dict[str, Any]:
    """{} for one's own, {person} for somebody else's, {person, called: true} to give them the floor."""
    if data.get("person") is None:
        if data.get("called"):
            raise Unreadable
        return {}
    clean: dict[str, Any] = {"person": str(key_of(data["person"]))}
    if data.get("called") not in (None, False, True):
        raise Unreadable
    return clean | {"called": True} if data.get("called") else clean


def clean_agenda(data: dict[str, Any]) -> dict[str, Any]:
    """{box}, {extend} or {items}, one of them. Boxes are numbered from 0."""
    given = [name for name in ("box", "extend", "items") if data.get(name) is not None]
    if len(given) != 1:
        raise Unreadable
    if given == ["items"]:
        return {"items": clean_boxes(data["items"])}
    least, most = (0, BOXES_AT_MOST - 1) if given == ["box"] else (1, STRETCH_AT_MOST)
    number = number_of(data[given[0]], least)
    if number > most:
        raise Unreadable
    return {given[0]: number}


def ends_at(started_at: datetime | None, seconds: int) -> datetime | None:
    """When the box's time is over."""
    return started_at + timedelta(seconds=seconds) if started_at else None


def stretched(started_at: datetime, seconds: int, minutes: int, at: datetime) -> int:
    """The box's seconds with so many minutes more; time that is over already is not counted against them."""
    used = int((at - started_at).total_seconds())
    return min(max(seconds, used) + 60 * minutes, ENOUGH_SECONDS + max(used, 0))


def left_in(started_at: datetime | None, seconds: int, at: datetime) -> int:
    """Whole seconds that are left of the box, 0 when they are over."""
    end = ends_at(started_at, seconds)
    return max(0, int((end - at).total_seconds())) if end else 0
