"""A scheme with every kind of requirement, and a provider who has shown all of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.certification.actions import publish_scheme, sign
from lms.certification.models import Certificate, SchemeVersion
from lms.ledger.actions import record
from lms.people.models import Provider, User

COURSE, QUIZ = UUID(int=101), UUID(int=102)
REQUIREMENTS = [
    {"kind": "course_completed", "params": {"subject": str(COURSE), "title": "First steps"}},
    {"kind": "quiz_passed", "params": {"subject": str(QUIZ), "title": "Last quiz"}},
    {"kind": "sessions_attended", "params": {"count": 2}},
    {"kind": "supervision_minutes", "params": {"count": 120}},
    {"kind": "cases_presented", "params": {"count": 1}},
    {"kind": "competency_rule", "params": {"framework": "helping-skills", "share": 80, "level": 3}},
]


@pytest.fixture
def scheme(world: SimpleNamespace, now: datetime) -> SchemeVersion:
    return publish_scheme(
        programme=world.programme,
        code="helper-1",
        title="First steps in helping",
        requirements=REQUIREMENTS,
        valid_months=24,
        grace_days=90,
        at=now - timedelta(days=90),
    )


@pytest.fixture
def happen(world: SimpleNamespace, now: datetime) -> Callable[..., Any]:
    """happen(provider, "course.completed", subject=COURSE, title="First steps") records an entry of now."""

    def recorded(
        provider: Provider,
        kind: str,
        subject: UUID | None = None,
        at: datetime = now,
        key: UUID | None = None,
        **facts: Any,
    ) -> Any:
        return record(
            key=key or uuid4(), provider=provider, programme=world.programme, kind=kind, subject=subject,
            facts=facts, happened_at=at, by=None, at=at,
        )  # fmt: skip

    return recorded


def all_practice(happen: Callable[..., Any], provider: Provider, rater: User | None, at: datetime) -> None:
    """Two meetings of an hour, a case, and a rating without fault."""
    for _ in range(2):
        happen(provider, "session.attended", at=at, session=str(uuid4()), seconds=3600, share=100)
    happen(provider, "case.presented", at=at, session=str(uuid4()), case=str(uuid4()))
    happen(
        provider, "assessment.finalised", at=at, assessment=str(uuid4()), framework="helping-skills", version=1,
        occasion="supervision", mode="role_play", rater=str(rater.id) if rater else str(uuid4()),
        levels={"listening": 3, "danger": 4}, critical=["danger"], items=2,
    )  # fmt: skip


@pytest.fixture
def practise(happen: Callable[..., Any], now: datetime) -> Callable[..., None]:
    """All that practice asks, at one moment."""
    return lambda provider, rater=None, at=now: all_practice(happen, provider, rater, at)


@pytest.fixture
def learn(happen: Callable[..., Any], now: datetime) -> Callable[..., None]:
    """All that training asks."""

    def learned(provider: Provider, at: datetime = now) -> None:
        quiz = {"title": "Last quiz", "percent": 90, "band": "clear_pass", "attempt": 1, "passed": True}
        happen(provider, "quiz.answered", QUIZ, at, **quiz)
        happen(provider, "course.completed", COURSE, at, title="First steps")

    return learned


@pytest.fixture
def ready(
    scheme: SchemeVersion, amina: User, grace: User, learn: Callable[..., None], practise: Callable[..., None]
) -> Provider:
    """Amina has shown everything; Grace rated her."""
    learn(amina.provider)
    practise(amina.provider, grace)
    return amina.provider


@pytest.fixture
def signed(scheme: SchemeVersion, now: datetime) -> Callable[..., Certificate | None]:
    """signed(provider, 1, grace) gives a signature."""

    def given(provider: Provider, position: int, by: User, at: datetime = now) -> Certificate | None:
        return sign(key=uuid4(), provider=provider, version=scheme, position=position, by=by, at=at)

    return given


@pytest.fixture
def certificate(ready: Provider, signed: Callable[..., Certificate | None], grace: User, joseph: User) -> Certificate:
    """Amina's, signed by Grace and Joseph."""
    signed(ready, 1, grace)
    return signed(ready, 2, joseph)
