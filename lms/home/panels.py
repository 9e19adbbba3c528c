"""What the front page offers: the shell around every page, and the panel with the people on call."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject

from lms.home import registry
from lms.home.queries import places_of
from lms.home.rules import (
    RATING,
    Desk,
    Tab,
    current_of,
    desks_for,
    is_text_only,
    keeps_urgent,
    meets_danger,
    others_to_call,
    tabs_for,
)
from lms.people.models import User
from lms.people.rules import LOCKED
from lms.phone import registry as phone
from lms.programmes.queries import held_enrolments, numbers_of, programmes_of

URGENT = "/urgent/"  # the red button's page: phones know it by its path, so it never moves


@dataclass(frozen=True)
class ShownTab:
    name: str
    url: str
    icon: str
    label: str | Promise
    current: bool


@dataclass(frozen=True)
class Shell:
    """What stands around a page. Signed out it is empty; a page drawn without a request has none.

    `person` is who is signed in and has not locked the phone.
    """

    signed_in: bool = False
    person: User | None = None
    front_url: str = "/"
    tabs: tuple[ShownTab, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Asks nothing until a template draws the shell: the admin and the answers to scripts do not pay for it."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request)), "text_only": is_text_only(request.COOKIES)}


def shell_of(request: HttpRequest) -> Shell:
    languages = tuple(settings.LANGUAGES)
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return Shell(languages=languages)
    places = places_of(person)
    return Shell(
        signed_in=True,
        person=None if request.session.get(LOCKED) else person,
        front_url=reverse("home:home"),
        tabs=tuple(shown_tabs(tabs_for(places.roles, enrolled=places.enrolled), request.path)),
        languages=languages,
    )


def shown_tabs(tabs: list[Tab], path: str) -> Iterator[ShownTab]:
    """A tab whose part is not installed is left out: the core stands without the parts above it."""
    placed = [(tab, address_of(tab)) for tab in tabs]
    here = current_of(path, {tab.name: (address, *tab.also) for tab, address in placed if address})
    for tab, address in placed:
        if address:
            yield ShownTab(tab.name, address, tab.icon, tab.label, tab.name == here)


def address_of(place: Tab | Desk) -> str | None:
    try:
        return reverse(place.address)
    except NoReverseMatch:
        return None


def on_call(person: User, *, at: datetime) -> dict[str, Any] | None:
    """On the front page."""
    places = places_of(person)
    return calls(person, at=at) if meets_danger(places.roles, enrolled=places.enrolled) else None


def calls(person: User, *, at: datetime) -> dict[str, Any] | None:
    """Whom this person can call, by programme."""
    found = numbers_of(programmes_of(person), at=at)
    others = [(programme, others_to_call(numbers, person.phone)) for programme, numbers in found]
    return {"on_call": others} if others else None


def numbers(person: User, *, at: datetime) -> dict[str, Any] | None:
    """Whom to call: shown by the phone itself where no page can be opened, on the lock too."""
    places = places_of(person)
    asked = calls(person, at=at) if keeps_urgent(places.roles, enrolled=places.enrolled) else None
    if asked is None:
        return None
    found = dict.fromkeys(number for _, numbers in asked["on_call"] for number in numbers)
    return {"numbers": [{"name": number.name, "phone": number.phone} for number in found]}


def place(person: User, *, at: datetime) -> dict[str, Any]:
    """What the page about this phone, which names nobody, has to know of its person."""
    places = places_of(person)
    return {
        "learns": places.enrolled,
        "rates": bool(places.roles & RATING),
        "urgent": keeps_urgent(places.roles, enrolled=places.enrolled),
    }


def kept_pages(person: User, *, at: datetime) -> list[str]:
    """The pages around a person that shall open without network."""
    places = places_of(person)
    urgent = keeps_urgent(places.roles, enrolled=places.enrolled)
    offered = [
        (True, reverse("home:home")),
        (urgent, URGENT),
        (places.enrolled, reverse("certification:mine")),
        (True, reverse("people:me")),
    ]
    return [address for given, address in offered if given]


def desks(person: User, *, at: datetime) -> dict[str, Any] | None:
    places = [(desk, address_of(desk)) for desk in desks_for(places_of(person).roles)]
    shown = [(desk, address) for desk, address in places if address]
    return {"desks": shown} if shown else None


def conduct(person: User, *, at: datetime) -> dict[str, Any] | None:
    """Asks a learner to agree to the code of conduct, until she has."""
    return {} if any(not enrolment.agreed for enrolment in held_enrolments(person)) else None


def register() -> None:
    registry.register(registry.Panel("conduct", 1, "main", "lms/home/_conduct.html", conduct))
    registry.register(registry.Panel("desks", 80, "main", "lms/home/_desks.html", desks))
    registry.register(registry.Panel("on-call", 90, "side", "lms/home/_on_call.html", on_call))
    phone.register(phone.Part("urgent", numbers, kept_pages))
    phone.register(phone.Part("place", place))
