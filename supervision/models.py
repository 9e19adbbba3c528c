"""Only gathers the models of the nouns."""

from supervision.cases.models import CaseEvent, CasePresentation, CaseRead, ScreeningScore
from supervision.cutoffs.models import CutOff
from supervision.pictures.models import CasePicture
from supervision.room.models import Lease, RoomEvent
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
    "CaseEvent",
    "CasePicture",
    "CasePresentation",
    "CaseRead",
    "CutOff",
    "Lease",
    "PrivateNote",
    "Recommendation",
    "RoomEvent",
    "ScreeningScore",
    "SessionAgreement",
    "SessionCase",
    "SessionMember",
    "SupervisionSession",
]
