"""What meetings offer to the core: the kinds of entry they make, and what is due by time."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.ledger import registry
from lms.ledger.registry import EntryKind
from lms.programmes.registry import register_tick
from supervision.sessions.actions import settle_closed


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    given, attended = {"session": str, "seconds": int, "people": int}, {"session": str, "seconds": int, "share": int}
    registry.register(EntryKind("session.attended", attended, say_attended, link_of, in_group=True))
    registry.register(EntryKind("case.presented", {"session": str, "case": str}, say_presented, link_of, in_group=True))
    registry.register(EntryKind("session.read", {"session": str, "seconds": int}, say_read, link_of, in_group=True))
    registry.register(EntryKind("supervision.given", given, say_given, link_of, in_group=True))
    register_tick("entries of closed meetings", tick_entries)


def tick_entries(*, at: datetime) -> int:
    """Finishes what a crash left between a meeting's end and its entries."""
    return settle_closed(at=at)


def say_attended(facts: dict[str, Any]) -> str:
    """The minutes only: a meeting's title is free text, so it is not in the ledger; the link leads to it."""
    minutes = facts["seconds"] // 60
    sentence = ngettext(
        "Was in a group meeting for %(minutes)s minute.",
        "Was in a group meeting for %(minutes)s minutes.",
        minutes,
    )
    return sentence % {"minutes": minutes}


def say_read(facts: dict[str, Any]) -> str:
    """Reading up is told apart from being there: no rule counts it as minutes."""
    minutes = max(1, facts["seconds"] // 60)
    sentence = ngettext(
        "Read what was missed in a group meeting, in %(minutes)s minute.",
        "Read what was missed in a group meeting, in %(minutes)s minutes.",
        minutes,
    )
    return sentence % {"minutes": minutes}


def say_presented(facts: dict[str, Any]) -> str:
    """Whose case is never said."""
    return _("Showed a case to the group.")


def say_given(facts: dict[str, Any]) -> str:
    """For who led."""
    words = {"people": facts["people"], "minutes": facts["seconds"] // 60}
    return _("Led a group meeting (%(people)s people, %(minutes)s minutes).") % words


def link_of(entry: Any) -> str | None:
    """The meeting's page."""
    return reverse("supervision:session", args=[entry.facts["session"]])
