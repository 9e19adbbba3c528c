"""Deciding about somebody's part in the programme, by form: who may, with which reason, and what is offered."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.people.models import User
from lms.programmes.actions import decide
from lms.programmes.models import EnrolmentEvent
from lms.programmes.rules import NotInScope

Browser = Callable[[User], Client]


def address(person: User) -> str:
    return reverse("programmes:decide", args=[person.provider.enrolments.get().id])


def stage(person: User) -> str:
    return person.provider.enrolments.get().stage


def test_a_manager_pauses_and_takes_back(amina: User, joseph: User, client_of: Browser) -> None:
    client = client_of(joseph)
    assert address(amina) in client.get(f"/manage/people/{amina.provider.id}/").content.decode()

    told = {"key": uuid4(), "decision": "pause", "reason": "A child was born."}
    answers = [client.post(address(amina), told).status_code for _ in range(2)]
    paused = stage(amina)
    page = client.get(address(amina)).content.decode()
    client.post(address(amina), {"key": uuid4(), "decision": "re_enter", "reason": "Back."})

    assert (answers, paused, stage(amina)) == ([302, 302], "paused", "supervised_practice")
    assert 'value="re_enter"' in page and 'value="pause"' not in page
    assert "A child was born." in page
    assert EnrolmentEvent.objects.count() == 2


def test_a_decision_needs_a_reason_and_keeps_what_was_typed(amina: User, joseph: User, client_of: Browser) -> None:
    client = client_of(joseph)

    without_reason = client.post(address(amina), {"key": uuid4(), "decision": "suspend"})
    without_decision = client.post(address(amina), {"key": uuid4(), "reason": "Harm to a client."})

    assert (without_reason.status_code, without_decision.status_code) == (400, 400)
    assert "Harm to a client." in without_decision.content.decode()
    assert stage(amina) == "enrolled"


def test_who_takes_part_cannot_come_back(amina: User, joseph: User, client_of: Browser) -> None:
    told = {"key": uuid4(), "decision": "re_enter", "reason": "Back."}

    answer = client_of(joseph).post(address(amina), told)

    assert "This person takes part already." in answer.content.decode()
    assert stage(amina) == "enrolled"


@pytest.mark.parametrize("who", ["grace", "samuel", "amina", "stranger", "lena"])
def test_only_a_manager_in_scope_decides(
    amina: User, who: str, request: pytest.FixtureRequest, client_of: Browser
) -> None:
    told = {"key": uuid4(), "decision": "withdraw", "reason": "x"}

    assert client_of(request.getfixturevalue(who)).post(address(amina), told).status_code == 404
    assert stage(amina) == "enrolled"


@pytest.mark.parametrize("who", ["grace", "amina", "stranger"])
def test_the_change_itself_asks_who_decides(
    amina: User, who: str, request: pytest.FixtureRequest, now: datetime
) -> None:
    enrolment = amina.provider.enrolments.get()

    with pytest.raises(NotInScope):
        decide(enrolment=enrolment, decision="withdraw", reason="x", by=request.getfixturevalue(who), at=now)

    assert stage(amina) == "enrolled"
