"""What a post does to the meeting besides standing in its log: one function per kind, run in a savepoint."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lms.people.models import User
from supervision.calls import actions as calls
from supervision.room.models import RoomEvent
from supervision.room.rules import REDACTABLE, NotForYou, NothingToRedact
from supervision.sessions import access, actions
from supervision.sessions.models import SupervisionSession

Change = Callable[[SupervisionSession, UUID, dict[str, Any], User, datetime], object]
MOVES = {
    "lobby": actions.open_lobby,
    "live": actions.go_live,
    "wrap_up": actions.wrap_up,
    "closed": actions.close,
}


def change_phase(session: SupervisionSession, key: UUID, data: dict[str, Any], by: User, at: datetime) -> None:
    """A new state of the meeting, or the next step of the discussion."""
    if "step" in data:
        actions.set_step(session=session, step=data["step"], by=by, at=at)
    else:
        MOVES[data["state"]](session=session, by=by, at=at)


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
    """Takes words away for good: the writer's own, or anybody's for who leads. Who and when stay.

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
    row.sealed, row.redacted_by = b"", row.redacted_by or session.log_head + 1
    row.save(update_fields=["sealed", "redacted_by"])


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
    "case.open": open_case,
    "case.close": close_case,
    "recommendation.propose": propose,
    "recommendation.agree": agree,
    "redact": redact,
    "call": change_call,
}
