"""The words that the guard knows: one file for server and phone, so that both find the same."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "static/supervision/js/guard_words.js"
MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640]")
ALIKE = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ؤ": "و", "ئ": "ي", "’": "'"})
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@dataclass(frozen=True)
class Register:
    """What belongs to one programme: words of its people's names, and names of its places as runs of words.

    `spared` are words of people who may be named here: those who sit in the meeting call each other by name.
    """

    people: frozenset[str] = frozenset()
    places: frozenset[tuple[str, ...]] = frozenset()
    spared: frozenset[str] = frozenset()
    longest: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest", max((len(words) for words in self.places), default=0))


NOTHING = Register()


@lru_cache(maxsize=1)
def known_words() -> dict[str, frozenset[str]]:
    """List -> its words, as `plain` writes them."""
    text = FILE.read_text(encoding="utf-8")
    lists = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return {name: frozenset(words.split()) for name, words in lists.items()}


def plain(word: str) -> str:
    """A word as the lists have it: small letters, no vowel marks, one form of each Arabic letter, no English 's."""
    if word.isascii() and word.isalpha():
        return word.lower()
    small = MARKS.sub("", word.lower()).translate(ALIKE)
    return small[:-2] if small.endswith("'s") else small.strip("'-")


def latin_digits(text: str) -> str:
    """The same text, letter by letter, with 0 to 9 for every way to write digits."""
    return text if text.isascii() else text.translate(DIGITS)


def register_of(names: Iterable[str], places: Iterable[str], *, spared: Iterable[str] = ()) -> Register:
    """From the names of people and places as they are written. Words of one or two letters identify nobody."""
    known = known_words()
    common = known["soft"] | known["allow"] | known["titles"] | known["starters"]
    words = {plain(word) for name in names for word in name.split()}
    runs = {tuple(plain(word) for word in place.split()) for place in places}
    return Register(
        frozenset(word for word in words if len(word) > 2 and word not in common),
        frozenset(run for run in runs if run and (len(run) > 1 or len(run[0]) > 2)),
        frozenset(plain(word) for name in spared for word in name.split()),
    )
