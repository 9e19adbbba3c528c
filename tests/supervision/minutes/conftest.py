"""A meeting of Amina's cohort that is over: a case was shown, an advice agreed, a message and an idea redacted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from lms.people.models import User
from supervision.cases.models import CasePresentation
from supervision.groups.models import SupervisionGroup
from supervision.minutes.models import Minutes
from supervision.sessions.actions import close, go_live, schedule, settle
from supervision.sessions.models import Attendance, SupervisionSession

LENGTH = timedelta(minutes=60)
SAID = "I saw Mary Wanjiku at the market"
IDEA = "Ask her sister Beatrice"
ADVICE = "Plan one small walk with her"


def stay(session: SupervisionSession, person: User, begins: datetime, minutes: int = 60) -> None:
    """One stay that is over."""
    ends = begins + timedelta(minutes=minutes)
    Attendance.objects.create(session=session, person=person, joined_at=begins, heard_at=ends, left_at=ends)


@pytest.fixture
def discussed(
    meeting: SupervisionSession,
    case: CasePresentation,
    amina: User,
    grace: User,
    send: Callable[..., object],
    now: datetime,
) -> SupervisionSession:
    """The meeting before its end; the case lay on the table for 20 minutes."""
    for person in (amina, grace):
        stay(meeting, person, now)
    send(meeting, grace, "case.open", case=str(case.pk))
    said = send(meeting, amina, "message", text=SAID)
    idea = send(meeting, amina, "recommendation.propose", case=str(case.pk), type="refer", text=IDEA)
    for answer in (said, idea):
        send(meeting, grace, "redact", seq=answer.seq)
    key = uuid4()
    send(meeting, amina, "recommendation.propose", key=key, case=str(case.pk), type="intervene", text=ADVICE)
    send(meeting, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2026-03-24")
    send(meeting, grace, "case.close", case=str(case.pk), at=now + timedelta(minutes=20))
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def over(discussed: SupervisionSession, grace: User, ends: datetime) -> SupervisionSession:
    """The same meeting closed, with its minutes."""
    close(session=discussed, by=grace, at=ends)
    settle(session_id=discussed.pk, at=ends)
    return discussed


@pytest.fixture
def ends(now: datetime) -> datetime:
    return now + LENGTH


@pytest.fixture
def minutes(over: SupervisionSession) -> Minutes:
    return Minutes.objects.get(session=over)


@pytest.fixture
def peers_over(world: SimpleNamespace, peers: SupervisionGroup, amina: User, now: datetime) -> SupervisionSession:
    """A meeting of peers that Amina led."""
    told = {"cohort": world.cohort, "group": peers, "title": "Peers", "starts_at": now, "by": amina, "at": now}
    session = go_live(session=schedule(**told), by=amina, at=now)
    close(session=session, by=amina, at=now + LENGTH)
    settle(session_id=session.pk, at=now + LENGTH)
    return session
