"""Searching past cases: by metadata in the database first, then word by word in what is unsealed, the newest first.

Sealed texts cannot be searched by the database, so a search looks at 5,000 cases at most and says how far it came.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet

from lms.people.models import User
from supervision.cases.models import CasePresentation
from supervision.cases.queries import cases_of, cases_where, cases_within
from supervision.cases.rules import SHOWN_TO_GROUP
from supervision.sessions.models import (
    Recommendation,
    SessionAgreement,
    SessionCase,
    SupervisionSession,
)
from supervision.sessions.queries import sessions_for
from supervision.sessions.queries.going import looks_held
from supervision.sessions.rules.search import OUTCOMES, Passage, passage_of

MOST = 5000
BATCH = 250
SHOWN = 30
NOT_SETTLED = ("proposed", "superseded")
Place = tuple[datetime, UUID]


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty field asks nothing. `condition` is looked for in the problem and the scores only."""

    text: str = ""
    condition: str = ""
    competency: str = ""
    outcome: str = ""
    group: str = ""
    since: date | None = None
    before: Place | None = None  # go on after this case: when it was sent, and its id

    @property
    def is_empty(self) -> bool:
        """Nobody has asked for anything yet."""
        return not (self.text or self.condition or self.competency or self.outcome or self.group or self.since)


@dataclass(frozen=True)
class Hit:
    """A case that was found, the words around what was looked for, and where this person can read it."""

    case: CasePresentation
    passage: Passage | None
    advice: list[Recommendation]
    session: SessionCase | None

    @property
    def reads_case(self) -> bool:
        """Whether the case's own page opens for her; `session` is where she saw it else."""
        return self.case.readable


@dataclass
class Found:
    """What a search brought: `looked` cases were opened, back to the day `back_to`; `more`: it could have gone on, and
    a search before `last` does.
    """

    hits: list[Hit] = field(default_factory=list)
    looked: int = 0
    back_to: date | None = None
    more: bool = False
    last: Place | None = None


def kept_by(person: User) -> QuerySet[SupervisionSession]:
    """The meetings that she belongs to and promised to keep: without the promise no door of the room opens."""
    promised = SessionAgreement.objects.filter(person=person).values("session_id")
    return sessions_for(person).filter(pk__in=promised).order_by().values("pk")


def within_reach(person: User) -> QuerySet[CasePresentation]:
    """Own cases and those in a supervisor's scope, marked `readable`, and those that were shown in a meeting that she
    keeps: a member who never came, or came to the group later, finds nothing of it.
    """
    shown = SessionCase.objects.filter(case=OuterRef("pk"), session__in=kept_by(person))
    readable = Q(pk__in=cases_of(person).values("pk")) | Q(pk__in=cases_within(person).values("pk"))
    reach = readable | Q(Exists(shown), state__in=SHOWN_TO_GROUP)
    sent = cases_where(Q(submitted_at__isnull=False) & reach)
    return sent.annotate(readable=ExpressionWrapper(readable, output_field=BooleanField()))


def known_to(rows: QuerySet, kept: QuerySet[SupervisionSession]) -> Q:
    """That there are such rows: of any meeting for who reads the case itself, else of the meetings that she keeps."""
    return Q(Exists(rows), readable=True) | Q(Exists(rows.filter(session__in=kept)))


def narrowed(
    cases: QuerySet[CasePresentation], wanted: Wanted, kept: QuerySet[SupervisionSession]
) -> QuerySet[CasePresentation]:
    """What the database can say without opening a text."""
    advice = Recommendation.objects.filter(case=OuterRef("pk")).exclude(state__in=NOT_SETTLED)
    outcome = OUTCOMES.get(wanted.outcome)
    if wanted.competency:
        told = known_to(advice.filter(competency=wanted.competency), kept)
        cases = cases.filter(Q(focus_competency=wanted.competency) | told)
    if outcome and outcome.became:
        looked = looks_held().filter(advice__case=OuterRef("pk"), outcome=outcome.became)
        cases = cases.filter(known_to(looked.exclude(advice__state__in=NOT_SETTLED), kept))
    elif outcome and outcome.states:
        cases = cases.filter(known_to(advice.filter(state__in=outcome.states), kept))
    elif outcome:
        cases = cases.filter(state=wanted.outcome)
    if wanted.group:
        cases = cases.filter(
            known_to(SessionCase.objects.filter(case=OuterRef("pk"), session__group=wanted.group), kept)
        )
    if wanted.before:
        at, key = wanted.before
        cases = cases.filter(Q(submitted_at__lt=at) | Q(submitted_at=at, pk__gt=key))
    return cases.filter(submitted_at__date__gte=wanted.since) if wanted.since else cases


def search(person: User, wanted: Wanted) -> Found:
    """The newest cases that fit, at most 30; a fixed number of queries for each 250 cases that are opened."""
    found = Found()
    if wanted.is_empty:
        return found
    kept = kept_by(person)
    cases = narrowed(within_reach(person), wanted, kept).order_by("-submitted_at", "id")
    for case in opened(cases, kept):
        if len(found.hits) == SHOWN:
            found.more = True
            break
        found.looked += 1
        found.back_to, found.last = case.submitted_at.date(), (case.submitted_at, case.pk)
        hit = hit_of(case, wanted)
        if hit:
            found.hits.append(hit)
    found.more = found.more or found.looked == MOST
    return found


def opened(cases: QuerySet[CasePresentation], kept: QuerySet[SupervisionSession]) -> Iterator[CasePresentation]:
    """Batch by batch, with scores, what was agreed (`near`: in a meeting that she keeps) and those of its meetings."""
    near = Exists(kept.filter(pk=OuterRef("session")))
    advice = Recommendation.objects.exclude(state__in=NOT_SETTLED).annotate(near=near)
    ready = cases.prefetch_related(
        "scores",
        Prefetch("recommendations", advice),
        Prefetch("recommendations__follow_ups", looks_held().annotate(near=near)),
        Prefetch("meetings", SessionCase.objects.filter(session__in=kept).select_related("session")),
    )
    for start in range(0, MOST, BATCH):
        batch = list(ready[start : start + BATCH])
        yield from batch
        if len(batch) < BATCH:
            return


def advice_on(case: CasePresentation) -> list[Recommendation]:
    """What was agreed and is hers to know; `became` is what a meeting that she knows of wrote when it looked back."""
    advice = [one for one in case.recommendations.all() if case.readable or one.near]
    for one in advice:
        told = [row for row in one.follow_ups.all() if case.readable or row.near]
        one.became = told[-1].get_outcome_display() if told else ""
    return advice


def hit_of(case: CasePresentation, wanted: Wanted) -> Hit | None:
    """The case as a hit, if all words stand in it."""
    advice = advice_on(case)
    scores = " ".join(f"{score.tool} {score.version}" for score in case.scores.all())
    if wanted.condition and passage_of([case.problem, scores], wanted.condition) is None:
        return None
    texts = [case.question, case.problem, case.tried, case.help_wanted, case.functioning, case.supports]
    passage = None
    if wanted.text:
        passage = passage_of([*texts, case.risk_note, scores, *(one.text for one in advice)], wanted.text)
        if passage is None:
            return None
    meetings = list(case.meetings.all())
    return Hit(case, passage, advice, meetings[-1] if meetings else None)
