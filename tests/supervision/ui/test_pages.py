"""The pages of meetings and of the room as a browser without scripts sees them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lms.competency.models import Competency, Framework
from lms.home.registry import in_order
from lms.people.models import User
from supervision.cases.models import CasePresentation
from supervision.room.models import RoomEvent
from supervision.sessions import rules
from supervision.sessions.actions import go_live, open_lobby
from supervision.sessions.models import Recommendation, SupervisionSession

ClientOf = Callable[[User], Client]
ROOM_QUERIES = 35


@pytest.fixture
def enter(client_of: ClientOf, meeting: SupervisionSession) -> Callable[[User], Client]:
    """A browser that went through the lobby of the live meeting."""

    def inside(person: User) -> Client:
        browser = client_of(person)
        browser.post(reverse("supervision:session-enter", args=[meeting.pk]), {"agree": "1"})
        return browser

    return inside


def page_of(session: SupervisionSession) -> str:
    return reverse("supervision:session", args=[session.pk])


def post_to(session: SupervisionSession) -> str:
    return reverse("supervision:session-post", args=[session.pk])


def test_a_meeting_is_planned_once_however_often_it_is_sent(client_of: ClientOf, grace: User, world: object) -> None:
    day = timezone.localdate() + timedelta(days=3)
    plan = {
        "key": str(uuid4()),
        "cohort": str(world.cohort.pk),
        "shown": str(world.cohort.pk),
        "title": "Tuesday",
        "day": day,
        "clock": "14:00",
        "minutes": 60,
    }
    browser = client_of(grace)

    answers = [browser.post("/supervision/sessions/new/", plan) for _ in range(2)]

    session = SupervisionSession.objects.get()
    assert {answer["Location"] for answer in answers} == {page_of(session)}
    assert timezone.localtime(session.starts_at).strftime("%H:%M") in {"14:00", "11:00"}


def test_a_meeting_in_the_past_comes_back_with_what_was_typed(client_of: ClientOf, grace: User, world: object) -> None:
    plan = {
        "key": str(uuid4()),
        "cohort": str(world.cohort.pk),
        "shown": str(world.cohort.pk),
        "title": "Tuesday",
        "day": "2020-01-01",
        "clock": "14:00",
        "minutes": 60,
    }

    page = client_of(grace).post("/supervision/sessions/new/", plan)

    assert page.context["form"].errors["day"] == ["That day is over. Choose today or a later day."]
    assert page.context["form"]["title"].value() == "Tuesday"
    assert SupervisionSession.objects.count() == 0


@pytest.mark.parametrize("who", ["amina", "joseph", "stranger"])
def test_only_supervisors_plan_meetings(
    who: str, request: pytest.FixtureRequest, client_of: ClientOf, grace: User
) -> None:
    answer = client_of(request.getfixturevalue(who)).get("/supervision/sessions/new/")

    assert answer.status_code == rules.NotTheFacilitator.status


def test_the_room_opens_after_the_promise_to_keep_what_is_said(
    client_of: ClientOf, meeting: SupervisionSession, amina: User
) -> None:
    browser = client_of(amina)

    before = browser.get(page_of(meeting))
    unticked = browser.post(reverse("supervision:session-enter", args=[meeting.pk]))
    ticked = browser.post(reverse("supervision:session-enter", args=[meeting.pk]), {"agree": "1"}, follow=True)

    assert [page.templates[0].name for page in (before, unticked, ticked)] == [
        "supervision/room/lobby.html",
        "supervision/room/lobby.html",
        "supervision/room/room.html",
    ]
    assert unticked.context["refused"] == "Tick the line first: what we hear stays in this room."


def test_strangers_find_no_meeting(client_of: ClientOf, meeting: SupervisionSession, stranger: User) -> None:
    browser = client_of(stranger)

    answers = [
        browser.get(page_of(meeting)),
        browser.post(post_to(meeting), {"key": str(uuid4()), "kind": "message", "text": "Hello"}),
        browser.post(reverse("supervision:session-enter", args=[meeting.pk]), {"agree": "1"}),
        browser.post(reverse("supervision:session-note", args=[meeting.pk]), {"note": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert RoomEvent.objects.filter(kind="message").count() == 0


def test_a_message_by_form_stands_once_in_the_log(
    enter: Callable[[User], Client], meeting: SupervisionSession, amina: User, brian: User
) -> None:
    hers, sending = enter(amina), {"key": str(uuid4()), "kind": "message", "text": "Hello <b>group</b>"}

    answers = [hers.post(post_to(meeting), sending) for _ in range(2)]
    page = enter(brian).get(page_of(meeting))

    assert {answer["Location"] for answer in answers} == {page_of(meeting) + "?tab=talk"}
    said = [event for event in (line.event for line in page.context["lines"]) if event.kind == "message"]
    assert [(event.name, event.data["text"]) for event in said] == [("Amina Odhiambo", "Hello <b>group</b>")]
    assert "Hello &lt;b&gt;group&lt;/b&gt;" in page.content.decode()
    assert page.context["seq"] == RoomEvent.objects.count()


def test_a_refused_message_comes_back_with_its_words(
    enter: Callable[[User], Client], meeting: SupervisionSession, amina: User
) -> None:
    typed = "y" * 4001

    page = enter(amina).post(post_to(meeting), {"key": str(uuid4()), "kind": "message", "text": typed})

    assert page.status_code == 409
    assert page.context["typed"] == typed
    assert page.context["refused"] == "This is longer than 4,000 letters. Please send it in two parts."


def test_a_script_gets_the_same_answer_as_over_the_socket(
    enter: Callable[[User], Client], meeting: SupervisionSession, amina: User
) -> None:
    key = str(uuid4())
    browser, headers = enter(amina), {"Accept": "application/json"}

    ack = browser.post(post_to(meeting), {"key": key, "kind": "message", "text": "Hello"}, headers=headers).json()
    refused = browser.post(post_to(meeting), {"key": str(uuid4()), "kind": "phase", "state": "closed"}, headers=headers)

    assert (ack["type"], ack["key"]) == ("ack", key)
    assert (refused.json()["type"], refused.json()["code"]) == ("refused", "not_allowed")


def test_a_case_is_shown_to_the_group_only_while_it_is_open(
    enter: Callable[[User], Client], meeting: SupervisionSession, case: CasePresentation, grace: User, brian: User
) -> None:
    leads, learns = enter(grace), enter(brian)
    closed = learns.get(page_of(meeting)).content.decode()

    leads.post(post_to(meeting), {"key": str(uuid4()), "kind": "case.open", "case": str(case.pk)})

    opened = learns.get(page_of(meeting)).content.decode()
    assert ("I listened." in closed, "I listened." in opened) == (False, True)
    assert "Put this case away" not in opened


def test_advice_is_proposed_and_agreed_by_forms(
    enter: Callable[[User], Client], meeting: SupervisionSession, case: CasePresentation, grace: User, amina: User
) -> None:
    leads, idea = enter(grace), str(uuid4())
    leads.post(post_to(meeting), {"key": str(uuid4()), "kind": "case.open", "case": str(case.pk)})
    offer = {"kind": "recommendation.propose", "case": str(case.pk), "type": "refer", "text": "Walk with her"}
    enter(amina).post(post_to(meeting), {"key": idea, **offer})

    agree = {"kind": "recommendation.agree", "recommendation": idea, "owner": str(amina.pk), "due": "2026-04-01"}
    answer = leads.post(post_to(meeting), {"key": str(uuid4()), **agree})

    advice = Recommendation.objects.get()
    assert (advice.state, advice.owner, str(advice.due)) == ("agreed", amina.provider, "2026-04-01")
    assert answer["Location"] == page_of(meeting) + "?tab=advice"


def test_an_idea_may_name_the_skill_that_it_needs(
    enter: Callable[[User], Client], meeting: SupervisionSession, case: CasePresentation, grace: User, now: datetime
) -> None:
    told = {"title": "Helping skills", "licence": "CC BY 4.0", "attribution": "Tandem", "published_at": now}
    for version, title in ((1, "Hearing"), (2, "Listening")):
        framework = Framework.objects.create(programme=meeting.programme, code="skills", version=version, **told)
        Competency.objects.create(framework=framework, code="listening", title=title, position=1)
    leads = enter(grace)
    leads.post(post_to(meeting), {"key": str(uuid4()), "kind": "case.open", "case": str(case.pk)})
    idea = {"kind": "recommendation.propose", "case": str(case.pk), "type": "refer", "text": "Walk with her"}

    leads.post(post_to(meeting), {"key": str(uuid4()), "competency": "listening", **idea})

    page = leads.get(page_of(meeting)).content.decode()
    assert '<option value="listening">Listening</option>' in page
    assert "Skill: Listening" in page
    assert "Hearing" not in page


def test_learners_see_no_controls(
    enter: Callable[[User], Client], meeting: SupervisionSession, grace: User, amina: User
) -> None:
    asked = [
        enter(person).get(page_of(meeting)).content.decode().count('name="kind" value="phase"')
        for person in (grace, amina)
    ]

    assert asked == [3, 0]


def test_the_closing_note_is_marked_up_and_cleaned(
    enter: Callable[[User], Client], meeting: SupervisionSession, grace: User
) -> None:
    leads = enter(grace)
    leads.post(post_to(meeting), {"key": str(uuid4()), "kind": "phase", "state": "closed"})
    note = (
        "**Well done**\n\n- Visit <script>alert(1)</script>her\n\n"
        "[read](https://example.org) [bad](javascript:alert(1))"
    )

    leads.post(reverse("supervision:session-note", args=[meeting.pk]), {"note": note})

    meeting.refresh_from_db()
    assert meeting.closing_note == (
        "<p><b>Well done</b></p><ul><li>Visit alert(1)her</li></ul>"
        '<p><a href="https://example.org">read</a> [bad](javascript:alert(1))</p>'
    )
    page = leads.get(page_of(meeting))
    assert page.templates[0].name == "supervision/room/minutes.html"
    assert page.context["form"]["note"].value().startswith("**Well done**\n\n- Visit alert(1)her")


def test_a_note_that_is_too_long_comes_back(
    enter: Callable[[User], Client], meeting: SupervisionSession, grace: User
) -> None:
    leads, note = enter(grace), "<b>" * 60
    leads.post(post_to(meeting), {"key": str(uuid4()), "kind": "phase", "state": "closed"})

    page = leads.post(reverse("supervision:session-note", args=[meeting.pk]), {"note": note})

    assert page.status_code == 409
    assert page.context["refused"] == str(rules.NoteTooLarge.sentence)
    assert page.context["form"]["note"].value() == note


@pytest.mark.parametrize("rows", [1, 30])
def test_the_room_costs_the_same_with_many_messages_cases_and_people(
    rows: int,
    enter: Callable[[User], Client],
    meeting: SupervisionSession,
    grace: User,
    amina: User,
    send: Callable[..., object],
    make_learner: Callable[..., User],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        send(meeting, amina, "message", text=f"Message {number}")
        make_learner(f"learner{number}", f"Learner {number}")
    browser = enter(grace)
    browser.get(page_of(meeting))

    with django_assert_num_queries(ROOM_QUERIES):
        page = browser.get(page_of(meeting))

    assert len([event for event in (line.event for line in page.context["lines"]) if event.kind == "message"]) == rows


def test_every_word_of_the_room_has_a_place_on_the_page(
    enter: Callable[[User], Client], meeting: SupervisionSession, amina: User
) -> None:
    page = enter(amina).get(page_of(meeting)).content.decode()

    words = set(re.findall(r'data-word="([^"]+)"', page))
    for name in [
        *(f"step.{step}" for step in rules.STEPS),
        "state.lobby",
        "state.live",
        "state.wrap_up",
        "state.closed",
    ]:
        assert name in words
    for state in ("live", "http", "reading", "reconnecting", "offline", "out", "gone"):
        assert {f"line.{state}", f"short.{state}"} <= words


def test_the_front_page_has_panels_of_supervision(
    client_of: ClientOf, planned: SupervisionSession, case: CasePresentation, grace: User, amina: User, now: datetime
) -> None:
    mine = {panel.name: panel for panel in in_order() if panel.template.startswith("supervision/")}

    told = {name: (mine[name].context(grace, at=now), mine[name].context(amina, at=now)) for name in mine}

    assert sorted(mine) == ["advice", "cases", "cut-offs", "meetings", "risk"]
    assert told["cases"] == ({"waiting": 1, "risky": 0}, None)
    assert told["advice"] == (None, None)
    assert [facts["meetings"] for facts in told["meetings"]] == [[planned], [planned]]


def test_the_lobby_is_open_before_the_meeting_begins(
    client_of: ClientOf, planned: SupervisionSession, grace: User, amina: User, now: datetime
) -> None:
    closed = client_of(amina).get(page_of(planned)).content.decode()
    open_lobby(session=planned, by=grace, at=now)

    opened = client_of(amina).get(page_of(planned)).content.decode()

    assert ('id="agree"' in closed, 'id="agree"' in opened) == (False, True)
    go_live(session=planned, by=grace, at=now)
    assert 'id="agree"' in client_of(amina).get(page_of(planned)).content.decode()
