"""Decisions about people on plain values, and the shape of every refusal in the product."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CARD_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CARD_LENGTH = 8
PIN_LENGTH = 6
STARTING_DAYS = timedelta(days=30)
TIME_TO_CHOOSE = timedelta(minutes=15)
TRIES_A_DAY = 100
IDLE = timedelta(minutes=15)
# what a session says of its lock: that it is shut, and when it was last used
LOCKED, ACTIVE = "locked", "active"
# what fingers draw on the keys
DRAWN_PINS = {"147258", "258369", "147852", "258147", "159753", "753159", "159357", "357159", "741852", "852963"}
BROWSERS = [
    ("Opera Mini", "Opera Mini"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]


class Refusal(Exception):
    """A change that was not made, and why, in a sentence for the person who asked.

    Subclasses name the reason; `code` is the word that outsiders see in wire formats, `status` the HTTP answer,
    `told` what goes with the refusal, like the result of the sending that came first.
    """

    code = "invalid"
    status = 409
    sentence: str | Promise = _("This could not be done. Nothing was changed.")

    def __init__(self, sentence: str | Promise | None = None, told: dict[str, Any] | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        self.told = told or {}
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class Invalid(Refusal):
    """What was sent cannot be read or lacks something."""

    status = 400
    sentence = _("We could not read what was sent. Check it and send it again.")


def address_of(peer: str, forwarded: str, trusted: Collection[str]) -> str:
    """Where a request came from: the last address of X-Forwarded-For that is not one of our own proxies.

    What stands further left was written by whoever sent it and is not believed.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while peer in trusted and hops:
        peer = hops.pop()
    return peer


def plain_card_code(typed: str) -> str:
    """A card code as stored: capital letters without dashes or spaces; O, I and L are read as 0, 1 and 1."""
    letters = re.sub(r"[\s-]", "", typed).upper()
    return letters.translate(str.maketrans("OIL", "011"))


def shown_card_code(code: str) -> str:
    """A card code as printed, in fours."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


class PinTooEasy(Refusal):
    """A PIN that others guess first."""

    status = 400


class StartingPinTooOld(Refusal):
    """The starting PIN of a card was not used in time."""

    sentence = _("This starting PIN is too old. Ask your trainer for a new card.")


class CardNotWaiting(Refusal):
    """The card was replaced meanwhile, or a PIN was chosen with it already."""

    sentence = _("This starting PIN was used already, or the card was replaced. Sign in again with your newest card.")


def is_card_code(typed: str) -> bool:
    """Whether something has the form of a card code as stored."""
    return len(typed) == CARD_LENGTH and set(typed) <= set(CARD_LETTERS)


def check_pin(pin: str, *, phone: str = "") -> None:
    """Six digits that are not among those that others try first; raises PinTooEasy with the reason."""
    if not re.fullmatch(rf"[0-9]{{{PIN_LENGTH}}}", pin):
        raise PinTooEasy(_("A PIN has 6 digits, nothing else."))
    if is_row_or_pattern(pin):
        raise PinTooEasy(_("This PIN is easy to guess. Choose digits that do not repeat and do not stand in a row."))
    if has_year(pin) or is_day(pin):
        raise PinTooEasy(_("This PIN looks like a year or a birthday. Others guess these first. Choose another."))
    if pin in re.sub(r"[^0-9]", "", phone):
        raise PinTooEasy(_("This PIN is a part of your phone number. Choose another."))


def is_row_or_pattern(pin: str) -> bool:
    """111111, 121212, 123123, 112233, 123456, 987654, 135790, or a line drawn on the keys."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    doubled = pin[0::2] == pin[1::2]
    return len(steps) == 1 or len(set(pin)) <= 2 or pin[:3] == pin[3:] or doubled or pin in DRAWN_PINS


def has_year(pin: str) -> bool:
    """Whether it begins or ends with a year in which somebody alive may be born."""
    return any(re.fullmatch(r"19[3-9][0-9]|20[0-2][0-9]", part) for part in (pin[:4], pin[-4:]))


def is_day(pin: str) -> bool:
    """Whether it reads as day, month and year of two digits."""
    try:
        date(2000 + int(pin[4:]), int(pin[2:4]), int(pin[:2]))
    except ValueError:
        return False
    return True


def is_starting_pin_over(until: datetime | None, at: datetime) -> bool:
    """Whether the time in which a starting PIN may be used is over."""
    return until is None or at >= until


def device_of(agent: str) -> str:
    """What kind of device a browser says that it runs on."""
    if "iPhone" in agent:
        return "iphone"
    if "iPad" in agent or ("Android" in agent and not re.search("Mobile|Opera Mini", agent)):
        return "tablet"
    if "Android" in agent:
        return "android"
    return "computer" if re.search(r"Windows NT|Macintosh|X11|CrOS", agent) else "other"


def browser_of(agent: str) -> str:
    """The name of a browser, if we know it."""
    return next((name for mark, name in BROWSERS if mark in agent), "")


def is_idle(last: datetime, at: datetime) -> bool:
    """Whether a phone lay unused so long that it locks. A clock that went back says nothing of how long: it locks."""
    return at - last >= IDLE or at < last
