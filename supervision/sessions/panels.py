"""What supervision offers to a person's front page: the next meeting, advice to do, cases that wait."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from lms.home import registry
from lms.people.models import User
from lms.programmes.access import has_role
from lms.programmes.queries import held_enrolments
from supervision.cases.queries import queue_of

from . import queries

SHOWN = 3


def next_meeting(person: User, *, at: datetime) -> dict[str, Any] | None:
    learns, supervises = bool(held_enrolments(person)), has_role(person, "supervisor")
    if not (learns or supervises):
        return None
    return {"meetings": list(queries.coming_sessions(person)[: SHOWN if supervises else 1]), "supervises": supervises}


def advice_for_me(person: User, *, at: datetime) -> dict[str, Any] | None:
    enrolments = held_enrolments(person)
    if not enrolments:
        return None
    advice = list(queries.agreed_advice_for(enrolments[0].provider)[:SHOWN])
    return {"advice": advice, "today": at.date(), "new_key": uuid4} if advice else None


def cases_waiting(person: User, *, at: datetime) -> dict[str, Any] | None:
    if not has_role(person, "supervisor"):
        return None
    waiting = list(queue_of(person).values_list("risk_asked", flat=True))
    return {"waiting": len(waiting), "risky": waiting.count("thoughts")}


def register() -> None:
    registry.register(registry.Panel("meetings", 20, "side", "supervision/home/_meetings.html", next_meeting))
    registry.register(registry.Panel("advice", 25, "side", "supervision/home/_advice.html", advice_for_me))
    registry.register(registry.Panel("cases", 15, "main", "supervision/home/_cases.html", cases_waiting))
