"""Taking words out of a text for good, wherever they stand in it and however they are written there.

Text and words are compared as the guard's lists have them: small letters, no marks, one form of each Arabic letter,
Latin digits. Numbers are the same if their digits are, whatever stands between these.
"""

import re
from functools import lru_cache
from unicodedata import normalize

from supervision.guard.rules.words import ALIKE, MARKS, latin_digits

TAKEN = "[…]"
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
YEH = str.maketrans({"ى": "ي"})
ARABIC = re.compile("[\u0600-\u06ff]")
BETWEEN = r"[\s./()–-]{0,3}"  # what may stand between two digits of one number
NUMBER = re.compile(r"\+?[0-9](?:[\s./()–-]{0,3}[0-9])*", re.ASCII)
SHORTEST = 6  # fewer digits are no number of a person: there "1 4" is not "14"
PHONE = range(
    9, 14
)  # so many digits may be a phone number: the last nine say whose, whatever the country's begins with


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and where each of its letters stands in the original."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if UNSEEN.match(letter):
            continue
        plain = MARKS.sub("", normalize("NFD", letter.lower())).translate(ALIKE).translate(YEH)
        letters += (latin := latin_digits(plain))
        places += [place] * len(latin)
    return "".join(letters), places


def _number(written: str) -> str:
    """A pattern for the same digits, with anything small between them; a phone's with and without its country."""
    digits = re.sub(r"\D", "", written)
    if len(digits) < SHORTEST:
        return re.escape(written)
    spread = BETWEEN.join(digits[-9:] if len(digits) in PHONE else digits)
    start = rf"(?:\+?\(?[0-9](?:{BETWEEN}[0-9]){{0,4}}{BETWEEN})?" if len(digits) in PHONE else ""
    return rf"{start}{spread}"


def _spaced(words: str) -> str:
    """A pattern for words with any space or a hyphen between them."""
    return r"(?:\s+|\s*-\s*)".join(re.escape(part) for part in re.split(r"[\s-]+", words) if part)


@lru_cache(maxsize=64)
def _pattern_of(words: str) -> re.Pattern[str] | None:
    """Where these words stand in a folded text, not inside a longer word; None: they say nothing.

    In Arabic small words are written onto a name: there it may stand inside one.
    """
    wanted = " ".join(_folded(words)[0].split()).removesuffix("'s")
    parts, last = [], 0
    for number in NUMBER.finditer(wanted):
        if len(re.sub(r"\D", "", number[0])) >= SHORTEST:
            parts += [_spaced(wanted[last : number.start()]), _number(number[0])]
            last = number.end()
    parts.append(_spaced(wanted[last:]))
    pattern = r"\s*".join(part for part in parts if part)
    if not pattern:
        return None
    return re.compile(pattern if ARABIC.match(wanted) else rf"(?<!\w){pattern}(?!\w)")


def _spans(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words stand in the text itself, with the marks written on their last letter."""
    pattern = _pattern_of(words)
    if pattern is None:
        return []
    folded, places = _folded(text)
    places.append(len(text))
    return [(places[found.start()], places[found.end()]) for found in pattern.finditer(folded)]


def has_words(text: str, words: str) -> bool:
    return bool(_spans(text, words))


def without_words(text: str, words: str) -> str:
    for start, end in reversed(_spans(text, words)):
        text = text[:start] + TAKEN + text[end:]
    return text
