"""What a post does to the meeting besides standing in its log: one function per kind, run in a savepoint."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lms.people.models import User
from supervision.calls import actions as calls
from supervision.guard import actions as guard
from supervision.room.actions import boards, polls
from supervision.room.actions.watching import mark_line
from supervision.room.models import RoomEvent
from supervision.room.rules import REDACTABLE, NotForYou, NothingToRedact, may_be_shown
from supervision.sessions import access, actions
from supervision.sessions.models import SupervisionSession


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in the log where it is not what was sent. `sent` is what the key stands for; `secret`: by nobody."""

    data: dict[str, Any]
    sent: dict[str, Any]
    secret: bool = False


Change = Callable[[SupervisionSession, UUID, dict[str, Any], User, datetime], Told | None]
MOVES = {
    "lobby": actions.open_lobby,
    "live": actions.go_live,
    "wrap_up": actions.wrap_up,
    "closed": actions.close,
    "no_quorum": actions.too_few,
}


def change_phase(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """A new state of the meeting, or the next step of the discussion."""
    if "step" in data:
        actions.set_step(session=session, step=data["step"], by=by, at=at)
    else:
        MOVES[data["state"]](session=session, by=by, at=at)
    if data.get("state") == "live":
        boards.begin_agenda(session=session, by=by, at=at)
    if data.get("state") == "wrap_up":
        boards.begin_last_box(session=session, by=by, at=at)
    if data.get("state") in {"closed", "no_quorum"}:
        polls.close_open_polls(session=session, at=at)


def raise_hand(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """Somebody wants to speak."""
    boards.raise_hand(session=session, by=by, at=at)


def lower_hand(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """A hand goes down, or its owner gets the floor."""
    person = UUID(data["person"]) if "person" in data else by.pk
    act = boards.call if data.get("called") else boards.lower_hand
    act(session=session, person=person, by=by, at=at)


def change_agenda(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """On to a box, more time for it, or another agenda."""
    if "box" in data:
        boards.begin_box(session=session, box=data["box"], by=by, at=at)
    elif "extend" in data:
        boards.stretch_box(session=session, minutes=data["extend"], by=by, at=at)
    else:
        boards.change_agenda(session=session, boxes=data["items"], by=by, at=at)


def open_poll(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """The group is asked; the poll is known by the key of this post."""
    told = {name: data[name] for name in ("question", "choices", "anonymous")}
    polls.open_poll(key=key, session=session, **told, by=by, at=at)


def vote(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> Told:
    """Somebody chose. The log says that, never what; of a secret vote neither who nor, by its receipt, what."""
    poll = polls.vote(session=session, poll_id=UUID(data["poll"]), choice=data["choice"], by=by, at=at)
    told = without_choice(data)
    return Told(told, told, secret=True) if poll.anonymous else Told(told, data)


def without_choice(data: dict[str, Any]) -> dict[str, Any]:
    """What the log keeps of a vote."""
    return {"poll": data["poll"]}


def close_poll(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> Told:
    """The end of a poll carries its result, unless so few voted in secret that it would tell who."""
    poll = polls.close_poll(session=session, poll_id=UUID(data["poll"]), by=by, at=at)
    shown = poll.counts if may_be_shown(poll.counts, anonymous=poll.anonymous) else None
    return Told({**data, "votes": sum(poll.counts), "counts": shown}, data)


def open_case(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """The group looks at a case."""
    actions.open_case(session=session, case_id=UUID(data["case"]), by=by, at=at)


def close_case(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """The case is put away."""
    actions.close_case(session=session, case_id=UUID(data["case"]), by=by, at=at)


def propose(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """An idea is written down; it is known by the key of this post."""
    actions.propose(
        key=key,
        session=session,
        case_id=UUID(data["case"]),
        type=data["type"],
        text=data["text"],
        competency=data.get("competency", ""),
        lesson=UUID(data["lesson"]) if "lesson" in data else None,
        by=by,
        at=at,
    )


def agree(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """Somebody takes it on, by a day."""
    actions.agree(
        key=UUID(data["recommendation"]),
        session=session,
        owner_key=UUID(data["owner"]),
        due=date.fromisoformat(data["due"]),
        by=by,
        at=at,
    )


def redact(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """Takes words away for good: the writer's own, or anybody's for who leads. Who and when stay, and an incident, so
    that the writer is told and phones forget the pages that they kept.

    `session.log_head` is not moved yet, so the redacting event gets the number after it.
    """
    row = RoomEvent.objects.select_for_update().filter(session=session, seq=data["seq"]).first()
    if row is None or row.kind not in REDACTABLE:
        raise NothingToRedact
    leads = access.may_facilitate(by, session)
    if row.by_id != by.pk and not leads:
        raise NotForYou
    if row.kind == "recommendation.propose":
        actions.blank_advice(key=row.key, session=session, leads=leads)
    if row.kind == "poll.open":
        polls.blank_poll(key=row.key)
    if row.redacted_by is None and row.by_id:
        mark_line(session, row, by=by, at=at)
    row.sealed, row.redacted_by = b"", row.redacted_by or session.log_head + 1
    row.save(update_fields=["sealed", "redacted_by"])
    guard.words_went(subject=row.key, by=by, at=at)


def change_call(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """Where the group talks, or the question whether it may be recorded there."""
    if "link" in data:
        calls.set_link(session=session, url=data["link"], by=by, at=at)
    elif data["recording"] == "ask":
        calls.ask_to_record(session=session, purpose=data["purpose"], by=by, at=at)
    else:
        calls.stop_recording(session=session, by=by, at=at)


CHANGES: dict[str, Change] = {
    "phase": change_phase,
    "hand.raise": raise_hand,
    "hand.lower": lower_hand,
    "agenda": change_agenda,
    "poll.open": open_poll,
    "poll.vote": vote,
    "poll.close": close_poll,
    "case.open": open_case,
    "case.close": close_case,
    "recommendation.propose": propose,
    "recommendation.agree": agree,
    "redact": redact,
    "call": change_call,
}
