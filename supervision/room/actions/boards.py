"""Hands, the floor and the agenda's clock; whoever calls holds the meeting's row lock."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from supervision.room.models import Board
from supervision.room.rules import NoHand, NotForYou, last_box, stretched
from supervision.sessions import access
from supervision.sessions.actions import set_agenda
from supervision.sessions.models import SupervisionSession
from supervision.sessions.rules import LIVE_STATES, NotTheFacilitator, WrongMoment


def board_of(session: SupervisionSession) -> Board:
    """The meeting's board, made with its first use."""
    board, _ = Board.objects.get_or_create(session_id=session.pk)
    return board


@transaction.atomic
def raise_hand(*, session: SupervisionSession, by: User, at: datetime) -> Board:
    """Puts a hand at the end of the queue; raised again, it keeps its place."""
    board = board_of(session)
    if str(by.pk) not in board.hands:
        board.hands = [*board.hands, str(by.pk)]
        board.save(update_fields=["hands"])
    return board


@transaction.atomic
def lower_hand(*, session: SupervisionSession, person: UUID, by: User, at: datetime) -> Board:
    """Takes a hand down and the floor back: one's own, or anybody's for who leads. A hand that is down stays down."""
    if person != by.pk and not access.may_facilitate(by, session):
        raise NotForYou
    board = board_of(session)
    board.hands = [held for held in board.hands if held != str(person)]
    if board.speaker_id == person:
        board.speaker = None
    board.save(update_fields=["hands", "speaker"])
    return board


@transaction.atomic
def call(*, session: SupervisionSession, person: UUID, by: User, at: datetime) -> Board:
    """Gives the floor to a raised hand; whoever had it before has spoken. Two who lead may press the same button."""
    if not access.may_facilitate(by, session):
        raise NotForYou
    board = board_of(session)
    if board.speaker_id == person:
        return board
    if str(person) not in board.hands:
        raise NoHand
    board.hands = [held for held in board.hands if held != str(person)]
    board.called = [*(held for held in board.called if held != str(person)), str(person)]
    board.speaker_id = person
    board.save(update_fields=["hands", "called", "speaker"])
    return board


@transaction.atomic
def drop_hands(*, gone: Mapping[UUID, set[UUID]]) -> None:
    """Takes down the hands of people who left for good: {meeting: people}."""
    for board in Board.objects.filter(session__in=gone):
        people = gone[board.session_id]
        board.hands = [held for held in board.hands if UUID(held) not in people]
        if board.speaker_id in people:
            board.speaker = None
        board.save(update_fields=["hands", "speaker"])


@transaction.atomic
def begin_box(*, session: SupervisionSession, box: int, by: User, at: datetime) -> Board:
    """The meeting goes on to a box of its agenda, and the box's time begins."""
    check_clock(session, by)
    if box >= len(session.agenda):
        raise WrongMoment
    board = board_of(session)
    board.box, board.box_started_at = box, at
    board.box_seconds = 60 * session.agenda[box]["minutes"]
    board.save(update_fields=["box", "box_started_at", "box_seconds"])
    return board


@transaction.atomic
def begin_agenda(*, session: SupervisionSession, by: User, at: datetime) -> None:
    """The meeting went live: the first box begins, unless it came back from its last minutes."""
    if session.agenda and board_of(session).box is None:
        begin_box(session=session, box=0, by=by, at=at)


@transaction.atomic
def begin_last_box(*, session: SupervisionSession, by: User, at: datetime) -> None:
    """The last minutes have a box of their own in most agendas: its time begins with them."""
    box = last_box(session.agenda)
    if box is not None:
        begin_box(session=session, box=box, by=by, at=at)


@transaction.atomic
def stretch_box(*, session: SupervisionSession, minutes: int, by: User, at: datetime) -> Board:
    """Gives the running box more time."""
    check_clock(session, by)
    board = board_of(session)
    if board.box is None:
        raise WrongMoment
    board.box_seconds = stretched(board.box_started_at, board.box_seconds, minutes, at)
    board.save(update_fields=["box_seconds"])
    return board


@transaction.atomic
def change_agenda(
    *, session: SupervisionSession, boxes: list[dict[str, object]], by: User, at: datetime
) -> SupervisionSession:
    """Another agenda; the running box keeps its clock, and is the last one if the new agenda is shorter."""
    set_agenda(session=session, boxes=boxes, by=by, at=at)
    Board.objects.filter(session=session, box__gte=len(boxes)).update(box=len(boxes) - 1)
    return session


def check_clock(session: SupervisionSession, by: User) -> None:
    """Raises unless this person may move the clock now."""
    if not access.may_facilitate(by, session):
        raise NotTheFacilitator
    if session.state not in LIVE_STATES:
        raise WrongMoment
