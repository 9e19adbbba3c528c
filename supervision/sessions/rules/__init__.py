"""Decisions about group meetings on plain values: which state follows which, time attended, what a note may hold."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import bleach
from django.utils.functional import Promise
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
BOXES = {
    "advice": _("Last advice first"),
    "didactic": _("Short lesson"),
    "case": _("Case"),
    "wrap_up": _("Advice and goodbye"),
    "other": _("Something else"),
}
DIDACTIC_LIMIT = 30
MOST_BOXES = 12
OPEN_STATES = frozenset({"lobby", "live", "wrap_up"})
BEFORE_STATES = ("scheduled", "lobby")
LIVE_STATES = ("live", "wrap_up")
OVER_STATES = frozenset({"closed", "signed_off", "cancelled", "no_quorum"})
LATE = timedelta(hours=2)
"""So long after its time a meeting with shut doors stands no more among those to come; it can still be opened."""
GIVEN_UP = timedelta(hours=12)
"""So long after its planned end a meeting that never began is over."""
MOVES = {
    "scheduled": {"lobby", "live", "cancelled", "no_quorum"},
    "lobby": {"live", "closed", "cancelled", "no_quorum"},
    "live": {"wrap_up", "closed"},
    "wrap_up": {"live", "closed"},
    "closed": {"signed_off"},
}
BOXES_AT_MOST = 12
BOX_TITLE_LIMIT = 80
BOX_MINUTES_AT_MOST = 240
REPORTS = ("done", "not_done")
TAKEN_ON = ("agreed", "sent", "done", "not_done")
OUTCOMES: dict[str, Promise] = {
    "helped": _("It helped"),
    "no_change": _("Nothing changed"),
    "worse": _("It got worse"),
    "not_tried": _("It was not tried"),
}
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


class MinutesSigned(Refusal):
    """Words about a meeting whose minutes were signed."""

    code = "closed"
    sentence = _("The minutes are signed, so their words do not change any more.")


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


class OutcomeMissing(Invalid):
    """A look back without saying how it went."""

    sentence = _("Say in one of the lines how it went. A note can have 1,000 letters.")


class NotYoursToCorrect(Refusal):
    """Attendance is corrected by who leads as a supervisor, never one's own."""

    code = "not_allowed"
    status = 403
    sentence = _("A supervisor of this meeting corrects who was there, and nobody corrects their own time.")


class CorrectionUnexplained(Invalid):
    """A correction without a reason."""

    sentence = _("Write in a few words why the time was counted wrongly.")


class TooManyMinutes(Invalid):
    """Longer than the meeting was."""

    sentence = _("The meeting was shorter than that. Write how many minutes of it the person was there.")


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


class NoSuchLesson(Invalid):
    """Advice can name a lesson of the meeting's programme that people can open."""

    sentence = _("There is no such lesson in this meeting's programme.")


class NoSuchOwner(Invalid):
    """Advice is agreed with a provider of the meeting's group."""

    sentence = _("Choose somebody of this group to do it.")


class NotAPeer(Refusal):
    """Somebody from outside is named to lead peers, or a learner to lead others."""

    sentence = _("Choose somebody who can lead this group.")


class NoSuchFocus(Invalid):
    """A skill or lesson of another programme."""

    sentence = _("Choose a skill and a lesson of this programme.")


class AgendaUnclear(Invalid):
    sentence = _("Give each part of the meeting its minutes, at least 1.")


class NoteTooLarge(Refusal):
    """More than cleaning can safely chew: its cost grows with the square of the nesting."""

    code = "too_large"
    status = 413
    sentence = _("This note is too long or has too much formatting. Please make it shorter.")


def check_move(state: str, to: str) -> None:
    """Raises WrongMoment unless `to` may follow `state`."""
    if to not in MOVES.get(state, ()):
        raise WrongMoment


def is_given_up(starts_at: datetime, minutes: int, at: datetime) -> bool:
    """Whether a meeting that has not begun does not begin any more."""
    return starts_at + timedelta(minutes=minutes) + GIVEN_UP <= at


def seconds_attended(
    stays: Iterable[tuple[datetime, datetime]],
    begins: datetime | None,
    ends: datetime | None,
    counted: Iterable[tuple[datetime, datetime]] = (),
) -> int:
    """Whole seconds within begins..ends that the stays cover; overlapping stays (two devices) count once, and what was
    `counted` in another meeting not again.

    Waiting in the lobby is no supervision: the caller gives the time the meeting went live as `begins`.
    """
    if begins is None or ends is None:
        return 0
    kept = [(max(came, begins), min(left, ends)) for came, left in stays]
    taken = list(counted)
    return int(covered(kept + taken) - covered(taken)) if taken else int(covered(kept))


def covered(spans: Iterable[tuple[datetime, datetime]]) -> float:
    """Seconds that these spans cover together, however they overlap."""
    total, reached = 0.0, None
    for came, left in sorted(spans):
        came = came if reached is None else max(came, reached)
        if left > came:
            total += (left - came).total_seconds()
            reached = left
    return total


def share_attended(seconds: int, begins: datetime | None, ends: datetime | None) -> int:
    """Percent of the live time that these seconds cover, rounded down; without live time there is nothing to cover."""
    length = int((ends - begins).total_seconds()) if begins and ends else 0
    return min(100, seconds * 100 // length) if length > 0 else 0


def was_there(stays: Iterable[tuple[datetime, datetime]], begins: datetime, ends: datetime | None) -> bool:
    """Whether any of the stays covers some of begins..ends."""
    return ends is not None and any(max(came, begins) < min(left, ends) for came, left in stays)


def default_agenda(minutes: int) -> list[dict[str, Any]]:
    """The usual boxes: last advice first, a short lesson of at most 30 minutes, cases with 5 minutes to show each and
    a discussion, goodbye (FIELD.md). A short meeting has no lesson.
    """
    short = minutes < 40
    advice, wrap_up = (5, 5) if short else (10, 5 if minutes < 90 else 10)
    didactic = 0 if short else min(DIDACTIC_LIMIT, minutes // 4)
    left = minutes - advice - wrap_up - didactic
    cases = max(1, left // 30)
    lengths = [left // cases + (number < left % cases) for number in range(cases)]
    boxes = [
        ("advice", advice),
        ("didactic", didactic),
        *(("case", length) for length in lengths),
        ("wrap_up", wrap_up),
    ]
    return [{"kind": kind, "title": str(BOXES[kind]), "minutes": length} for kind, length in boxes if length > 0]


def agenda_boxes(agenda: Any) -> list[dict[str, Any]]:
    """The boxes of an agenda as pages show them: kind, title in words, minutes. What an older release or a room wrote
    without a kind is "other"; what cannot be read is left out.
    """
    boxes = []
    for item in agenda if isinstance(agenda, list) else ():
        minutes = item.get("minutes") if isinstance(item, dict) else None
        if not isinstance(minutes, int) or isinstance(minutes, bool):
            continue
        kind = item.get("kind") if item.get("kind") in BOXES else "other"
        boxes.append({"kind": kind, "title": str(item.get("title") or "") or str(BOXES[kind]), "minutes": minutes})
    return boxes


def clean_agenda(boxes: Iterable[tuple[str, str, int]]) -> list[dict[str, Any]]:
    """(kind, title, minutes) as they are stored; raises AgendaUnclear."""
    told = list(boxes)
    if len(told) > MOST_BOXES or any(kind not in BOXES or not 1 <= minutes <= 240 for kind, _title, minutes in told):
        raise AgendaUnclear
    return [
        {"kind": kind, "title": title.strip()[:TITLE_LIMIT] or str(BOXES[kind]), "minutes": minutes}
        for kind, title, minutes in told
    ]


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


def clean_boxes(value: Any) -> list[dict[str, Any]]:
    """The agenda as it is kept: at most 12 boxes of kind, title and minutes; raises Invalid."""
    if not isinstance(value, list) or not 1 <= len(value) <= BOXES_AT_MOST:
        raise Invalid
    return [clean_box(box) for box in value]


def clean_box(value: Any) -> dict[str, Any]:
    """One box; a kind that is missing is `other`."""
    if not isinstance(value, dict):
        raise Invalid
    kind, title, minutes = value.get("kind", "other"), value.get("title"), value.get("minutes")
    if not isinstance(kind, str) or kind not in BOXES or not isinstance(title, str):
        raise Invalid
    title = " ".join(title.split())
    if not title or len(title) > BOX_TITLE_LIMIT or re.search("[\x00\ud800-\udfff]", title):
        raise Invalid
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= BOX_MINUTES_AT_MOST:
        raise Invalid
    return {"kind": kind, "title": title, "minutes": minutes}


def longest_minutes(live_at: datetime, closed_at: datetime) -> int:
    """The whole minutes of a meeting's live part, the last one counted full."""
    return -(-int((closed_at - live_at).total_seconds()) // 60)
