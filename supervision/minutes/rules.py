"""Decisions about minutes on plain values: the first wording, what may be kept, until when they are to be signed."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from math import ceil

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.people.rules import Invalid, Refusal

WITH_MINUTES = frozenset({"closed", "signed_off"})
SIGN_WITHIN = timedelta(hours=48)
REMIND_AFTER = (24, 48)
"""Hours after the meeting at which all who may sign are reminded, once each: until the first it is the matter of who
led it."""
AT_ONCE = 0
"""The hour of the reminder that goes out as soon as who led it cannot sign any more."""
REMIND_UNTIL = timedelta(hours=96)
"""Later nobody is reminded: the list of minutes to sign says it, and an old meeting makes no noise."""
LINE_LIMIT = 300
TEXT_LIMIT = 2000


class StaleMinutes(Refusal):
    """Written over words that somebody else changed meanwhile."""

    code = "conflict"
    sentence = gettext_lazy(
        "Somebody else changed the minutes while you wrote. Your words are still here. Compare, then keep them again."
    )


class NoMinutes(Refusal):
    """The meeting is not over, or never began."""

    code = "invalid"
    sentence = gettext_lazy("There are minutes once the meeting was live and is over.")


@dataclass(frozen=True, slots=True)
class Wording:
    """What can be written in minutes: a line for each case (by the id of its row in the meeting) and two texts."""

    cases: dict[str, str] = field(default_factory=dict)
    decisions: str = ""
    learned: str = ""

    def packed(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the first line about a case is made of; `types` are the kinds of the advice that was agreed, in words."""

    id: str
    minutes: int
    types: Sequence[str]


@dataclass(frozen=True, slots=True)
class Later:
    """Something that changed after the signature. `kind`: "corrected" (minutes instead of `before`), "reported" (what
    became of an advice, by who took it on) or "heard" (what a later meeting heard about it).
    """

    at: datetime
    kind: str
    name: str
    minutes: int = 0
    before: int = 0
    text: str = ""
    state: str = ""
    why: str = ""


def unpacked(text: str) -> Wording:
    return Wording(**json.loads(text))


def has_minutes(state: str, live_at: datetime | None) -> bool:
    """Minutes are of a meeting that took place: doors that were closed without a beginning leave none."""
    return state in WITH_MINUTES and live_at is not None


def first_words(*, cases: Sequence[CaseFacts], agreed: int, first_due: date | None, polls: int, focus: str) -> Wording:
    """The wording that a supervisor finds: numbers, days and our own words, never a word that somebody wrote."""
    decisions = [said_agreed(agreed, first_due), said_polls(polls)]
    learned = _("The group worked on this skill: %(focus)s.") % {"focus": focus} if focus else ""
    lines = {case.id: case_line(case) for case in cases}
    return Wording(lines, " ".join(part for part in decisions if part), learned)


def case_line(case: CaseFacts) -> str:
    sentence = ngettext(
        "The group looked at this case for %(minutes)s minute.",
        "The group looked at this case for %(minutes)s minutes.",
        case.minutes,
    )
    agreed = _("Agreed: %(types)s.") % {"types": ", ".join(case.types)} if case.types else _("No advice was agreed.")
    return f"{sentence % {'minutes': case.minutes}} {agreed}"


def said_agreed(agreed: int, first_due: date | None) -> str:
    if not agreed:
        return ""
    sentence = ngettext(
        "The group agreed on %(n)s piece of advice.", "The group agreed on %(n)s pieces of advice.", agreed
    )
    told = sentence % {"n": agreed}
    if first_due is None:
        return told
    due = _("The first day to look at it is %(day)s.") % {"day": date_format(first_due, "j F")}
    return f"{told} {due}"


def said_polls(polls: int) -> str:
    if not polls:
        return ""
    sentence = ngettext("The group answered %(n)s question.", "The group answered %(n)s questions.", polls)
    return sentence % {"n": polls}


def clean_words(words: Wording, cases: Collection[str]) -> Wording:
    """Plain text within its caps, for the cases of this meeting only; raises Invalid."""
    if set(words.cases) - set(cases):
        raise Invalid
    lines = {case: clean_text(words.cases.get(case, ""), LINE_LIMIT) for case in sorted(cases)}
    return Wording(lines, clean_text(words.decisions, TEXT_LIMIT), clean_text(words.learned, TEXT_LIMIT))


def clean_text(text: str, limit: int) -> str:
    """Without the ends of lines of one system or the other, so that the same words are the same."""
    kept = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(kept) > limit:
        raise Invalid
    return kept


def hours_left(closed_at: datetime, at: datetime) -> int:
    """Begun hours in which minutes can still be signed in time; 0 when it is late."""
    return max(0, ceil((closed_at + SIGN_WITHIN - at) / timedelta(hours=1)))


def days_after(closed_at: datetime, at: datetime) -> int:
    """Whole days since the meeting."""
    return max(0, (at - closed_at).days)


def is_late(closed_at: datetime, at: datetime) -> bool:
    return at >= closed_at + SIGN_WITHIN


def everybodys_before(at: datetime) -> datetime:
    """Minutes of meetings that were closed before this are the matter of all who may sign."""
    return at - timedelta(hours=min(REMIND_AFTER))


def reminder_due(closed_at: datetime, at: datetime, *, leader_may: bool = True) -> int | None:
    """Which reminder is due now: the latest whose hour has come."""
    hours_of = REMIND_AFTER if leader_may else (AT_ONCE, *REMIND_AFTER)
    come = [hours for hours in hours_of if closed_at + timedelta(hours=hours) <= at]
    return max(come, default=None) if at < closed_at + REMIND_UNTIL else None


def said_signer(name: str, *, led: bool, there: bool) -> str:
    """What a reader must know of who signed: whether they led the meeting and saw it; nothing if both."""
    if led and there:
        return ""
    told = {"name": name}
    if led:
        return _("%(name)s was not there while the meeting was live.") % told
    if there:
        return _("%(name)s did not lead this meeting.") % told
    return _("%(name)s did not lead this meeting and was not there.") % told
