"""What became of an advice, said without network and sent through `/sync/`."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.people.models import User
from supervision.cases.models import CasePresentation
from supervision.guard.models import IdentifierIncident
from supervision.room.rules import Answer
from supervision.sessions import rules
from supervision.sessions.models import Recommendation, SupervisionSession
from supervision.sessions.panels import reports_to_keep

Sync = Callable[..., dict[str, Any]]


@pytest.fixture
def advice(
    meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Callable[..., Answer]
) -> Recommendation:
    """Amina took something on."""
    key = uuid4()
    send(meeting, grace, "case.open", case=str(case.pk))
    send(meeting, grace, "recommendation.propose", key=key, case=str(case.pk), type="refer", text="Go with her")
    send(meeting, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2026-04-01")
    return Recommendation.objects.get()


@pytest.fixture
def sync(client_of: Callable[[User], Client]) -> Sync:
    """Sends one report as this person's phone: sync(amina, advice.key, became="done")."""

    def one(person: User, subject: object, *, item_key: UUID | None = None, **data: Any) -> dict[str, Any]:
        item = {"key": str(item_key or uuid4()), "kind": "advice.reported", "subject": str(subject), "data": data}
        body = {"device": str(uuid4()), "person": str(person.pk), "items": [item]}
        answer = client_of(person).post("/sync/", json.dumps(body), content_type="application/json")
        return answer.json()["results"][0]

    return one


def test_advice_is_done_once_however_often_it_is_sent(sync: Sync, amina: User, advice: Recommendation) -> None:
    item = uuid4()

    answers = [sync(amina, advice.key, item_key=item, became="done") for _ in range(2)]

    advice.refresh_from_db()
    assert [answer["status"] for answer in answers] == ["applied", "already"]
    assert [answer["data"] for answer in answers] == [{"advice": str(advice.pk), "became": "done"}] * 2
    assert advice.state == "done"


def test_two_phones_that_say_the_same_agree(sync: Sync, amina: User, advice: Recommendation) -> None:
    answers = [sync(amina, advice.key, became="done") for _ in range(2)]

    assert [answer["status"] for answer in answers] == ["applied", "applied"]


def test_a_reason_is_kept(sync: Sync, amina: User, advice: Recommendation) -> None:
    answer = sync(amina, advice.key, became="not_done", why="The clinic was shut.")

    advice.refresh_from_db()
    assert (answer["status"], advice.state, advice.why_not) == ("applied", "not_done", "The clinic was shut.")


def test_a_missing_reason_is_asked_for(sync: Sync, amina: User, advice: Recommendation) -> None:
    answer = sync(amina, advice.key, became="not_done", why=" ")

    advice.refresh_from_db()
    assert (answer["status"], answer["detail"]) == ("refused", str(rules.WhyMissing.sentence))
    assert advice.state == "agreed"


def test_a_second_other_word_is_a_conflict(sync: Sync, amina: User, advice: Recommendation) -> None:
    sync(amina, advice.key, became="done")

    answer = sync(amina, advice.key, became="not_done", why="No.")

    advice.refresh_from_db()
    assert (answer["code"], answer["detail"]) == ("conflict", str(rules.AdviceReported.sentence))
    assert advice.state == "done"


@pytest.mark.parametrize(
    "data",
    [{}, {"became": "maybe"}, {"became": "not_done", "why": 7}, {"became": "not_done", "why": "x" * 1001}],
)
def test_what_cannot_be_read_is_refused(sync: Sync, amina: User, advice: Recommendation, data: dict[str, Any]) -> None:
    answer = sync(amina, advice.key, **data)

    advice.refresh_from_db()
    assert (answer["status"], answer["code"], advice.state) == ("refused", "invalid", "agreed")


def test_a_subject_that_is_no_key_is_refused(sync: Sync, amina: User) -> None:
    assert sync(amina, "advice", became="done")["code"] == "invalid"


@pytest.mark.parametrize("who", ["brian", "grace", "joseph", "stranger"])
def test_only_who_took_it_on_says_it_from_a_phone(
    who: str, request: pytest.FixtureRequest, sync: Sync, advice: Recommendation
) -> None:
    person = request.getfixturevalue(who)

    answers = [sync(person, key, became="done") for key in (advice.key, uuid4())]

    advice.refresh_from_db()
    told = {(answer["code"], answer["detail"]) for answer in answers}
    assert told == {("not_allowed", str(rules.NotYourAdvice.sentence))}
    assert advice.state == "agreed"


def test_the_page_of_each_open_advice_is_kept(
    sync: Sync, amina: User, grace: User, advice: Recommendation, client_of: Callable[[User], Client], now: datetime
) -> None:
    page = reverse("supervision:advice-report", args=[advice.pk])

    before = reports_to_keep(amina, at=now)
    shown = client_of(amina).get(page)
    sync(amina, advice.key, became="done")

    assert (before, shown.status_code) == ([page], 200)
    assert reports_to_keep(amina, at=now) == []
    assert reports_to_keep(grace, at=now) == []
    assert client_of(grace).get(page).status_code == 404


NAMED = "She is Achieng Wafula of 0712 345 678, and was away."


def test_a_reason_that_shows_somebody_is_kept_and_waits_for_who_led(
    sync: Sync, amina: User, grace: User, advice: Recommendation
) -> None:
    answer = sync(amina, advice.key, became="not_done", why=NAMED, confirmed_why="colleague")

    advice.refresh_from_db()
    flag = IdentifierIncident.objects.get()
    assert (answer["status"], advice.why_not) == ("applied", NAMED)
    assert (flag.place, flag.writer, flag.lead, flag.reason) == ("report", amina, grace, "colleague")
    assert flag.kinds == "name phone"


def test_taken_away_the_reason_is_gone_and_that_it_was_not_possible_stays(
    sync: Sync, amina: User, grace: User, advice: Recommendation, client_of: Callable[[User], Client], now: datetime
) -> None:
    sync(amina, advice.key, became="not_done", why=NAMED)
    listed = client_of(grace).get(reverse("supervision:identifiers")).content.decode()
    flag = IdentifierIncident.objects.get()

    client_of(grace).post(reverse("supervision:identifier-decide", args=[flag.pk]))

    advice.refresh_from_db()
    flag.refresh_from_db()
    assert ("Why an advice was not possible" in listed, "Take the words away" in listed) == (True, True)
    assert (advice.why_not, advice.state, flag.state) == ("[…]", "not_done", "closed")


def test_who_wrote_it_does_not_decide(
    sync: Sync, amina: User, brian: User, advice: Recommendation, client_of: Callable[[User], Client]
) -> None:
    sync(amina, advice.key, became="not_done", why=NAMED)
    flag = IdentifierIncident.objects.get()

    answers = [
        client_of(person).post(reverse("supervision:identifier-decide", args=[flag.pk])) for person in (amina, brian)
    ]

    advice.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404, 404]
    assert advice.why_not == NAMED


def test_a_reason_for_the_words_that_is_not_on_the_list_is_refused(
    sync: Sync, amina: User, advice: Recommendation
) -> None:
    assert sync(amina, advice.key, became="not_done", why=NAMED, confirmed_why="because")["status"] == "refused"
