"""Decisions about group meetings on plain values: which state follows which, time attended, what a note may hold."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

import bleach
from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal

STATES = {
    "scheduled": _("Planned"),
    "lobby": _("Doors open"),
    "live": _("Live"),
    "wrap_up": _("Wrapping up"),
    "closed": _("Over"),
    "signed_off": _("Signed off"),
    "cancelled": _("Cancelled"),
    "no_quorum": _("Too few came"),
}
STEPS = {
    "present": _("The case is shown"),
    "clarify": _("Questions to the helper"),
    "group": _("The group's ideas"),
    "supervisor": _("The supervisor adds"),
    "agree": _("Agree on advice"),
}
TYPES = {
    "assess": _("Find out more"),
    "intervene": _("Try with the person"),
    "refer": _("Send on"),
    "safety": _("Keep safe"),
    "self_care": _("Care for yourself"),
    "learn": _("Learn"),
}
ADVICE_STATES = {
    "proposed": _("Idea, not agreed yet"),
    "agreed": _("Agreed"),
    "sent": _("Sent"),
    "done": _("Done"),
    "not_done": _("Not done"),
    "superseded": _("Replaced"),
}
OPEN_STATES = frozenset({"lobby", "live", "wrap_up"})
LIVE_STATES = ("live", "wrap_up")
OVER_STATES = frozenset({"closed", "signed_off", "cancelled", "no_quorum"})
MOVES = {
    "scheduled": {"lobby", "live", "cancelled", "no_quorum"},
    "lobby": {"live", "closed", "cancelled", "no_quorum"},
    "live": {"wrap_up", "closed"},
    "wrap_up": {"live", "closed"},
    "closed": {"signed_off"},
}
AGENDA_KINDS = frozenset({"advice", "didactic", "case", "wrap_up", "other"})
AGENDA_LIMIT = 12
REPORTS = ("done", "not_done")
TITLE_LIMIT = 120
TEXT_LIMIT = 4000
WHY_LIMIT = 1000
NOTE_BYTES = 20 * 1024
NOTE_TAGS = 50
NOTE_ALLOWED = ["a", "b", "br", "em", "i", "li", "ol", "p", "strong", "ul"]


class NotTheFacilitator(Refusal):
    """A change that only somebody who may lead this meeting can make."""

    code = "not_allowed"
    status = 403
    sentence = _("Only a supervisor who leads this meeting can do that.")


class NotAMember(Refusal):
    """The person does not belong to the meeting's group."""

    code = "not_member"
    status = 404
    sentence = _("You are not in this group any more, so you cannot write here.")


class WrongMoment(Refusal):
    """The meeting is not in a state from which this can be done."""

    code = "invalid"
    sentence = _("The meeting is not at that point. Load the page again to see where it is.")


class MeetingOver(Refusal):
    """The meeting takes no more posts."""

    code = "closed"
    sentence = _("This meeting is not open, so nothing can be added to it.")


class MeetingStillOpen(Refusal):
    """Something that belongs after the meeting."""

    code = "invalid"
    sentence = _("Close the meeting first, then do this.")


class AlreadyAgreed(Refusal):
    """An advice that was settled with somebody else or for another day."""

    code = "conflict"
    sentence = _("This advice was already agreed. Propose a new one to change it.")


class AdviceIsTheGroups(Refusal):
    """Words of an advice that was agreed, or of a meeting that is over: no longer the proposer's alone."""

    code = "not_allowed"
    status = 403
    sentence = _("The group agreed on this or the meeting is over. Ask who led the meeting to take the words away.")


class NotAgreed(Refusal):
    """A door of the room before its one condition."""

    code = "not_agreed"
    status = 403
    sentence = _("Tick the line first: what we hear stays in this room.")


class AdviceReported(Refusal):
    """A second, other word on what became of an advice."""

    code = "conflict"
    sentence = _("What became of this advice was already written down.")


class NotYourAdvice(Refusal):
    """What became of an advice is said by who took it on; the same words as for one that does not exist."""

    code = "not_allowed"
    status = 403
    sentence = _("This advice is not among those that you took on.")


class WhyMissing(Invalid):
    """Advice that was not done, without a word why."""

    sentence = _("Write in a few words why it was not possible.")


class AnotherIsLive(Refusal):
    """Time would count twice if one group met in two rooms at once."""

    code = "conflict"
    sentence = _("This group has another meeting that is still going on. Close that one first.")


class NoSuchCase(Invalid):
    """The case does not exist here; the same words as for one that exists elsewhere."""

    sentence = _("There is no such case in this meeting's programme.")


class NoSuchAdvice(Invalid):
    """The advice does not exist in this meeting."""

    sentence = _("There is no such advice in this meeting.")


class NoSuchOwner(Invalid):
    """Advice is agreed with a provider of the meeting's group."""

    sentence = _("Choose somebody of this group to do it.")


class NoteTooLarge(Refusal):
    """More than cleaning can safely chew: its cost grows with the square of the nesting."""

    code = "too_large"
    status = 413
    sentence = _("This note is too long or has too much formatting. Please make it shorter.")


def check_move(state: str, to: str) -> None:
    """Raises WrongMoment unless `to` may follow `state`."""
    if to not in MOVES.get(state, ()):
        raise WrongMoment


def seconds_attended(stays: Iterable[tuple[datetime, datetime]], begins: datetime | None, ends: datetime | None) -> int:
    """Whole seconds within begins..ends that the stays cover; overlapping stays (two devices) count once.

    Waiting in the lobby is no supervision: the caller gives the time the meeting went live as `begins`.
    """
    if begins is None or ends is None:
        return 0
    total, reached = 0.0, begins
    for came, left in sorted(stays):
        came, left = max(came, reached), min(left, ends)
        if left > came:
            total += (left - came).total_seconds()
            reached = left
    return int(total)


def share_attended(seconds: int, begins: datetime | None, ends: datetime | None) -> int:
    """Percent of the live time that these seconds cover, rounded down; without live time there is nothing to cover."""
    length = int((ends - begins).total_seconds()) if begins and ends else 0
    return min(100, seconds * 100 // length) if length > 0 else 0


def was_there(stays: Iterable[tuple[datetime, datetime]], begins: datetime, ends: datetime | None) -> bool:
    """Whether any of the stays covers some of begins..ends."""
    return ends is not None and any(max(came, begins) < min(left, ends) for came, left in stays)


def clean_note(html: str) -> str:
    """The closing note with bold, lists and links only; raises NoteTooLarge.

    The caps stand before the cleaning: bleach needs quadratic time on deep nesting.
    """
    if len(html.encode("utf-8", "replace")) > NOTE_BYTES or len(re.findall(r"<\s*[a-zA-Z]", html)) > NOTE_TAGS:
        raise NoteTooLarge
    return str(
        bleach.clean(
            html.replace("\x00", ""),
            tags=NOTE_ALLOWED,
            attributes={"a": ["href"]},
            protocols=["http", "https", "mailto"],
            strip=True,
            strip_comments=True,
        )
    )


def checked_agenda(items: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """The items of an agenda as they are stored; raises Invalid for an unknown kind, no title, or a strange length."""
    kept = [{"kind": item["kind"], "title": str(item["title"]).strip(), "minutes": item["minutes"]} for item in items]
    known = all(item["kind"] in AGENDA_KINDS and 0 < len(item["title"]) <= TITLE_LIMIT for item in kept)
    timed = all(isinstance(item["minutes"], int) and 0 < item["minutes"] <= 240 for item in kept)
    if not (kept and known and timed) or len(kept) > AGENDA_LIMIT:
        raise Invalid
    return kept
