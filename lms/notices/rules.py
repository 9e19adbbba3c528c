"""Decisions about notices on plain values: by which way, when again, when it is of no use any more."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal

MAIL, SMS, NONE = "mail", "sms", "none"
CHANNELS = {MAIL: _("By mail"), SMS: _("By text message (SMS)"), NONE: _("Do not remind me")}
HOURS = {48: _("2 days before"), 24: _("1 day before"), 3: _("3 hours before"), 1: _("1 hour before")}
USUAL_HOURS = (24, 1)
SILENCEABLE = "meeting."
"""Kinds that begin so are reminders and news of meetings: only these does "Do not remind me" hold back."""
URGENT = "risk.raised"
"""The kind that goes out before all others, and rather twice than never: somebody is in danger."""
WHY = {
    "called_off": _("It was called off before it was sent."),
    "silenced": _("The person does not want to be reminded."),
    "no_address": _("There is no mail address and no mobile number."),
    "too_late": _("It was too late to send it."),
    "gave_up": _("It was tried several times and did not go out."),
    "unclear": _("The server stopped while sending, so nobody knows whether it went out. It is not sent twice."),
}
LOST = ("no_address", "gave_up", "unclear")
"""What somebody should know of: the person was to be told and, as far as we know, was not."""
TRIES = 6
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
CLAIM = timedelta(minutes=10)
"""A sending that was begun and not ended after this is over: its process died."""
URGENT_CLAIM = timedelta(minutes=2)
"""The same for what is urgent: longer than a whole run of sending, and short enough to be of use."""
NUMBER = re.compile(r"\+?[0-9]{6,15}")
TEXT_LIMIT = 459
"""Letters of a text message: three parts of an SMS."""


class NotSent(Exception):
    """A way out that did not take a notice; tried again later."""


class NoSuchNumber(Refusal):
    """A mobile number that no telephone network can read."""

    code = "invalid"
    status = 400
    sentence = _("Write the mobile number with digits only, like +254 721 000 101.")


def plain_number(typed: str) -> str:
    """A telephone number as digits with at most a plus before; raises NoSuchNumber."""
    number = re.sub(r"[\s()./-]", "", typed)
    if not NUMBER.fullmatch(number):
        raise NoSuchNumber
    return number


def is_number(typed: str) -> bool:
    """Whether a telephone network can read it."""
    try:
        return bool(plain_number(typed))
    except NoSuchNumber:
        return False


def is_silenced(kind: str, wanted: str) -> bool:
    """Whether this person asked not to be told of such things. What is about danger is always told."""
    return wanted == NONE and kind.startswith(SILENCEABLE)


def ways(wanted: str, *, email: str, phone: str) -> list[str]:
    """The ways on which a person can be reached, the wanted one first; without a wish a text message comes first,
    because a phone is what most helpers have.
    """
    order = [MAIL, SMS] if wanted == MAIL else [SMS, MAIL]
    reached = {MAIL: bool(email), SMS: is_number(phone)}
    return [way for way in order if reached[way]]


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries; None: no more."""
    return PAUSES[min(tries, len(PAUSES)) - 1] if 0 < tries < TRIES else None


def clean_hours(hours: Iterable[int]) -> list[int]:
    """The known ones of these, the earliest reminder first."""
    return sorted({hour for hour in hours if hour in HOURS}, reverse=True)


def due_hours(hours: Iterable[int], *, starts_at: datetime, planned_at: datetime, at: datetime) -> int | None:
    """Which reminder is due now: the latest whose time has come, if the meeting was known before that time.

    A meeting that is planned or moved an hour before it begins needs no second message a minute later.
    """
    come = [hour for hour in clean_hours(hours) if planned_at < starts_at - timedelta(hours=hour) <= at < starts_at]
    return min(come, default=None)


def shortened(text: str, link: str) -> str:
    """A text message with its link, cut between words if it is too long; the link is never cut."""
    room = TEXT_LIMIT - len(link) - 1
    if len(text) > room:
        text = text[: room - 1].rsplit(" ", 1)[0] + "…"
    return f"{text} {link}".strip()
