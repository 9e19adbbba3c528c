"""What opinions offer: the question on supervision's front page, the way to the answers, and the item from a phone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from lms.outbox import registry as outbox
from lms.people.models import User
from lms.people.rules import Invalid
from lms.phone import registry as phone
from lms.programmes.access import has_role
from supervision.guard import registry as guard
from supervision.guard.rules import REASONS
from supervision.sessions import registry as sessions
from supervision.sessions.queries import session_by_id

from . import actions, queries, rules

SHOWN = 3


def asked(person: User, *, at: datetime) -> dict[str, Any] | None:
    """Meetings that wait for an answer; for a supervisor the way to what people say."""
    waiting = list(queries.to_rate(person, at)[:SHOWN])
    led = has_role(person, "supervisor")
    return {"to_rate": waiting, "led": led} if waiting or led else None


def clean_rated(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """`{safe, heard, usable, time: 1..4, comment?, confirmed_comment?}`, a number or, as a form has it, its sign; the
    last is why found words stay; raises Invalid.
    """
    answers, comment = {name: _number(data.get(name)) for name in rules.QUESTIONS}, data.get("comment", "")
    confirmed = data.get("confirmed_comment") or ""
    if any(data.get(name) is None for name in rules.QUESTIONS):
        raise rules.AnswerMissing
    if None in answers.values() or not isinstance(comment, str) or confirmed not in ("", *REASONS):
        raise Invalid
    try:
        return {"session": UUID(subject), "answers": answers, "comment": comment, "confirmed": confirmed}
    except ValueError as error:
        raise Invalid from error


def _number(value: Any) -> int | None:
    if isinstance(value, str) and len(value) == 1 and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def pages_to_keep(person: User, *, at: datetime) -> list[str]:
    """The pages on which her last meetings can be rated, for when there is no network."""
    return [reverse("supervision:session-rate", args=[session.pk]) for session in queries.to_rate(person, at)[:SHOWN]]


def act_rated(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """Said on a phone, perhaps days ago."""
    session = session_by_id(data["session"])
    if session is None:
        raise rules.NotThere
    told = {name: data[name] for name in ("answers", "comment", "confirmed")} | {"happened_at": happened_at}
    actions.rate_session(session=session, **told, by=person, at=at)
    return {"session": str(session.pk)}


def register() -> None:
    sessions.register(sessions.Part("opinions", 20, "supervision/opinions/_asked.html", asked))
    guard.follow("opinions", actions.take_words)
    outbox.register(outbox.ItemKind("session.rated", clean_rated, act_rated))
    phone.register(phone.Part("opinions", keep=pages_to_keep))
