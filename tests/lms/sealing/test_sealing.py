"""Sealed texts open only where and by whom they were sealed; MACs tell bodies apart."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.sealing.rules import CannotUnseal, body_mac, canonical, same_body, seal, unseal


@given(some.text(max_size=400))
def test_what_was_sealed_comes_back(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return

    assert unseal(seal(text, about="case:1:tried"), about="case:1:tried") == text


def test_the_text_is_not_in_the_bytes() -> None:
    assert b"market" not in seal("She sells at the market", about="x")


def test_it_does_not_open_in_another_row() -> None:
    sealed = seal("private", about="case:1:tried")

    with pytest.raises(CannotUnseal, match="altered or belongs to another row"):
        unseal(sealed, about="case:2:tried")


def test_an_altered_byte_is_found() -> None:
    sealed = bytearray(seal("private", about="x"))
    sealed[-1] ^= 1

    with pytest.raises(CannotUnseal):
        unseal(bytes(sealed), about="x")


def test_old_keys_still_open_and_new_texts_take_the_newest(settings: SimpleNamespace) -> None:
    old = seal("first", about="x")
    settings.FIELD_KEYS = {"newer": "k" * 40, **settings.FIELD_KEYS}

    new = seal("second", about="x")

    assert (unseal(old, about="x"), unseal(new, about="x")) == ("first", "second")
    assert new[1:6] == b"newer"


def test_without_its_key_a_text_says_so(settings: SimpleNamespace) -> None:
    sealed = seal("private", about="x")
    settings.FIELD_KEYS = {"other": "k" * 40}

    with pytest.raises(CannotUnseal, match="not in FIELD_KEYS"):
        unseal(sealed, about="x")


def test_canonical_json_does_not_depend_on_order_or_zone() -> None:
    key, at = uuid4(), datetime(2026, 3, 17, 11, tzinfo=UTC)

    assert canonical({"b": [1, True], "a": key, "at": at}) == (
        f'{{"a":"{key}","at":"2026-03-17T11:00:00.000000Z","b":[1,true]}}'.encode()
    )


def test_floats_have_no_canonical_form() -> None:
    with pytest.raises(TypeError):
        canonical({"a": 1.5})


def test_a_body_is_known_again_after_key_rotation_and_another_is_not(settings: SimpleNamespace) -> None:
    kept = body_mac({"text": "hello"})
    settings.FIELD_KEYS = {"newer": "k" * 40, **settings.FIELD_KEYS}

    assert (same_body(kept, {"text": "hello"}), same_body(kept, {"text": "hallo"})) == (True, False)
