"""The key of each person on each phone: made once, sealed, and never another's; and the proof that it is held."""

from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.test import Client

from lms.people.actions import replace_card
from lms.people.models import User
from lms.phone import actions
from lms.phone.actions import TooManyPhones, key_for
from lms.phone.models import DeviceKey

pytestmark = pytest.mark.django_db
DEVICE = "11111111-1111-4111-8111-111111111111"


def asked(client: Client, device: str = DEVICE) -> SimpleNamespace:
    answer = client.post("/phone/key/", {"device": device})
    return SimpleNamespace(status=answer.status_code, **answer.json())


def test_a_phone_gets_the_same_key_each_time(client_of: Callable, amina: User) -> None:
    first, again = asked(client_of(amina)), asked(client_of(amina))

    assert len(b64decode(first.key)) == 32
    assert again.key == first.key
    assert DeviceKey.objects.count() == 1


def test_two_people_on_one_phone_have_two_keys(client_of: Callable, amina: User, brian: User) -> None:
    assert asked(client_of(amina)).key != asked(client_of(brian)).key


def test_one_person_on_two_phones_has_two_keys(client_of: Callable, amina: User) -> None:
    client = client_of(amina)

    assert asked(client).key != asked(client, str(uuid4())).key


def test_the_key_lies_sealed_in_the_database(client_of: Callable, amina: User) -> None:
    key = asked(client_of(amina)).key

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM lms_devicekey")
        stored = bytes(cursor.fetchone()[0])
    assert key.encode() not in stored
    assert b64decode(key) not in stored


@pytest.mark.parametrize("device", ["", "my phone"])
def test_a_phone_that_does_not_say_which_it_is_gets_none(client_of: Callable, amina: User, device: str) -> None:
    answer = asked(client_of(amina), device)

    assert (answer.status, answer.code) == (400, "invalid")
    assert DeviceKey.objects.count() == 0


def test_signed_out_nobody_gets_a_key(client: Client) -> None:
    assert asked(client).status == 401


def test_a_key_is_not_given_to_a_link(client_of: Callable, amina: User) -> None:
    assert client_of(amina).get("/phone/key/", {"device": DEVICE}).status_code == 405


def test_phones_without_end_are_refused_and_known_ones_are_not(
    amina: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_PHONES", 1)
    known = key_for(person=amina, device=UUID(DEVICE), at=now)

    with pytest.raises(TooManyPhones):
        key_for(person=amina, device=uuid4(), at=now)

    assert key_for(person=amina, device=UUID(DEVICE), at=now) == known


def test_a_new_card_leaves_the_key_so_that_no_work_is_lost(
    client_of: Callable, amina: User, joseph: User, now: datetime
) -> None:
    before = asked(client_of(amina)).key

    replace_card(person=amina, sheet=uuid4(), by=joseph, at=now)

    assert key_for(person=amina, device=UUID(DEVICE), at=now) == before


def opened_word(client: Client, key: str, device: str = DEVICE) -> str:
    told = client.post("/phone/proof/", {"device": device}).json()
    return AESGCM(b64decode(key)).decrypt(b64decode(told["iv"]), b64decode(told["challenge"]), None).decode()


def test_who_can_use_the_key_opens_the_lock(client_of: Callable, amina: User) -> None:
    client = client_of(amina)
    key = asked(client).key
    client.post("/phone/lock/")

    word = opened_word(client, key)
    answer = client.post("/phone/proof/", {"device": DEVICE, "proof": word})

    assert answer.status_code == 204
    assert client.get("/me/").status_code == 200


def test_a_word_counts_once_and_only_the_right_one(client_of: Callable, amina: User) -> None:
    client = client_of(amina)
    key = asked(client).key
    client.post("/phone/lock/")

    word = opened_word(client, key)
    statuses = [
        client.post("/phone/proof/", {"device": DEVICE, "proof": one}).status_code
        for one in ("something", word, "None")
    ]

    assert statuses == [400, 400, 400]
    assert client.get("/me/").status_code == 423


def test_a_phone_without_a_key_has_nothing_to_prove(client_of: Callable, amina: User, brian: User) -> None:
    asked(client_of(brian))
    client = client_of(amina)
    client.post("/phone/lock/")

    statuses = [client.post("/phone/proof/", {"device": device}).status_code for device in (DEVICE, "x", "")]

    assert statuses == [404, 404, 404]


def test_signed_out_nobody_proves_anything(client: Client) -> None:
    assert client.post("/phone/proof/", {"device": DEVICE}).status_code == 401
