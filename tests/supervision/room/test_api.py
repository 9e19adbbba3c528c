"""The same rows over HTTP."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from lms.people.models import User
from supervision.room.models import RoomEvent
from supervision.room.rules import Answer
from supervision.sessions.models import Attendance, SessionAgreement, SupervisionSession

Send = Callable[..., Answer]
ClientOf = Callable[[User], Client]


def address(session: SupervisionSession, after: object = None) -> str:
    """Where the events of a meeting are."""
    return f"/supervision/sessions/{session.pk}/events/" + ("" if after is None else f"?after={after}")


@pytest.fixture(autouse=True)
def agreed(meeting: SupervisionSession, amina: User, grace: User, stranger: User, now: datetime) -> None:
    """They ticked the line at the door; the stranger's row stops nothing and opens nothing."""
    for person in (amina, grace, stranger):
        SessionAgreement.objects.create(session=meeting, person=person, at=now)


def test_who_did_not_agree_reads_nothing_and_is_not_there(
    meeting: SupervisionSession, brian: User, grace: User, send: Send, client_of: ClientOf
) -> None:
    send(meeting, grace, "message", text="confidential")

    client, body = client_of(brian), {"key": str(uuid4()), "kind": "message", "data": {"text": "Hello"}}
    answers = [client.get(address(meeting)), client.post(address(meeting), body, content_type="application/json")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "not_agreed")] * 2
    assert "confidential" not in answers[0].content.decode()
    assert (Attendance.objects.count(), meeting.events.count()) == (0, 1)


def test_signed_out_is_401_and_foreign_is_404(
    meeting: SupervisionSession, stranger: User, joseph: User, client_of: ClientOf
) -> None:
    assert Client().get(address(meeting)).status_code == 401
    assert Client().post(address(meeting)).status_code == 401
    foreign = client_of(stranger).get(address(meeting))
    missing = client_of(stranger).get(f"/supervision/sessions/{uuid4()}/events/")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert client_of(joseph).get(address(meeting)).status_code == 404


def test_a_poll_brings_at_most_200_events_and_says_if_there_is_more(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, send: Send, client_of: ClientOf
) -> None:
    client = client_of(amina)
    client.get(address(meeting))
    for person in (amina, brian, grace):
        for number in range(80):
            send(meeting, person, "message", text=f"{number}")

    pages = [client.get(address(meeting, after)).json() for after in (0, 200, 241)]

    assert [(len(page["events"]), page["seq"], page["more"]) for page in pages] == [
        (200, 200, True),
        (41, 241, False),
        (0, 241, False),
    ]
    assert [event["seq"] for page in pages for event in page["events"]] == list(range(1, 242))


def test_polling_counts_as_being_there_once(meeting: SupervisionSession, amina: User, client_of: ClientOf) -> None:
    for _ in range(3):
        client_of(amina).get(address(meeting))

    assert (Attendance.objects.count(), list(meeting.events.values_list("kind", flat=True))) == (1, ["join"])


@pytest.mark.parametrize(
    ("after", "status"), [("9", 409), ("-1", 400), ("x", 400), ("1.5", 400), ("true", 400), ("9" * 5000, 400)]
)
def test_a_cursor_that_does_not_fit_is_refused(
    meeting: SupervisionSession, amina: User, after: str, status: int, client_of: ClientOf
) -> None:
    answer = client_of(amina).get(address(meeting, after))

    assert (answer.status_code, answer.json()["type"], answer.json()["code"]) == (status, "refused", "invalid")


def test_a_post_is_acknowledged_and_repeated_the_same(
    meeting: SupervisionSession, amina: User, client_of: ClientOf
) -> None:
    client = client_of(amina)
    body = {"key": str(uuid4()), "kind": "message", "data": {"text": "By hand"}}

    answers = [client.post(address(meeting), body, content_type="application/json") for _ in range(2)]
    body["data"] = {"text": "Other"}
    other = client.post(address(meeting), body, content_type="application/json")

    assert [answer.json() for answer in answers] == [{"type": "ack", "key": body["key"], "seq": 2}] * 2
    assert (other.status_code, other.json()["code"], other.json()["key"]) == (200, "conflict", body["key"])


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[]", b"\xff", b'{"key": 1}', b"[" * 60000, json.dumps({"key": "x" * 70000}).encode()]
)
def test_an_unreadable_post_is_refused(
    meeting: SupervisionSession, amina: User, body: bytes, client_of: ClientOf
) -> None:
    answer = client_of(amina).post(address(meeting), body, content_type="application/json")

    assert (answer.status_code, answer.json()["type"], answer.json()["key"]) == (200, "refused", None)
    assert RoomEvent.objects.exclude(kind="join").count() == 0


def test_a_post_without_a_token_is_refused(meeting: SupervisionSession, amina: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(amina, backend="lms.people.access.CardOrNameBackend")

    answer = client.post(address(meeting), {"key": str(uuid4())}, content_type="application/json")

    assert answer.status_code == 403
    assert RoomEvent.objects.count() == 0


def test_closing_over_http_writes_the_ledger_at_once(
    meeting: SupervisionSession, amina: User, grace: User, client_of: ClientOf
) -> None:
    client_of(amina).get(address(meeting))
    body = {"key": str(uuid4()), "kind": "phase", "data": {"state": "closed"}}

    answer = client_of(grace).post(address(meeting), body, content_type="application/json").json()

    assert answer["type"] == "ack"
    assert SupervisionSession.objects.get(pk=meeting.pk).settled_at is not None
