"""Questions about notices: what is due, how somebody wants to be told, what did not reach whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When

from lms.notices import rules
from lms.notices.models import Notice, NoticeChoice
from lms.people.models import User

WAITS = Q(sent_at=None, dropped_at=None)


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants to be told; `channel` is empty where she never chose."""

    channel: str
    hours: tuple[int, ...]


USUAL = Choice("", rules.USUAL_HOURS)


def choices_of(people: Collection[UUID]) -> dict[UUID, Choice]:
    """How each of these wants to be told; who is missing never chose. One query."""
    rows = NoticeChoice.objects.filter(person__in=people)
    return {row.person_id: Choice(row.channel, tuple(rules.clean_hours(row.hours))) for row in rows}


def choice_of(person: User) -> Choice:
    """How one person wants to be told."""
    return choices_of([person.pk]).get(person.pk, USUAL)


def due(at: datetime) -> QuerySet[Notice]:
    """What shall go out now and nobody holds: what is urgent, then the longest waiting."""
    found = Notice.objects.filter(WAITS, claimed_at=None, due_at__lte=at)
    return found.order_by(Case(When(kind=rules.URGENT, then=Value(0)), default=Value(1)), "due_at", "id")


def left_hanging(at: datetime) -> QuerySet[Notice]:
    """What was begun to be sent and never ended: its process died in between. Of what is urgent that is said sooner,
    and it is tried again as long as there are tries."""
    again = Q(kind=rules.URGENT, tries__lt=rules.TRIES, claimed_at__lt=at - rules.URGENT_CLAIM)
    return Notice.objects.filter(WAITS & (again | Q(claimed_at__lt=at - rules.CLAIM)))


def can_be_reached(person: User) -> bool:
    """Whether anything we send to this person can arrive: she signs in, and has a number or a mail address here."""
    return person.is_active and bool(rules.ways("", email=person.email, phone=person.phone))


def sendings(keys: Iterable[UUID]) -> dict[UUID, Notice]:
    """What became of what was laid out under these keys; one query."""
    return {row.key: row for row in Notice.objects.filter(key__in=list(keys)).defer("subject", "text")}


def known_keys(keys: Iterable[UUID]) -> set[UUID]:
    """Which of these were laid out already."""
    return set(Notice.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def notices_of(person: User, limit: int = 8) -> list[Notice]:
    """The newest notices of a person whose time has come or that are over."""
    return list(Notice.objects.filter(person=person).order_by("-made_at", "-id")[:limit])


def lost_notices(since: datetime) -> QuerySet[Notice]:
    """What somebody should have been told since then and, as far as we know, was not."""
    return Notice.objects.filter(dropped_at__gte=since, why__in=rules.LOST)


def failing_since(at: datetime, wait: timedelta = timedelta(minutes=30)) -> QuerySet[Notice]:
    """What was tried and waits for another try, made longer ago than `wait`."""
    return Notice.objects.filter(WAITS, tries__gt=0, made_at__lt=at - wait, due_at__gt=F("made_at"))
