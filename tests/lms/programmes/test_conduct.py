"""The code of conduct: asked until it is agreed to, kept with version and date, asked again when it changes."""

from collections.abc import Callable
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from lms.people.models import Consent, User

pytestmark = pytest.mark.django_db
ASKED = "Before you begin: how we work with people"


def asks(client: Client) -> bool:
    """Whether the front page asks for it."""
    return ASKED in client.get("/home/").content.decode()


def test_a_learner_is_asked_until_she_agrees(amina: User, client_of: Callable[[User], Client]) -> None:
    client, key = client_of(amina), str(uuid4())
    asked = asks(client)

    first = client.post("/code-of-conduct/", {"key": key, "agree": "on"})
    again = client.post("/code-of-conduct/", {"key": key, "agree": "on"})

    assert (asked, asks(client), first.url, again.url) == (True, False, "/home/", "/home/")
    assert list(Consent.objects.values_list("user__username", "kind", "version")) == [("amina", "code_of_conduct", "1")]


def test_a_new_version_is_asked_again(world: SimpleNamespace, amina: User, client_of: Callable[[User], Client]) -> None:
    client = client_of(amina)
    client.post("/code-of-conduct/", {"key": str(uuid4()), "agree": "on"})
    world.programme.code_of_conduct_version = "2"
    world.programme.save()

    assert asks(client)


def test_without_the_tick_nothing_is_agreed(amina: User, client_of: Callable[[User], Client]) -> None:
    answer = client_of(amina).post("/code-of-conduct/", {"key": str(uuid4())})

    assert "Tick the box if you agree." in answer.content.decode()
    assert Consent.objects.count() == 0


def test_staff_are_not_asked(grace: User, client_of: Callable[[User], Client]) -> None:
    assert not asks(client_of(grace))


def test_signed_out_goes_to_the_login(client: Client) -> None:
    assert client.get("/code-of-conduct/").url == "/login/?next=/code-of-conduct/"
