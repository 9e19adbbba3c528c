"""Who is told of minutes outside the product: who must sign, and the group once they are signed.

Nothing of a case and no title: a mail or a text message is read by others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from lms.notices.actions import call_off_all, notify
from lms.notices.queries import known_keys
from lms.people.models import User
from lms.people.queries import people_by_ids
from supervision.minutes import rules
from supervision.sessions import queries
from supervision.sessions.actions.telling import group_name
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries.signing import may_sign_among, unsigned_closed_between

USEFUL = timedelta(days=7)


def reminder_key(session: SupervisionSession, hours: int, person: UUID) -> UUID:
    """One for each meeting, hour and person; the key of who led it has no name in it."""
    whose = "" if person == session.facilitator_id else f":{person}"
    return uuid5(session.pk, f"minutes.sign:{hours}{whose}")


@dataclass(frozen=True, slots=True)
class Reminder:
    """Minutes that wait for this person to sign them."""

    session: SupervisionSession
    person: UUID
    hours: int

    @property
    def key(self) -> UUID:
        return reminder_key(self.session, self.hours, self.person)


@transaction.atomic
def remind_due(*, at: datetime) -> int:
    """All who may sign are reminded after a day, and when the two days are over; at once where who led cannot sign any
    more. Once each.
    """
    waiting = unsigned_closed_between(at - rules.REMIND_UNTIL, at)
    due = {one.key: one for one in reminders_for(waiting, at)} if waiting else {}
    wanted = sorted(due.keys() - known_keys(due)) if due else []
    people = people_by_ids({due[key].person for key in wanted}) if wanted else {}
    for key in wanted:
        remind(reminder=due[key], person=people[due[key].person], at=at)
    return len(wanted)


def reminders_for(sessions: Sequence[SupervisionSession], at: datetime) -> Iterator[Reminder]:
    """Who is to be reminded of each meeting now, and which time it is."""
    may_sign = may_sign_among(sessions)
    for session in sessions:
        people = may_sign[session.pk]
        hours = rules.reminder_due(session.closed_at, at, leader_may=session.facilitator_id in people)
        if hours is not None:
            yield from (Reminder(session, person, hours) for person in people)


def remind(*, reminder: Reminder, person: User, at: datetime) -> None:
    with translation.override(person.language):
        said = said_sign(reminder.session, reminder.hours, rules.is_late(reminder.session.closed_at, at))
    lay(key=reminder.key, session=reminder.session, person=person, kind="meeting.sign", said=said, at=at)


def said_sign(session: SupervisionSession, hours: int, late: bool) -> tuple[str, str]:
    group = {"group": group_name(session)}
    if late:
        return _("Minutes wait for you"), _("%(group)s: the minutes are not signed. The two days are over.") % group
    if hours == rules.AT_ONCE:
        text = _("%(group)s: who led the meeting cannot sign the minutes any more. Please look through them and sign.")
        return _("Minutes wait for you"), text % group
    return _("Minutes wait for you"), _("%(group)s: the minutes are not signed yet. One day is left.") % group


def said_signed(session: SupervisionSession) -> tuple[str, str]:
    text = _("%(group)s: the minutes of a meeting are signed. You can read them now.")
    return _("The minutes are signed"), text % {"group": group_name(session)}


def tell_signed(*, session: SupervisionSession, by: User, at: datetime) -> None:
    """The group, and the supervisors who were there; not who signed. Who must sign needs no reminder any more."""
    call_off_all(keys=all_reminders(session), at=at)
    there = {held.person.pk for held in queries.presences_of(session)}
    people = {
        member.id for member in queries.members_of(session) if member.role in ("provider", "host") or member.id in there
    }
    for person in people_by_ids(people - {by.pk}).values():
        key = uuid5(session.pk, f"minutes.signed:{person.pk}")
        with translation.override(person.language):
            said = said_signed(session)
        lay(key=key, session=session, person=person, kind="meeting.minutes", said=said, at=at)


def all_reminders(session: SupervisionSession) -> list[UUID]:
    """The keys of every reminder that may have been laid out for who may sign."""
    people = may_sign_among([session])[session.pk] | {session.facilitator_id}
    return [reminder_key(session, hours, one) for hours in (rules.AT_ONCE, *rules.REMIND_AFTER) for one in people]


def lay(
    *, key: UUID, session: SupervisionSession, person: User, kind: str, said: tuple[str, str], at: datetime
) -> None:
    """One notice with its subject and text; it leads to the minutes."""
    subject, text = said
    link = reverse("supervision:minutes", args=[session.pk])
    notify(key=key, person=person, kind=kind, subject=subject, text=text, link=link, at=at, until=at + USEFUL)
