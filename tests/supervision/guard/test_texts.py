"""The test set is what it says, and the guard is as good on it as docs/guard.md says."""

from collections import Counter

import pytest

from supervision.guard.rules import KINDS, find
from tests.supervision.guard.measure import measured, places_of, texts

LANGUAGES = {"en": 141, "sw": 107, "ar": 86}


def test_the_set_has_more_than_300_texts_in_three_languages_and_nearly_half_name_nobody() -> None:
    held = texts()

    assert Counter(entry["language"] for entry in held) == LANGUAGES
    assert len({entry["id"] for entry in held}) == len({entry["text"] for entry in held}) == 334
    assert 120 <= sum(not entry["found"] for entry in held) <= 150
    assert {one["kind"] for entry in held for one in entry["found"]} == set(KINDS)


def test_every_span_stands_in_its_text() -> None:
    for entry in texts():
        assert [entry["text"][start:end] for _, start, end in places_of(entry)] == [
            one["text"] for one in entry["found"]
        ]


def test_numbers_and_addresses_are_found_to_their_last_sign() -> None:
    """Half a number with other words for it would leave the other half."""
    cut = []
    for entry in texts():
        findings = find(entry["text"])
        for kind, start, end in places_of(entry):
            whole = any(finding.start <= start and finding.end >= end for finding in findings)
            if kind not in {"name", "place"} and not whole:
                cut.append(entry["text"][start:end])

    assert cut == []


def test_the_end_of_the_longest_field_is_looked_at_too() -> None:
    note = "word " * 4091 + "Otieno came"

    assert (len(note), [finding.text for finding in find(note)]) == (20_466, ["Otieno"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_it_finds_and_what_it_leaves_alone(language: str) -> None:
    score = measured()

    assert score.recall(language) >= 0.97
    assert score.precision(language) >= 0.98


def test_without_the_words_around_it_finds_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervision.guard.rules.names.capital_kind", lambda reading, at: None)

    assert measured().recall("en") < 0.97


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("I met Wekesa.", "this person"),
        ("Her husband Wekesa left.", ""),
        ("She lives in Kadibo village.", "a village"),
        ("He goes to Obama Secondary School.", "a school"),
        ("We sat at Dunga.", "a place nearby"),
        ("It was on 12/03/2021.", "2021"),
        ("It was on 3 March.", "some time ago"),
        ("It began 03/2021.", "2021"),
        ("The house is at -0.0917, 34.7680.", "a place nearby"),
        ("I called 254 712 345 678.", "a phone number"),
        ("He is aged 93.", "over 89"),
        ("Call 0712 345 678.", "a phone number"),
    ],
)
def test_what_could_stand_there_fits(text: str, instead: str) -> None:
    (finding,) = find(text)

    assert finding.instead == instead
