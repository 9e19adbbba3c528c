"""Reminding of the days on which somebody looks how a person is: once on the day, once when it was missed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.notices.actions import call_off_all, notify
from lms.notices.queries import known_keys
from lms.people.models import User
from lms.programmes.registry import each
from supervision.risk import queries, rules
from supervision.risk.models import RiskEscalation, RiskFollowUp

KIND = "risk.follow_up"


def looked_after_by(escalation: RiskEscalation) -> list[User]:
    """Who is reminded: who pressed, and who has it."""
    return [person for person in (escalation.raised_by, escalation.holder) if person]


def key_of(day: RiskFollowUp, which: str, person: UUID) -> UUID:
    """The receipt of one reminder."""
    return uuid5(day.pk, f"{which} {person}")


def remind_of_days(*, at: datetime) -> int:
    """Tells who pressed and who has it; says how many were told. Safe to run twice: each reminder has its receipt."""
    due: dict[UUID, tuple[RiskFollowUp, str, User]] = {}
    for day in queries.days_to_look(at):
        which = rules.reminder_for(day.due, at.astimezone(queries.zone_of(day.escalation.programme)))
        for person in looked_after_by(day.escalation) if which else []:
            due[key_of(day, which, person.pk)] = (day, which, person)
    new = due.keys() - known_keys(due)

    def remind_one(key: UUID) -> int:
        remind(key, *due[key], at=at)
        return 1

    return each("a day to look could not be reminded of", new, remind_one)


@transaction.atomic
def remind(key: UUID, day: RiskFollowUp, which: str, person: User, *, at: datetime) -> None:
    """Where to look and what to do; nothing of the person in danger."""
    with translation.override(person.language):
        words = {"name": day.escalation.raised_by.name, "day": date_format(day.due, "j F")}
        if which == "today":
            subject = _("Today: look how the person is")
            text = _("Look today how the person is for whom %(name)s pressed Urgent. Then write it in Tandem.")
        else:
            subject = _("Nobody wrote how the person is")
            text = _(
                "Nobody wrote how the person is for whom %(name)s pressed Urgent. The day was %(day)s. "
                "Look now, and write it in Tandem."
            )
    link = reverse("supervision:risk", args=[day.escalation_id])
    notify(key=key, person=person, kind=KIND, subject=subject, text=text % words, link=link, at=at)


def call_off_reminders(*, escalation: RiskEscalation, days: Iterable[RiskFollowUp], at: datetime) -> None:
    """It was written down, or it is over: what was not sent yet is not sent any more."""
    people = looked_after_by(escalation)
    keys = [key_of(day, which, person.pk) for day in days for which in ("today", "missed") for person in people]
    call_off_all(keys=keys, at=at)
