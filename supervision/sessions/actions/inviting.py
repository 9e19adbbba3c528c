"""Exceptions for one meeting: somebody is asked in, or taken out and let in again."""

from datetime import datetime
from uuid import uuid5

from django.db import transaction

from lms.people.models import User
from supervision.sessions import queries, rules
from supervision.sessions.actions.cases import check_lead
from supervision.sessions.actions.telling import said_invited, tell
from supervision.sessions.models import SessionMember, SupervisionSession
from supervision.sessions.queries.inviting import may_be_invited, taken_out
from supervision.sessions.rules.inviting import LeadStays, NotToInvite


@transaction.atomic
def invite(*, session: SupervisionSession, person: User, by: User, at: datetime) -> SessionMember:
    """Lets somebody into this one meeting, or back in after they were taken out; they are told. Asking again changes
    nothing.
    """
    check_lead(by, session)
    if session.state in rules.OVER_STATES:
        raise rules.MeetingOver
    held = SessionMember.objects.filter(session=session, person=person).first()
    if held and held.removed_at is None:
        return held
    if person not in taken_out(session) and not may_be_invited(session, by).filter(pk=person.pk).exists():
        raise NotToInvite
    row, _ = SessionMember.objects.update_or_create(
        session=session, person=person, defaults={"removed_at": None}, create_defaults={"added_by": by, "added_at": at}
    )
    key = uuid5(row.pk, f"invited:{at.isoformat()}")
    tell(key=key, session=session, person=person, kind="meeting.invited", words=said_invited, at=at)
    return row


@transaction.atomic
def remove_member(*, session: SupervisionSession, person: User, by: User, at: datetime) -> SessionMember:
    """Takes somebody out of this meeting; their open sockets end within two seconds."""
    check_lead(by, session)
    if session.state in rules.OVER_STATES:
        raise rules.MeetingOver
    if person.pk in (by.pk, session.facilitator_id):
        raise LeadStays
    if queries.member_of(session, person) is None and person not in taken_out(session):
        raise rules.NotAMember
    row, _ = SessionMember.objects.update_or_create(
        session=session,
        person=person,
        defaults={"removed_at": at},
        create_defaults={"added_by": by, "added_at": at, "removed_at": at},
    )
    return row
