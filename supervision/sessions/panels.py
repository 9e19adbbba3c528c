"""What supervision offers to a person's front page: the next meeting, advice to do, cases that wait; and to her phone:
saying what became of an advice.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse

from lms.home import registry
from lms.outbox import registry as outbox
from lms.people.models import User
from lms.people.queries import provider_of
from lms.people.rules import Invalid
from lms.phone import registry as phone
from lms.programmes.access import has_role
from lms.programmes.queries import held_enrolments
from supervision.cases.queries import queue_of
from supervision.groups import registry as groups
from supervision.guard import registry as guard
from supervision.guard.models import IdentifierIncident
from supervision.guard.queries import words_on_page
from supervision.guard.rules import REASONS

from . import actions, queries, rules
from .queries.guarding import advice_by_id, incidents_led_by
from .queries.planning import count_planned

SHOWN = 3
KEPT = 20


def next_meeting(person: User, *, at: datetime) -> dict[str, Any] | None:
    learns, supervises = bool(held_enrolments(person)), has_role(person, "supervisor")
    if not (learns or supervises):
        return None
    meetings = list(queries.coming_sessions(person, at)[: SHOWN if supervises else 1])
    return {"meetings": meetings, "supervises": supervises}


def advice_for_me(person: User, *, at: datetime) -> dict[str, Any] | None:
    enrolments = held_enrolments(person)
    if not enrolments:
        return None
    advice = list(queries.agreed_advice_for(enrolments[0].provider)[:SHOWN])
    return {"advice": advice, "today": at.date(), "new_key": uuid4, "guard": words_on_page()} if advice else None


def cases_waiting(person: User, *, at: datetime) -> dict[str, Any] | None:
    if not has_role(person, "supervisor"):
        return None
    waiting = list(queue_of(person).values_list("risk_asked", flat=True))
    return {"waiting": len(waiting), "risky": waiting.count("thoughts")}


def clean_reported(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """`{became: "done" | "not_done", why, confirmed_why?}`: the last is why found words stay; raises Invalid."""
    why, confirmed = data.get("why", ""), data.get("confirmed_why") or ""
    if data.get("became") not in rules.REPORTS or not isinstance(why, str) or confirmed not in {"", *REASONS}:
        raise Invalid
    try:
        return {"advice": UUID(subject), "became": data["became"], "why": why, "confirmed": confirmed}
    except ValueError as error:
        raise Invalid from error


def act_reported(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """What became of an advice, said on the phone of who took it on."""
    advice = queries.own_advice_by_key(person, data["advice"])
    if advice is None:
        raise rules.NotYourAdvice
    if data["became"] == "done":
        actions.finish(key=advice.key, by=person, at=at)
    else:
        actions.leave_undone(key=advice.key, why=data["why"], confirmed=data["confirmed"], by=person, at=at)
    return {"advice": str(advice.pk), "became": data["became"]}


def reports_to_keep(person: User, *, at: datetime) -> list[str]:
    """The page on which each advice is reported, for the one thing that the lists have no room for: a long reason."""
    provider = provider_of(person)
    advice = queries.agreed_advice_for(provider)[:KEPT] if provider else []
    return [reverse("supervision:advice-report", args=[one.pk]) for one in advice]


def take_report(incident: IdentifierIncident, *, by: User, at: datetime) -> None:
    """The reason of an advice that was not possible; its row is gone only with its meeting."""
    advice = advice_by_id(incident.subject)
    if advice:
        actions.take_reason(advice=advice)


def link_to_report(incident: IdentifierIncident) -> str:
    return reverse("supervision:session", args=[incident.session])


def register() -> None:
    registry.register(registry.Panel("meetings", 20, "side", "supervision/home/_meetings.html", next_meeting))
    registry.register(registry.Panel("advice", 25, "side", "supervision/home/_advice.html", advice_for_me))
    registry.register(registry.Panel("cases", 15, "main", "supervision/home/_cases.html", cases_waiting))
    guard.register("report", redact=take_report, link=link_to_report)
    guard.follow("meetings", actions.take_words)
    guard.lead(incidents_led_by)
    groups.register("meetings", groups.Part(count_planned, actions.end_planned, actions.hand_over))
    outbox.register(outbox.ItemKind("advice.reported", clean_reported, act_reported))
    phone.register(phone.Part("advice", keep=reports_to_keep))
