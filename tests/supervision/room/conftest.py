"""Rooms for tests with sockets: the hub of each test's event loop ends with it."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
import pytest_asyncio
from django.utils import timezone

from lms.people.models import User
from supervision.room.consumers import hub, seats, stop_hub
from supervision.sessions.actions import go_live, schedule
from supervision.sessions.models import SupervisionSession
from tests.supervision.room.client import Line


@pytest.fixture
def now() -> datetime:
    """Sockets live in the real time."""
    return timezone.now()


@pytest_asyncio.fixture
async def sockets(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SimpleNamespace]:
    """Lets a test open sockets: `sockets.line(person, session)`; presence and looks come quicker than in life."""
    monkeypatch.setattr(hub, "LOOK", 0.3)
    monkeypatch.setattr(seats, "PRESENCE", 0.3)
    lines: list[Line] = []

    async def opened(person: User, session: SupervisionSession, **how: str) -> Line:
        line = Line(person, session.pk, **how)
        assert await line.knock()
        lines.append(line)
        return line

    yield SimpleNamespace(open=opened)
    for line in lines:
        await line.leave()
    await stop_hub()


@pytest.fixture
def room(
    transactional_db: None, world: SimpleNamespace, amina: User, brian: User, grace: User, now: datetime
) -> SupervisionSession:
    """A live meeting that every thread can see."""
    session = schedule(cohort=world.cohort, title="Tuesday group", starts_at=now, by=grace, at=now)
    return go_live(session=session, by=grace, at=now)


@pytest.fixture
def many(make_learner: Callable[..., User]) -> list[User]:
    """Six more people of the cohort."""
    return [make_learner(f"member{number}", f"Member {number}") for number in range(6)]
