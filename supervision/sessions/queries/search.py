"""Searching past cases: by metadata in the database first, then word by word in what is unsealed, the newest first.

Sealed texts cannot be searched by the database, so a search looks at 5,000 cases at most and says how far it came.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from lms.people.models import User
from supervision.cases.models import CasePresentation
from supervision.cases.queries import cases_of, cases_where, cases_within
from supervision.cases.rules import SHOWN_TO_GROUP
from supervision.sessions.models import Recommendation, SessionCase
from supervision.sessions.queries import sessions_for
from supervision.sessions.rules.search import OUTCOMES, Passage, passage_of

MOST = 5000
BATCH = 250
SHOWN = 30


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty field asks nothing. `condition` is looked for in the problem and the scores only."""

    text: str = ""
    condition: str = ""
    competency: str = ""
    outcome: str = ""
    group: str = ""
    since: date | None = None

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
    reads_case: bool


@dataclass
class Found:
    """What a search brought: `looked` cases were opened, back to the day `back_to`; `more`: it could have gone on."""

    hits: list[Hit] = field(default_factory=list)
    looked: int = 0
    back_to: date | None = None
    more: bool = False


def within_reach(person: User) -> QuerySet[CasePresentation]:
    """Own cases, those in a supervisor's scope, and those that were shown in a meeting she belongs to."""
    shown = SessionCase.objects.filter(case=OuterRef("pk"), session__in=sessions_for(person).order_by().values("pk"))
    reach = (
        Q(pk__in=cases_of(person).exclude(submitted_at=None).values("pk"))
        | Q(pk__in=cases_within(person).values("pk"))
        | Q(Exists(shown), state__in=SHOWN_TO_GROUP)
    )
    return cases_where(reach)


def narrowed(cases: QuerySet[CasePresentation], wanted: Wanted) -> QuerySet[CasePresentation]:
    """What the database can say without opening a text."""
    advice = Recommendation.objects.filter(case=OuterRef("pk")).exclude(state="superseded")
    if wanted.competency:
        cases = cases.filter(Exists(advice.filter(competency=wanted.competency)))
    if wanted.outcome == "closed":
        cases = cases.filter(state="closed")
    elif wanted.outcome:
        cases = cases.filter(Exists(advice.filter(state__in=OUTCOMES[wanted.outcome].states)))
    if wanted.group:
        seen = SessionCase.objects.filter(case=OuterRef("pk"), session__group=wanted.group)
        cases = cases.filter(Exists(seen))
    return cases.filter(submitted_at__date__gte=wanted.since) if wanted.since else cases


def search(person: User, wanted: Wanted) -> Found:
    """The newest cases that fit, at most 30; a fixed number of queries for each 250 cases that are opened."""
    found = Found()
    if wanted.is_empty:
        return found
    for case in opened(narrowed(within_reach(person), wanted).order_by("-submitted_at", "id")):
        if len(found.hits) == SHOWN:
            found.more = True
            break
        found.looked += 1
        found.back_to = case.submitted_at.date() if case.submitted_at else found.back_to
        hit = hit_of(case, wanted)
        if hit:
            found.hits.append(hit)
    found.more = found.more or found.looked == MOST
    readable = set(cases_within(person).filter(pk__in=[hit.case.pk for hit in found.hits]).values_list("pk", flat=True))
    found.hits = [
        Hit(h.case, h.passage, h.advice, h.session, h.case.pk in readable or h.case.provider.user_id == person.pk)
        for h in found.hits
    ]
    return found


def opened(cases: QuerySet[CasePresentation]) -> Iterator[CasePresentation]:
    """Batch by batch, with scores, advice and meetings."""
    ready = cases.prefetch_related("scores", "recommendations__owner__user", "meetings__session")
    for start in range(0, MOST, BATCH):
        batch = list(ready[start : start + BATCH])
        yield from batch
        if len(batch) < BATCH:
            return


def hit_of(case: CasePresentation, wanted: Wanted) -> Hit | None:
    """The case as a hit, if all words stand in it."""
    advice = [one for one in case.recommendations.all() if one.state != "superseded"]
    scores = " ".join(f"{score.tool} {score.version}" for score in case.scores.all())
    if wanted.condition and passage_of([case.problem, scores], wanted.condition) is None:
        return None
    texts = [case.question, case.problem, case.tried, case.help_wanted, case.functioning, case.supports]
    passage = None
    if wanted.text:
        passage = passage_of([*texts, case.risk_note, scores, *(one.text for one in advice)], wanted.text)
        if passage is None:
            return None
    meetings = sorted(case.meetings.all(), key=lambda seen: seen.opened_at)
    return Hit(case, passage, advice, meetings[-1] if meetings else None, False)
