"""Decisions about the room on plain values: what may be said, who may say it, how it looks on the wire."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal
from supervision.calls.rules import LINK_LIMIT, PURPOSE_LIMIT, PurposeMissing
from supervision.room.rules.boards import clean_agenda, clean_lower, clean_raise
from supervision.room.rules.polls import clean_close, clean_open, clean_vote, words_asked
from supervision.room.rules.values import Unreadable, clean_reason, encoded, key_of, number_of, stamp, words_of
from supervision.sessions.rules import OPEN_STATES, STEPS, TYPES

WINDOW = 50
FRAME_BYTES = 64 * 1024
PAGE = 200
PER_MINUTE = 100
SIGNAL_BYTES = 16 * 1024
QUEUED_BYTES = 1024 * 1024  # posts of one socket that wait for the writer
SOCKETS = 5  # of one person, over all processes
PHASES = ("lobby", "live", "wrap_up", "closed", "no_quorum")
MAY = {
    "facilitator": (
        "message",
        "hand.raise",
        "hand.lower",
        "phase",
        "agenda",
        "poll.open",
        "poll.vote",
        "poll.close",
        "case.open",
        "case.close",
        "recommendation.propose",
        "recommendation.agree",
        "redact",
        "call",
    ),
    "provider": ("message", "hand.raise", "hand.lower", "poll.vote", "recommendation.propose", "redact"),
}
MAY["supervisor"] = MAY["host"] = MAY["facilitator"]
REDACTABLE = frozenset({"message", "recommendation.propose", "poll.open"})
WORDED = REDACTABLE | {"agenda", "call"}  # may have words of a case: they go with it


class UnknownKind(Invalid):
    """A kind of event that this release does not know, or that only the server writes."""

    sentence = _("This server does not know how to do this yet.")


class NotForYou(Refusal):
    """The person's role may not post this kind."""

    code = "not_allowed"
    status = 403
    sentence = _("Only a supervisor who leads this meeting can do that.")


class TooFast(Refusal):
    """More than 100 posts in a minute from one person."""

    code = "too_fast"
    status = 429
    sentence = _("That was very fast. Wait a moment, then send it again.")


class OtherBody(Refusal):
    """The key was used before for something else."""

    code = "conflict"
    sentence = _("This was sent before with other words. Nothing was changed.")


class BeyondTheEnd(Invalid):
    """A cursor that this log has not reached: the client's copy is of another log."""

    sentence = _("Your copy of this meeting does not fit. It is loaded again from the start.")


class NothingToRedact(Invalid):
    """Only words that somebody wrote can be taken away."""

    sentence = _("There is nothing here that can be taken away.")


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody wants to add to a log. `data` is as it came; the action judges it."""

    session: UUID
    person: UUID
    key: UUID
    kind: str
    data: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a post: its number in the log, or a refusal's code and sentence."""

    key: UUID | None
    seq: int | None = None
    code: str = ""
    detail: str = ""

    def wire(self) -> dict[str, Any]:
        """The answer as a frame, the same on the socket and over HTTP."""
        key = str(self.key) if self.key else None
        if self.seq is not None:
            return {"type": "ack", "key": key, "seq": self.seq}
        return {"type": "refused", "key": key, "code": self.code, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log with its data open. `data` is None once it was redacted."""

    session: UUID
    seq: int
    key: UUID
    kind: str
    by: UUID | None
    name: str
    at: datetime
    data: dict[str, Any] | None

    def wire(self) -> dict[str, Any]:
        """The event as clients get it."""
        return {
            "seq": self.seq,
            "key": str(self.key),
            "kind": self.kind,
            "by": {"id": str(self.by), "name": self.name} if self.by else None,
            "at": stamp(self.at),
            "data": {"redacted": True} if self.data is None else self.data,
        }


def redacted_text(event: str) -> str:
    """An encoded event without its data."""
    return encoded({**json.loads(event), "data": {"redacted": True}})


def refusal_answer(key: UUID | None, refusal: Refusal) -> Answer:
    """A refusal as the answer to a post."""
    return Answer(key, None, refusal.code, str(refusal))


def clean_message(data: dict[str, Any]) -> dict[str, Any]:
    """{text, reply_to?, confirmed?}: an answer names the number of what it answers; `confirmed` is why words stay that
    could show who somebody is."""
    clean: dict[str, Any] = {"text": words_of(data.get("text")), **clean_reason(data)}
    if data.get("reply_to") is not None:
        clean["reply_to"] = number_of(data["reply_to"], 1)
    return clean


def guarded_text(kind: str, data: dict[str, Any]) -> str:
    """The words of a post in which somebody could be named; of other kinds, and where they were taken away, nothing."""
    if kind == "poll.open" and data:
        return words_asked(data["question"], data["choices"])
    return data.get("text", "") if kind in REDACTABLE else ""


def taken_text(kind: str, data: dict[str, Any]) -> str:
    """The words of a line that go when words are taken from a case: also how boxes are called, what a recording is
    for."""
    if kind == "agenda":
        return "\n".join(box["title"] for box in data.get("items", []))
    return data.get("purpose", "") if kind == "call" else guarded_text(kind, data)


def clean_phase(data: dict[str, Any]) -> dict[str, Any]:
    """{state} or {step}, one of them."""
    if ("state" in data) == ("step" in data):
        raise Unreadable
    for name, known in (("state", PHASES), ("step", STEPS)):
        value = data.get(name)
        if isinstance(value, str) and value in known:
            return {name: value}
    raise Unreadable


def clean_case(data: dict[str, Any]) -> dict[str, Any]:
    """{case}"""
    return {"case": str(key_of(data.get("case")))}


def clean_propose(data: dict[str, Any]) -> dict[str, Any]:
    """{case, type, text, competency?, lesson?}"""
    kind, competency = data.get("type"), data.get("competency") or ""
    if not isinstance(kind, str) or kind not in TYPES:
        raise Unreadable
    if not isinstance(competency, str) or len(competency) > 40 or not competency.isprintable():
        raise Unreadable
    clean = clean_case(data) | {"type": kind, "text": words_of(data.get("text"))} | clean_reason(data)
    if competency:
        clean["competency"] = competency
    if data.get("lesson"):
        clean["lesson"] = str(key_of(data["lesson"]))
    return clean


def clean_agree(data: dict[str, Any]) -> dict[str, Any]:
    """{recommendation, owner, due}: the key of its propose, a person's id, a date."""
    try:
        due = date.fromisoformat(data.get("due") or "")
    except (TypeError, ValueError) as error:
        raise Unreadable from error
    return {
        "recommendation": str(key_of(data.get("recommendation"))),
        "owner": str(key_of(data.get("owner"))),
        "due": due.isoformat(),
    }


def clean_redact(data: dict[str, Any]) -> dict[str, Any]:
    """{seq}"""
    return {"seq": number_of(data.get("seq"), 1)}


def clean_call(data: dict[str, Any]) -> dict[str, Any]:
    """{link} ("" takes it away) or {recording: ask|stop, purpose?}, one of them."""
    link, recording, purpose = data.get("link"), data.get("recording"), data.get("purpose", "")
    if (link is None) == (recording is None) or not isinstance(purpose, str) or len(purpose) > PURPOSE_LIMIT:
        raise Unreadable
    if link is not None:
        if not isinstance(link, str) or len(link) > LINK_LIMIT:
            raise Unreadable
        return {"link": words_of(link) if link.strip() else ""}
    if recording not in ("ask", "stop"):
        raise Unreadable
    if recording == "ask" and not purpose.strip():
        raise PurposeMissing
    return {"recording": "ask", "purpose": words_of(purpose)} if recording == "ask" else {"recording": "stop"}


CLEAN: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "message": clean_message,
    "hand.raise": clean_raise,
    "hand.lower": clean_lower,
    "agenda": clean_agenda,
    "poll.open": clean_open,
    "poll.vote": clean_vote,
    "poll.close": clean_close,
    "phase": clean_phase,
    "case.open": clean_case,
    "case.close": clean_case,
    "recommendation.propose": clean_propose,
    "recommendation.agree": clean_agree,
    "redact": clean_redact,
    "call": clean_call,
}


def clean_data(kind: Any, data: Any) -> dict[str, Any]:
    """The data of a post as stored; other fields are dropped. Raises UnknownKind, Unreadable, TooLong."""
    if not isinstance(kind, str) or kind not in CLEAN:
        raise UnknownKind
    if not isinstance(data, dict):
        raise Unreadable
    return CLEAN[kind](data)


def takes(state: str, kind: str) -> bool:
    """Whether a meeting in this state takes a kind: words while open, doors and agenda before, redaction after."""
    if kind == "redact":
        return True
    return state in OPEN_STATES or (state == "scheduled" and kind in ("phase", "agenda", "call"))


@dataclass
class Pace:
    """How fast people post: at most 100 a minute each in a meeting. Kept in this process and lost with it, which harms
    nobody. What other processes stored is noted when it is read here, by its key, so that nothing counts twice.
    """

    limit: int = PER_MINUTE
    seconds: float = 60.0
    heard: dict[tuple[UUID, UUID], dict[UUID, float]] = field(default_factory=dict)
    lock: Any = field(default_factory=Lock)

    def check(self, session: UUID, person: UUID, key: UUID, at: datetime) -> None:
        """Counts one post; raises TooFast."""
        now = at.timestamp()
        with self.lock:
            times = self.recent(session, person, now)
            if len(times) >= self.limit:
                raise TooFast
            times[key] = now

    def note(self, session: UUID, person: UUID, key: UUID, at: datetime, now: datetime) -> None:
        """Counts what stands in the log already, whoever stored it; what is older than a minute is no haste."""
        if at.timestamp() > now.timestamp() - self.seconds:
            with self.lock:
                self.recent(session, person, now.timestamp()).setdefault(key, at.timestamp())

    def recent(self, session: UUID, person: UUID, now: float) -> dict[UUID, float]:
        """Somebody's posts of the last minute; drops older ones, and now and then who has been silent for that long."""
        if len(self.heard) > 20_000:
            self.forget(now)
        times = self.heard.setdefault((session, person), {})
        while times and times[first := next(iter(times))] <= now - self.seconds:
            del times[first]
        return times

    def forget(self, now: float) -> None:
        """Drops who has been silent for a minute."""
        for who in [who for who, times in self.heard.items() if max(times.values(), default=0) <= now - self.seconds]:
            del self.heard[who]
