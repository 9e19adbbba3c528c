"""Reading up on what one missed: which lines matter most, and one question that is made of the meeting's own facts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

MAIN_LINES = 8
LINE_LETTERS = 280
CHOICES = 4
READ_AT_MOST = 30 * 60  # seconds; a page that stood open over night was not read all night
MISSED_TO_OFFER = 5  # fewer messages are read faster where they stand


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the condensed text needs it."""

    seq: int
    by: UUID | None
    name: str
    text: str
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a log that somebody missed: what came after `from_seq`, up to `to_seq`."""

    from_seq: int
    to_seq: int
    messages: int


@dataclass(frozen=True, slots=True)
class Check:
    """One question whose answer is somebody's name. `about` are the words that it asks about."""

    kind: str
    about: str
    right: str
    choices: tuple[str, ...]


def parts_missed(
    *,
    stays: Iterable[tuple[datetime, datetime]],
    here: bool,
    told: Sequence[tuple[int, datetime, bool]],
    read: Collection[tuple[int, int]],
) -> list[Part]:
    """The parts that were said while somebody was away, the first first: before, between and (unless she is `here`)
    after her stays. `told`: (number, time, whether it is a message of others) of each event; a part that was read,
    or has few messages, is left out.
    """
    away: list[list[tuple[int, bool]]] = [[]]
    held = sorted(stays)
    for seq, at, counts in told:
        while held and at >= held[0][1] and not (here and len(held) == 1):
            held.pop(0)
            away.append([])
        if not held or at < held[0][0]:
            away[-1].append((seq, counts))
    parts = [Part(lines[0][0] - 1, lines[-1][0], sum(counts for _, counts in lines)) for lines in away if lines]
    known = [part for part in parts if any(began <= part.from_seq and part.to_seq <= to for began, to in read)]
    return [part for part in parts if part.messages >= MISSED_TO_OFFER and part not in known]


def condensed(lines: Sequence[Line], *, leads: Collection[UUID], presenters: Collection[UUID]) -> list[Line]:
    """The messages that matter most, in order: answered ones, questions, words of who led or showed the case."""
    answered = {line.reply_to for line in lines if line.reply_to}

    def weight(line: Line) -> tuple[int, int]:
        speaks = line.by in leads or line.by in presenters
        return 3 * (line.seq in answered) + 2 * speaks + ("?" in line.text) + (len(line.text) > 80), -line.seq

    best = sorted(lines, key=weight, reverse=True)[:MAIN_LINES]
    return [shortened(line) for line in sorted(best, key=lambda line: line.seq)]


def shortened(line: Line) -> Line:
    """A long message ends with three dots."""
    text = line.text if len(line.text) <= LINE_LETTERS else line.text[: LINE_LETTERS - 1].rstrip() + "…"
    return Line(line.seq, line.by, line.name, text, line.reply_to)


def check_of(
    *,
    advice: Iterable[tuple[str, str]],
    cases: Iterable[tuple[str, str]],
    lines: Iterable[Line],
    names: Collection[str],
    seed: str,
) -> Check | None:
    """One question: who does an advice (text, owner), whose case it was (question, presenter), or who wrote a line.

    The same seed asks the same. None if the facts leave nothing to choose between.
    """
    chance = Random(seed)  # noqa: S311 - which question is asked is no secret
    told = [(line.text, line.name) for line in lines]
    for kind, facts in (("advice", list(advice)), ("case", list(cases)), ("line", told)):
        fitting = [(about, name) for about, name in facts if about and name]
        if not fitting:
            continue
        about, right = chance.choice(fitting)
        others = sorted(set(names) - {right})
        if others:
            wrong = chance.sample(others, k=min(CHOICES - 1, len(others)))
            return Check(kind, about, right, tuple(sorted([right, *wrong])))
    return None


def seconds_read(opened_at: datetime, at: datetime) -> int:
    """Whole seconds between opening the page and the right answer, as far as they are believable."""
    return min(max(0, int((at - opened_at).total_seconds())), READ_AT_MOST)
