"""Questions of those who manage and supervise: the board, the list of people, one person;
each in a fixed number of queries.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from lms.certification.queries import known_versions, open_reviews, places_of
from lms.certification.rules.standing import Line
from lms.ledger.models import Entry
from lms.ledger.queries import entries_of, entries_since
from lms.ledger.registry import kinds, link_of
from lms.notices.queries import lost_notices
from lms.people.models import Card, Provider, User
from lms.people.queries import (
    card_of,
    cards_in_use,
    cards_of_sheet,
    districts,
    open_cards,
    phones_of,
    sign_in_events_of,
)
from lms.people.rules import is_starting_pin_over
from lms.programmes.access import people_for_cards
from lms.programmes.models import Enrolment, Programme
from lms.programmes.queries import enrolments_within
from lms.programmes.rules import LEARNING_STAGES, OUT_STAGES
from lms.reporting.registry import figures
from lms.reporting.rules import PATIENCE, Step, funnel_of, stuck_since

STUCK_SHOWN = 10
COVERAGE_DAYS = 30
UNREACHED_DAYS = 7
PRACTISING_STAGES = ("supervised_practice", "certified")
WAITS_LONG, WAITS_FOR_SIGNATURE = "long", "signature"


@dataclass(frozen=True)
class Waiting:
    """Somebody in a list: the stage, how long, and the first thing that is missing (None: nothing, or no scheme)."""

    enrolment: Enrolment
    days: int
    missing: Line | None
    is_complete: bool


@dataclass(frozen=True)
class Choice:
    """A value that a filter offers."""

    value: str
    label: str


@dataclass(frozen=True)
class Counted:
    """A registered figure as counted now: so many of so many."""

    label: str | Promise
    have: int
    all: int


@dataclass(frozen=True)
class Board:
    """What the first page of a manager shows."""

    people: int
    stages: dict[str, int]
    funnel: list[Step]
    stuck: list[Waiting]
    stuck_total: int
    to_sign: int
    figures: list[Counted]
    cohorts: list[Choice]
    districts: list[Choice]


def board(person: User, programme: Programme, *, cohort: str, district: str, at: datetime) -> Board:
    """One query groups everybody by stage, cohort and place: funnel and filters come from it."""
    scope = narrowed_scope(person, programme)
    groups = list(_groups(scope, at))
    places = list(districts())
    paths = {str(place.id): place.path for place in places}
    chosen = [row for row in groups if _fits(row, cohort, paths.get(district, ""))]
    stages: Counter[str] = Counter()
    for row in chosen:
        stages[row["stage"]] += row["people"]
    narrowed = _narrowed(scope, cohort, paths.get(district, ""))
    rows = narrowed.filter(stuck_condition(at)).order_by("stage_since", "id")
    return Board(
        people=sum(stages.values()),
        stages=dict(stages),
        funnel=funnel_of(stages),
        stuck=waiting(list(rows[:STUCK_SHOWN]), programme, at),
        stuck_total=sum(row["stuck"] for row in chosen),
        to_sign=sum(row["to_sign"] for row in chosen),
        figures=figures_of(narrowed, at),
        cohorts=_cohorts(groups),
        districts=[
            Choice(str(place.id), place.name) for place in places if any(_fits(row, "", place.path) for row in groups)
        ],
    )


def narrowed_scope(person: User, programme: Programme) -> QuerySet[Enrolment]:
    """The enrolments that a manager's figures count."""
    return enrolments_within(person, "manager").filter(programme=programme)


def _groups(scope: QuerySet[Enrolment], at: datetime) -> QuerySet[Enrolment, dict]:
    """Rows of stage, cohort and place with how many are there, stuck, and waiting for the second signature."""
    open_review = Q(
        stage__in=LEARNING_STAGES,
        provider__reviews__issued_at__isnull=True,
        provider__reviews__closed_at__isnull=True,
        provider__reviews__isnull=False,
        provider__reviews__version__scheme__programme=F("programme"),
    )
    named = {"cohort_name": F("cohort__name"), "place": F("provider__org_unit__path")}
    groups = scope.select_related(None).order_by().values("stage", "cohort_id", **named)
    return groups.annotate(
        people=Count("id", distinct=True),
        stuck=Count("id", filter=stuck_condition(at), distinct=True),
        to_sign=Count("id", filter=open_review, distinct=True),
    )


def figures_of(scope: QuerySet[Enrolment], at: datetime) -> list[Counted]:
    """Every registered figure; one query for all of them."""
    asked = {}
    for name, item in figures.items():
        have, everybody = item.figure(at=at)
        asked[f"{name}_have"] = Count("id", filter=have & everybody)
        asked[f"{name}_all"] = Count("id", filter=everybody)
    told = scope.select_related(None).order_by().aggregate(**asked) if asked else {}
    return [Counted(item.label, told[f"{name}_have"], told[f"{name}_all"]) for name, item in figures.items()]


def certified(*, at: datetime) -> tuple[Q, Q]:
    """Who holds a certificate, of all who have not left and are not shut out."""
    return Q(stage="certified"), ~Q(stage__in=OUT_STAGES)


def supervised(*, at: datetime) -> tuple[Q, Q]:
    """Supervision coverage: who was in a group meeting in the last 30 days, of those who practise."""
    met = entries_since(at - timedelta(days=COVERAGE_DAYS), kinds=("session.attended",))
    met = met.exclude(facts__has_key="peer")  # no supervisor was there
    reached = met.filter(provider=OuterRef("provider"), programme=OuterRef("programme"))
    return Q(Exists(reached)), Q(stage__in=PRACTISING_STAGES)


def unreached(*, at: datetime) -> tuple[Q, Q]:
    """Who was to be told something in the last 7 days and was not, of all who have not left."""
    lost = lost_notices(at - timedelta(days=UNREACHED_DAYS)).filter(person=OuterRef("provider__user"))
    return Q(Exists(lost)), ~Q(stage__in=OUT_STAGES)


def stuck_condition(at: datetime) -> Q:
    """Enrolments that are too long in a stage where waiting is trouble."""
    return reduce(or_, (Q(stage=stage, stage_since__lt=stuck_since(stage, at)) for stage in PATIENCE))


def _fits(row: dict, cohort: str, path: str) -> bool:
    return (not cohort or str(row["cohort_id"]) == cohort) and row["place"].startswith(path)


def _narrowed(scope: QuerySet[Enrolment], cohort: str, path: str) -> QuerySet[Enrolment]:
    if cohort:
        scope = scope.filter(cohort=cohort)
    return scope.filter(provider__org_unit__path__startswith=path) if path else scope


def _cohorts(groups: list[dict]) -> list[Choice]:
    names = {str(row["cohort_id"]): row["cohort_name"] for row in groups}
    return [Choice(key, name) for key, name in sorted(names.items(), key=lambda item: item[1])]


def waiting(enrolments: list[Enrolment], programme: Programme, at: datetime) -> list[Waiting]:
    """These people with what they lack; one query however many they are."""
    version = known_versions([programme.pk]).get(programme.pk)
    places = places_of([row.provider_id for row in enrolments], version, at.date()) if version else {}
    rows = []
    for enrolment in enrolments:
        place = places.get(enrolment.provider_id)
        missing = place.standing.first_missing if place else None
        is_complete = bool(place and place.standing.is_complete)
        rows.append(Waiting(enrolment, (at - enrolment.stage_since).days, missing, is_complete))
    return rows


def people(
    person: User, programme: Programme, *, search: str, stage: str, wait: str, at: datetime
) -> QuerySet[Enrolment]:
    """The people of a programme in one's scope, the longest wait first; `wait`: for what, or anything."""
    rows = enrolments_within(person, "manager", "supervisor").filter(programme=programme)
    if search:
        rows = rows.filter(provider__user__name__icontains=search)
    if stage:
        rows = rows.filter(stage=stage)
    if wait == WAITS_LONG:
        rows = rows.filter(stuck_condition(at))
    if wait == WAITS_FOR_SIGNATURE:
        signed = open_reviews(programme).filter(provider=OuterRef("provider"))
        rows = rows.filter(Exists(signed), stage__in=LEARNING_STAGES)
    return rows.order_by("stage_since", "id")


def enrolment_within(person: User, provider_id: UUID, programme_id: str) -> Enrolment | None:
    """Somebody's enrolment that this person may follow; of several programmes the asked one, else the first."""
    rows = enrolments_within(person, "manager", "supervisor").filter(provider=provider_id).order_by("enrolled_at")
    found = list(rows)
    return next((row for row in found if str(row.programme_id) == programme_id), found[0] if found else None)


@dataclass(frozen=True)
class Happening:
    """One entry as a page tells it."""

    entry: Entry
    sentence: str
    link: str | None


def timeline(provider: Provider, programme: Programme, *, in_group: bool, limit: int = 40) -> list[Happening]:
    """What happened, newest first, as told to somebody of the person's group or not."""
    newest = reversed(entries_of(provider, programme)[-limit:])
    return [
        Happening(entry, kinds[entry.kind].sentence(entry.facts), link_of(entry, in_group=in_group)) for entry in newest
    ]


def without_card_in_use(person: User, programme: Programme) -> QuerySet[Enrolment]:
    """Who still needs a card, by name. `waits`: a card was made and nobody used it yet."""
    waiting_cards = open_cards().filter(user=OuterRef("provider__user"))
    found = people_for_cards(person, programme).exclude(provider__user__in=cards_in_use().values("user"))
    return found.annotate(waits=Exists(waiting_cards)).order_by("provider__user__name", "id")


def keys_for_cards(person: User, programme: Programme) -> list[str]:
    """The people whose cards this manager may make, as a form names them."""
    return [str(key) for key in people_for_cards(person, programme).values_list("provider__user", flat=True)]


def sheet_for(person: User, sheet: UUID) -> list[Card]:
    """The cards of a sheet that this manager may see; none for a stranger."""
    reached = people_for_cards(person).values("provider__user")
    return list(cards_of_sheet(sheet).filter(user__in=reached))


def card_section(viewer: User, provider: Provider, programme: Programme, at: datetime) -> dict[str, Any] | None:
    """How somebody signs in, for the manager who may change it."""
    if provider.user is None or not people_for_cards(viewer, programme).filter(provider=provider).exists():
        return None
    card = card_of(provider.user)
    return {
        "card": card,
        "phones": phones_of(provider.user, at).count() if card else 0,
        "is_over": bool(card and not card.used_at and is_starting_pin_over(card.starting_until, at)),
        "changes": list(sign_in_events_of(provider.user)[:5]),
    }
