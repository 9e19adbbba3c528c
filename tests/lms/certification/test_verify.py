"""The public check: what everybody may see, and how often."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.certification.actions import revoke, suspend
from lms.certification.models import Certificate
from lms.people.models import User


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> dict[str, datetime]:
    """Views ask Django for the time; a test may move it."""
    told = {"now": now}
    monkeypatch.setattr(timezone, "now", lambda: told["now"])
    return told


def shown(client: Client, code: str) -> tuple[int, str, str]:
    answer = client.get(f"/verify/{code}/")
    return answer.status_code, answer.context["state"], answer.content.decode()


def test_a_valid_certificate_says_name_and_dates_without_a_sign_in(client: Client, certificate: Certificate) -> None:
    status, state, page = shown(client, certificate.code)

    assert (status, state) == (200, "active")
    for words in (
        "Valid today",
        "Amina Odhiambo",
        "17 March 2026",
        "17 March 2028",
        "Helping in Kisumu",
        certificate.code,
    ):
        assert words in page


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (700, "expiring", "Valid today"),
        (740, "grace", "Ended, still counts for a while"),
        (900, "expired", "Expired"),
    ],
)
def test_what_it_is_worth_changes_with_the_day(
    client: Client, certificate: Certificate, clock: dict, now: datetime, days: int, state: str, words: str
) -> None:
    clock["now"] = now + timedelta(days=days)

    assert shown(client, certificate.code)[1] == state
    assert words in shown(client, certificate.code)[2]


def test_taking_back_shows_at_once_without_name_or_reason(
    client: Client, certificate: Certificate, joseph: User, now: datetime
) -> None:
    before = shown(client, certificate.code)[1]

    revoke(certificate=certificate, reason="Harm to a client.", by=joseph, at=now)

    status, state, page = shown(client, certificate.code)
    assert (before, status, state) == ("active", 200, "revoked")
    assert "Not valid: taken back" in page
    assert "Harm to a client" not in page
    assert "Amina" not in page


def test_a_suspension_shows_without_a_reason(
    client: Client, certificate: Certificate, joseph: User, now: datetime
) -> None:
    suspend(certificate=certificate, reason="Under review.", by=joseph, at=now)

    _status, state, page = shown(client, certificate.code)

    assert state == "suspended"
    assert "Under review" not in page


def test_the_answer_is_never_kept_on_the_way(client: Client, certificate: Certificate) -> None:
    assert "no-store" in client.get(f"/verify/{certificate.code}/")["Cache-Control"]


def test_a_code_is_found_however_it_is_typed(client: Client, certificate: Certificate) -> None:
    typed = certificate.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")

    answer = client.get("/verify/", {"code": typed})

    assert answer.url == f"/verify/{certificate.code}/"
    assert shown(client, typed)[1] == "active"


def test_the_long_token_of_the_qr_leads_there_too(client: Client, certificate: Certificate) -> None:
    assert shown(client, certificate.token)[1] == "active"


@pytest.mark.parametrize("typed", ["TND-0000-0000-0000-0000", "0" * 26, "hello", "%3Cscript%3E", "a" * 300])
def test_what_does_not_exist_and_what_cannot_be_answer_alike(
    client: Client, certificate: Certificate, typed: str
) -> None:
    status, state, page = shown(client, typed)

    assert (status, state) == (404, "none")
    assert "<script>" not in page.replace('<script type="module"', "")


def test_typed_nonsense_in_the_form_is_kept_to_mend(client: Client, db: None) -> None:
    answer = client.get("/verify/", {"code": "TND-7K4O"})

    assert (answer.status_code, answer.context["state"]) == (404, "none")
    assert 'value="TND-7K4O"' in answer.content.decode()


def test_the_empty_form_asks_for_a_code(client: Client, db: None) -> None:
    assert client.get("/verify/").context["state"] == "ask"


def test_somebody_who_guesses_is_stopped_and_others_are_not(
    client: Client, certificate: Certificate, clock: dict, now: datetime
) -> None:
    states = [shown(client, "TND-0000-0000-0000-0000")[1] for _ in range(30)]
    stopped = client.get(f"/verify/{certificate.code}/")

    elsewhere = client.get(f"/verify/{certificate.code}/", REMOTE_ADDR="10.0.0.9")
    clock["now"] = now + timedelta(minutes=1)
    later = client.get(f"/verify/{certificate.code}/")

    assert states == ["none"] * 30
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "60")
    assert "Too many codes were checked from this place." in stopped.content.decode()
    assert (elsewhere.status_code, later.status_code) == (200, 200)


def test_the_check_costs_the_same_for_every_certificate(
    client: Client, certificate: Certificate, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(3):
        client.get(f"/verify/{certificate.code}/")
