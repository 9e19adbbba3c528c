"""The language a person reads: kept with the person, and on the phone for the page before signing in."""

import pytest
from django.test import Client

from lms.people.models import User

pytestmark = pytest.mark.django_db


def test_choosing_keeps_the_language_with_the_person(client_of, amina: User) -> None:
    client = client_of(amina)

    answer = client.post("/language/", {"language": "ar", "next": "/me/"})

    amina.refresh_from_db()
    assert (answer["Location"], amina.language) == ("/me/", "ar")
    assert '<html lang="ar" dir="rtl"' in client.get("/me/").content.decode()


def test_a_language_chosen_at_the_door_is_kept_when_she_goes_in(client: Client, amina: User) -> None:
    client.post("/language/", {"language": "sw", "next": "/login/"})

    client.post("/login/", {"username": "amina", "password": "tandem-demo"})

    amina.refresh_from_db()
    assert amina.language == "sw"


def test_a_phone_that_somebody_else_used_does_not_change_her_language(client: Client, amina: User) -> None:
    client.cookies["django_language"] = "ar"

    client.post("/login/", {"username": "amina", "password": "tandem-demo"})

    amina.refresh_from_db()
    assert (amina.language, client.cookies["django_language"].value) == ("en", "en")


@pytest.mark.parametrize("sent", [{}, {"language": "xx"}, {"language": "ar'"}])
def test_an_unknown_language_changes_nothing(client_of, amina: User, sent: dict[str, str]) -> None:
    answer = client_of(amina).post("/language/", sent)

    amina.refresh_from_db()
    assert (answer.status_code, amina.language) == (200, "en")


def test_signing_out_forgets_the_language_on_the_phone(client_of, amina: User) -> None:
    client = client_of(amina)
    client.post("/language/", {"language": "ar"})

    client.post("/logout/")

    assert client.cookies["django_language"].value == ""
