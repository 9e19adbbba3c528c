"""Questions about opinions: which meetings can still be rated, one's own answer, what who led may see."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from lms.people.models import User
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import sessions_over_with, stays_of_person

from . import rules
from .models import SessionOpinion

OVER = ("closed", "signed_off")


@dataclass(frozen=True, slots=True)
class Told:
    """What who led may see: how many answered, the averages, and comments without names in an order of their own."""

    count: int
    averages: list[rules.Shown]
    comments: list[str]


def opinion_of(session: SupervisionSession, person: User) -> SessionOpinion | None:
    return SessionOpinion.objects.filter(session=session, person=person).first()


def was_there(session: SupervisionSession, person: User) -> bool:
    """Whether somebody was in the meeting and did not lead it."""
    return person.pk != session.facilitator_id and stays_of_person(session, person).exists()


def to_rate(person: User, at: datetime) -> QuerySet[SupervisionSession]:
    """Meetings of the last seven days that this person was in and has not rated; the latest first."""
    mine = SessionOpinion.objects.filter(session=OuterRef("pk"), person=person)
    return sessions_over_with(person, at - rules.DAYS).filter(~Exists(mine))


def told_to(person: User, at: datetime) -> Told:
    """Of the meetings that this person led in 90 days. With fewer than five people only that there are too few."""
    rows = list(SessionOpinion.objects.filter(session__facilitator=person, at__gt=at - rules.WINDOW).order_by("id"))
    answers = [{name: getattr(row, name) for name in rules.QUESTIONS} for row in rows]
    shown = rules.averages(answers, len({row.person_id for row in rows}))
    return Told(len(rows), shown, [row.comment for row in rows if row.comment] if shown else [])
