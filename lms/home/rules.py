"""Which tabs a person gets, and how the front page greets: decided on plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TEACHING = frozenset({"author", "reviewer"})
RATING = frozenset({"supervisor", "rater"})
TEXT_ONLY = "text_only"


def is_text_only(cookies: Mapping[str, str]) -> bool:
    """Whether this phone asked for pages without pictures and sound. A cookie: it is a wish of the phone's line, not
    of a person, and it holds before signing in and without script."""
    return cookies.get(TEXT_ONLY) == "1"


@dataclass(frozen=True)
class Tab:
    """One entry of the navigation; `address` is the name of its address, `also` are paths that belong to it as well."""

    name: str
    address: str
    icon: str
    label: str | Promise
    also: tuple[str, ...] = ()


HOME = Tab("home", "home:home", "home", gettext_lazy("Home"))
LEARN = Tab("learn", "courses:learn", "learn", gettext_lazy("Learn"))
CASES = Tab("cases", "supervision:index", "case", gettext_lazy("Cases"))
RATE = Tab("people", "competency:index", "people", gettext_lazy("People"), ("/manage/people/", "/learn/talk/"))
BOARD = Tab("board", "manage:board", "chart", gettext_lazy("Board"))
PEOPLE = Tab("manage-people", "manage:people", "people", gettext_lazy("People"), ("/competency/", "/learn/talk/"))
ME = Tab("me", "people:me", "me", gettext_lazy("Me"))


def tabs_for(roles: Collection[str], *, enrolled: bool) -> list[Tab]:
    """At most six, the most used first; one tab called People, the manager's before the rater's."""
    held = frozenset(roles)
    manages = bool(held & {"manager", "admin"})
    offered = [
        (True, HOME),
        (manages, BOARD),
        (enrolled or bool(held & TEACHING), LEARN),
        (manages, PEOPLE),
        (bool(held & RATING) and not manages, RATE),
        (enrolled or "supervisor" in held, CASES),
        (True, ME),
    ]
    return [tab for given, tab in offered if given]


@dataclass(frozen=True)
class Desk:
    """A place where somebody works who neither learns nor supervises."""

    address: str
    icon: str
    heading: str | Promise
    hint: str | Promise
    button: str | Promise


BOARD_DESK = Desk(
    "manage:board",
    "chart",
    gettext_lazy("How the group is doing"),
    gettext_lazy("Who moves on, who is stuck and why, and what waits for your signature."),
    gettext_lazy("Open the board"),
)
WRITING_DESK = Desk(
    "wagtailadmin_home",
    "pen",
    gettext_lazy("Lessons and quizzes"),
    gettext_lazy("Write, look at how it will be, and send it for review."),
    gettext_lazy("Open the writing desk"),
)
REVIEW_DESK = Desk(
    "wagtailadmin_home",
    "eye",
    gettext_lazy("Lessons to review"),
    gettext_lazy("Read what the authors sent you, before learners see it."),
    gettext_lazy("Open the review desk"),
)


def desks_for(roles: Collection[str]) -> list[Desk]:
    held = frozenset(roles)
    offered = [
        (bool(held & {"manager", "admin"}), BOARD_DESK),
        (bool(held & {"author", "admin"}), WRITING_DESK),
        ("reviewer" in held, REVIEW_DESK),
    ]
    return [desk for given, desk in offered if given]


def meets_danger(roles: Collection[str], *, enrolled: bool) -> bool:
    """Whose front page names the people on call: those who meet clients, and those who supervise them."""
    return enrolled or "supervisor" in roles


def keeps_urgent(roles: Collection[str], *, enrolled: bool) -> bool:
    """The red button stands above every page, whoever looks at it. Its page and the numbers are kept on the phones of
    all who belong to a programme: whoever learns or works there may be the one who sees it."""
    return enrolled or bool(roles)


def greeting(name: str, hour: int) -> str:
    """`hour` is the hour of the day where the person lives."""
    if 4 <= hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if 12 <= hour < 17:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def current_of(path: str, places: Mapping[str, Collection[str]]) -> str | None:
    """Which tab a page belongs to, by the paths of each: the one with the longest path that it lies at or below."""
    above = [(len(begin), name) for name, begins in places.items() for begin in begins if path.startswith(begin)]
    return max(above)[1] if above else None


def others_to_call(numbers: Sequence[Any], own: str) -> list[Any]:
    """Whom to call without oneself: who is on duty needs the next one. If nobody else is left, all stay."""
    mine = digits(own)
    others = [number for number in numbers if not mine or digits(number.phone) != mine]
    return others or list(numbers)


def digits(phone: str) -> str:
    """The last nine digits: the same telephone, with or without the country before it."""
    return "".join(letter for letter in phone if letter.isdigit())[-9:]
