"""Only gathers the models of the nouns."""

from supervision.calls.models import MeetingLink, RecordingAnswer, RecordingRequest
from supervision.cases.models import CaseEvent, CasePresentation, CaseRead, ScreeningScore
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
    "CasePresentation",
    "CaseRead",
    "Lease",
    "MeetingLink",
    "PrivateNote",
    "Recommendation",
    "RecordingAnswer",
    "RecordingRequest",
    "RoomEvent",
    "ScreeningScore",
    "SessionAgreement",
    "SessionCase",
    "SessionMember",
    "SupervisionSession",
]
