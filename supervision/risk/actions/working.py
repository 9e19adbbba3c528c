"""Each step on a danger: one move, its audit row in the same transaction, one named refusal."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lms.notices.actions import call_off
from lms.people.models import User
from supervision.cases.actions import leave_urgent
from supervision.risk import access, queries, rules
from supervision.risk.models import RiskEscalation, RiskEvent, RiskFollowUp

from .looking import call_off_reminders
from .raising import add_event, announce, locked, tell_next


def step(
    escalation: RiskEscalation,
    kind: str,
    *,
    by: User,
    at: datetime,
    facts: dict[str, Any] | None = None,
    note: str = "",
    **fields: Any,
) -> RiskEscalation:
    """Moves a locked escalation and writes why."""
    escalation.state = rules.state_after(escalation.state, kind)
    for name, value in fields.items():
        setattr(escalation, name, value)
    escalation.save(update_fields=["state", *fields])
    add_event(escalation, kind, by=by, at=at, facts=facts, note=note)
    announce(escalation)
    return escalation


def check_worker(by: User, escalation: RiskEscalation) -> None:
    if not access.may_work_on(by, escalation):
        raise rules.NotYours


@transaction.atomic
def see(*, escalation: RiskEscalation, by: User, at: datetime) -> None:
    """Somebody other than its raiser opened it: kept once, for the raiser sees that it was read."""
    if by.pk == escalation.raised_by_id or escalation.events.filter(kind="seen", by=by).exists():
        return
    add_event(locked(escalation), "seen", by=by, at=at)


@transaction.atomic
def acknowledge(*, escalation: RiskEscalation, by: User, at: datetime) -> RiskEscalation:
    """I have it. The first who presses has it; pressing again changes nothing, a second person hears who has it."""
    escalation = locked(escalation)
    check_worker(by, escalation)
    if escalation.holder_id == by.pk and escalation.state != "raised":
        return escalation
    first = escalation.acknowledged_at or at
    escalation = step(escalation, "acknowledged", by=by, at=at, holder=by, acknowledged_at=first)
    for event in escalation.events.filter(kind="told"):
        call_off(key=event.notice_key, at=at)
    return escalation


@transaction.atomic
def pass_on(*, escalation: RiskEscalation, note: str = "", by: User, at: datetime) -> RiskEscalation:
    """I cannot: the next one is told at once, and it counts as unanswered until somebody has it."""
    escalation = locked(escalation)
    check_worker(by, escalation)
    escalation = step(escalation, "passed_on", by=by, at=at, note=note, holder=None)
    tell_next(escalation=escalation, at=at, without=by)
    return escalation


@transaction.atomic
def act(*, escalation: RiskEscalation, note: str = "", by: User, at: datetime) -> RiskEscalation:
    escalation = locked(escalation)
    check_worker(by, escalation)
    return step(escalation, "acting", by=by, at=at, note=note)


@transaction.atomic
def hand_over(*, escalation: RiskEscalation, service: str, note: str = "", by: User, at: datetime) -> RiskEscalation:
    """Others take care of the person now: which service."""
    escalation = locked(escalation)
    check_worker(by, escalation)
    return step(escalation, "handed_over", by=by, at=at, facts={"service": service}, note=note)


@transaction.atomic
def make_plan(
    *, escalation: RiskEscalation, items: Collection[str], note: str = "", by: User, at: datetime
) -> RiskEscalation:
    """A safety plan was made with the person; which of its parts it has."""
    escalation = locked(escalation)
    check_worker(by, escalation)
    return step(escalation, "plan_made", by=by, at=at, facts={"items": sorted(items)}, note=note)


@transaction.atomic
def plan_follow_ups(*, escalation: RiskEscalation, days: Iterable[date], by: User, at: datetime) -> RiskEscalation:
    """Days on which somebody looks how the person is; those that are planned already stay."""
    escalation = locked(escalation)
    check_worker(by, escalation)
    planned = set(escalation.follow_ups.exclude(became=rules.CALLED_OFF).values_list("due", flat=True))
    new = sorted(set(days) - planned)
    escalation.follow_ups.filter(due__in=new).delete()  # called off once; the trail keeps that
    RiskFollowUp.objects.bulk_create(RiskFollowUp(escalation=escalation, due=day) for day in new)
    return step(escalation, "follow_up_planned", by=by, at=at, facts={"days": [day.isoformat() for day in new]})


@transaction.atomic
def report_follow_up(*, follow_up: UUID, became: str, note: str = "", by: User, at: datetime) -> RiskFollowUp:
    """How the person was on that day, said by the helper or by who supervises; the same word twice is one."""
    kept = queries.follow_up_for(by, follow_up)
    if kept is None:
        raise rules.NoSuchFollowUp
    escalation = locked(kept.escalation)
    kept = queries.follow_up_for(by, follow_up)
    if kept is None:  # planned anew in this moment
        raise rules.NoSuchFollowUp
    if kept.became == became and kept.reported_by_id == by.pk:
        return kept
    if kept.became not in {"", rules.CALLED_OFF}:  # she looked all the same: no word of it is lost
        raise rules.ReportedBefore
    kept.became, kept.reported_by, kept.reported_at = became, by, at
    kept.save(update_fields=["became", "reported_by", "reported_at"])
    facts = {"due": kept.due.isoformat()}
    step(escalation, f"follow_up_{became}", by=by, at=at, facts=facts, note=note)
    call_off_reminders(escalation=escalation, days=[kept], at=at)
    return kept


@transaction.atomic
def add_words(*, escalation: RiskEscalation, note: str, by: User, at: datetime) -> RiskEvent:
    """What happened, added by its raiser or who works on it."""
    escalation = locked(escalation)
    if not access.may_see(by, escalation):
        raise rules.NotYours
    event = add_event(escalation, "words", by=by, at=at, note=note)
    announce(escalation)
    return event


def call_off_days(escalation: RiskEscalation, *, by: User, at: datetime) -> None:
    """Days to look that nobody wrote of end with it: each says so, and so does the trail."""
    days = list(escalation.follow_ups.filter(became=""))
    if not days:
        return
    called_off = {"became": rules.CALLED_OFF, "reported_by": by, "reported_at": at}
    escalation.follow_ups.filter(became="").update(**called_off)
    facts = {"days": [day.due.isoformat() for day in days]}
    add_event(escalation, "days_called_off", by=by, at=at, facts=facts)
    call_off_reminders(escalation=escalation, days=days, at=at)


@transaction.atomic
def close(
    *, escalation: RiskEscalation, outcome: str, case_to: str = "submitted", note: str = "", by: User, at: datetime
) -> RiskEscalation:
    """Ends it with how it ended; a case that left the queue for it goes back or is closed. Never by its raiser, and
    never from one press to the end without a word why. Days that were still to come are called off."""
    escalation = locked(escalation)
    if by.pk == escalation.raised_by_id:
        raise rules.AnotherMustClose
    check_worker(by, escalation)
    rules.state_after(escalation.state, "closed")
    if not rules.may_close(outcome, queries.kinds_since(escalation), note):
        raise rules.NotSafeYet
    call_off_days(escalation, by=by, at=at)
    ended = {"closed_by": by, "closed_at": at, "outcome": outcome}
    escalation = step(escalation, "closed", by=by, at=at, facts={"outcome": outcome}, note=note, **ended)
    if escalation.case:
        leave_urgent(case=escalation.case, to=case_to, by=by, at=at)
    return escalation


@transaction.atomic
def reopen(*, escalation: RiskEscalation, note: str = "", by: User, at: datetime) -> RiskEscalation:
    """It was not over. Opened by its raiser it is told again like a new one; who works on it has it at once."""
    escalation = locked(escalation)
    if not access.may_see(by, escalation):
        raise rules.NotYours
    empty = {"closed_by": None, "closed_at": None, "outcome": "", "holder": None, "told_at": at}
    escalation = step(escalation, "reopened", by=by, at=at, note=note, **empty)
    if by.pk == escalation.raised_by_id:
        tell_next(escalation=escalation, at=at)
        return escalation
    return acknowledge(escalation=escalation, by=by, at=at)
