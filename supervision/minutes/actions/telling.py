"""Who is told of minutes outside the product: who must sign, and the group once they are signed.

Nothing of a case and no title: a mail or a text message is read by others.
"""

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
from supervision.sessions.queries.signing import unsigned_closed_between

USEFUL = timedelta(days=7)


def reminder_key(session: SupervisionSession, hours: int) -> UUID:
    """One for each meeting and hour; who led it does not change any more."""
    return uuid5(session.pk, f"minutes.sign:{hours}")


@transaction.atomic
def remind_due(*, at: datetime) -> int:
    """Who led a meeting is reminded to sign after a day, and when the two days are over; once each."""
    first = at - timedelta(hours=min(rules.REMIND_AFTER))
    due = {
        reminder_key(session, rules.reminder_due(session.closed_at, at)): session
        for session in unsigned_closed_between(at - rules.REMIND_UNTIL, first)
    }
    wanted = due.keys() - known_keys(due)
    if not wanted:
        return 0
    pairs = {(due[key].pk, due[key].facilitator_id) for key in wanted}
    members = queries.members_among([one for one, _ in pairs], {one for _, one in pairs})
    told = [key for key in sorted(wanted) if (due[key].pk, due[key].facilitator_id) in members]
    for key in told:
        remind(key=key, session=due[key], at=at)
    return len(told)


def remind(*, key: UUID, session: SupervisionSession, at: datetime) -> None:
    late = rules.is_late(session.closed_at, at)
    tell(key=key, session=session, person=session.facilitator, kind="meeting.sign", late=late, at=at)


def said_sign(session: SupervisionSession, late: bool) -> tuple[str, str]:
    group = {"group": group_name(session)}
    if late:
        return _("Minutes wait for you"), _("%(group)s: the minutes are not signed. The two days are over.") % group
    return _("Minutes wait for you"), _("%(group)s: the minutes are not signed yet. One day is left.") % group


def said_signed(session: SupervisionSession) -> tuple[str, str]:
    text = _("%(group)s: the minutes of a meeting are signed. You can read them now.")
    return _("The minutes are signed"), text % {"group": group_name(session)}


def tell_signed(*, session: SupervisionSession, by: User, at: datetime) -> None:
    """The group, and the supervisors who were there; not who signed. Who must sign needs no reminder any more."""
    call_off_all(keys=[reminder_key(session, hours) for hours in rules.REMIND_AFTER], at=at)
    there = {held.person.pk for held in queries.presences_of(session)}
    people = {
        member.id for member in queries.members_of(session) if member.role in ("provider", "host") or member.id in there
    }
    for person in people_by_ids(people - {by.pk}).values():
        key = uuid5(session.pk, f"minutes.signed:{person.pk}")
        tell(key=key, session=session, person=person, kind="meeting.minutes", at=at)


def tell(*, key: UUID, session: SupervisionSession, person: User, kind: str, at: datetime, late: bool = False) -> None:
    """One notice in the person's language; it leads to the minutes."""
    with translation.override(person.language):
        subject, text = said_sign(session, late) if kind == "meeting.sign" else said_signed(session)
    link = reverse("supervision:minutes", args=[session.pk])
    notify(key=key, person=person, kind=kind, subject=subject, text=text, link=link, at=at, until=at + USEFUL)
