"""What phones send: a press made without network, late and twice, and how the person was."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from lms.people.models import User
from supervision.risk import actions, queries
from supervision.risk.models import RiskEscalation

pytestmark = pytest.mark.usefixtures("at_noon")


def sync(client: Client, person: User, *items: dict[str, Any]) -> list[dict[str, Any]]:
    body = {"device": str(uuid4()), "person": str(person.pk), "items": list(items)}
    return client.post("/sync/", body, content_type="application/json").json()["results"]


def pressed(at: object, **data: object) -> dict[str, Any]:
    told = {"what": "self", "place": "", "note": "", "case": ""} | data
    return {"key": str(uuid4()), "kind": "risk.raised", "subject": "", "at": str(at), "data": told}


def test_a_press_without_network_arrives_late_and_twice_and_is_one(
    client_of: Callable[[User], Client], rota: None, amina: User, now: datetime
) -> None:
    item, client = pressed((now - timedelta(hours=3)).isoformat()), client_of(amina)

    first, again = sync(client, amina, item)[0], sync(client, amina, item)[0]

    danger = RiskEscalation.objects.get()
    assert (first["status"], again["status"]) == ("applied", "already")
    assert first["data"] == again["data"]
    assert first["data"]["url"] == f"/supervision/risk/{danger.pk}/"
    assert first["data"]["said"] == "Sent. Grace Achieng is being told."
    assert (danger.happened_at, danger.raised_at) == (now - timedelta(hours=3), now)


def test_sent_by_the_form_and_by_the_outbox_it_is_one(
    client_of: Callable[[User], Client], rota: None, amina: User, now: datetime
) -> None:
    item, client = pressed(now.isoformat()), client_of(amina)

    client.post("/urgent/", {"key": item["key"], **item["data"]})
    answer = sync(client, amina, item)[0]

    assert (answer["status"], RiskEscalation.objects.count()) == ("already", 1)


@pytest.mark.parametrize("clock", ["2031-01-01T00:00:00Z", "never", "1970-01-01T00:00:00Z", None])
def test_a_phone_with_a_wrong_clock_is_heard(
    clock: object, client_of: Callable[[User], Client], rota: None, amina: User, now: datetime
) -> None:
    sync(client_of(amina), amina, pressed(clock))

    danger = RiskEscalation.objects.get()
    assert danger.happened_at <= danger.raised_at == now
    assert queries.unanswered().get().told_at == now


def test_nothing_in_it_can_be_so_wrong_that_it_is_refused(
    client_of: Callable[[User], Client], rota: None, amina: User, now: datetime
) -> None:
    odd = pressed(now.isoformat(), what=["x"], place={"a": 1}, note=["b"], case="no", programme=7)

    assert sync(client_of(amina), amina, odd)[0]["status"] == "applied"
    assert RiskEscalation.objects.get().what == "other"


def test_how_the_person_was_is_written_without_network_by_who_may(
    client_of: Callable[[User], Client], danger: RiskEscalation, amina: User, brian: User, grace: User, now: datetime
) -> None:
    actions.acknowledge(escalation=danger, by=grace, at=now)
    actions.act(escalation=danger, by=grace, at=now)
    actions.plan_follow_ups(escalation=danger, days=[date(2026, 3, 17)], by=grace, at=now)
    due = str(queries.follow_ups_of(danger)[0].pk)
    data = {"became": "done", "note": "She eats."}

    def item(**told: object) -> dict[str, Any]:
        return {
            "key": str(uuid4()),
            "kind": "risk.followed_up",
            "subject": due,
            "at": now.isoformat(),
            "data": data,
        } | told

    refused = sync(client_of(brian), brian, item())[0]
    unreadable = sync(client_of(amina), amina, item(data={"became": "perhaps"}), item(subject="x"))
    applied = sync(client_of(amina), amina, item())[0]

    assert (refused["status"], refused["code"]) == ("refused", "invalid")
    assert [one["code"] for one in unreadable] == ["invalid", "invalid"]
    assert (applied["status"], applied["data"]) == ("applied", {"follow_up": due, "became": "done"})


def test_her_phone_keeps_the_red_page_and_who_is_on_call_first(
    client_of: Callable[[User], Client], rota: None, amina: User, grace: User, world: SimpleNamespace
) -> None:
    User.objects.filter(pk=grace.pk).update(phone="+254 700 000 011")

    state = client_of(amina).get("/phone/state/").json()

    assert "/urgent/" in state["keep"]
    assert [one["name"] for one in state["parts"]["urgent"]["numbers"]] == ["Grace Achieng", "Dr Peter Ouma"]
    page = client_of(amina).get("/urgent/").content.decode()
    assert " data-keep" in page
    assert "These are the people on duty as of 17 March, 2:00 PM." in page
