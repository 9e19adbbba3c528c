"""Questions about dangers: which a person may see, what happened, who is on call, who is told next, the figures."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    DateField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.notices.queries import sendings
from lms.people.models import User
from lms.people.queries import users
from lms.programmes.models import Programme
from lms.programmes.queries import enrolments_within, staff_of, staff_of_cohort
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import open_sessions_of

from . import rules
from .models import OnCallShift, RiskEscalation, RiskEvent, RiskFollowUp, RiskPolicy

ON_CALL_ROLES = ("supervisor", "rater", "manager", "reviewer")
FIGURE_DAYS = 90
TURN = ("told", "passed_on", "unreachable")  # steps that name somebody whose turn it was: she sees it from then on
BUSY = ("raised", "acknowledged", "acting")


@dataclass(frozen=True)
class Figures:
    """How many dangers there were, and how long until somebody had them. `unanswered` are those of now."""

    count: int
    answered: int
    minutes: int | None
    unanswered: int
    open: int


@dataclass(frozen=True)
class Beside:
    """Dangers for one person in a room, and the names of the others who see them."""

    risks: list[RiskEscalation]
    others: list[str]


@dataclass(frozen=True)
class Telling:
    """Whom a message reached, or who opened it here, and when the last; and whose message is still on its way."""

    told: list[str]
    last: datetime | None
    being: list[str]


@dataclass(frozen=True)
class Duty:
    """Who is on call in a programme now, and when nobody is in the coming week, in the programme's own time."""

    now: list[rules.Shift]
    gaps: list[tuple[datetime, datetime]]


def with_people(escalations: QuerySet[RiskEscalation]) -> QuerySet[RiskEscalation]:
    return escalations.select_related("raised_by", "holder", "programme", "cohort", "case", "closed_by")


def seen_by(person: User) -> QuerySet[RiskEscalation]:
    """What a person may see: her own, what she was told of, and as a supervisor what her group's people raised.

    Being the installation's administrator or managing the programme is no reason: they see figures, until told.
    """
    told = RiskEvent.objects.filter(escalation=OuterRef("pk"), person=person, kind__in=TURN)
    may = Q(raised_by=person) | Exists(told)
    if not person.is_superuser:
        reached = enrolments_within(person, "supervisor")
        may |= Exists(reached.filter(provider=OuterRef("provider"), programme=OuterRef("programme")))
    return with_people(RiskEscalation.objects.filter(may))


def open_for(person: User) -> QuerySet[RiskEscalation]:
    """What is not closed, unanswered first, with the next follow-up (`next_id`, `next_due`) in the same query."""
    coming = RiskFollowUp.objects.filter(escalation=OuterRef("pk"), became="").order_by("due")
    found = seen_by(person).exclude(state="closed")
    return found.annotate(
        next_id=Subquery(coming.values("pk")[:1], output_field=UUIDField()),
        next_due=Subquery(coming.values("due")[:1], output_field=DateField()),
        answered=Case(
            When(state="raised", then=Value(0)),
            When(state__in=BUSY, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
    ).order_by("answered", "raised_at", "id")


def closed_for(person: User) -> QuerySet[RiskEscalation]:
    return seen_by(person).filter(state="closed").order_by("-closed_at", "id")


def beside_room(person: User) -> Beside:
    """What stands beside an open room for who may see it: dangers that are still being answered, never one's own, and
    who else sees them. Without any it costs one query."""
    found = seen_by(person).filter(state__in=BUSY).exclude(raised_by=person)
    risks = list(found.order_by("acknowledged_at", "raised_at", "id"))
    risks.sort(key=lambda risk: risk.state != "raised")
    if not risks:
        return Beside([], [])
    people = {key for risk in risks for key in audience_of(risk)} - {person.pk}
    return Beside(risks, list(users().filter(pk__in=people).order_by("name").values_list("name", flat=True)))


def escalation_by_key(key: UUID) -> RiskEscalation | None:
    return RiskEscalation.objects.filter(key=key).first()


def events_of(escalation: RiskEscalation) -> list[RiskEvent]:
    return list(escalation.events.select_related("by", "person", "note").order_by("number"))


def kinds_since(escalation: RiskEscalation) -> list[str]:
    """The steps since it was raised, or opened again: what was done before did not last."""
    kinds = list(escalation.events.order_by("number").values_list("kind", flat=True))
    return kinds[max((n for n, kind in enumerate(kinds) if kind in {"raised", "reopened"}), default=0) :]


def told_of(escalation: RiskEscalation) -> set[UUID]:
    """Whose turn it was since it was raised, or opened again: whoever was told before does not count then."""
    since = escalation.events.filter(kind__in=["raised", "reopened"]).order_by("-number").values("number")[:1]
    told = escalation.events.filter(kind__in=TURN, number__gt=Subquery(since), person__isnull=False)
    return set(told.values_list("person_id", flat=True))


def unanswered() -> QuerySet[RiskEscalation]:
    """Which nobody has, whoever asks."""
    return with_people(RiskEscalation.objects.filter(state="raised")).order_by("told_at", "id")


def follow_up_for(person: User, key: UUID) -> RiskFollowUp | None:
    """A follow-up of a danger that this person may see."""
    found = RiskFollowUp.objects.filter(pk=key, escalation__in=seen_by(person).values("pk"))
    return found.select_related("escalation__raised_by").first()


def days_to_look(at: datetime) -> list[RiskFollowUp]:
    """Days to look that came or are just over, of dangers that are open, without a word of how the person is."""
    today = at.date()  # somewhere it is tomorrow already; the rule looks at the clock of the place
    span = (today - timedelta(days=rules.REMIND_DAYS), today + timedelta(days=1))
    found = RiskFollowUp.objects.filter(became="", due__range=span).exclude(escalation__state="closed")
    return list(found.select_related("escalation__raised_by", "escalation__holder", "escalation__programme"))


def minutes_in(programme: Programme | UUID) -> int:
    """After how many minutes the next one is told."""
    found = RiskPolicy.objects.filter(programme=programme).values_list("minutes", flat=True).first()
    return rules.MINUTES if found is None else found


def telling_of(events: Collection[RiskEvent]) -> Telling:
    """Who was told and who is being told since it was raised, or opened again; each `told` event gets its `sending`.
    One query."""
    rows = [event for event in events if event.kind == "told"]
    found = sendings(event.notice_key for event in rows)
    for event in rows:
        event.sending = found.get(event.notice_key)
    since = max((event.number for event in events if event.kind in {"raised", "reopened"}), default=0)
    rows = [event for event in rows if event.number > since]
    reached = {event.person_id: event.sending.sent_at for event in rows if event.sending and event.sending.sent_at}
    reached |= {event.by_id: event.at for event in events if event.kind == "seen" and event.number > since}
    people = {event.person_id: event.person.name for event in rows}
    waiting = {event.person_id for event in rows if event.sending and event.sending.dropped_at is None}
    return Telling(
        told=[name for key, name in people.items() if key in reached],
        last=max((at for key, at in reached.items() if key in people), default=None),
        being=[name for key, name in people.items() if key in waiting - reached.keys()],
    )


def told_words(escalation: RiskEscalation) -> dict[str, Any]:
    """What the phone of who pressed hears: where to look, who was told when, or is being told."""
    telling = telling_of(events_of(escalation))
    names = telling.told or telling.being
    if telling.told:
        said = ngettext("Sent. %(names)s was told at %(clock)s.", "Sent. %(names)s were told at %(clock)s.", len(names))
    elif telling.being:
        said = ngettext("Sent. %(names)s is being told.", "Sent. %(names)s are being told.", len(names))
    else:
        said = _("Sent, but nobody could be told. Call a number on this page.")
    clock = date_format(timezone.localtime(telling.last), "g:i A") if telling.last else ""
    return {
        "risk": str(escalation.pk),
        "url": reverse("supervision:risk", args=[escalation.pk]),
        "said": said % {"names": get_text_list(names, _("and")), "clock": clock},
    }


# -- who is on call


def zone_of(programme: Programme) -> ZoneInfo:
    return ZoneInfo(programme.time_zone)


def rows_of(programmes: Iterable[Programme | UUID]) -> QuerySet[OnCallShift]:
    """The rota as it holds; of people who still sign in."""
    found = OnCallShift.objects.filter(programme__in=list(programmes), ended_at=None, person__is_active=True)
    return found.select_related("person", "programme")


def shift_of(row: OnCallShift) -> rules.Shift:
    return rules.Shift(row.person, row.position, row.weekdays, row.begins, row.ends, row.starts_at, row.ends_at)


def on_call_now(programmes: Iterable[Programme], *, at: datetime) -> dict[UUID, list[rules.Shift]]:
    """Who is on call in each programme, the first before the second; one query."""
    rows: dict[Programme, list[rules.Shift]] = defaultdict(list)
    for row in rows_of(programmes):
        rows[row.programme].append(shift_of(row))
    return {programme.pk: rules.on_now(shifts, at, zone_of(programme)) for programme, shifts in rows.items()}


def numbers_now(programmes: Iterable[Programme], *, at: datetime) -> dict[UUID, list[tuple[str, str]]]:
    """Name and phone of who is on call, for the pages of the core; people without a phone cannot be called."""
    return {
        key: [(shift.person.name, shift.person.phone) for shift in shifts if shift.person.phone]
        for key, shifts in on_call_now(programmes, at=at).items()
    }


def duty_of(programme: Programme, *, at: datetime, days: int = 7) -> Duty:
    """Now and the coming days, in one query."""
    zone, shifts = zone_of(programme), [shift_of(row) for row in rows_of([programme])]
    found = rules.gaps(shifts, at, days, zone)
    return Duty(
        rules.on_now(shifts, at, zone), [(begin.astimezone(zone), end.astimezone(zone)) for begin, end in found]
    )


def may_be_on_call(programme: Programme) -> QuerySet[User]:
    """Staff of the programme who can be put on the rota."""
    return staff_of(programme, *ON_CALL_ROLES)


def rounds_for(escalation: RiskEscalation, *, at: datetime) -> list[list[User]]:
    """Who is told, round by round: first and second on call, the group's supervisors, the managers."""
    programme = escalation.programme
    held = on_call_now([programme], at=at).get(programme.pk, [])
    first = [shift.person for shift in held if shift.position == 1]
    second = [shift.person for shift in held if shift.position == 2]
    supervisors = (
        staff_of_cohort(escalation.cohort, "supervisor") if escalation.cohort else staff_of(programme, "supervisor")
    )
    managers = staff_of(programme, "manager")
    return rules.rounds(first, second, supervisors, managers, without=escalation.raised_by)


def audience_of(escalation: RiskEscalation) -> set[UUID]:
    """Who may see it beside its raiser: the group's supervisors, and who was told."""
    told = escalation.events.filter(kind__in=TURN, person__isnull=False)
    people = set(told.values_list("person_id", flat=True))
    if escalation.cohort:
        people |= set(staff_of_cohort(escalation.cohort, "supervisor").values_list("pk", flat=True))
    return people - {escalation.raised_by_id}


def sessions_near(escalation: RiskEscalation) -> set[UUID]:
    """The open meetings in which its people may be sitting now."""
    found = set(open_sessions_of(escalation.cohort_id)) if escalation.cohort_id else set()
    return found | ({escalation.session_id} if escalation.session_id else set())


def meeting_of(person: User) -> SupervisionSession | None:
    """The open meeting in which somebody sits now."""
    stay = person.attendances.filter(left_at=None).select_related("session").order_by("-joined_at").first()
    return stay.session if stay else None


# -- figures


def figures_of(programme: Programme, *, at: datetime, days: int = FIGURE_DAYS) -> Figures:
    """Of the last days, by when they reached us; what an export makes of small numbers is the export's own rule."""
    since = at - timedelta(days=days)
    known = RiskEscalation.objects.filter(~Q(state="closed") | Q(raised_at__gt=since), programme=programme)
    rows = list(known.order_by().values_list("state", "raised_at", "acknowledged_at"))
    recent = [(raised, answered) for _, raised, answered in rows if since < raised <= at]
    waits = [answered - raised for raised, answered in recent if answered]
    states = [state for state, _, _ in rows]
    return Figures(
        count=len(recent),
        answered=len(waits),
        minutes=rules.median_minutes(waits),
        unanswered=states.count("raised"),
        open=len(states) - states.count("closed"),
    )


def unanswered_in(programmes: Collection[Programme]) -> int:
    """How many wait for an answer in these programmes; says nothing of whose they are."""
    return RiskEscalation.objects.filter(programme__in=[one.pk for one in programmes], state="raised").count()


def follow_ups_of(escalation: RiskEscalation) -> list[RiskFollowUp]:
    return list(escalation.follow_ups.select_related("reported_by"))


def next_follow_up_day(escalation: RiskEscalation, today: date) -> date:
    """A week from today, or after the last that is planned."""
    last = escalation.follow_ups.order_by("-due").values_list("due", flat=True).first()
    return max(today, last or today) + timedelta(weeks=1)
