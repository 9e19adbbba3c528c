"""Pressing Urgent, and telling one after the other until somebody has it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.notices.actions import deliver_soon, notify
from lms.notices.queries import can_be_reached
from lms.people.models import User
from lms.programmes.registry import each
from supervision.cases.actions import make_urgent
from supervision.risk import access, queries, registry, rules
from supervision.risk.models import RiskEscalation, RiskEvent, RiskNote


def add_event(
    escalation: RiskEscalation,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    person: User | None = None,
    facts: dict[str, Any] | None = None,
    note: str = "",
) -> RiskEvent:
    """One step in the audit trail; the escalation's row is locked or new, so the number is free."""
    event = RiskEvent.objects.create(
        escalation=escalation,
        number=escalation.events.count() + 1,
        kind=kind,
        by=by,
        person=person,
        facts=facts or {},
        at=at,
    )
    if note.strip():
        RiskNote.objects.create(event=event, text=note.strip()[: rules.NOTE_LIMIT])
    return event


def announce(escalation: RiskEscalation) -> None:
    """Open rooms of who may see it hear of it once it is stored."""
    sessions, people = queries.sessions_near(escalation), queries.audience_of(escalation)
    transaction.on_commit(lambda: registry.announce(sessions, people))


@transaction.atomic
def raise_risk(
    *,
    key: UUID,
    what: str,
    place: str = "",
    note: str = "",
    case_id: UUID | None = None,
    programme_id: UUID | None = None,
    happened_at: datetime,
    by: User,
    at: datetime,
) -> RiskEscalation:
    """Somebody pressed Urgent, now or hours ago on a phone without network. The same key is the same danger.

    Whatever cannot be read or does not fit is left out: only who belongs to no programme at all is refused.
    """
    kept = queries.escalation_by_key(key)
    if kept and kept.raised_by_id == by.pk:
        return kept
    case = access.case_of_danger(by, case_id)
    enrolment, wanted = access.enrolment_of_danger(by, case, programme_id), case.programme_id if case else programme_id
    programme = enrolment.programme if enrolment else access.programme_of_danger(by, wanted)
    if programme is None:
        raise rules.NoProgramme
    escalation = RiskEscalation.objects.create(
        key=key,
        programme=programme,
        cohort=enrolment.cohort if enrolment else None,
        provider=enrolment.provider if enrolment else None,
        raised_by=by,
        case=case if case and case.programme_id == programme.pk else None,
        session=queries.meeting_of(by),
        what=what if what in rules.WHAT else "other",
        place=place if place in rules.PLACES else "",
        happened_at=min(happened_at, at),
        raised_at=at,
        told_at=at,
    )
    add_event(escalation, "raised", by=by, at=at, facts={"what": escalation.what}, note=note)
    if escalation.case:
        make_urgent(case=escalation.case, by=by, at=at)
    tell_next(escalation=escalation, at=at)
    return escalation


def tell_next(*, escalation: RiskEscalation, at: datetime, without: User | None = None) -> None:
    """Tells the first round that does not know yet and can be reached; when all know, all again. Who has neither a
    number nor a mail address is passed over at once, and the trail says so."""
    chain = queries.rounds_for(escalation, at=at)
    known = queries.told_of(escalation) | ({without.pk} if without else set())
    people, passed = rules.next_round(chain, known, can_be_reached)
    for person in passed:
        add_event(escalation, "unreachable", by=None, person=person, at=at)
    tell(escalation, people or [person for person in reached_of(chain) if person != without], at=at)


def reached_of(chain: Iterable[Iterable[User]]) -> list[User]:
    """Everybody of all rounds to whom something can be sent."""
    return [person for group in chain for person in group if can_be_reached(person)]


def tell(escalation: RiskEscalation, people: Iterable[User], *, at: datetime) -> None:
    """A text or mail to each, sent once this is stored; where to look and whom to call, nothing of the person in
    danger."""
    keys = []
    for person in people:
        event = add_event(escalation, "told", by=None, person=person, at=at)
        with translation.override(person.language):
            words = {
                "name": escalation.raised_by.name,
                "phone": escalation.raised_by.phone or _("no number"),
                "clock": date_format(
                    timezone.localtime(escalation.happened_at, queries.zone_of(escalation.programme)), "g:i A"
                ),
            }
            subject = _("Urgent: %(name)s needs you now") % words
            text = (
                _("%(name)s pressed Urgent at %(clock)s. Call %(phone)s. Then open Tandem and press “I have it”.")
                % words
            )
        notify(
            key=event.notice_key,
            person=person,
            kind="risk.raised",
            subject=subject,
            text=text,
            link=reverse("supervision:risk", args=[escalation.pk]),
            at=at,
        )
        keys.append(event.notice_key)
    deliver_soon(keys=keys, at=at)
    escalation.told_at = at
    escalation.save(update_fields=["told_at"])
    announce(escalation)


def keep_telling(*, at: datetime) -> int:
    """Passes on what nobody took in time; says how many. Safe to run twice and by several at once: each row is looked
    at again under its lock."""
    minutes: dict[UUID, int] = {}

    def look_at(waiting: RiskEscalation) -> int:
        key = waiting.programme_id
        if key not in minutes:
            minutes[key] = queries.minutes_in(key)
        overdue = rules.is_overdue(waiting.state, waiting.told_at, minutes[key], at)
        return pass_to_next(waiting, minutes[key], at=at) if overdue else 0

    return each("an urgent call could not be passed on", queries.unanswered(), look_at)


@transaction.atomic
def pass_to_next(waiting: RiskEscalation, minutes: int, *, at: datetime) -> int:
    """The next round is told; once everybody knows, everybody is told again, but only every hour, later every day."""
    escalation = locked(waiting)
    if not rules.is_overdue(escalation.state, escalation.told_at, minutes, at):
        return 0
    chain = queries.rounds_for(escalation, at=at)
    new, _passed = rules.next_round(chain, queries.told_of(escalation), can_be_reached)
    pause = rules.again_after(at - escalation.raised_at)
    if not reached_of(chain) or (not new and at - escalation.told_at < pause):
        return 0
    add_event(escalation, "passed_on", by=None, at=at, facts={"minutes": minutes})
    tell_next(escalation=escalation, at=at)
    return 1


def locked(escalation: RiskEscalation) -> RiskEscalation:
    """The row as it is now: two people may press at once."""
    found = RiskEscalation.objects.select_for_update(of=("self",)).select_related(
        "programme", "raised_by", "case", "cohort"
    )
    return found.get(pk=escalation.pk)
