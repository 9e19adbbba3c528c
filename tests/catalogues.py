"""Catalogues of the interface's words: collected from the code, merged into each language, checked. No GNU gettext.

python -m tests.catalogues update [sw ar]   collects the code's texts into the catalogues and compiles them
python -m tests.catalogues check [sw ar]    says what is missing, stale or broken
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import c2py
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "lms" / "locale"
PLURALS = {
    "sw": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
}
# which arguments are text: 1-based as in xgettext, "c" marks the context
CALLS: dict[str, tuple[int, ...]] = {
    "_": (1,),
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), (1,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
}
CALLS_IN_CONTEXT: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (2,)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")

Key = tuple[str, str]


@dataclass
class Message:
    """One text of the code: its plural if it counts, and the files that say it."""

    plural: str = ""
    files: set[str] = field(default_factory=set)


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Every file whose words a person may see."""
    for app in ("lms", "courses", "supervision"):
        yield from sorted(path for path in (root / app).rglob("*.py") if "migrations" not in path.parts)
    yield from sorted(path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def calls_in(path: Path) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """Calls of gettext in a file. A template is turned into Python first; its indents mean nothing there."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    names = [*CALLS, *CALLS_IN_CONTEXT]
    for _, name, texts, _ in extract_python(BytesIO(text.encode()), names, [], {"encoding": "utf-8"}):
        yield name, texts if isinstance(texts, tuple) else (texts,)


def collect(root: Path = ROOT) -> dict[Key, Message]:
    """Every text of the code, by (context, text)."""
    found: dict[Key, Message] = {}
    for path in sources(root):
        for name, texts in calls_in(path):
            context = texts[0] or "" if name in CALLS_IN_CONTEXT else ""
            places = CALLS_IN_CONTEXT.get(name) or CALLS[name]
            words = [texts[place - 1] or "" for place in places if place <= len(texts)]
            if words and words[0]:
                message = found.setdefault((context, words[0]), Message())
                message.plural = message.plural or (words[1] if len(words) > 1 else "")
                message.files.add(str(path.relative_to(root)))
    return found


def file_of(language: str, suffix: str = "po") -> Path:
    """Where a language's catalogue stands."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{suffix}"


def opened(language: str) -> polib.POFile:
    """The catalogue of a language, or an empty one. It bears no dates: they would change with every run."""
    path = file_of(language)
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def key_of(entry: polib.POEntry) -> Key:
    """What a catalogue's entry answers to."""
    return entry.msgctxt or "", entry.msgid


def forms_in(catalogue: polib.POFile) -> int:
    """How many plural forms the language has."""
    return int(re.search(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"])[1])


def merged(key: Key, message: Message, old: polib.POEntry | None, forms: int) -> polib.POEntry:
    """An entry as the code has it now, with the translation it had."""
    entry = polib.POEntry(msgctxt=key[0] or None, msgid=key[1], msgid_plural=message.plural)
    entry.occurrences = [(name, "") for name in sorted(message.files)]
    if message.plural:
        had = old.msgstr_plural if old else {}
        entry.msgstr_plural = {form: had.get(form, "") for form in range(forms)}
    else:
        entry.msgstr = old.msgstr if old else ""
    if old:
        entry.tcomment, entry.flags = old.tcomment, old.flags
    return entry


def merge(catalogue: polib.POFile, found: dict[Key, Message]) -> None:
    """The catalogue has the code's texts, no others, in order of the alphabet."""
    old = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    forms = forms_in(catalogue)
    catalogue[:] = [merged(key, found[key], old.get(key), forms) for key in sorted(found, key=lambda key: key[::-1])]


def words_of(entry: polib.POEntry) -> list[str]:
    """The translations of an entry: one, or one for each plural form."""
    return [text for _, text in sorted(entry.msgstr_plural.items())] if entry.msgid_plural else [entry.msgstr]


def form_of_one_number(catalogue: polib.POFile, form: int) -> bool:
    """Whether a plural form stands for one number only ("one lesson"), so that it may say it in words."""
    chosen = c2py(catalogue.metadata["Plural-Forms"].split("plural=")[1].rstrip("; "))
    return [chosen(number) for number in range(1000)].count(form) == 1


def lost(source: str, text: str, pattern: re.Pattern[str]) -> Counter[str]:
    """What one of the two texts has more often than the other."""
    here, there = Counter(pattern.findall(source)), Counter(pattern.findall(text))
    return (here - there) + (there - here)


def faults_of_text(source: str, text: str, *, may_drop: int = 0) -> Iterator[str]:
    """Placeholders and tags a translation lost, doubled or invented."""
    differing = lost(source, text, PLACEHOLDER)
    dropped_only = not Counter(PLACEHOLDER.findall(text)) - Counter(PLACEHOLDER.findall(source))
    if differing and not (dropped_only and differing.total() <= may_drop):
        yield f"placeholders differ: {' '.join(differing)}"
    if tags := lost(source, text, TAG):
        yield f"tags differ: {' '.join(tags)}"
    if re.search(r"%\(\w+\)[sd]|%[sd%]", source) and "%" in PLACEHOLDER.sub("", text):
        yield "a lone % would break the sentence: write %%"


def faults_of_entry(catalogue: polib.POFile, entry: polib.POEntry, message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    texts = words_of(entry)
    if entry.fuzzy:
        yield "fuzzy"
    if entry.msgid_plural != message.plural:
        yield "its plural differs from the code's"
    if message.plural and len(texts) != forms_in(catalogue):
        yield f"has {len(texts)} plural forms, the language has {forms_in(catalogue)}"
    if not all(text.strip() for text in texts):
        yield "untranslated"
        return
    for form, text in enumerate(texts):
        if not message.plural:
            yield from faults_of_text(entry.msgid, text)
        elif form_of_one_number(catalogue, form):
            tries = [list(faults_of_text(source, text, may_drop=1)) for source in (entry.msgid, message.plural)]
            yield from min(tries, key=len)
        else:
            yield from faults_of_text(message.plural, text)


def faults(catalogue: polib.POFile, found: dict[Key, Message]) -> list[str]:
    """Everything in which a catalogue is not the code's: one line each."""
    entries = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    said = [f"{key[1]!r}: missing" for key in found if key not in entries]
    said += [f"{key[1]!r}: stale" for key in entries if key not in found]
    said += [f"{entry.msgid!r}: stale" for entry in catalogue.obsolete_entries()]
    for key in found.keys() & entries.keys():
        said += [f"{key[1]!r}: {fault}" for fault in faults_of_entry(catalogue, entries[key], found[key])]
    return sorted(said)


def is_compiled(language: str) -> bool:
    """Whether what the product reads is what the catalogue says."""
    compiled = file_of(language, "mo")
    return compiled.exists() and compiled.read_bytes() == polib.pofile(str(file_of(language))).to_binary()


def update(language: str, found: dict[Key, Message]) -> None:
    """Brings a catalogue to the code and compiles it."""
    catalogue = opened(language)
    merge(catalogue, found)
    file_of(language).parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(file_of(language)))
    file_of(language, "mo").write_bytes(polib.pofile(str(file_of(language))).to_binary())


def main(order: str = "check", *languages: str) -> int:
    """Does one order for some or all languages; the exit code says whether all is well."""
    found = collect()
    said = []
    for language in languages or PLURALS:
        if order == "update":
            update(language, found)
        said += [f"{language}: {fault}" for fault in faults(opened(language), found)]
        said += [] if is_compiled(language) else [f"{language}: the compiled catalogue is old, run update"]
    sys.stdout.write("\n".join([*said, f"{len(found)} texts, {len(said)} faults", ""]))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
