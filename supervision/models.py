"""Only gathers the models of the nouns."""

from supervision.cases.models import CaseEvent, CasePresentation, CaseRead, ScreeningScore
from supervision.room.models import (
    Ballot,
    Board,
    CatchUp,
    Lease,
    Poll,
    PrivateMessage,
    RoomEvent,
    Vote,
)
from supervision.sessions.models import (
    Attendance,
    PrivateNote,
    Recommendation,
    SessionAgreement,
    SessionCase,
    SessionMember,
    SupervisionSession,
)

__all__ = [
    "Attendance",
    "Ballot",
    "Board",
    "CaseEvent",
    "CasePresentation",
    "CaseRead",
    "CatchUp",
    "Lease",
    "Poll",
    "PrivateMessage",
    "PrivateNote",
    "Recommendation",
    "RoomEvent",
    "ScreeningScore",
    "SessionAgreement",
    "SessionCase",
    "SessionMember",
    "SupervisionSession",
    "Vote",
]
