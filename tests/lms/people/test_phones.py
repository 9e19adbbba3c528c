"""The phones on which somebody is signed in, and the PIN that she changes herself."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from lms.people import actions
from lms.people.models import SignIn, SignInEvent, User
from lms.people.rules import browser_of, device_of

pytestmark = pytest.mark.django_db
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1"
OPERA_MINI = "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16"
PASSWORD, PIN = "tandem-demo", "582039"


def phone(user: User, agent: str = ANDROID, password: str = PASSWORD) -> Client:
    """A browser of its own, signed in through the door."""
    client = Client(headers={"user-agent": agent})
    client.post("/login/", {"username": user.username, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


@pytest.fixture
def with_card(amina: User, joseph: User, now: datetime) -> User:
    """Amina has a card and keeps her secret."""
    actions.make_cards(people=[amina.pk], sheet=uuid4(), by=joseph, at=now)
    return amina


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (ANDROID, ("android", "Chrome")),
        (WINDOWS, ("computer", "Firefox")),
        (IPHONE, ("iphone", "Safari")),
        (OPERA_MINI, ("android", "Opera Mini")),
        ("", ("other", "")),
    ],
)
def test_a_device_is_named_as_its_browser_says(agent: str, said: tuple[str, str]) -> None:
    assert (device_of(agent), browser_of(agent)) == said


def test_signing_in_elsewhere_ends_nothing_and_both_are_listed(amina: User) -> None:
    first, second = phone(amina), phone(amina, WINDOWS)

    page = second.get("/me/").content.decode()

    assert is_in(first)
    assert page.count("Signed in on") == 2
    assert page.count("This phone</span>") == 1
    assert page.count("Sign out that one") == 1
    assert "Android phone" in page


def test_a_session_lasts_thirty_days(amina: User) -> None:
    client = phone(amina)

    assert client.session.get_expiry_age() == 30 * 24 * 3600
    assert client.cookies["sessionid"]["max-age"] == 30 * 24 * 3600


def test_a_day_of_use_begins_the_thirty_days_anew(amina: User, now: datetime) -> None:
    client = phone(amina)
    session = client.session
    session["seen"] = "2026-01-01"
    session.save()
    SignIn.objects.update(seen_at=now - timedelta(days=9))
    Session.objects.update(expire_date=now + timedelta(days=900))

    first, second = client.get("/me/"), client.get("/me/")

    assert first.cookies["sessionid"]["max-age"] == 30 * 24 * 3600
    assert "sessionid" not in second.cookies
    assert SignIn.objects.get().seen_at > now


def test_signing_out_that_one_ends_it_and_not_this_one(amina: User) -> None:
    lost, here = phone(amina), phone(amina, WINDOWS)
    sign_in = SignIn.objects.get(session_key=lost.session.session_key)

    answers = [here.post(f"/me/phones/{sign_in.pk}/out/")["Location"] for _ in range(2)]

    assert answers == ["/me/", "/me/"]
    assert (is_in(lost), is_in(here)) == (False, True)
    assert list(SignInEvent.objects.values_list("user", "kind", "by")) == [(amina.pk, "phone_out", amina.pk)]


def test_another_persons_phone_is_not_there(amina: User, brian: User) -> None:
    hers, his = phone(amina), phone(brian)
    sign_in = SignIn.objects.get(user=amina)

    answer = his.post(f"/me/phones/{sign_in.pk}/out/")

    assert answer.status_code == 404
    assert is_in(hers)


def test_signing_out_here_takes_the_phone_off_the_list(amina: User) -> None:
    other, here = phone(amina), phone(amina)

    here.post("/logout/")

    assert other.get("/me/").content.decode().count("Signed in on") == 1


def test_the_list_costs_the_same_at_1_and_at_30_phones(
    amina: User, now: datetime, django_assert_num_queries: SimpleNamespace
) -> None:
    client = phone(amina)
    costs = []
    for phones in (0, 29):
        for _ in range(phones):
            actions.remember_phone(
                person=amina, session_key=phone(amina).session.session_key + "x", agent=ANDROID, at=now
            )
        with django_assert_num_queries(6):
            costs.append(client.get("/me/").status_code)

    assert costs == [200, 200]


def change(client: Client, current: str, new: str, key: str = "") -> object:
    told = {"password": current, "new_password": new, "new_password_again": new, "key": key or str(uuid4())}
    return client.post("/me/pin/", told)


def test_a_new_pin_keeps_this_phone_and_signs_out_the_others(with_card: User) -> None:
    other, here = phone(with_card), phone(with_card)

    answer = change(here, PASSWORD, PIN)

    assert answer["Location"] == "/me/"
    assert (is_in(other), is_in(here)) == (False, True)
    assert is_in(phone(with_card, password=PIN))
    assert "This phone" in here.get("/me/").content.decode()
    assert list(SignInEvent.objects.values_list("kind", flat=True)) == ["card_made", "pin_changed"]


def test_pressed_twice_it_counts_once(with_card: User) -> None:
    here, key = phone(with_card), str(uuid4())

    answers = [change(here, PASSWORD, PIN, key)["Location"] for _ in range(2)]

    assert answers == ["/me/", "/me/"]
    assert SignInEvent.objects.filter(kind="pin_changed").count() == 1


@pytest.mark.parametrize(
    ("current", "new", "words"),
    [
        ("something", PIN, "This is not the PIN or password of now."),
        (PASSWORD, "198746", "This PIN looks like a year or a birthday."),
        ("", PIN, "Type the PIN or password with which you sign in now."),
    ],
)
def test_what_is_refused_changes_nothing(with_card: User, current: str, new: str, words: str) -> None:
    here = phone(with_card)

    page = change(here, current, new).content.decode()

    assert words in page
    assert new not in page
    assert is_in(phone(with_card))


def test_guessing_the_pin_of_now_on_a_phone_left_lying_is_locked_too(with_card: User, settings) -> None:
    here = phone(with_card)

    answers = [change(here, f"try {number}", PIN).status_code for number in range(settings.AXES_FAILURE_LIMIT)]

    assert answers[-1] == 429
    assert SignInEvent.objects.filter(kind="pin_changed").count() == 0


def test_who_signs_in_by_password_alone_has_no_pin_to_change(client_of, joseph: User) -> None:
    client = client_of(joseph)

    assert client.get("/me/pin/").status_code == 404
    assert "Change my PIN" not in client.get("/me/").content.decode()


@pytest.mark.parametrize("path", ["/me/pin/", "/me/"])
def test_pages_about_oneself_need_a_sign_in(client: Client, path: str, db: None) -> None:
    assert client.get(path)["Location"] == f"/login/?next={path}"
