"""Words said in a room that could show who somebody is: who leads is told, and the log stays as it was sent.

Nothing is refused here: what slipped through an old page is better flagged than lost.
"""

from datetime import datetime
from time import monotonic
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from supervision.guard import actions as guard
from supervision.guard.models import IdentifierIncident
from supervision.guard.queries import register_for
from supervision.guard.rules import Finding, Register, find, plain
from supervision.guard.rules.incidents import NotAnIncident
from supervision.room import registry
from supervision.room.actions.log import Log
from supervision.room.models import PrivateMessage, RoomEvent
from supervision.room.rules import REDACTABLE, Event, guarded_text
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import LEADING_ROLES, Member, members_of

PLACES = {"message": "message", "recommendation.propose": "advice", "poll.open": "poll"}
KEPT_SECONDS = 60
BY_NAME = frozenset({"name", "place"})
_members: dict[UUID, tuple[float, list[Member]]] = {}


def mark_found(log: Log) -> None:
    """Looks at everything that this batch adds; costs no question where nothing is found."""
    for event in log.events:
        text = guarded_text(event.kind, event.data or {})
        if text and event.by:
            look_at(log.sessions[event.session], event, text)


def look_at(session: SupervisionSession, event: Event, text: str) -> None:
    """One message or idea: what is found in it becomes an incident, and those who lead hear that there is one."""
    findings = found_in(session, text)
    if not findings:
        return
    guard.mark(
        subject=event.key,
        place=PLACES[event.kind],
        programme=session.programme_id,
        session=session.pk,
        number=event.seq,
        writer=event.by,
        lead=session.facilitator_id,
        kinds=[finding.kind for finding in findings],
        reason=(event.data or {}).get("confirmed", ""),
        at=event.at,
    )
    tell_leads(session)


def look_at_private(session: SupervisionSession, kept: PrivateMessage, confirmed: str) -> None:
    """The same for a word between a member and who leads."""
    findings = found_in(session, kept.text)
    if not findings:
        return
    guard.mark(
        subject=kept.pk,
        place="private",
        programme=session.programme_id,
        session=session.pk,
        writer=kept.by_id,
        lead=session.facilitator_id,
        kinds=[finding.kind for finding in findings],
        reason=confirmed,
        at=kept.at,
    )
    tell_leads(session)


def found_in(session: SupervisionSession, text: str) -> list[Finding]:
    """What could show who somebody is. Those who sit here may be called by name."""
    register = register_for(session.programme_id)
    findings = find(text, register)
    if not any(finding.kind in BY_NAME for finding in findings):
        return findings
    spared = frozenset(plain(word) for member in members_here(session) for word in member.name.split())
    return find(text, Register(register.people, register.places, spared))


def members_here(session: SupervisionSession) -> list[Member]:
    """Who belongs to the meeting; asked at most once a minute in this process."""
    kept = _members.get(session.pk)
    if kept and kept[0] > monotonic():
        return kept[1]
    if len(_members) > 500:
        _members.clear()
    members = members_of(session)
    _members[session.pk] = (monotonic() + KEPT_SECONDS, members)
    return members


def tell_leads(session: SupervisionSession) -> None:
    """That something waits for them, never what."""
    leads = {member.id for member in members_here(session) if member.role in LEADING_ROLES}
    transaction.on_commit(lambda: registry.private(session.pk, leads))


@transaction.atomic
def report_words(*, session: SupervisionSession, seq: int, by: User, at: datetime) -> IdentifierIncident:
    """A member says that a line of the log shows who somebody is; who leads decides."""
    row = RoomEvent.objects.filter(session=session, seq=seq, redacted_by=None).first()
    if row is None or row.kind not in REDACTABLE or row.by_id is None:
        raise NotAnIncident
    incident = mark_line(session, row, by=by, at=at)
    tell_leads(session)
    return incident


def mark_line(session: SupervisionSession, row: RoomEvent, *, by: User, at: datetime) -> IdentifierIncident:
    """Somebody says that a line shows who somebody is, or takes it away."""
    return guard.mark(
        subject=row.key,
        place=PLACES[row.kind],
        programme=session.programme_id,
        session=session.pk,
        number=row.seq,
        writer=row.by_id,
        lead=session.facilitator_id,
        kinds=[],
        by=by,
        at=at,
    )
