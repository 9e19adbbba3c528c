"""What is known of each person who is supervised, gathered for many at once: advice, skills, risk, cases, last seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When

from lms.competency.queries import Item, authorisations_of, latest_items, weakest_of
from lms.competency.rules import ENOUGH
from lms.people.models import User
from lms.programmes.models import Enrolment, Subject
from lms.programmes.queries import enrolments_within, subjects_by_keys
from supervision.cases.models import CasePresentation
from supervision.cases.queries import cases_going_on, cases_within, waiting_days
from supervision.risk.models import RiskEscalation
from supervision.risk.queries import open_for
from supervision.sessions.models import Recommendation, SupervisionSession
from supervision.sessions.queries import GOING_STAGES, Pair, enrolments_in
from supervision.sessions.queries.lately import last_advice_among, last_seen_among

from . import rules

NEXT_STATES = frozenset({"scheduled", "submitted", "accepted"})


@dataclass(frozen=True, slots=True)
class Risk:
    """An open risk of one person: where it stands (a case, or an urgent call that is not closed), and how long ago."""

    days: int
    case: CasePresentation | None = None
    call: RiskEscalation | None = None


@dataclass(frozen=True)
class Person:
    """One person as their supervisor should know them now."""

    enrolment: Enrolment
    advice: Recommendation | None = None
    weakest: Item | None = None
    items: Sequence[Item] = ()
    risks: Sequence[Risk] = ()
    next_case: CasePresentation | None = None
    waiting: int = 0
    last_seen: datetime | None = None
    may_rate: bool = False

    @property
    def low_codes(self) -> list[str]:
        """The skills below level 3, in their order."""
        return [item.code for item in self.items if item.level.number is not None and item.level.number < ENOUGH]


@dataclass(frozen=True)
class Focus:
    """The skill that a group needs most: how many of those rated are below level 3, and the lesson that teaches it."""

    item: Item
    low: int
    rated: int
    lesson: Subject | None = None


@dataclass(frozen=True)
class Brief:
    """A meeting on one screen."""

    session: SupervisionSession
    people: list[Person]
    focus: Focus | None
    agenda: list[rules.Part] = field(default_factory=list)


def open_risk_among(cases: Iterable[CasePresentation], *, by: User, at: datetime) -> dict[Pair, list[Risk]]:
    """(provider, programme) -> their open risks: urgent calls not closed yet, then cases with thoughts of harm.

    `cases` are those going on that the reader may see. Every page of briefs asks here, and only here, what is open.
    """
    found: dict[Pair, list[Risk]] = {}
    for call in open_for(by):
        if call.provider_id:
            risk = Risk((at - call.raised_at).days, call=call)
            found.setdefault((call.provider_id, call.programme_id), []).append(risk)
    for case in cases:
        if case.risk_asked == "thoughts" or case.state == "urgent":
            risk = Risk(waiting_days(case, at), case=case)
            found.setdefault((case.provider_id, case.programme_id), []).append(risk)
    return found


def supervised_by(person: User, *, group: UUID | None = None) -> QuerySet[Enrolment]:
    """Those whom this supervisor looks after, by name, never herself; of one group if it is named."""
    found = enrolments_within(person, "supervisor").filter(stage__in=GOING_STAGES, provider__user__is_active=True)
    found = found.exclude(provider__user=person)
    found = found.filter(cohort=group) if group else found
    return found.order_by("provider__user__name", "pk")


def risk_first(enrolments: QuerySet[Enrolment], risks: Iterable[Pair]) -> QuerySet[Enrolment]:
    """People with an open risk before the others."""
    at_risk = {provider for provider, _ in risks}
    place = Case(When(provider__in=at_risk, then=Value(0)), default=Value(1), output_field=IntegerField())
    return enrolments.annotate(place=place).order_by("place", "provider__user__name", "pk")


def people_among(
    enrolments: Sequence[Enrolment],
    *,
    cases: Sequence[CasePresentation],
    risks: Mapping[Pair, list[Risk]],
    by: User,
    at: datetime,
) -> list[Person]:
    """What is known of each; a fixed number of queries. `cases`: those going on that `by` may read, risk first."""
    pairs = {(one.provider_id, one.programme_id) for one in enrolments}
    advice, seen, rated = last_advice_among(pairs), last_seen_among(pairs), latest_items(pairs)
    allowed = {programme for programme, _ in authorisations_of(by, at.date())}
    waiting: dict[Pair, list[CasePresentation]] = {}
    for case in cases:
        if case.state in NEXT_STATES:
            waiting.setdefault((case.provider_id, case.programme_id), []).append(case)
    return [
        _person(one, pair, advice, seen, rated, risks, waiting, may_rate=one.programme_id in allowed)
        for one, pair in ((one, (one.provider_id, one.programme_id)) for one in enrolments)
    ]


def _person(enrolment: Enrolment, pair: Pair, advice, seen, rated, risks, waiting, *, may_rate: bool) -> Person:
    cases = waiting.get(pair, ())
    return Person(
        enrolment=enrolment,
        advice=advice.get(pair),
        weakest=weakest_of(rated.get(pair, ())),
        items=rated.get(pair, ()),
        risks=risks.get(pair, ()),
        next_case=next(iter(cases), None),
        waiting=len(cases),
        last_seen=seen.get(pair),
        may_rate=may_rate,
    )


def focus_among(people: Sequence[Person]) -> Focus | None:
    """The skill most often below level 3 among these people, with its lesson; at most one query."""
    code = rules.focus_of([person.low_codes for person in people])
    if not code:
        return None
    low = [item for person in people for item in person.items if item.code == code and code in person.low_codes]
    lesson = next(iter(subjects_by_keys([low[0].focus_lesson])), None)
    return Focus(low[0], len(low), sum(bool(person.items) for person in people), lesson)


def brief_of(session: SupervisionSession, *, by: User, at: datetime) -> Brief:
    """All that the leader should know before this meeting, of the people whom she may supervise."""
    enrolments = list(supervised_by(by).filter(pk__in=enrolments_in(session).values("pk")))
    cases = list(cases_going_on(by, [one.provider_id for one in enrolments]).filter(programme=session.programme_id))
    risks = open_risk_among(cases, by=by, at=at)
    known = people_among(enrolments, cases=cases, risks=risks, by=by, at=at)
    people = sorted(known, key=lambda person: not person.risks)
    focus = focus_among(people)
    parts = rules.suggested(
        minutes=session.minutes,
        has_advice=any(person.advice for person in people),
        presenters=[case.provider.name for case in cases_for(session, cases)],
        focus=focus.item.title if focus else "",
    )
    return Brief(session, people, focus, parts)


def cases_of_person(person: User, provider: UUID) -> QuerySet[CasePresentation]:
    """Every case of one person that this supervisor may read, the latest first."""
    return cases_within(person).filter(provider=provider).order_by("-submitted_at", "id")


def cases_for(session: SupervisionSession, cases: Sequence[CasePresentation]) -> list[CasePresentation]:
    """What this meeting can talk about: planned for it, then those for no meeting yet; each risk first, then who waited
    longest.
    """
    planned = [case for case in cases if case.state == "scheduled" and case.session_id == session.pk]
    return planned + [case for case in cases if case.state in {"submitted", "accepted"}]
