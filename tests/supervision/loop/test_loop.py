"""The whole loop of one skill: rated too low, a lesson, a case and a group meeting about it, rated again."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lms.competency import actions as competency
from lms.competency import queries
from lms.competency.models import Framework
from lms.competency.queries.practice import practices_of
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes.actions import mark_assignment_done
from lms.programmes.models import Subject
from lms.programmes.queries import assignments_of
from supervision.cases import actions as cases
from supervision.cases.models import CasePresentation
from supervision.sessions import actions
from supervision.sessions.models import SupervisionSession
from tests.supervision.conftest import ANSWERS
from tests.supervision.sessions.test_counting import ended, stay

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
NEW = "/supervision/cases/new/"
DAY = timedelta(days=1)


@pytest.fixture
def rate(framework: Framework, rater: User, amina: User, marks: Callable) -> Callable[..., None]:
    """Rates Amina and talks it through: rate(at, danger="00100")."""

    def one(at: datetime, **told: str) -> None:
        who = {"provider": amina.provider, "framework": framework, "occasion": "supervision", "mode": "role_play"}
        rating = competency.start_assessment(key=uuid4(), **who, by=rater, at=at)
        competency.save_marks(rating=rating, marks=marks(**told), by=rater, at=at)
        done = competency.finalise(rating=rating, by=rater, at=at)
        competency.feed_back(assessment=done, what_worked="You asked.", practise_next="Ask.", by=rater, at=at)

    return one


@pytest.fixture
def about_it(world: SimpleNamespace, framework: Framework, grace: User, now: datetime) -> SupervisionSession:
    """A live meeting whose skill is to ask about danger."""
    told = {"title": "Asking about danger", "starts_at": now, "focus": "danger"}
    planned = actions.schedule(cohort=world.cohort, **told, by=grace, at=now)
    return actions.go_live(session=planned, by=grace, at=now)


def brought_by(client: Client, address: str) -> list[str]:
    """The skill that the first step carries along."""
    return re.findall(r'name="focus_competency" value="([^"]*)" data-brought', client.get(address).content.decode())


def write_with_the_link(client: Client, amina: User, now: datetime) -> CasePresentation:
    """From her front page to a case that is ready for the meeting."""
    (link,) = re.findall(r'<a href="([^"]*)">Bring a case about it', client.get("/home/").content.decode())
    (code,) = brought_by(client, link)
    client.post(link, {"key": str(uuid4()), "question": ANSWERS["question"], "focus_competency": code, "go": "next"})
    case = CasePresentation.objects.get()
    ticked = {"no_identifiers": True, "stays_responsible": True}
    cases.write_answers(case=case, answers=ANSWERS | ticked, by=amina, at=now)
    return cases.submit(case=case, by=amina, at=now)


def test_from_a_low_rating_by_lesson_case_and_meeting_to_a_good_one(
    rate: Callable, about_it: SupervisionSession, lesson: Subject, framework: Framework, amina: User, grace: User,
    client_of: Browser, send: Callable, now: datetime, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("lms.home.views.timezone.now", lambda: now)
    rate(now - 20 * DAY, danger="00100")
    mark_assignment_done(provider=amina.provider, subject_key=lesson.key, at=now - 18 * DAY)
    case = write_with_the_link(client_of(amina), amina, now)
    cases.accept(case=case, by=grace, at=now)
    stay(about_it, amina, now, 3600)
    assert send(about_it, grace, "case.open", case=str(case.pk), at=now + timedelta(minutes=5)).seq
    ended(SupervisionSession.objects.get(pk=about_it.pk), grace, now + timedelta(hours=1))
    rate(now + 9 * DAY)

    entries = entries_of(amina.provider, framework.programme)
    skills = queries.known_skills(framework.programme_id)
    (one,) = practices_of(entries, assignments_of(amina.provider), skills, told_only=True)

    at = now + timedelta(hours=1)
    assert (one.title, one.chain.before, one.chain.now, one.chain.is_closed) == ("Danger", 2, 3, True)
    assert one.lesson.done_at == now - 18 * DAY
    assert [[when for when, _ in held] for held in (one.cases, one.meetings, one.advice)] == [[at], [at], []]
    page = client_of(amina).get("/home/").content.decode()
    said = ("Practised with a case:", "A group meeting about it:", "Seen again on", "Bring a case about it")
    assert [page.count(words) for words in said] == [1, 1, 1, 0]


def test_a_meeting_about_it_counts_for_who_was_there_and_a_case_is_still_asked_for(
    rate: Callable, about_it: SupervisionSession, amina: User, grace: User, client_of: Browser, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("lms.home.views.timezone.now", lambda: now + DAY)
    rate(now - 20 * DAY, danger="00100")
    stay(about_it, amina, now, 3600)

    ended(about_it, grace, now + timedelta(hours=1))

    page = client_of(amina).get("/home/").content.decode()
    person = client_of(grace).get(f"/manage/people/{amina.provider.pk}/").content.decode()
    words = ("A group meeting about it: 17 March", "Bring a case about it")
    assert [[one.count(said) for said in words] for one in (page, person)] == [[1, 1], [1, 0]]


@pytest.mark.parametrize(("focus", "facts"), [("danger", {"competency": "danger"}), ("", {})])
def test_the_entry_says_what_the_meeting_was_about(
    about_it: SupervisionSession, brian: User, grace: User, now: datetime, focus: str, facts: dict
) -> None:
    SupervisionSession.objects.filter(pk=about_it.pk).update(focus=focus)
    stay(about_it, brian, now, 3600)

    ended(SupervisionSession.objects.get(pk=about_it.pk), grace, now + timedelta(hours=1))

    (entry,) = entries_of(brian.provider)
    assert entry.facts == {"session": str(about_it.pk), "seconds": 3600, "share": 100, **facts}


def test_an_entry_with_a_corrected_time_still_says_it(
    about_it: SupervisionSession, brian: User, grace: User, now: datetime
) -> None:
    stay(about_it, brian, now, 600)
    ended(about_it, grace, now + timedelta(hours=1))
    told = {"minutes": 60, "reason": "Sat beside Amina.", "by": grace, "at": now + DAY}

    actions.correct_attendance(session=SupervisionSession.objects.get(pk=about_it.pk), person=brian, **told)

    assert [entry.facts.get("competency") for entry in entries_of(brian.provider)] == ["danger"]


# --- the skill that a link brings along


@pytest.mark.parametrize(("asked", "brought"), [("danger", ["danger"]), ("cooking", []), ('"><b>', []), ("", [])])
def test_a_new_case_brings_only_a_skill_of_the_programme(
    framework: Framework, amina: User, client_of: Browser, asked: str, brought: list[str]
) -> None:
    client = client_of(amina)

    assert brought_by(client, f"{NEW}?focus={asked}") == brought
    client.post(f"{NEW}?focus={asked}", {"key": str(uuid4()), "question": "How can I ask?", "go": "next"})

    assert CasePresentation.objects.get().focus_competency == "".join(brought)


def test_what_was_brought_is_chosen_in_its_step_and_can_be_changed(
    framework: Framework, amina: User, client_of: Browser
) -> None:
    client = client_of(amina)
    sent = {"key": str(uuid4()), "question": "How can I ask?", "go": "next"}

    client.post(f"{NEW}?focus=danger", sent)
    address = f"/supervision/cases/{CasePresentation.objects.get().pk}/write/help/"
    page = client.get(address).content.decode()
    client.post(address, {"help_wanted": "A first step.", "focus_competency": "", "go": "next"})

    assert re.findall(r'name="focus_competency" value="([^"]*)"[^>]*checked', page) == ["danger"]
    assert CasePresentation.objects.get().focus_competency == ""


def test_what_was_brought_goes_with_what_a_page_saves_as_it_is_typed(
    framework: Framework, amina: User, client_of: Browser
) -> None:
    sent = {"key": str(uuid4()), "step": "question", "question": "How can", "focus_competency": "danger"}

    client_of(amina).post("/supervision/cases/autosave/", sent)

    assert CasePresentation.objects.get().focus_competency == "danger"


def test_who_plans_a_case_sees_first_what_its_writer_is_weak_in(
    rate: Callable, case: CasePresentation, world: SimpleNamespace, client_of: Browser, grace: User, now: datetime
) -> None:
    tomorrow = timezone.now() + DAY  # pages tell by the real clock what is coming
    actions.schedule(cohort=world.cohort, title="Tuesday group", starts_at=tomorrow, by=grace, at=now)
    rate(now - 20 * DAY, danger="00100")

    page = client_of(grace).get(f"/supervision/cases/{case.pk}/plan/").content.decode()

    select = page[page.index('<select name="focus"') : page.index("</select>")]
    words = [" ".join(one.split()) for one in re.findall(r"<option[^>]*>([^<]*)<", select)]
    assert words == ["No special skill", "Danger (below level 3 now)", "Listening"]
