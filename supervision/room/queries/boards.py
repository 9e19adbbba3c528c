"""Questions about hands, the clock, the roll, and where the meeting is as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from supervision.room.models import Board
from supervision.room.queries.polls import polls_on_the_wire
from supervision.room.queries.private import unseen_by, unseen_by_lead
from supervision.room.rules import ends_at, stamp
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import Member, session_by_id, stays_of
from supervision.sessions.rules import seconds_attended


@dataclass(frozen=True, slots=True)
class Hand:
    """One raised hand. `first`: its owner had not had the floor in this meeting."""

    member: Member
    place: int
    first: bool


@dataclass(frozen=True, slots=True)
class RollLine:
    """One member on the roll: here or not, since when, and whole minutes in the live part."""

    member: Member
    here: bool
    came: datetime | None
    left: datetime | None
    minutes: int


def board_for(session_id: UUID) -> Board:
    """The meeting's board; an empty one that is not stored if nobody has used it."""
    return Board.objects.filter(pk=session_id).first() or Board(session_id=session_id)


def hands_on(board: Board, members: Iterable[Member]) -> list[Hand]:
    """The queue with names; who does not belong to the meeting any more is left out."""
    known = {str(member.id): member for member in members}
    raised = [known[person] for person in board.hands if person in known]
    return [Hand(member, place, str(member.id) not in board.called) for place, member in enumerate(raised, 1)]


def roll_of(session: SupervisionSession, members: Iterable[Member], here: set[UUID], at: datetime) -> list[RollLine]:
    """Everybody with when they came and left."""
    stays = {person.pk: sorted(held) for person, held in stays_of(session).items()}
    ends = session.closed_at or at
    lines = []
    for member in members:
        held = stays.get(member.id, [])
        now = member.id in here
        counted = [*held[:-1], (held[-1][0], max(held[-1][1], at))] if held and now else held
        minutes = seconds_attended(counted, session.live_at, ends) // 60
        left = held[-1][1] if held and not now else None
        lines.append(RollLine(member, now, held[0][0] if held else None, left, minutes))
    return lines


def room_state(session: SupervisionSession, at: datetime) -> dict[str, Any]:
    """Where the meeting is, as the wire says it. `now` lets a phone with a wrong clock count what is left."""
    board = board_for(session.pk)
    ends = ends_at(board.box_started_at, board.box_seconds)
    return {
        "state": session.state,
        "step": session.step or None,
        "case": str(session.current_case_id) if session.current_case_id else None,
        "agenda": session.agenda,
        "head": session.log_head,
        "hands": board.hands,
        "speaker": str(board.speaker_id) if board.speaker_id else None,
        "box": board.box,
        "box_ends_at": stamp(ends) if ends else None,
        "now": stamp(at),
        "polls": polls_on_the_wire(session.pk),
    }


def told_at_ready(session_id: UUID, person: UUID, leads: bool, at: datetime) -> tuple[dict[str, Any], int]:
    """Where the meeting is, and how many private words this member has not seen."""
    session = session_by_id(session_id)
    waits = unseen_by_lead(session_id) if leads else unseen_by(session_id, person)
    return (room_state(session, at) if session else {}), waits
