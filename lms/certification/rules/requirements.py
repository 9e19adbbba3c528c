"""What one requirement of a certificate asks, judged on ledger entries; no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.certification.rules.refusals import SchemeUnclear

MODES_THAT_COUNT = frozenset({"role_play", "live_observation", "recording"})
"""Self and peer ratings never count for a certificate alone (FIELD.md)."""
SHARE_OF_A_MEETING = 60
"""Percent of a meeting's live time from which somebody attended it; its minutes count from the first."""


class Fact(Protocol):
    """What a rule may know of a ledger entry."""

    key: UUID
    kind: str
    subject: UUID | None
    facts: dict[str, Any]
    happened_at: datetime


Entries = Sequence[Fact]
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """Whether a requirement is met, how far it is, why in a sentence, the proof, and what to do next while it is
    not.
    """

    met: bool
    have: int
    need: int
    sentence: str
    proof: tuple[Fact, ...] = ()
    next_step: str = ""
    subject: UUID | None = field(default=None)


Judge = Callable[[Params, Entries, date], Verdict]


def clean_subject(params: Params) -> dict[str, Any]:
    """`subject` is the key of a course or quiz, `title` how people know it."""
    try:
        return {"subject": str(UUID(str(params["subject"]))), "title": str(params["title"])}
    except (KeyError, ValueError) as unclear:
        raise SchemeUnclear from unclear


def clean_count(params: Params) -> dict[str, int]:
    """`count` is how many are needed, at least 1."""
    count = params.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise SchemeUnclear
    return {"count": count}


def clean_competency(params: Params) -> dict[str, Any]:
    """`framework` code, `share` in percent of the competencies at `level` or above; critical ones always must be."""
    share, level = params.get("share"), params.get("level", 3)
    if not isinstance(share, int) or not 1 <= share <= 100 or level not in (2, 3, 4) or not params.get("framework"):
        raise SchemeUnclear
    return {
        "framework": str(params["framework"]),
        "title": str(params.get("title", "")),
        "share": share,
        "level": level,
    }


def course_completed(params: Params, entries: Entries, today: date) -> Verdict:
    """Met by the first completion of the course, in whatever language."""
    key = UUID(params["subject"])
    proof = _of(entries, "course.completed", key)[:1]
    step = _("Finish the course “%(title)s”.") % {"title": params["title"]}
    if proof:
        sentence = _("The course “%(title)s” is finished.") % {"title": params["title"]}
        return Verdict(True, 1, 1, sentence, proof)
    return Verdict(
        False, 0, 1, _("The course “%(title)s” is not finished yet.") % {"title": params["title"]}, (), step, key
    )


def quiz_passed(params: Params, entries: Entries, today: date) -> Verdict:
    """
    Met by a clear pass, or by a person's decision on an attempt near the line.

    Passing a quiz is necessary and never sufficient (FIELD.md): it is one requirement among others.
    """
    key = UUID(params["subject"])
    clear = [
        entry
        for entry in _of(entries, "quiz.answered", key)
        if entry.facts["band"] == "clear_pass" and entry.facts["passed"]
    ]
    decided = [entry for entry in _of(entries, "quiz.decided", key) if entry.facts["passed"]]
    proof = tuple((clear + decided)[:1])
    title = {"title": params["title"]}
    if proof:
        return Verdict(True, 1, 1, _("“%(title)s” is passed.") % title, proof)
    return Verdict(False, 0, 1, _("“%(title)s” is not passed yet.") % title, (), _("Take “%(title)s”.") % title, key)


def supervision_minutes(params: Params, entries: Entries, today: date) -> Verdict:
    """Whole minutes of all group meetings together; a minute that is not full does not count, nor one among peers."""
    proof = _supervised(entries, "session.attended")
    have, need = sum(entry.facts["seconds"] for entry in proof) // 60, params["count"]
    sentence = _("Minutes in group meetings so far: %(have)d. %(need)d are needed.") % {"have": have, "need": need}
    missing = ngettext(
        "Take part in group meetings for %(n)d more minute.",
        "Take part in group meetings for %(n)d more minutes.",
        need - have,
    )
    return Verdict(have >= need, have, need, sentence, proof, "" if have >= need else missing % {"n": need - have})


def sessions_attended(params: Params, entries: Entries, today: date) -> Verdict:
    """Different group meetings; one counts once however often somebody came in, if she was there for most of it."""
    meetings = _supervised(entries, "session.attended")
    there = [entry for entry in meetings if entry.facts["share"] >= SHARE_OF_A_MEETING]
    proof = _distinct(there, "session")
    have, need = len(proof), params["count"]
    words = ngettext(
        "Group meetings so far: %(have)d. %(need)d is needed.",
        "Group meetings so far: %(have)d. %(need)d are needed.",
        need,
    )
    missing = ngettext("Join %(n)d more group meeting.", "Join %(n)d more group meetings.", need - have)
    step = "" if have >= need else missing % {"n": need - have}
    return Verdict(have >= need, have, need, words % {"have": have, "need": need}, proof, step)


def cases_presented(params: Params, entries: Entries, today: date) -> Verdict:
    """Different cases shown to a group."""
    proof = _distinct(_supervised(entries, "case.presented"), "case")
    have, need = len(proof), params["count"]
    words = ngettext(
        "Cases shown to the group: %(have)d. %(need)d is needed.",
        "Cases shown to the group: %(have)d. %(need)d are needed.",
        need,
    )
    missing = ngettext("Show %(n)d case to your group.", "Show %(n)d more cases to your group.", need - have)
    step = "" if have >= need else missing % {"n": need - have}
    return Verdict(have >= need, have, need, words % {"have": have, "need": need}, proof, step)


def competency_rule(params: Params, entries: Entries, today: date) -> Verdict:
    """
    The newest rating by another person: no level 1, AND enough competencies at the level, AND each critical one at
    the level.

    Never an average: fourteen 4s and a single 1 average 3.8 and hide harm. A newer rating replaces an older one,
    both ways.
    """
    rated = [
        entry
        for entry in _of(entries, "assessment.finalised")
        if entry.facts["framework"] == params["framework"] and entry.facts["mode"] in MODES_THAT_COUNT
    ]
    need = params["share"]
    step = _("Ask your supervisor for a role play that is rated.")
    if not rated:
        return Verdict(False, 0, need, _("Skills are not rated yet."), (), step)
    newest = rated[-1]
    levels, level = newest.facts["levels"], params["level"]
    have = share_at(levels.values(), level)
    harms = [code for code, number in levels.items() if number == 1]
    weak = [code for code in newest.facts["critical"] if levels.get(code, 0) < level]
    met = bool(levels) and not harms and not weak and have >= need
    sentence = _competency_sentence(levels, level, harms, weak)
    again = _("Practise what the feedback says, then ask for a new role play.")
    return Verdict(met, have, need, sentence, (newest,), "" if met else again)


def share_at(levels: Iterable[int], level: int) -> int:
    """Percent of the competencies at this level or above, rounded down: 80 % means 80, not 79.6."""
    levels = list(levels)
    return sum(number >= level for number in levels) * 100 // len(levels) if levels else 0


def _competency_sentence(levels: Mapping[str, int], level: int, harms: list[str], weak: list[str]) -> str:
    if harms:
        return ngettext("%(n)d skill could do harm.", "%(n)d skills could do harm.", len(harms)) % {"n": len(harms)}
    if weak:
        sentence = ngettext(
            "%(n)d skill that must be at level %(level)d is below it.",
            "%(n)d skills that must be at level %(level)d are below it.",
            len(weak),
        )
        return sentence % {"n": len(weak), "level": level}
    have = sum(number >= level for number in levels.values())
    sentence = _("%(have)d of %(all)d skills at level %(level)d or above, none that could do harm.")
    return sentence % {"have": have, "all": len(levels), "level": level}


def _of(entries: Entries, kind: str, subject: UUID | None = None) -> tuple[Fact, ...]:
    return tuple(entry for entry in entries if entry.kind == kind and subject in (None, entry.subject))


def _supervised(entries: Entries, kind: str) -> tuple[Fact, ...]:
    """What happened where a supervisor was: a peer group is good practice, and no supervision. Entries from before
    there were peer groups say nothing of `peer`."""
    return tuple(entry for entry in _of(entries, kind) if not entry.facts.get("peer"))


def _distinct(entries: Iterable[Fact], fact: str) -> tuple[Fact, ...]:
    return tuple({entry.facts[fact]: entry for entry in entries}.values())
