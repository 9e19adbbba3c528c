"""Taking words out of a text for good, wherever they stand in it."""

import re

TAKEN = "[…]"


def _pattern_of(words: str) -> re.Pattern[str]:
    """These words with any space between them, small or large letters, not inside a longer word.

    In Arabic small words are written onto a name: there it may stand inside one.
    """
    spaced = r"\s+".join(re.escape(part) for part in words.split())
    alone = words.strip()[:1].isascii()
    return re.compile(rf"(?<!\w){spaced}(?!\w)" if alone else spaced, re.IGNORECASE)


def has_words(text: str, words: str) -> bool:
    return bool(words.strip()) and bool(_pattern_of(words).search(text))


def without_words(text: str, words: str) -> str:
    return _pattern_of(words).sub(TAKEN, text)
