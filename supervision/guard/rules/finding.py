"""A finding: what it is, why it was found, and what could stand there instead."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from supervision.guard.rules.names import find_names, words_of
from supervision.guard.rules.patterns import find_shapes
from supervision.guard.rules.words import NOTHING, Register, known_words, latin_digits, plain

LIMIT = 32_000  # characters that are looked at: more than any field takes
KINDS: dict[str, Promise] = {
    "phone": _("This looks like a phone number."),
    "mail": _("This looks like an e-mail address."),
    "handle": _("This looks like a link or the name of an account."),
    "id_number": _("This looks like the number of a card or a file."),
    "date": _("This looks like an exact day. A day can show who it is."),
    "age": _("Few people are so old. The exact age can show who it is."),
    "name": _("This looks like somebody's name."),
    "place": _("This looks like the name of a place."),
}
# what could stand there instead; `kin` leaves "her husband" and takes the name away
HINTS: dict[str, Promise | str] = {
    "phone": _("a phone number"),
    "mail": _("an e-mail address"),
    "handle": _("an account"),
    "id_number": _("a number"),
    "date": _("some time ago"),
    "age": _("over 89"),
    "name": _("this person"),
    "kin": "",
    "place": _("a place nearby"),
    "village": _("a village"),
    "school": _("a school"),
    "church": _("a place of prayer"),
    "clinic": _("a clinic"),
    "market": _("a market"),
    "camp": _("a camp"),
}
REASONS: dict[str, Promise] = {
    "colleague": _("It is somebody of our group or team, not the person I talk about"),
    "not_a_name": _("It is no name, no number of a person and no place"),
    "public": _("Everybody knows it, and it shows nobody: a helpline, a big town, a public office"),
    "needed": _("The group must know it, for safety"),
}
KINDS_OF_PLACE = {
    "village": "village estate kijiji mtaa قريه حي",
    "school": "school primary secondary academy college university shule chuo مدرسه",
    "church": "church mosque parish kanisa msikiti مسجد جامع كنيسه",
    "clinic": "hospital clinic dispensary hospitali zahanati kituo مستشفى عياده مستوصف",
    "market": "market soko سوق",
    "camp": "camp settlement kambi مخيم",
}
PLACES_OF = {word: kind for kind, words in KINDS_OF_PLACE.items() for word in words.split()}
YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `hint` names what could stand there (HINTS), or is `year:2021`."""

    kind: str
    start: int
    end: int
    text: str
    hint: str

    @property
    def why(self) -> Promise:
        return KINDS[self.kind]

    @property
    def instead(self) -> str:
        """The words that could stand there, in the reader's language."""
        name, _colon, value = self.hint.partition(":")
        return value if name == "year" else str(HINTS[self.hint])


@dataclass(frozen=True, slots=True)
class Left:
    """Words that were found in a text of a form, and why its writer left them."""

    field: str
    text: str
    findings: list[Finding]
    reason: str


def find(text: str, register: Register = NOTHING) -> list[Finding]:
    """All findings of a text in order, none over another."""
    seen = text[:LIMIT]
    latin = latin_digits(seen)
    shapes = find_shapes(latin)
    found = sorted([*shapes, *find_names(latin, register, shapes)], key=lambda finding: finding[1])
    return [Finding(kind, start, end, text[start:end], hint_of(kind, latin, start, end)) for kind, start, end in found]


def hint_of(kind: str, text: str, start: int, end: int) -> str:
    """Which words could stand there: a date keeps its year, a place the kind of place, a relative only the relation."""
    if kind == "date":
        year = YEAR.search(text, start, end)
        return f"year:{year.group()}" if year else "date"
    if kind not in ("name", "place"):
        return kind
    words = words_of(text[:start])
    before = words[-1].low if words else ""
    if kind == "name":
        return "kin" if before in known_words()["relations"] else "name"
    after = words_of(text[end : end + 40])[:2]
    heads = [before, *(word.low for word in words[-3:-1]), *(word.low for word in after), *_inside(text[start:end])]
    return next((PLACES_OF[head] for head in heads if head in PLACES_OF), "place")


def _inside(text: str) -> list[str]:
    return [word.low for word in words_of(text)]


def replaced(text: str, finding: Finding, words: str) -> str:
    """The text with other words there; nothing leaves no doubled space."""
    before, after = text[: finding.start], text[finding.end :]
    if not words and before.endswith(" "):
        before = before[:-1]
    return before + words + after


def same_words(one: str, other: str) -> bool:
    """Whether two findings say the same: letters count, not how they are written."""
    return [plain(part) for part in latin_digits(one).split()] == [plain(part) for part in latin_digits(other).split()]
