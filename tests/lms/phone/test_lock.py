"""The lock on the server: what a locked session still opens, how it is opened, and idleness without script."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from lms.middleware import LockMiddleware
from lms.people import api
from lms.people.models import User
from lms.people.rules import is_idle
from supervision.room.access import person_of

pytestmark = pytest.mark.django_db
PASSWORD = "tandem-demo"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
UNLOCK = "/phone/unlock/"


def signed_in(user: User) -> Client:
    """A browser that came in through the door."""
    client = Client(headers=PAGE)
    client.post("/login/", {"username": user.username, "password": PASSWORD})
    return client


@pytest.fixture
def locked(amina: User) -> Client:
    client = signed_in(amina)
    client.post("/phone/lock/")
    return client


def idle(client: Client, minutes: float) -> Client:
    """As if the last request had been so long ago."""
    session = client.session
    session["active"] -= int(minutes * 60)
    session.save()
    return client


@pytest.mark.parametrize(
    ("minutes", "is_so"), [(0, False), (14.9, False), (15, True), (60 * 24 * 365, True), (-1, True)]
)
def test_fifteen_minutes_lock_and_so_does_a_clock_that_went_back(now: datetime, minutes: float, is_so: bool) -> None:
    assert is_idle(now, now + timedelta(minutes=minutes)) is is_so


@pytest.mark.parametrize(
    "path",
    ["/home/", "/me/", "/learn/", "/supervision/", "/certificate/", "/phone/", "/", "/admin/", "/login/?card=7KXM24QP"],
)
def test_a_locked_phone_shows_the_lock_in_the_place_of_every_page(locked: Client, path: str) -> None:
    answer = locked.get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{UNLOCK}?next=%2F")


@pytest.mark.parametrize(
    "path", ["/urgent/", "/sw.js", "/manifest.webmanifest", "/phone/shell/", "/language/", "/health/live"]
)
def test_help_and_what_names_nobody_still_open(locked: Client, path: str) -> None:
    assert locked.get(path).status_code == 200


def test_what_waits_is_still_sent(locked: Client, amina: User) -> None:
    told = locked.get("/sync/").json()
    sent = locked.post(
        "/sync/", {"device": str(uuid4()), "person": str(amina.pk), "items": []}, content_type="application/json"
    )

    assert told["person"] == str(amina.pk)
    assert (sent.status_code, sent.json()) == (200, {"results": []})


@pytest.mark.parametrize("path", ["/phone/state/", "/home/", "/media/x.png"])
def test_a_script_hears_that_the_phone_is_locked(locked: Client, path: str) -> None:
    answer = locked.get(path, headers={"Accept": "*/*"})

    assert (answer.status_code, answer.json()["code"]) == (423, "locked")


def test_the_key_is_not_given_to_a_locked_phone(locked: Client) -> None:
    answer = locked.post("/phone/key/", {"device": str(uuid4())}, headers={"Accept": "*/*"})

    assert answer.status_code == 423


def test_without_the_guard_a_locked_phone_would_open(locked: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LockMiddleware, "is_locked", lambda self, request: False)

    assert locked.get("/home/").status_code == 200


def test_the_page_under_a_lock_does_not_say_whose_things_these_are_to_scripts(locked: Client) -> None:
    page = locked.get("/urgent/").content.decode()

    assert "data-person" not in page
    assert "data-without" in page


def test_the_lock_greets_by_name_and_offers_to_leave(locked: Client) -> None:
    page = locked.get(UNLOCK, {"next": "/learn/"}).content.decode()

    assert "Amina, type your PIN" in page
    assert re.findall(r'action="([^"]+)"', page) == [UNLOCK, "/logout/"]
    assert '<input type="hidden" name="next" value="/learn/">' in page
    assert 'class="tabbar"' not in page


def test_the_right_secret_opens_and_leads_on(locked: Client) -> None:
    answer = locked.post(UNLOCK, {"password": PASSWORD, "next": "/learn/"})

    assert (answer.status_code, answer["Location"]) == (302, "/learn/")
    assert locked.get("/home/").status_code == 200


def test_it_leads_to_no_foreign_place(locked: Client) -> None:
    answer = locked.post(UNLOCK, {"password": PASSWORD, "next": "//elsewhere.example/"})

    assert answer["Location"] == "/home/"


def test_a_script_opens_without_a_page(locked: Client) -> None:
    answer = locked.post(UNLOCK, {"password": PASSWORD}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.content) == (204, b"")


def test_another_persons_secret_does_not_open(locked: Client, brian: User) -> None:
    brian.set_password("another-secret")
    brian.save()

    answer = locked.post(UNLOCK, {"password": "another-secret"})

    assert answer.status_code == 200
    assert "This is not the PIN or password with which you sign in." in answer.content.decode()
    assert locked.get("/home/").status_code == 302


def test_nothing_typed_is_asked_for_and_said_to_a_script_too(locked: Client) -> None:
    answer = locked.post(UNLOCK, {}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["detail"]) == (400, "Type your PIN or your password.")


def test_the_secret_never_comes_back_in_the_page(locked: Client) -> None:
    assert "my-secret-try" not in locked.post(UNLOCK, {"password": "my-secret-try"}).content.decode()


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_wrong_tries_are_counted_as_at_the_door(locked: Client, settings, accept: str) -> None:
    headers = {"Accept": accept}
    tries = [
        locked.post(UNLOCK, {"password": f"try {n}"}, headers=headers).status_code
        for n in range(settings.AXES_FAILURE_LIMIT)
    ]

    right = locked.post(UNLOCK, {"password": PASSWORD}, headers=headers)

    assert set(tries[:-1]) == {200 if accept == "text/html" else 400}
    assert (tries[-1], right.status_code) == (429, 429)
    assert locked.get("/home/").status_code == 302


def test_after_a_hundred_tries_a_day_from_anywhere_nothing_more_is_tried(
    locked: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "TRIES_A_DAY", 1)
    locked.post(UNLOCK, {"password": "a try"})

    answer = locked.post(UNLOCK, {"password": PASSWORD})

    assert answer.status_code == 429
    assert "Wait until tomorrow." in answer.content.decode()


def test_not_you_signs_out(locked: Client) -> None:
    assert locked.post("/logout/")["Location"] == "/"
    assert locked.get("/home/")["Location"] == "/login/?next=/home/"


def test_an_open_phone_needs_no_lock_page(amina: User) -> None:
    assert signed_in(amina).get(UNLOCK, {"next": "/learn/"})["Location"] == "/learn/"


def test_signed_out_the_lock_leads_to_the_door(client: Client) -> None:
    page, script = client.get(UNLOCK, headers=PAGE), client.post(UNLOCK, {"password": PASSWORD})

    assert page["Location"].startswith("/login/")
    assert (script.status_code, client.post("/phone/lock/").status_code) == (401, 401)


@pytest.mark.parametrize("path", ["/phone/lock/", "/phone/proof/"])
def test_a_link_neither_locks_nor_opens(client_of: Callable, amina: User, path: str) -> None:
    assert client_of(amina).get(path).status_code == 405


def test_without_script_the_server_locks_after_fifteen_minutes(amina: User) -> None:
    client = idle(signed_in(amina), 16)

    assert client.get("/home/")["Location"] == f"{UNLOCK}?next=%2Fhome%2F"


def test_who_goes_on_is_not_locked(amina: User) -> None:
    client = signed_in(amina)

    answers = [idle(client, 10).get("/home/").status_code for _ in range(3)]

    assert answers == [200, 200, 200]


def test_the_server_locks_whatever_a_script_promised(amina: User) -> None:
    client = signed_in(amina)
    client.post("/phone/key/", {"device": str(uuid4())})

    assert idle(client, 16).get("/home/")["Location"] == f"{UNLOCK}?next=%2Fhome%2F"


def test_use_is_written_down_once_a_minute_at_most(amina: User) -> None:
    client = idle(signed_in(amina), 0.5)
    before = client.session["active"]

    client.get("/home/")

    assert client.session["active"] == before


def test_who_sits_in_a_live_room_is_not_locked_there(amina: User) -> None:
    client = idle(signed_in(amina), 16)

    assert client.get(f"/supervision/sessions/{uuid4()}/").status_code == 404
    assert client.get("/home/").status_code == 200


def test_what_was_typed_for_an_hour_still_arrives_and_then_the_phone_is_locked(amina: User) -> None:
    client = idle(signed_in(amina), 60)

    sent = client.post("/language/", {"language": "sw", "next": "/me/"})

    amina.refresh_from_db()
    assert (sent["Location"], amina.language) == ("/me/", "sw")
    assert client.get("/me/")["Location"].startswith(UNLOCK)


def test_a_locked_phone_opens_no_socket(amina: User) -> None:
    client = signed_in(amina)
    cookies = {name: held.value for name, held in client.cookies.items()}
    before = person_of(cookies)

    client.post("/phone/lock/")

    assert before == (amina, client.session.session_key)
    assert person_of(cookies) is None


def test_a_form_sent_to_a_locked_phone_comes_back_after_the_pin(locked: Client) -> None:
    typed = {"text": "She sleeps badly again.", "choice": ["a", "b"], "password": "secret"}
    came = {"Origin": "http://testserver"}

    lock = locked.post("/code-of-conduct/?x=1", typed, headers=came)
    held = dict(re.findall(r'name="(held[^"]*)" value="([^"]*)"', lock.content.decode()))
    shown = locked.post(UNLOCK, {**held, "password": PASSWORD}).content.decode()

    assert lock.status_code == 423
    assert held == {"held_path": "/code-of-conduct/?x=1", "held-text": "She sleeps badly again.", "held-choice": "b"}
    assert '<form class="stack" method="post" action="/code-of-conduct/?x=1">' in shown
    assert '<p class="typed">She sleeps badly again.</p>' in shown
    assert '<input type="hidden" name="text" value="She sleeps badly again.">' in shown


def test_a_wrong_pin_keeps_what_was_typed(locked: Client) -> None:
    page = locked.post(UNLOCK, {"held_path": "/x/", "held-text": "Words", "password": "a try"}).content.decode()

    assert re.findall(r'name="(held[^"]*)" value="([^"]*)"', page) == [("held_path", "/x/"), ("held-text", "Words")]


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_what_was_typed_is_offered_to_no_foreign_place(locked: Client, path: str) -> None:
    answer = locked.post(UNLOCK, {"held_path": path, "held-text": "Words", "password": PASSWORD})

    assert answer["Location"] == "/home/"


def test_what_a_foreign_page_posted_is_not_carried_on(locked: Client) -> None:
    answer = locked.post("/code-of-conduct/", {"text": "planted"}, headers={"Origin": "https://elsewhere.example"})

    assert (answer.status_code, answer["Location"]) == (302, UNLOCK)
