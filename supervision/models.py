"""Only gathers the models of the nouns."""

from supervision.calls.models import MeetingLink, RecordingAnswer, RecordingRequest
from supervision.cases.models import CaseEvent, CasePresentation, CaseRead, ScreeningScore
from supervision.cutoffs.models import CutOff
from supervision.groups.models import AgreementSignature, GroupMember, SupervisionAgreement, SupervisionGroup
from supervision.guard.models import Confirmation, IdentifierIncident, IncidentEvent, WatchedWord
from supervision.minutes.models import Minutes, MinutesVersion
from supervision.opinions.models import SessionOpinion
from supervision.pictures.models import CasePicture
from supervision.risk.models import (
    OnCallShift,
    RiskEscalation,
    RiskEvent,
    RiskFollowUp,
    RiskNote,
    RiskPolicy,
)
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
    AdviceFollowUp,
    Attendance,
    AttendanceCorrection,
    CalendarAddress,
    PrivateNote,
    Recommendation,
    SessionAgreement,
    SessionCase,
    SessionMember,
    SessionSeries,
    SupervisionSession,
)

__all__ = [
    "AdviceFollowUp",
    "AgreementSignature",
    "Attendance",
    "AttendanceCorrection",
    "Ballot",
    "Board",
    "CalendarAddress",
    "CaseEvent",
    "CasePicture",
    "CasePresentation",
    "CaseRead",
    "CatchUp",
    "Confirmation",
    "CutOff",
    "GroupMember",
    "IdentifierIncident",
    "IncidentEvent",
    "Lease",
    "MeetingLink",
    "Minutes",
    "MinutesVersion",
    "OnCallShift",
    "Poll",
    "PrivateMessage",
    "PrivateNote",
    "Recommendation",
    "RecordingAnswer",
    "RecordingRequest",
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
    "SessionOpinion",
    "SessionSeries",
    "SupervisionAgreement",
    "SupervisionGroup",
    "SupervisionSession",
    "Vote",
    "WatchedWord",
]
