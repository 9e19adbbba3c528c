"""A small framework, an authorised Grace, and a rating of Amina."""

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from lms.competency.actions import authorise_rater, publish_framework, start_assessment
from lms.competency.models import Behaviour, Framework, Rating
from lms.people.models import User
from lms.programmes.actions import write_subject
from lms.programmes.models import Subject

HEAD = {
    "code": "helping-skills", "version": 1, "kind": "foundational", "title": "Helping skills", "licence": "CC BY 4.0",
    "attribution": "Tandem", "source_url": "", "translation_disclaimer": "",
}  # fmt: skip


def skill(code: str, *, critical: bool = False, lesson: UUID | None = None) -> dict:
    """A skill with an omission, a harm, two basic lines and an advanced one."""
    lines = [("harmful", True), ("harmful", False), ("basic", False), ("basic", False), ("advanced", False)]
    told = [
        {"kind": kind, "text": f"{code} {place}", "is_omission": omission}
        for place, (kind, omission) in enumerate(lines)
    ]
    return {"code": code, "title": code.title(), "critical": critical, "focus_lesson": lesson, "behaviour": told}


@pytest.fixture
def lesson(world: SimpleNamespace) -> Subject:
    """The lesson that teaches to ask about danger."""
    return write_subject(
        key=uuid4(), kind="lesson", title="Asking about danger", url="/learn/danger/", language="en",
        programme=world.programme, parent_key=None, position=1, competencies=["danger"], live=True,
    )  # fmt: skip


@pytest.fixture
def framework(world: SimpleNamespace, lesson: Subject, now: datetime) -> Framework:
    spec = {**HEAD, "competency": [skill("listening"), skill("danger", critical=True, lesson=lesson.key)]}
    return publish_framework(spec=spec, programme=world.programme, at=now)


@pytest.fixture
def rater(framework: Framework, grace: User, now: datetime) -> User:
    """Grace, authorised."""
    authorise_rater(
        user=grace,
        programme=framework.programme,
        framework_code=framework.code,
        valid_until=date(2026, 12, 31),
        by=None,
        at=now,
    )
    return grace


@pytest.fixture
def rating(framework: Framework, rater: User, amina: User, now: datetime) -> Rating:
    """Grace's rating of Amina, still blank."""
    return start_assessment(
        key=uuid4(),
        provider=amina.provider,
        framework=framework,
        occasion="supervision",
        mode="role_play",
        by=rater,
        at=now,
    )


@pytest.fixture
def marks(framework: Framework) -> Callable[..., dict[str, str]]:
    """marks(danger="00110"): the marks of a skill's lines; 1 observed, 0 not observed, - not asked for, ? blank."""
    values = {"1": "observed", "0": "not_observed", "-": "not_elicited"}

    def made(**told: str) -> dict[str, str]:
        lines = {}
        for code in ("listening", "danger"):
            rows = Behaviour.objects.filter(competency__framework=framework, competency__code=code).order_by("position")
            for row, letter in zip(rows, told.get(code, "00110"), strict=True):
                if letter != "?":
                    lines[str(row.id)] = values[letter]
        return lines

    return made
