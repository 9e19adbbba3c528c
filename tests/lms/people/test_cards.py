"""Cards: made, first used, replaced; what each refuses, and what is kept of it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from lms.people import actions
from lms.people.models import Card, SignIn, SignInEvent, User
from lms.people.queries import card_of
from lms.people.rules import CARD_LETTERS, CardNotWaiting, PinTooEasy, check_pin, is_card_code

pytestmark = pytest.mark.django_db
PIN = "582039"


def new_person(user: User) -> User:
    """Somebody who was enrolled and never had a secret."""
    user.set_unusable_password()
    user.save()
    return user


def card_for(user: User, by: User, at: datetime) -> Card:
    return actions.make_cards(people=[user.pk], sheet=uuid4(), by=by, at=at)[0]


@pytest.fixture
def now() -> datetime:
    """The door looks at the real clock."""
    return timezone.now()


@pytest.fixture
def card(amina: User, joseph: User, now: datetime) -> Card:
    """Amina's first card."""
    return card_for(new_person(amina), joseph, now)


def knock(client: Client, name: str, secret: str, **more: str):
    return client.post("/login/", {"username": name, "password": secret}, **more)


def choose(client: Client, pin: str, again: str | None = None):
    return client.post("/login/pin/", {"new_password": pin, "new_password_again": pin if again is None else again})


def kinds_of(user: User) -> list[str]:
    return list(SignInEvent.objects.filter(user=user).values_list("kind", flat=True))


@pytest.mark.parametrize("pin", ["482913", "582039", "730164"])
def test_an_ordinary_pin_is_taken(pin: str) -> None:
    check_pin(pin)


@pytest.mark.parametrize(
    ("pin", "words"),
    [
        *[(pin, "6 digits") for pin in ("", "12345", "1234567", "12a456", "１２３４５６")],
        *[(pin, "easy to guess") for pin in ("123456", "654321", "012345", "111111", "121212", "123123", "112233")],
        *[(pin, "easy to guess") for pin in ("135791", "147258", "118118", "778877")],
        *[(pin, "year or a birthday") for pin in ("198746", "461987", "200581", "240593")],
        ("721000", "phone number"),
    ],
)
def test_a_pin_that_others_try_first_is_refused_with_its_reason(pin: str, words: str) -> None:
    with pytest.raises(PinTooEasy, match=words):
        check_pin(pin, phone="0721 000 101")


def test_codes_are_eight_letters_of_crockford_and_differ() -> None:
    codes = {actions.new_card_code() for _ in range(200)}

    assert len(codes) == 200
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) <= set(CARD_LETTERS)
    assert all(is_card_code(code) for code in codes)


def test_a_card_brings_a_starting_pin_that_lies_sealed(card: Card, amina: User) -> None:
    amina.refresh_from_db()

    with connection.cursor() as cursor:
        cursor.execute("SELECT starting_pin FROM lms_card")
        stored = bytes(cursor.fetchone()[0])

    assert amina.card_code == card.code
    assert len(card.starting_pin) == 6
    assert card.starting_pin.encode() not in stored
    assert kinds_of(amina) == ["card_made"]


def test_who_has_a_password_keeps_it_and_gets_a_card_without_a_starting_pin(
    client: Client, amina: User, joseph: User, now: datetime
) -> None:
    card = card_for(amina, joseph, now)

    answer = knock(client, card.code, "tandem-demo")

    assert (card.starting_pin, card.used_at) == ("", now)
    assert answer["Location"] == "/home/"


def test_a_card_that_is_in_use_is_left_out(amina: User, brian: User, joseph: User, now: datetime) -> None:
    first = card_for(amina, joseph, now)

    made = actions.make_cards(people=[amina.pk, brian.pk], sheet=uuid4(), by=joseph, at=now)

    assert [card.user_id for card in made] == [brian.pk]
    assert card_of(amina) == first


def test_nobody_holds_two_cards_at_a_time(card: Card, amina: User, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.create(user=amina, code="7KXM24QP", sheet=uuid4(), made_at=now)


def test_the_starting_pin_signs_nobody_in_before_she_chose_her_own(client: Client, card: Card) -> None:
    answer = knock(client, card.code, card.starting_pin)

    assert answer["Location"] == "/login/pin/"
    assert client.get("/home/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_red_button_stands_where_she_chooses_it_and_its_page_opens(client: Client, card: Card) -> None:
    page = client.get(knock(client, card.code, card.starting_pin)["Location"]).content.decode()

    assert page.count('<a class="btn btn-urgent" href="/urgent/">') == 1
    assert client.get("/urgent/").status_code == 200


def test_she_chooses_a_pin_once_and_goes_in_where_she_wanted(client: Client, card: Card, amina: User) -> None:
    client.post("/login/", {"username": card.code, "password": card.starting_pin, "next": "/learn/"})
    starting = card.starting_pin

    answer = choose(client, PIN)

    card.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/learn/")
    assert client.session["_auth_user_id"] == str(amina.pk)
    assert (card.starting_pin, card.used_at is None) == ("", False)
    assert kinds_of(amina) == ["card_made", "pin_chosen"]
    assert "_auth_user_id" not in knocked(card.code, starting)
    assert knocked(card.code, PIN)["_auth_user_id"] == str(amina.pk)


def knocked(name: str, secret: str):
    """The session of a new browser after signing in."""
    browser = Client()
    knock(browser, name, secret)
    return browser.session


@pytest.mark.parametrize(
    ("pin", "again", "words"),
    [
        ("123456", "123456", "This PIN is easy to guess."),
        (PIN, "582038", "This is not the same as above."),
        ("", "", "Type 6 digits."),
        ("starting", "starting", "This is the starting PIN"),
    ],
)
def test_a_pin_that_cannot_be_is_refused_on_the_page(
    client: Client, card: Card, pin: str, again: str, words: str
) -> None:
    knock(client, card.code, card.starting_pin)

    page = choose(client, *(card.starting_pin if one == "starting" else one for one in (pin, again))).content.decode()

    assert words in page
    assert "_auth_user_id" not in client.session


def test_a_starting_pin_that_is_too_old_says_so(client: Client, card: Card, now: datetime) -> None:
    Card.objects.update(starting_until=now - timedelta(seconds=1))

    page = knock(client, card.code, card.starting_pin).content.decode()

    assert "This starting PIN is too old. Ask your trainer for a new card." in page
    assert client.get("/login/pin/")["Location"] == "/login/"


def test_starting_pins_are_forgotten_when_their_time_is_over(card: Card, now: datetime) -> None:
    assert actions.forget_starting_pins(at=now + timedelta(days=29)) == 0
    assert actions.forget_starting_pins(at=now + timedelta(days=30)) == 1
    assert actions.forget_starting_pins(at=now + timedelta(days=30)) == 0
    assert Card.objects.get().starting_pin == ""


def test_the_page_to_choose_waits_a_quarter_of_an_hour(client: Client, card: Card) -> None:
    knock(client, card.code, card.starting_pin)
    session = client.session
    session["first_pin"] |= {"until": "2026-01-01T00:00:00+00:00"}
    session.save()

    assert choose(client, PIN)["Location"] == "/login/"
    assert Card.objects.get().used_at is None


def test_two_with_one_starting_pin_the_first_wins(card: Card, now: datetime) -> None:
    first, second = Client(), Client()
    for browser in (first, second):
        knock(browser, card.code, card.starting_pin)

    choose(first, PIN)
    answer = choose(second, "730164")

    assert answer["Location"] == "/login/"
    with pytest.raises(CardNotWaiting):
        actions.choose_first_pin(card=card, pin="730164", at=now)


def test_a_card_that_was_replaced_meanwhile_starts_nothing(
    client: Client, card: Card, amina: User, joseph: User, now: datetime
) -> None:
    knock(client, card.code, card.starting_pin)

    actions.replace_card(person=amina, sheet=uuid4(), by=joseph, at=now)

    assert choose(client, PIN)["Location"] == "/login/"
    assert card_of(amina).used_at is None


def test_replacing_ends_code_pin_and_sessions_at_once(client: Client, card: Card, amina: User, joseph: User, now):
    knock(client, card.code, card.starting_pin)
    choose(client, PIN)
    old_key = client.session.session_key

    new = actions.replace_card(person=amina, sheet=uuid4(), by=joseph, at=timezone.now())

    assert client.get("/me/").status_code == 302
    assert not Session.objects.filter(session_key=old_key).exists()
    assert not SignIn.objects.filter(user=amina, ended_at=None).exists()
    assert "_auth_user_id" not in knocked(card.code, PIN)
    assert "_auth_user_id" not in knocked(new.code, PIN)
    assert knocked(new.code, new.starting_pin)["first_pin"]["card"] == str(new.pk)
    assert kinds_of(amina)[-1] == "card_replaced"


def test_the_qr_leads_to_a_page_with_the_code_filled_in(client: Client, card: Card) -> None:
    page = client.get(f"/login/?card={card.code.lower()}").content.decode()

    assert f'value="{card.code[:4]}-{card.code[4:]}"' in page


@pytest.mark.parametrize("told", ["<script>", "7KXM24Q", "7KXM24QPX", "UUUUUUUU"])
def test_what_is_no_code_is_not_filled_in(client: Client, told: str) -> None:
    page = client.get("/login/", {"card": told}).content.decode()

    assert 'name="username" value=""' in page


def test_a_card_scanned_where_another_is_signed_in_says_who(client_of, brian: User, card: Card) -> None:
    answer = client_of(brian).get(f"/login/?card={card.code}", follow=True)

    assert answer.redirect_chain == [("/me/", 302)]
    assert "This phone is signed in as Brian Otieno." in answer.content.decode()


def test_a_hundred_tries_a_day_from_anywhere_lock_the_name(client: Client, amina: User, monkeypatch) -> None:
    monkeypatch.setattr("lms.people.views.TRIES_A_DAY", 3)
    for number in range(3):
        knock(client, "amina", "something", REMOTE_ADDR=f"10.0.0.{number}")

    answer = knock(client, "amina", "tandem-demo", REMOTE_ADDR="10.0.0.9")

    assert answer.status_code == 429
    assert "Wait until tomorrow." in answer.content.decode()
    assert "_auth_user_id" not in client.session
