"""Server and phone find the same: on the test set, on random texts, by the same patterns."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.guard.rules import NOTHING, Register, find, patterns, register_of, replaced, same_words
from supervision.guard.rules.patterns import AFTER_MONEY, BEFORE_MONEY, PATTERNS, WEAK
from supervision.guard.rules.words import known_words, latin_digits
from tests.supervision.guard.quick_guard import SCRIPTS, PhoneGuard

TEXTS = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))["text"]
phone = PhoneGuard()
LISTED = sorted(word for words in known_words().values() for word in words)
REGISTER = register_of(["Kwame Mensah", "Sara"], ["Hill Clinic", "Kadibo"], spared=["Grace Achieng"])


def found_by_the_server(text: str, register: Register) -> list[tuple[str, str, str]]:
    return [(finding.kind, finding.text, finding.hint) for finding in find(text, register)]


@pytest.mark.parametrize("register", [NOTHING, REGISTER])
def test_on_the_test_set_both_find_the_same(register: Register) -> None:
    for entry in TEXTS:
        assert phone.find(entry["text"], register) == found_by_the_server(entry["text"], register)


def test_the_patterns_are_the_same() -> None:
    script = (SCRIPTS / "guard_patterns.js").read_text(encoding="utf-8")

    assert phone.call("() => JSON.parse(sources())") == [list(row) for row in PATTERNS]
    for pattern in (BEFORE_MONEY, AFTER_MONEY, WEAK):
        assert script.count(pattern.pattern) == 1


word = st.one_of(
    st.sampled_from(LISTED),
    st.sampled_from(LISTED).map(str.title),
    st.sampled_from(
        [
            "0712 345 678",
            "12/03/2021",
            "94",
            "٠٧٩١٢٣٤٥٦٧",
            "Kwame",
            "Hill",
            "Clinic",
            "Grace",
            "KS/2023/0456",
            "years old",
            "Age: 94",
            "mother",
            "was 97",
            "95yo",
            "29 384 756",
            "National ID",
            "(555) 123-4567",
            "May the 5th",
            "03/2021",
            "-0.0917, 34.7680",
            "254 712 345 678",
            "Mr",
            "Omondi-Were",
            "bibi",
            "جدتي",
        ]
    ),
    st.text("abkzAKZ019٣أة-'’.@/", max_size=8),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(word, st.sampled_from([" ", ". ", ", ", "\n", " - "])), max_size=14))
def test_on_random_texts_both_find_the_same(parts: list[tuple[str, str]]) -> None:
    text = "".join(piece for part in parts for piece in part)

    assert phone.find(text, REGISTER) == found_by_the_server(text, REGISTER)


def read_by_all(text: str) -> list[tuple[str, int, int]]:
    """As if every pattern read every text."""
    signs = patterns.ASKED
    patterns.ASKED = dict.fromkeys(signs, re.compile(""))
    try:
        return list(patterns.shaped(text))
    finally:
        patterns.ASKED = signs


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(word, st.sampled_from([" ", ". ", ", ", "\n", " - "])), max_size=14))
def test_a_pattern_that_is_not_asked_would_have_found_nothing(parts: list[tuple[str, str]]) -> None:
    """The phone asks all of them; here too, what is left out by a sign is left out rightly."""
    text = latin_digits("".join(piece for part in parts for piece in part))

    assert list(patterns.shaped(text)) == read_by_all(text)


def test_on_the_test_set_no_sign_hides_anything() -> None:
    texts = [latin_digits(entry["text"]) for entry in TEXTS]

    assert [list(patterns.shaped(text)) for text in texts] == [read_by_all(text) for text in texts]


@pytest.mark.parametrize(("text", "words"), [("Her husband Otieno left", ""), ("I met Otieno.", "this person")])
def test_both_put_other_words_in_the_same_way(text: str, words: str) -> None:
    (finding,) = find(text)

    there = phone.call(
        "(text, finding, words) => replaced(text, finding, words)",
        text,
        {"start": finding.start, "end": finding.end},
        words,
    )

    assert there == replaced(text, finding, words)


@pytest.mark.parametrize(("one", "other"), [("James Otieno", "james  OTIENO"), ("٠٧٩١", "0791"), ("Otieno", "Achieng")])
def test_both_know_the_same_words(one: str, other: str) -> None:
    assert phone.call("(one, other) => sameWords(one, other)", one, other) == same_words(one, other)


def test_a_changed_pattern_on_the_phone_would_be_seen() -> None:
    other = PhoneGuard()
    other.context.eval("COMPILED.length = 0")

    assert json.dumps(other.find("Call 0712 345 678", NOTHING)) != json.dumps(
        found_by_the_server("Call 0712 345 678", NOTHING)
    )
