"""A case by Amina, whole and in any state, and a meeting of her group."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from lms.people.models import User
from supervision.cases import actions
from supervision.cases.models import CasePresentation
from supervision.sessions.actions import schedule as schedule_meeting
from supervision.sessions.models import SupervisionSession

ANSWERS = {
    "question": "How can I help a mother who is very sad?",
    "age_band": "adult",
    "sex": "female",
    "setting": "village",
    "problem": "Sad since the shop closed.",
    "duration": "months",
    "risk_asked": "none",
    "risk_note": "She said no.",
    "functioning": "She cooks, but sells nothing.",
    "supports": "Her sister.",
    "tried": "Two visits.",
    "help_wanted": "How to speak of the clinic.",
    "focus_competency": "",
    "consent_basis": "person",
    "no_identifiers": True,
    "stays_responsible": True,
}
TEXTS = [
    ANSWERS[name] for name in ("question", "problem", "risk_note", "functioning", "supports", "tried", "help_wanted")
]


@pytest.fixture
def answers() -> dict[str, object]:
    return dict(ANSWERS)


@pytest.fixture
def draft(amina: User, world: SimpleNamespace, now: datetime) -> CasePresentation:
    """All answers are there; nothing is sent."""
    return actions.save_draft(
        key=uuid4(), provider=amina.provider, programme=world.programme, answers=ANSWERS, by=amina, at=now
    )


@pytest.fixture
def sent(draft: CasePresentation, amina: User, now: datetime) -> CasePresentation:
    return actions.submit(case=draft, by=amina, at=now)


@pytest.fixture
def meeting(world: SimpleNamespace, grace: User, now: datetime) -> SupervisionSession:
    return schedule_meeting(
        cohort=world.cohort, title="Tuesday group", starts_at=now + timedelta(days=1), by=grace, at=now
    )


@pytest.fixture
def make_case(world: SimpleNamespace, now: datetime) -> Callable[..., CasePresentation]:
    """make_case(brian, risk_asked="thoughts", days=3): sent that many days ago."""

    def make(writer: User, *, days: int = 0, state: str = "submitted", **answers: object) -> CasePresentation:
        return actions.create_past(
            key=uuid4(),
            provider=writer.provider,
            programme=world.programme,
            answers=ANSWERS | answers,
            state=state,
            scores=[{"tool": "PHQ-9", "version": "Swahili", "score": 14, "cut_off": 10, "cut_off_source": "2025"}],
            at=now - timedelta(days=days),
            by=None,
        )

    return make
