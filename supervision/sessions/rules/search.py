"""Decisions about searching past cases: what can have become of one, and where the words that are looked for stand."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from supervision.sessions import rules


@dataclass(frozen=True)
class Outcome:
    """What can have become of a case, as a search asks: the states of its advice that say so, or what a later meeting
    wrote when it looked back (`became`).
    """

    label: str | Promise
    states: tuple[str, ...] = ()
    became: str = ""


OUTCOMES = {
    "done": Outcome(_("Advice was done"), ("done",)),
    "not_done": Outcome(_("Advice was not possible"), ("not_done",)),
    "open": Outcome(_("Advice is still open"), ("agreed", "sent")),
    **{name: Outcome(label, became=name) for name, label in rules.OUTCOMES.items()},
    "closed": Outcome(_("The case is finished")),
}
AROUND = 60  # letters before and after the first word that was found
NOTHING = "\u200b"  # in the place of a mark, so that places in the folded text are places in the text


@dataclass(frozen=True)
class Passage:
    """Words around what was looked for: before it, itself, after it."""

    before: str
    words: str
    after: str


def folded(text: str) -> str:
    """Letter by letter without marks and capitals, as long as the text: Arabic vowels and accents do not matter."""
    return "".join(bare(letter) for letter in text)


def bare(letter: str) -> str:
    """One letter for one letter; a mark that stands alone becomes nothing that has a place."""
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return plain.casefold()[:1] or NOTHING


def passage_of(texts: Iterable[str], wanted: str) -> Passage | None:
    """Where the first of the wanted words stands, if each of them begins some word of these texts; else None."""
    held = [(text, folded(text)) for text in texts if text]
    found = [first_in(held, folded(word).replace(NOTHING, "")) for word in wanted.split()]
    if not found or None in found:
        return None
    text, start, end = found[0]
    begin, stop = max(0, start - AROUND), min(len(text), end + AROUND)
    before = ("… " if begin else "") + text[begin:start]
    return Passage(before, text[start:end], text[end:stop] + (" …" if stop < len(text) else ""))


def first_in(held: Iterable[tuple[str, str]], word: str) -> tuple[str, int, int] | None:
    """(text, from, to) of the first word that begins with these folded letters."""
    pattern = re.compile(r"(?<!\w)" + f"{NOTHING}*".join(map(re.escape, word)))
    return next(((text, *hit.span()) for text, low in held if word and (hit := pattern.search(low))), None)
