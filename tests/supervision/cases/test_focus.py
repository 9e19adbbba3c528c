"""The skill that a case is to practise: offered to its writer, set by the supervisor, told to the ledger."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lms.competency.actions import publish_framework
from lms.ledger.actions import record
from lms.ledger.queries import own_entries
from lms.people.models import User
from supervision.cases import actions, queries, rules
from supervision.cases.models import CasePresentation
from supervision.sessions.actions import schedule
from supervision.sessions.models import SupervisionSession
from tests.lms.competency.conftest import HEAD, skill

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def meeting(world: SimpleNamespace, grace: User, now: datetime) -> SupervisionSession:
    """Tomorrow by the real clock, by which the page tells what is coming."""
    begins = timezone.now() + timedelta(days=1)
    return schedule(cohort=world.cohort, title="Tuesday group", starts_at=begins, by=grace, at=now)


@pytest.fixture
def skills(world: SimpleNamespace, now: datetime) -> None:
    """Two skills in the programme."""
    spec = {**HEAD, "competency": [skill("listening"), skill("danger")]}
    publish_framework(spec=spec, programme=world.programme, at=now)


def rate(amina: User, world: SimpleNamespace, now: datetime) -> None:
    """Danger was rated at level 2 and talked through."""
    facts = {
        "assessment": "first", "framework": "helping-skills", "version": 1, "occasion": "supervision",
        "mode": "role_play", "rater": str(uuid4()), "levels": {"listening": 3, "danger": 2}, "critical": [], "items": 2,
    }  # fmt: skip
    told = {"provider": amina.provider, "programme": world.programme, "happened_at": now, "by": None, "at": now}
    record(key=uuid4(), kind="assessment.finalised", facts=facts, **told)
    record(key=uuid4(), kind="assessment.fed_back", facts={"assessment": "first"}, **told)


def test_what_she_was_told_to_practise_is_offered_first(
    skills: None, amina: User, world: SimpleNamespace, now: datetime
) -> None:
    before = queries.skills_to_practise(world.programme.pk, [])
    rate(amina, world, now)

    after = queries.skills_to_practise(world.programme.pk, own_entries(amina))

    assert before == [("listening", "Listening"), ("danger", "Danger")]
    assert after == [("danger", "Danger (you practise this now)"), ("listening", "Listening")]


def test_the_step_asks_for_it_and_keeps_it(
    skills: None, draft: CasePresentation, amina: User, client_of: Browser
) -> None:
    address = f"/supervision/cases/{draft.pk}/write/help/"
    client = client_of(amina)

    page = client.get(address).content.decode()
    client.post(address, {"help_wanted": "A first step.", "focus_competency": "danger", "go": "next"})

    draft.refresh_from_db()
    assert (page.count('name="focus_competency"'), draft.focus_competency) == (3, "danger")


def test_without_a_framework_nothing_is_asked(draft: CasePresentation, amina: User, client_of: Browser) -> None:
    page = client_of(amina).get(f"/supervision/cases/{draft.pk}/write/help/").content.decode()

    assert page.count('name="focus_competency"') == 0


def test_a_skill_of_no_framework_is_not_sent(skills: None, draft: CasePresentation, amina: User, now: datetime) -> None:
    actions.write_answers(case=draft, answers={"focus_competency": "cooking"}, by=amina, at=now)

    with pytest.raises(rules.NoSuchSkill):
        actions.submit(case=draft, by=amina, at=now)


@pytest.mark.parametrize("value", ["Danger", "a b", "x" * 41, 7, True])
def test_what_is_no_code_is_refused(draft: CasePresentation, amina: User, now: datetime, value: object) -> None:
    with pytest.raises(rules.AnswerUnreadable):
        actions.write_answers(case=draft, answers={"focus_competency": value}, by=amina, at=now)


def test_the_supervisor_sets_it_when_she_plans_the_case(
    skills: None, sent: CasePresentation, meeting: SupervisionSession, grace: User, client_of: Browser
) -> None:
    client = client_of(grace)

    client.post(f"/supervision/cases/{sent.pk}/plan/", {"session": str(meeting.pk), "focus": "danger"})

    sent.refresh_from_db()
    assert (sent.state, sent.focus_competency) == ("scheduled", "danger")
    assert "Danger" in {fact.text for fact in queries.facts_of(sent) if fact.name == "focus"}


@pytest.mark.parametrize("who", ["amina", "brian", "stranger"])
def test_nobody_else_sets_it(
    skills: None, sent: CasePresentation, who: str, now: datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(rules.NotItsSupervisor):
        actions.set_focus(case=sent, competency="danger", by=request.getfixturevalue(who), at=now)


def test_after_it_was_shown_it_stays(skills: None, sent: CasePresentation, grace: User, now: datetime) -> None:
    CasePresentation.objects.filter(pk=sent.pk).update(state="discussed", focus_competency="danger")

    again = actions.set_focus(case=sent, competency="danger", by=grace, at=now)
    with pytest.raises(rules.CaseMoved):
        actions.set_focus(case=sent, competency="listening", by=grace, at=now + timedelta(days=1))

    assert again.focus_competency == "danger"


def test_a_skill_that_is_none_is_not_set(skills: None, sent: CasePresentation, grace: User, now: datetime) -> None:
    with pytest.raises(rules.NoSuchSkill):
        actions.set_focus(case=sent, competency="cooking", by=grace, at=now)


def test_a_plan_without_that_question_leaves_what_the_writer_chose(
    skills: None, draft: CasePresentation, meeting: SupervisionSession, amina: User, grace: User, now: datetime,
    client_of: Browser,
) -> None:  # fmt: skip
    actions.write_answers(case=draft, answers={"focus_competency": "danger"}, by=amina, at=now)
    sent = actions.submit(case=draft, by=amina, at=now)

    client_of(grace).post(f"/supervision/cases/{sent.pk}/plan/", {"session": str(meeting.pk)})

    sent.refresh_from_db()
    assert (sent.state, sent.focus_competency) == ("scheduled", "danger")
