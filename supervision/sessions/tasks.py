"""What meetings offer to the core: the kinds of entry they make, and what is due by time."""

from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.competency.queries import skills_of
from lms.ledger import registry
from lms.ledger.registry import EntryKind
from lms.people.queries import user_named
from lms.programmes.queries import lessons_of
from lms.programmes.registry import DemoPart, register_demo, register_tick
from supervision.groups.rules import days_of, instant, place_time
from supervision.groups.tasks import demo_cohort, demo_group
from supervision.sessions.actions import (
    advice_is_due,
    give_left_cases_back,
    give_up_unheld,
    plan,
    remind_due,
    settle_closed,
)
from supervision.sessions.rules import OUTCOMES


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    given, attended = {"session": str, "seconds": int, "people": int}, {"session": str, "seconds": int, "share": int}
    more, shown = {"in_group": True, "optional": {"peer": bool, "competency": str}}, {"session": str, "case": str}
    registry.register(EntryKind("session.attended", attended, say_attended, link_of, **more))
    registry.register(EntryKind("case.presented", shown, say_presented, link_of, **more))
    looked = {"session": str, "advice": str, "outcome": str}
    registry.register(EntryKind("advice.followed_up", looked, say_followed_up, link_of, **more))
    registry.register(EntryKind("session.read", {"session": str, "seconds": int}, say_read, link_of, in_group=True))
    registry.register(EntryKind("supervision.given", given, say_given, link_of, in_group=True))
    register_tick("entries of closed meetings", tick_entries)
    register_tick("reminders of meetings", tick_reminders)
    register_tick("meetings that nobody began", tick_unheld)
    register_tick("cases that a meeting did not reach", tick_cases)
    register_tick("advice to look back at", tick_advice, daily=True)
    register_demo(DemoPart("meetings of the group", 55, build_series))


def tick_entries(*, at: datetime) -> int:
    """Finishes what a crash left between a meeting's end and its entries."""
    return settle_closed(at=at)


def tick_unheld(*, at: datetime) -> int:
    """What should have begun long ago is over."""
    return give_up_unheld(at=at)


def tick_cases(*, at: datetime) -> int:
    """Cases whose meeting is over wait for another one."""
    return give_left_cases_back(at=at)


def tick_advice(*, at: datetime) -> int:
    """Cases whose advice has had its time wait for a look back."""
    return advice_is_due(at=at)


def tick_reminders(*, at: datetime) -> int:
    """Who meets soon is told."""
    return remind_due(at=at)


def build_series(*, at: datetime) -> None:
    """The Tuesdays of the demo's group at 2 pm, beginning next week; planned once, whatever became of them."""
    cohort, grace = demo_cohort(), user_named("grace")
    group = demo_group(cohort) if cohort else None
    if group is None or grace is None or group.sessions.exists():
        return
    today = place_time(at, group.time_zone).date()
    first = today + timedelta(days=7 - (today.weekday() - 1) % 7)
    days = days_of(first, "weekly", times=8, until=None)
    lesson, skill = lessons_of(cohort.programme).first(), next(iter(skills_of(cohort.programme)), "")
    plan(
        cohort=cohort,
        group=group,
        title=group.name,
        starts=[instant(day, time(14), group.time_zone) for day in days],
        rhythm="weekly",
        time_zone=group.time_zone,
        minutes=60,
        facilitator=grace,
        focus=skill,
        lesson=lesson.key if lesson else None,
        by=grace,
        at=at,
    )


def say_attended(facts: dict[str, Any]) -> str:
    """The minutes only: a meeting's title is free text, so it is not in the ledger; the link leads to it."""
    minutes = facts["seconds"] // 60
    if facts.get("peer"):
        return say_among_peers(minutes)
    sentence = ngettext(
        "Was in a group meeting for %(minutes)s minute.",
        "Was in a group meeting for %(minutes)s minutes.",
        minutes,
    )
    return sentence % {"minutes": minutes}


def say_among_peers(minutes: int) -> str:
    sentence = ngettext(
        "Was in a meeting of peers for %(minutes)s minute.",
        "Was in a meeting of peers for %(minutes)s minutes.",
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


def say_followed_up(facts: dict[str, Any]) -> str:
    """What became of an advice, in the words of the form."""
    return _("Looked back at an advice with the group: %(outcome)s.") % {"outcome": OUTCOMES[facts["outcome"]]}


def say_given(facts: dict[str, Any]) -> str:
    """For who led, and for who was there as a supervisor."""
    words = {"people": facts["people"], "minutes": facts["seconds"] // 60}
    sentence = ngettext(
        "Supervised %(people)s person in a group meeting, %(minutes)s min.",
        "Supervised %(people)s people in a group meeting, %(minutes)s min.",
        words["people"],
    )
    return sentence % words


def link_of(entry: Any) -> str | None:
    """The meeting's page."""
    return reverse("supervision:session", args=[entry.facts["session"]])
