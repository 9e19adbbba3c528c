"""Signing in and out: one form for everybody, no hint about what was not right."""

import re

import pytest
from django.test import Client

from lms.people.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "tandem-demo"


def sign_in(client: Client, username: str, password: str, **more: str):
    return client.post("/login/", {"username": username, "password": password, **more})


def alert_of(page: str) -> str:
    return re.search(r'role="alert".*?</div></div>', page, re.S).group(0)


def test_the_page_asks_for_name_and_secret(client: Client) -> None:
    page = client.get("/login/").content.decode()

    assert re.findall(r'name="(username|password)"', page) == ["username", "password"]


@pytest.mark.parametrize("typed", ["amina", "Amina", " AMINA "])
def test_a_user_name_works_in_any_case(client: Client, amina: User, typed: str) -> None:
    answer = sign_in(client, typed, PASSWORD)

    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    assert client.session["_auth_user_id"] == str(amina.pk)


@pytest.mark.parametrize("typed", ["7KXM-24QP", "7kxm-24qp", "7KXM24QP", "7kxm 24qp"])
def test_a_card_code_works_in_any_case_with_or_without_dashes(client: Client, amina: User, typed: str) -> None:
    User.objects.filter(pk=amina.pk).update(card_code="7KXM24QP")

    sign_in(client, typed, PASSWORD)

    assert client.session["_auth_user_id"] == str(amina.pk)


def test_a_wrong_name_and_a_wrong_secret_get_the_same_answer(client: Client, amina: User) -> None:
    known = alert_of(sign_in(client, "amina", "something else").content.decode())
    unknown = alert_of(sign_in(client, "nobody-here", PASSWORD).content.decode())

    assert known == unknown
    assert "_auth_user_id" not in client.session


def test_what_was_typed_as_a_name_stays_and_the_secret_does_not(client: Client, amina: User) -> None:
    page = sign_in(client, "amina", "my-secret-try").content.decode()

    assert 'value="amina"' in page
    assert "my-secret-try" not in page


def test_a_blank_form_says_what_to_type(client: Client) -> None:
    page = sign_in(client, "", "").content.decode()

    assert "Type your login code or your user name." in page
    assert "Type your PIN or your password." in page


def test_somebody_who_was_switched_off_cannot_go_in(client: Client, amina: User) -> None:
    User.objects.filter(pk=amina.pk).update(is_active=False)

    answer = sign_in(client, "amina", PASSWORD)

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("asked", "lands"),
    [
        ("/learn/", "/learn/"),
        ("https://evil.example/", "/home/"),
        ("//evil.example/", "/home/"),
        ("/\\evil.example/", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("http:///evil.example/", "/home/"),
    ],
)
def test_next_leads_only_to_a_page_of_ours(client: Client, amina: User, asked: str, lands: str) -> None:
    answer = sign_in(client, "amina", PASSWORD, next=asked)

    assert answer["Location"] == lands


def test_too_many_tries_lock_the_name_with_a_sentence_even_for_the_right_secret(
    client: Client, amina: User, settings
) -> None:
    tries = [sign_in(client, "amina", f"try {n}") for n in range(settings.AXES_FAILURE_LIMIT)]

    answer = sign_in(client, "amina", PASSWORD)

    assert tries[0].status_code == 200
    assert "You can try 1 more time." in tries[-2].content.decode()
    assert tries[-1].status_code == answer.status_code == 429
    assert "That was too many tries." in answer.content.decode()
    assert "Wait 15 minutes." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_card_and_the_name_share_their_tries(client: Client, amina: User, settings) -> None:
    User.objects.filter(pk=amina.pk).update(card_code="7KXM24QP")
    for n in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, ["amina", "AMINA", "7KXM-24QP", "7kxm24qp"][n % 4], f"try {n}")

    answer = sign_in(client, "amina", PASSWORD)

    assert answer.status_code == 429


def test_locking_one_name_leaves_the_others_alone(client: Client, amina: User, brian: User, settings) -> None:
    for n in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "amina", f"try {n}")

    answer = sign_in(client, "brian", PASSWORD)

    assert answer["Location"] == "/home/"


def test_who_is_signed_in_goes_straight_home(client_of, amina: User) -> None:
    answer = client_of(amina).get("/login/")

    assert (answer.status_code, answer["Location"]) == (302, "/home/")


def test_signing_out_needs_a_post_and_forgets_the_person(client_of, amina: User) -> None:
    client = client_of(amina)

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/"
    assert client.get("/home/").status_code == 302
