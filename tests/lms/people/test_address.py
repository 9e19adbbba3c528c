"""Whose tries are counted: the device's, also behind our own proxy, and never one that the device made up."""

from types import SimpleNamespace

import pytest
from django.test import Client

from lms.people.models import User
from lms.people.rules import address_of

OURS = ["10.0.0.1", "10.0.0.2"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
    ids=["direct", "made up", "one proxy", "made up before it", "two proxies", "silent proxy"],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: str, address: str) -> None:
    assert address_of(peer, forwarded, OURS) == address


@pytest.mark.django_db
def test_a_guesser_behind_the_proxy_does_not_lock_the_rightful_person_out(
    amina: User, settings: SimpleNamespace, client: Client
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    def tried(password: str, device: str) -> int:
        typed = {"username": "amina", "password": password}
        return client.post("/login/", typed, headers={"X-Forwarded-For": device}).status_code

    guesses = [tried("wrong", "203.0.113.66") for _ in range(11)]

    assert (guesses[0], guesses[-1]) == (200, 429)
    assert tried("tandem-demo", "198.51.100.7") == 302
