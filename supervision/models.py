"""Only gathers the models of the nouns."""

from supervision.cases.models import CaseEvent, CasePresentation, CaseRead, ScreeningScore
from supervision.risk.models import (
    OnCallShift,
    RiskEscalation,
    RiskEvent,
    RiskFollowUp,
    RiskNote,
    RiskPolicy,
)
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
    "OnCallShift",
    "PrivateNote",
    "Recommendation",
    "RiskEscalation",
    "RiskEvent",
    "RiskFollowUp",
    "RiskNote",
    "RiskPolicy",
    "RoomEvent",
    "ScreeningScore",
    "SessionAgreement",
    "SessionCase",
    "SessionMember",
    "SupervisionSession",
]
