"""Names of people and places in a text: by the lists, by the programme's register, and by the words around them.

Latin and Arabic writing differ: a capital letter inside a sentence is a hint that Arabic does not give. The phone has
the same rules in `guard_names.js`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from supervision.guard.rules.words import Register, known_words, plain

WORD = re.compile("[^\\W\\d_](?:[^\\W\\d_]|[\u0300-\u036f\u064b-\u065f\u0670]|['’-](?=[^\\W\\d_]))*")
ENDS = frozenset('.!?:;\n…"“”«»([')
ARABIC = re.compile("[\u0621-\u064a]")
PREFIXES = ("وال", "و", "ف", "ل", "ب", "ك")
SHORTENED = frozenset({"mr", "mrs", "ms", "dr", "rev", "prof"})  # their dot ends no sentence
MIDDLE_LINK = 2  # so many link words ("kijiji cha", "village of") may stand between a head and the name


@dataclass(slots=True)
class Word:
    """One word: where it stands, as the lists have it, and what its letters tell."""

    start: int
    end: int
    low: str
    capital: bool
    shouted: bool
    first: bool
    arabic: bool


def words_of(text: str) -> list[Word]:
    """The words of a text in order."""
    found: list[Word] = []
    last = 0
    for match in WORD.finditer(text):
        word, start = match.group(), match.start()
        before, last = text[last:start], match.end()
        begins = not found or (before != " " and not ENDS.isdisjoint(before))
        head = word[0].isupper()
        shouted = len(word) > 1 and word.isupper()
        found.append(Word(start, match.end(), plain(word), head, shouted, begins, bool(ARABIC.match(word))))
    return found


@dataclass
class Reading:
    """A text being read: its words and what is known of each so far (None, name, place)."""

    words: Sequence[Word]
    register: Register
    loud: bool
    kinds: list[str | None]

    def low(self, at: int) -> str:
        return self.words[at].low if 0 <= at < len(self.words) else ""


def find_names(text: str, register: Register, taken: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Kind, start and end of names and places outside of what is `taken`; neighbours of one kind are one finding."""
    words = words_of(text)
    if taken:
        words = [word for word in words if all(word.end <= start or word.start >= end for _, start, end in taken)]
    latin = [word for word in words if not word.arabic]
    capitals = sum(word.capital for word in latin)
    reading = Reading(words, register, capitals > 5 and capitals > 0.6 * len(latin), [None] * len(words))
    mark_register_places(reading)
    for at in range(len(words)):
        if reading.kinds[at] is None:
            reading.kinds[at] = kind_of(reading, at)
    reach_back(reading)
    return joined(text, reading)


def mark_register_places(reading: Reading) -> None:
    """Runs of words that are a place of the programme."""
    if not reading.register.places:
        return
    lows = [word.low for word in reading.words]
    for at in range(len(lows)):
        for length in range(reading.register.longest, 0, -1):
            if tuple(lows[at : at + length]) in reading.register.places:
                reading.kinds[at : at + length] = ["place"] * len(lows[at : at + length])
                break


def kind_of(reading: Reading, at: int) -> str | None:
    """What one word is: by the lists, then by what stands before and after it."""
    word, known = reading.words[at], known_words()
    if word.low in reading.register.spared or len(word.low) < 2:
        return None
    if word.arabic:
        return arabic_kind(reading, at)
    if not word.capital:
        return small_kind(word.low, known, reading.register)
    if is_place_here(reading, at):
        return "place"
    if any(part in known["names"] or part in reading.register.people for part in (word.low, *word.low.split("-"))):
        return "name"
    if word.low in known["soft"]:
        return "name" if word.capital and soft_is_name(reading, at) else None
    if word.low in known["places"]:
        return "place"
    if named_before(reading, at) and word.low not in known["starters"] and word.capital:
        return "name"
    return capital_kind(reading, at)


def small_kind(low: str, known: dict[str, frozenset[str]], register: Register) -> str | None:
    """A word in small letters: only the lists tell. A word that is also a name is none then."""
    if low in known["soft"]:
        return None
    if low in known["names"] or low in register.people:
        return "name"
    return "place" if low in known["places"] else None


def capital_kind(reading: Reading, at: int) -> str | None:
    """A capital inside a sentence that no list explains; also after "Mama" or "Dr" at the beginning of one."""
    word, known = reading.words[at], known_words()
    explained = any(word.low in known[name] for name in ("allow", "starters", "titles", "placeAfter"))
    if not word.capital or explained or (word.shouted and len(word.low) < 6):
        return None
    before = reading.low(at - 1)
    if before in known["titles"] and (not word.first or before in SHORTENED):
        return "name"
    if word.first or reading.loud:
        return None
    return "place" if in_place_words(reading, at) else "name"


def is_place_here(reading: Reading, at: int) -> bool:
    """A known name that the words around it make a place: "Obama primary school"."""
    word, known = reading.words[at], known_words()
    listed = word.low in known["names"] or word.low in known["soft"]
    return listed and word.capital and not word.first and reading.low(at + 1) in known["placeAfter"]


def in_place_words(reading: Reading, at: int) -> bool:
    """Whether the words around speak of a place: "in Kadibo", "Kadibo village", "kijiji cha Kadibo"."""
    known = known_words()
    if reading.low(at - 1) in known["placeBefore"] or reading.low(at + 1) in known["placeAfter"]:
        return True
    if at + 1 < len(reading.words) and reading.words[at + 1].capital and reading.low(at + 2) in known["placeAfter"]:
        return True
    return head_before(reading, at) is not None


def head_before(reading: Reading, at: int) -> int | None:
    """The place of the word for a kind of place before this one, over at most two link words."""
    known = known_words()
    for back in range(1, MIDDLE_LINK + 2):
        low = reading.low(at - back)
        if low in known["placeHeads"]:
            return at - back
        if low not in known["links"]:
            return None
    return None


def named_before(reading: Reading, at: int) -> bool:
    """Whether a naming word stands before: "named", "anaitwa", "jina lake ni"."""
    known = known_words()
    before = reading.low(at - 1)
    if before in known["named"]:
        return True
    if before == "called":
        return reading.low(at - 2) not in {"i", "he", "she", "we", "they", "who", "and", "has", "have", "had"}
    if before in {"is", "ni", "lake", "yake", "langu"}:
        return bool({"name", "jina"} & {reading.low(at - 2), reading.low(at - 3)})
    return False


def soft_is_name(reading: Reading, at: int) -> bool:
    """A word that is also a name, with a capital: a title, a relation, a naming word or another name tells."""
    known, word = known_words(), reading.words[at]
    before = reading.low(at - 1)
    if before in known["titles"] or before in known["relations"] or named_before(reading, at):
        return True
    near = [other for other in (at - 1, at + 1) if 0 <= other < len(reading.words)]
    for other in near:
        beside = reading.words[other]
        strange = beside.low not in known["allow"] | known["starters"] | known["soft"] | known["titles"]
        apart = reading.words[max(at, other)].first
        told = beside.low in known["names"] or (strange and not beside.first)
        if beside.capital and told and not apart and beside.low not in reading.register.spared:
            return True
    return not word.first and not reading.loud and word.low not in known["allow"]


def arabic_kind(reading: Reading, at: int) -> str | None:
    """Arabic has no capitals: the lists, then a title, a naming word or a kind of place before."""
    known, word = known_words(), reading.words[at]
    stems = stems_of(word.low)
    before = reading.low(at - 1)
    if stems & known["places"]:
        return "place"
    if stems & (known["names"] | reading.register.people):
        return "name"
    title = stems_of(before) & known["titles"] if before else frozenset()
    naming = before in known["named"]
    if word.low in known["soft"] and (
        title or naming or before in known["relations"] or is_arabic_name(reading, at - 1)
    ):
        return "name"
    if (naming or (title and title - {"ابو", "ام", "بنت", "عم", "الاب", "الست", "خال", "عمه", "خاله"})) and is_open(
        word.low
    ):
        return "name"
    if before in known["placeHeads"] and word.low.startswith("ال") and word.low not in known["generic"]:
        return "place"
    return None


def is_open(low: str) -> bool:
    """Whether an Arabic word can be a name after a title: not a grammatical word, not a described kind of person."""
    return len(low) > 2 and not low.startswith("ال") and low not in known_words()["generic"]


def is_arabic_name(reading: Reading, at: int) -> bool:
    return at >= 0 and reading.words[at].arabic and bool(stems_of(reading.words[at].low) & known_words()["names"])


def stems_of(low: str) -> frozenset[str]:
    """An Arabic word with and without the small words that are written onto it."""
    return frozenset(
        [low, *(low[len(start) :] for start in PREFIXES if low.startswith(start) and len(low) > len(start) + 2)]
    )


def reach_back(reading: Reading) -> None:
    """The first word of a sentence is written large anyway: before a name it is part of it, if nothing explains it."""
    if "name" not in reading.kinds:
        return
    known = known_words()
    explained = known["allow"] | known["starters"] | known["titles"] | known["relations"] | reading.register.spared
    for at in range(len(reading.words) - 2, -1, -1):
        word, following = reading.words[at], reading.words[at + 1]
        if reading.kinds[at] is not None or not word.capital or following.first or word.low in explained:
            continue
        if reading.kinds[at + 1] == "name" and following.capital and not reading.loud:
            reading.kinds[at] = "name"


def joined(text: str, reading: Reading) -> list[tuple[str, int, int]]:
    """Neighbouring words of one kind are one finding; "village" after the name of one belongs to it."""
    found: list[tuple[str, int, int]] = []
    for word, kind in zip(reading.words, reading.kinds, strict=True):
        closes = found and found[-1][0] == "place" and word.low in known_words()["placeAfter"]
        if kind is None and closes and text[found[-1][2] : word.start] == " ":
            found[-1] = ("place", found[-1][1], word.end)
        if kind is None:
            continue
        if found and found[-1][0] == kind and text[found[-1][2] : word.start].strip(" ") == "":
            found[-1] = (kind, found[-1][1], word.end)
        else:
            found.append((kind, word.start, word.end))
    return found
