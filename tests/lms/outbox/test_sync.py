"""`/sync/`: every key counts once, nothing is decided when nothing can be, refusals are kept."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from lms.outbox import registry
from lms.outbox.actions import once
from lms.outbox.models import Receipt
from lms.outbox.registry import ItemKind
from lms.people.models import User
from lms.people.rules import Invalid, Refusal

pytestmark = pytest.mark.django_db


class Closed(Refusal):
    """A refusal of this test's own."""

    code = "closed"
    sentence = "The shop is closed."


@pytest.fixture
def bought(db: None) -> Iterator[list[dict[str, Any]]]:
    """A kind of item of this test's own: what was bought."""
    bag: list[dict[str, Any]] = []

    def clean(data: dict[str, Any], subject: str) -> dict[str, Any]:
        if "what" not in data:
            raise Invalid("Say what you buy.")
        return data

    def act(*, data: dict[str, Any], happened_at: datetime, **_: Any) -> dict[str, Any]:
        if data["what"] == "nothing":
            raise Closed
        bag.append({**data, "happened_at": happened_at})
        return {"n": len(bag)}

    registry.register(ItemKind("test.bought", clean, act))
    yield bag
    del registry.kinds["test.bought"]


def item(what: str = "salt", **other: Any) -> dict[str, Any]:
    """One item as a phone sends it."""
    return {
        "key": str(uuid4()),
        "kind": "test.bought",
        "subject": "s",
        "at": "2026-03-01T10:00:00Z",
        "data": {"what": what},
        **other,
    }


def send(client: Client, person: User, *items: Any, **other: Any) -> Any:
    """POST /sync/ with these items."""
    body = {"device": str(uuid4()), "person": str(person.pk), "items": list(items), **other}
    return client.post("/sync/", json.dumps(body), content_type="application/json")


def test_get_says_who_is_signed_in(amina: User, client_of: Callable[[User], Client]) -> None:
    answer = client_of(amina).get("/sync/").json()

    assert answer["person"] == str(amina.pk)
    assert len(answer["csrf"]) == 64


def test_items_apply_in_order_and_give_their_data(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    first, second = item("salt"), item("soap")

    answer = send(client_of(amina), amina, first, second).json()

    assert answer["results"] == [
        {"key": first["key"], "status": "applied", "code": "", "detail": "", "data": {"n": 1}},
        {"key": second["key"], "status": "applied", "code": "", "detail": "", "data": {"n": 2}},
    ]
    assert [b["what"] for b in bought] == ["salt", "soap"]


def test_a_repeated_key_answers_already_with_the_first_data(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    one = item()
    send(client_of(amina), amina, one)

    again = send(client_of(amina), amina, one).json()["results"][0]

    assert (again["status"], again["data"], len(bought)) == ("already", {"n": 1}, 1)


def test_a_refusal_is_final_and_the_same_when_asked_again(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    one = item("nothing")

    first = send(client_of(amina), amina, one).json()["results"][0]
    again = send(client_of(amina), amina, one).json()["results"][0]

    assert first == again
    assert (first["status"], first["code"], first["detail"]) == ("refused", "closed", "The shop is closed.")


@pytest.mark.parametrize("change", [{"data": {"what": "sugar"}}, {"subject": "other"}])
def test_another_body_under_a_used_key_is_a_conflict(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]], change: dict[str, Any]
) -> None:
    one = item()
    send(client_of(amina), amina, one)

    answer = send(client_of(amina), amina, {**one, **change}).json()["results"][0]

    assert (answer["status"], answer["code"], len(bought)) == ("refused", "conflict", 1)


def test_another_person_under_a_used_key_is_a_conflict(
    amina: User, brian: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    one = item()
    send(client_of(amina), amina, one)

    answer = send(client_of(brian), brian, one).json()["results"][0]

    assert (answer["code"], len(bought)) == ("conflict", 1)


def test_an_unknown_kind_and_unreadable_items_are_refused_and_the_rest_goes_on(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    answer = send(
        client_of(amina), amina, item(kind="test.stolen"), "no item", item(data={"x": 1.5}), item(data={}), item("salt")
    )

    assert [(r["status"], r["code"]) for r in answer.json()["results"]] == [
        ("refused", "invalid"),
        ("refused", "invalid"),
        ("refused", "invalid"),
        ("refused", "invalid"),
        ("applied", ""),
    ]


def test_a_clock_wrong_by_years_is_never_later_than_ours(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    send(client_of(amina), amina, item(at="2031-01-01T00:00:00Z"), item(at="yesterday"), item(at=None))

    assert all(b["happened_at"] <= datetime.now(UTC) for b in bought)
    assert all(b["happened_at"] >= datetime.now(UTC) - timedelta(minutes=5) for b in bought)


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "0099-01-01T00:00:00Z"])
def test_an_impossible_time_is_clamped(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]], said: str
) -> None:
    answer = send(client_of(amina), amina, item(at=said))

    assert answer.json()["results"][0]["status"] == "applied"
    assert bought[0]["happened_at"] >= datetime(2020, 1, 1, tzinfo=UTC)


def test_deep_nesting_and_half_letters_are_refused_alone(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]

    answer = send(
        client_of(amina), amina, item(data={"what": deep}), item(data={"what": "\ud800"}), item("salt\nand soap")
    )

    assert [one["status"] for one in answer.json()["results"]] == ["refused", "refused", "applied"]


def test_a_fault_of_ours_keeps_the_item_and_its_subject_for_later_and_lets_the_others_through(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    def broken(**_: Any) -> dict[str, Any]:
        raise RuntimeError("disk full")

    registry.register(ItemKind("test.broken", lambda data, subject: data, broken))
    answer = send(client_of(amina), amina, item(kind="test.broken"), item("salt"), item("soap", subject="other"))
    del registry.kinds["test.broken"]

    results = answer.json()["results"]
    assert [(one["status"], one.get("retry_after")) for one in results] == [
        ("later", 60),
        ("later", 60),
        ("applied", None),
    ]
    assert ([b["what"] for b in bought], Receipt.objects.count()) == (["soap"], 1)


def test_signed_out_decides_nothing(client: Client, amina: User, bought: list[dict[str, Any]]) -> None:
    answer = send(client, amina, item())

    assert (answer.status_code, Receipt.objects.count(), bought) == (401, 0, [])


def test_another_person_on_the_phone_decides_nothing(
    amina: User, brian: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    answer = send(client_of(brian), amina, item())

    assert (answer.status_code, answer.json()["code"], Receipt.objects.count()) == (409, "other_person", 0)


def test_too_many_items_and_too_many_bytes_decide_nothing(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    many = send(client_of(amina), amina, *[item() for _ in range(101)])
    big = send(client_of(amina), amina, item(data={"what": "x" * 1_000_000}))

    huge = send(client_of(amina), amina, item(data={"what": "x" * 3_000_000}))

    assert (many.status_code, big.status_code, huge.status_code, Receipt.objects.count()) == (413, 413, 413, 0)


def test_a_body_that_is_no_json_is_refused_whole(amina: User, client_of: Callable[[User], Client]) -> None:
    answer = client_of(amina).post("/sync/", "[" * 100_000, content_type="application/json")

    assert answer.status_code == 400


def test_a_stale_token_decides_nothing(amina: User, bought: list[dict[str, Any]]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(amina, backend="lms.people.access.CardOrNameBackend")

    answer = send(strict, amina, item())

    assert (answer.status_code, answer.json()["code"], Receipt.objects.count()) == (403, "csrf", 0)


def test_a_change_and_its_receipt_stand_or_fall_together(amina: User, now: datetime) -> None:
    def broken() -> dict[str, Any]:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        once(key=uuid4(), person=amina, body={}, at=now, act=broken)

    assert Receipt.objects.count() == 0


def test_without_the_key_a_change_would_count_twice(
    amina: User, client_of: Callable[[User], Client], bought: list[dict[str, Any]]
) -> None:
    one = item()
    send(client_of(amina), amina, one)
    Receipt.objects.all().delete()

    send(client_of(amina), amina, one)

    assert len(bought) == 2


def test_a_doubled_kind_is_an_error(bought: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(registry.kinds["test.bought"])
