"""Questions about identifiers: a programme's register, what was confirmed, which incidents wait."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from lms.people.models import User
from lms.people.queries import unit_names
from lms.programmes.access import has_role
from lms.programmes.models import Programme
from lms.programmes.queries import enrolments_within, names_in, names_in_cohorts, programmes_of

from . import registry, rules
from .models import Confirmation, IdentifierIncident, IncidentEvent, WatchedWord
from .rules import incidents

KEPT_SECONDS = 300
PHONE_LIMIT = 1500  # words that a phone is given
_registers: dict[UUID, tuple[float, rules.Register]] = {}


def register_for(programme_id: UUID) -> rules.Register:
    """Names and places of a programme; kept in this process for five minutes, for every message asks."""
    kept = _registers.get(programme_id)
    if kept and kept[0] > monotonic():
        return kept[1]
    register = fresh_register(programme_id)
    if len(_registers) > 200:
        _registers.clear()
    _registers[programme_id] = (monotonic() + KEPT_SECONDS, register)
    return register


def fresh_register(programme_id: UUID) -> rules.Register:
    """The people who learn and work in the programme, every place of the tree, and what its manager wrote down."""
    watched = list(WatchedWord.objects.filter(programme=programme_id).values_list("kind", "words"))
    names = [*names_in(programme_id), *(words for kind, words in watched if kind == "name")]
    places = [*unit_names(), *(words for kind, words in watched if kind == "place")]
    return rules.register_of(names, places)


def register_sparing(programme_id: UUID, names: Iterable[str]) -> rules.Register:
    """The same for a text in which these people may be called by name: who is written to, who sits in the meeting."""
    register = register_for(programme_id)
    spared = frozenset(rules.plain(word) for name in names for word in name.split())
    return rules.Register(register.people, register.places, spared)


def forget_register(programme_id: UUID) -> None:
    """After a change in this process; others see it when their copy ends."""
    _registers.pop(programme_id, None)


def register_on_phone(programmes: Iterable[Programme], cohorts: Iterable[UUID]) -> dict[str, list]:
    """What a phone keeps: the places, and of the people only those of one's own groups, whom one knows anyway."""
    programmes = list(programmes)
    watched = list(WatchedWord.objects.filter(programme__in=programmes).values_list("kind", "words"))
    names = [*names_in_cohorts(cohorts), *(words for kind, words in watched if kind == "name")]
    places = [*(words for kind, words in watched if kind == "place"), *unit_names()]
    register = rules.register_of(names, places[:PHONE_LIMIT])
    return {"people": sorted(register.people)[:PHONE_LIMIT], "places": sorted(list(run) for run in register.places)}


def watched_words(programme: Programme) -> dict[str, list[str]]:
    """Kind -> what the manager wrote down, by name."""
    rows = WatchedWord.objects.filter(programme=programme).values_list("kind", "words")
    return {kind: sorted(words for told, words in rows if told == kind) for kind in ("name", "place")}


def confirmations_of(subject: UUID) -> list[Confirmation]:
    """What the writer said of findings that stay, the newest last."""
    return list(Confirmation.objects.filter(subject=subject).select_related("by").order_by("at", "id"))


def unconfirmed(
    findings: Iterable[rules.Finding], field: str, confirmed: Iterable[Confirmation]
) -> list[rules.Finding]:
    """The findings of one field that nobody has given a reason for."""
    known = [row.words for row in confirmed if row.field == field]
    return [finding for finding in findings if not any(rules.same_words(finding.text, words) for words in known)]


def words_on_page() -> dict[str, list[tuple[str, Any]]]:
    """What a page tells its script: why something was found, what could stand there, why it may stay."""
    return {
        "kinds": list(rules.KINDS.items()),
        "hints": list(rules.HINTS.items()),
        "reasons": list(rules.REASONS.items()),
    }


def open_incident(subject: UUID) -> IdentifierIncident | None:
    """The incident about this text that is not closed."""
    return IdentifierIncident.objects.filter(subject=subject, closed_at=None).first()


def incidents_for(person: User) -> QuerySet[IdentifierIncident]:
    """What this person decides about: of the writers in reach as a supervisor, and of meetings that she leads, alone or
    with others; never one's own.
    """
    reached = enrolments_within(person, "supervisor").filter(
        provider__user=OuterRef("writer"), programme=OuterRef("programme")
    )
    found = IdentifierIncident.objects.filter(registry.led_by(person) | Exists(reached)).exclude(writer=person)
    return found.select_related("writer", "programme")


def incidents_shown_to(person: User) -> QuerySet[IdentifierIncident]:
    """The list: what waits first, then what was decided in the last 90 days."""
    return incidents_for(person).order_by("closed_at", "-found_at", "id")


def waiting_for(person: User) -> QuerySet[IdentifierIncident]:
    """What this person has still to decide about, the oldest first."""
    return incidents_for(person).filter(state__in=incidents.UNDECIDED).order_by("found_at", "id")


def waiting_in(person: User, session_id: UUID) -> list[IdentifierIncident]:
    """What waits in one meeting for who leads it."""
    rows = IdentifierIncident.objects.filter(session=session_id, state__in=incidents.UNDECIDED)
    return list(rows.exclude(writer=person).select_related("writer").order_by("found_at", "id"))


def waiting_among(sessions: Collection[UUID]) -> dict[UUID, int]:
    """Meeting -> how many wait in it, for all meetings of a process at once."""
    rows = IdentifierIncident.objects.filter(session__in=sessions, state__in=incidents.UNDECIDED).order_by()
    return dict(rows.values_list("session").annotate(Count("pk")))


def undecided_of(writer: OuterRef, programme: OuterRef) -> QuerySet[IdentifierIncident]:
    """For a condition: what waits of the writer and programme of an outer row."""
    return IdentifierIncident.objects.filter(writer=writer, programme=programme, state__in=incidents.UNDECIDED)


def last_redaction(programmes: Iterable[UUID]) -> datetime | None:
    """When words were taken away the last time in these programmes."""
    taken = IncidentEvent.objects.filter(state="redacted", incident__programme__in=list(programmes))
    return taken.aggregate(last=Max("at"))["last"]


def may_have_some(person: User) -> bool:
    """Whether the list of incidents is this person's work at all."""
    return has_role(person, "supervisor") or has_role(person, "manager")


def programmes_managed(person: User) -> list[Programme]:
    return programmes_of(person, "manager") if has_role(person, "manager") else []


def counts_in(programmes: Iterable[Programme], at: datetime, days: int = 90) -> tuple[int, int]:
    """How many wait, and how many were found in the last days: figures only, for who manages."""
    rows = IdentifierIncident.objects.filter(programme__in=[programme.pk for programme in programmes])
    waiting = rows.filter(state__in=incidents.UNDECIDED).count()
    return waiting, rows.filter(found_at__gt=at - timedelta(days=days)).count()
