"""Meetings for the tests of supervision: planned and led by Grace, for Amina's cohort."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from lms.people.actions import add_user
from lms.people.models import User
from lms.programmes.actions import grant
from supervision.cases.actions import create_past
from supervision.cases.models import CasePresentation
from supervision.groups.actions import create_group
from supervision.groups.models import SupervisionGroup
from supervision.room.actions import post_events
from supervision.room.actions.posting import PACE
from supervision.room.rules import Answer, Post
from supervision.sessions.actions import go_live, schedule
from supervision.sessions.models import SupervisionSession

ANSWERS = {
    "question": "How can I help a mother who is very sad?",
    "age_band": "adult",
    "sex": "female",
    "setting": "village",
    "problem": "She is sad.",
    "duration": "months",
    "risk_asked": "none",
    "functioning": "She cooks.",
    "tried": "I listened.",
    "help_wanted": "A first step.",
    "consent_basis": "person",
}


@pytest.fixture(autouse=True)
def fresh_pace() -> None:
    """Nobody has posted anything in the last minute."""
    PACE.heard.clear()


@pytest.fixture
def planned(world: SimpleNamespace, grace: User, now: datetime) -> SupervisionSession:
    """A meeting of the cohort, doors closed."""
    return schedule(cohort=world.cohort, title="Tuesday group", starts_at=now, by=grace, at=now)


@pytest.fixture
def meeting(planned: SupervisionSession, grace: User, now: datetime) -> SupervisionSession:
    """A live meeting of the cohort."""
    return go_live(session=planned, by=grace, at=now)


@pytest.fixture
def case(world: SimpleNamespace, amina: User, now: datetime) -> CasePresentation:
    """A case of Amina's that the supervisor has accepted."""
    return create_past(
        key=uuid4(),
        provider=amina.provider,
        programme=world.programme,
        answers=ANSWERS,
        state="accepted",
        at=now,
        by=amina,
    )


@pytest.fixture
def send(now: datetime) -> Callable[..., Answer]:
    """Posts one event: send(meeting, amina, "message", text="Hello")."""

    def one(
        session: SupervisionSession,
        person: User,
        kind: str,
        /,
        *,
        key: UUID | None = None,
        at: datetime | None = None,
        **data: object,
    ) -> Answer:
        post = Post(session.pk, person.pk, key or uuid4(), kind, data)
        return post_events(posts=[post], at=at or now)[0]

    return one


@pytest.fixture
def make_group(world: SimpleNamespace, grace: User, now: datetime) -> Callable[..., SupervisionGroup]:
    """Makes a group of the cohort: make_group([amina, brian], kind="peer")."""

    def one(people: list[User], *, by: User = grace, kind: str = "supervised", **fields: object) -> SupervisionGroup:
        told = {
            "cohort": world.cohort,
            "name": "Tuesday group, Lakeside",
            "kind": kind,
            "supervisor": grace if kind == "supervised" else None,
            "co_supervisor": None,
            "time_zone": "Africa/Nairobi",
            "cadence": "weekly",
            "providers": [person.provider.pk for person in people],
            "at": now,
        }
        return create_group(**{**told, **fields}, by=by)

    return one


@pytest.fixture
def group(make_group: Callable[..., SupervisionGroup], amina: User, brian: User) -> SupervisionGroup:
    """Grace's group with Amina and Brian."""
    return make_group([amina, brian])


@pytest.fixture
def peers(make_group: Callable[..., SupervisionGroup], amina: User, brian: User) -> SupervisionGroup:
    """Amina and Brian among themselves."""
    return make_group([amina, brian], kind="peer", name="Peers, Lakeside")


@pytest.fixture
def halima(world: SimpleNamespace, now: datetime) -> User:
    """Supervises the cohort too."""
    user = add_user(username="halima", name="Halima Noor", password="tandem-demo", at=now)
    grant(user=user, role="supervisor", programme=world.programme, cohort=world.cohort, by=None, at=now)
    return user
