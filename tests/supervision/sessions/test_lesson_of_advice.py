"""Advice can name a lesson; whoever takes it on finds the way to it."""

from collections.abc import Callable
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from lms.people.models import User
from lms.programmes.models import Programme, Subject
from supervision.cases.models import CasePresentation
from supervision.room.rules import Answer
from supervision.sessions.models import SupervisionSession

Send = Callable[..., Answer]


def lesson_in(programme: Programme, *, live: bool = True, kind: str = "lesson") -> Subject:
    """A lesson as courses tells of it."""
    return Subject.objects.create(
        key=uuid4(),
        kind=kind,
        title="Listen first",
        url="/learn/listen/",
        language="en",
        programme=programme,
        live=live,
    )


@pytest.fixture
def shown(meeting: SupervisionSession, case: CasePresentation, grace: User, send: Send) -> SupervisionSession:
    """A meeting that looks at a case."""
    send(meeting, grace, "case.open", case=str(case.pk))
    meeting.refresh_from_db()
    return meeting


def propose(shown: SupervisionSession, case: CasePresentation, by: User, send: Send, **told: str) -> Answer:
    return send(shown, by, "recommendation.propose", case=str(case.pk), type="learn", text="Read it again", **told)


def test_the_lesson_stands_with_the_advice_and_on_its_owners_front_page(
    shown: SupervisionSession, case: CasePresentation, world: SimpleNamespace, amina: User, grace: User, send: Send,
    client_of: Callable[[User], Client],
) -> None:  # fmt: skip
    lesson, key = lesson_in(world.programme), uuid4()
    told = {"case": str(case.pk), "type": "learn", "text": "Read it again", "lesson": str(lesson.key)}
    send(shown, amina, "recommendation.propose", key=key, **told)
    send(shown, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2030-01-01")

    pages = [client_of(amina).get(path).content.decode() for path in ("/home/", "/supervision/")]

    assert [page.count("Read the lesson: Listen first") for page in pages] == [1, 1]
    assert shown.recommendations.get().lesson == lesson


def test_a_lesson_must_be_of_the_programme_live_and_a_lesson(
    shown: SupervisionSession, case: CasePresentation, world: SimpleNamespace, amina: User, send: Send
) -> None:
    wrong = [
        str(lesson_in(world.other_programme).key),
        str(lesson_in(world.programme, live=False).key),
        str(lesson_in(world.programme, kind="module").key),
        str(uuid4()),
        "no key",
    ]

    answers = [propose(shown, case, amina, send, lesson=key).code for key in wrong]

    assert answers == ["invalid"] * 5
    assert shown.recommendations.count() == 0
