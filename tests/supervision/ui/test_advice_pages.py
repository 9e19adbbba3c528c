"""Saying what became of an advice, calling a meeting off, and forms that need the promise of silence."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.outbox.models import Receipt
from lms.people.models import User
from supervision.cases.models import CasePresentation
from supervision.room.rules import Answer
from supervision.sessions.models import Attendance, Recommendation, SupervisionSession

ClientOf = Callable[[User], Client]
Send = Callable[..., Answer]


@pytest.fixture
def advice(meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Send) -> Recommendation:
    """Amina took something on."""
    send(meeting, grace, "case.open", case=str(case.pk))
    key = uuid4()
    send(meeting, grace, "recommendation.propose", key=key, case=str(case.pk), type="refer", text="Go with her")
    send(meeting, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2026-04-01")
    return Recommendation.objects.get()


def report(advice: Recommendation) -> str:
    return reverse("supervision:advice-report", args=[advice.pk])


@pytest.mark.parametrize(("page", "back"), [("/supervision/", "index"), ("/home/", "home")])
def test_she_says_that_she_did_it_once(
    advice: Recommendation, amina: User, client_of: ClientOf, page: str, back: str
) -> None:
    browser, sending = client_of(amina), {"key": str(uuid4()), "became": "done", "back": back}
    shown = browser.get(page).content.decode()

    answers = [browser.post(report(advice), sending) for _ in range(2)]

    advice.refresh_from_db()
    assert report(advice) in shown
    assert [answer.headers["Location"] for answer in answers] == [page, page]
    assert (advice.state, Receipt.objects.count()) == ("done", 1)
    assert report(advice) not in browser.get(page).content.decode()


def test_a_missing_reason_is_asked_for_and_a_given_one_stands_in_the_minutes(
    advice: Recommendation, meeting: SupervisionSession, amina: User, grace: User, send: Send, client_of: ClientOf
) -> None:
    browser, sending = client_of(amina), {"key": str(uuid4()), "became": "not_done", "why": ""}

    asked = browser.post(report(advice), sending)
    browser.post(report(advice), sending | {"why": "The clinic was shut."})
    again = browser.post(report(advice), {"key": str(uuid4()), "became": "done"})
    send(meeting, grace, "phase", state="closed")
    minutes = browser.get(reverse("supervision:session", args=[meeting.pk])).content.decode()

    assert "Write in a few words why it was not possible." in asked.content.decode()
    assert again.status_code == 409
    assert "The clinic was shut." in minutes


@pytest.mark.parametrize("who", ["brian", "grace", "stranger"])
def test_nobody_else_says_it_for_her(
    advice: Recommendation, who: str, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    browser = client_of(request.getfixturevalue(who))

    assert browser.post(report(advice), {"key": str(uuid4()), "became": "done"}).status_code == 404


def test_who_leads_calls_a_planned_meeting_off_after_being_asked(
    planned: SupervisionSession, amina: User, grace: User, stranger: User, client_of: ClientOf
) -> None:
    page, address = (reverse(f"supervision:{name}", args=[planned.pk]) for name in ("session", "session-cancel"))
    leads, learns = client_of(grace), client_of(amina)

    offered = [address in browser.get(page).content.decode() for browser in (leads, learns)]
    foreign = [client_of(person).post(address, {"sure": "1"}).status_code for person in (amina, stranger)]
    unsure = leads.post(address).status_code
    planned.refresh_from_db()
    before = planned.state
    sure = [leads.post(address, {"sure": "1"}).status_code for _ in range(2)]
    planned.refresh_from_db()

    assert (offered, foreign, unsure, before) == ([True, False], [404, 404], 409, "scheduled")
    assert (sure, planned.state) == ([302, 302], "cancelled")
    assert "This meeting was cancelled." in learns.get(page).content.decode()


def test_a_form_too_asks_for_the_promise_first(meeting: SupervisionSession, amina: User, client_of: ClientOf) -> None:
    browser, page = client_of(amina), reverse("supervision:session", args=[meeting.pk])
    post = {"key": str(uuid4()), "kind": "message", "text": "Hello"}

    refused = browser.post(page + "post/", post).status_code
    there = Attendance.objects.count()
    browser.post(page + "enter/", {"agree": "1"})
    kept = client_of(amina).post(page + "post/", post | {"key": str(uuid4())}).status_code

    assert (refused, there, kept, meeting.agreements.count()) == (409, 0, 302, 1)
