"""Questions about opinions: which meetings can still be rated, one's own answer, what who led may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from lms.people.models import User
from supervision.guard import queries as guard
from supervision.guard.rules import find
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import members_among, sessions_over_with, stays_of_person
from supervision.sessions.queries.guarding import meetings_that_saw

from . import rules
from .models import SessionOpinion

OVER = ("closed", "signed_off")


@dataclass(frozen=True, slots=True)
class Said:
    """A comment without its writer. `marked`: words in it could show who somebody is; `reasons`: why she left them."""

    text: str
    marked: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What who led may see: the averages, and comments without names; of closed batches only, and no number of them."""

    averages: list[rules.Shown]
    comments: list[Said]


def opinion_of(session: SupervisionSession, person: User) -> SessionOpinion | None:
    return SessionOpinion.objects.filter(session=session, person=person).first()


def was_there(session: SupervisionSession, person: User) -> bool:
    """Whether somebody was in the meeting and did not lead it."""
    return person.pk != session.facilitator_id and stays_of_person(session, person).exists()


def to_rate(person: User, at: datetime) -> QuerySet[SupervisionSession]:
    """Meetings of the last seven days that this person was in and has not rated; the latest first."""
    mine = SessionOpinion.objects.filter(session=OuterRef("pk"), person=person)
    return sessions_over_with(person, at - rules.DAYS).filter(~Exists(mine))


def shown_to(person: User, at: datetime) -> list[UUID]:
    """The ids of the answers that this person may see, batch by batch: of meetings that she led."""
    fields = ("pk", "person_id", "session__closed_at", "at")
    rows = SessionOpinion.objects.filter(session__facilitator=person, session__closed_at__isnull=False).order_by()
    given = [rules.Given(key, by, rules.rests_at(closed, came)) for key, by, closed, came in rows.values_list(*fields)]
    return [key for batch in rules.still_shown(rules.batches_of(given, at), at) for key in batch.keys]


def told_to(person: User, at: datetime) -> Told:
    """What came out in 90 days about the meetings that this person led; why in batches, `rules` says."""
    keys = shown_to(person, at)
    found = SessionOpinion.objects.filter(pk__in=keys).select_related("session").in_bulk()
    rows = [found[key] for key in keys]
    answers = [{name: getattr(row, name) for name in rules.QUESTIONS} for row in rows]
    return Told(rules.averages(answers), said_in([row for row in rows if row.comment]))


def said_in(rows: Collection[SessionOpinion]) -> list[Said]:
    """The comments as who led reads them. Who sat in the meeting may be called by name in them."""
    names: dict[UUID, list[str]] = {}
    for (session, _), member in members_among({row.session_id for row in rows}).items() if rows else ():
        names.setdefault(session, []).append(member.name)
    return [_said(row, names.get(row.session_id, [])) for row in rows]


def _said(row: SessionOpinion, names: Collection[str]) -> Said:
    if not find(row.comment, guard.register_sparing(row.session.programme_id, names)):
        return Said(row.comment)
    reasons = {str(one.get_reason_display()) for one in guard.confirmations_of(row.pk)}
    return Said(row.comment, True, tuple(sorted(reasons)))


def opinions_about(case_id: UUID) -> QuerySet[SessionOpinion]:
    """What was said about the meetings that saw a case."""
    return SessionOpinion.objects.filter(session__in=meetings_that_saw(case_id)).select_related("session")
