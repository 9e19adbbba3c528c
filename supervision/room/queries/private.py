"""Questions about private words: threads of a meeting, and how many somebody has not seen."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import F, QuerySet

from lms.people.models import User
from supervision.guard.queries import waiting_among
from supervision.room.models import PrivateMessage
from supervision.sessions.models import SupervisionSession


@dataclass(frozen=True, slots=True)
class Thread:
    """What one member and those who lead wrote to each other."""

    member: User
    messages: list[PrivateMessage]


@dataclass(slots=True)
class Waits:
    """What waits unseen in one meeting: words to those who lead, answers to each member, flagged words."""

    for_lead: int = 0
    for_members: Counter[UUID] = field(default_factory=Counter)
    flags: int = 0

    def of(self, person: UUID, *, leads: bool) -> tuple[int, int]:
        """Private words and flags of one member; of flags only those who lead hear."""
        return (self.for_lead, self.flags) if leads else (self.for_members[person], 0)


def to_lead(held: QuerySet[PrivateMessage]) -> QuerySet[PrivateMessage]:
    """What members wrote to those who lead."""
    return held.filter(by=F("member"))


def to_member(held: QuerySet[PrivateMessage], person: UUID) -> QuerySet[PrivateMessage]:
    """What was answered to this member."""
    return held.filter(member=person).exclude(by=person)


def unseen_by_lead(session_id: UUID) -> int:
    """How many words of members nobody who leads has had on a page."""
    return to_lead(PrivateMessage.objects.filter(session=session_id, seen_at=None)).count()


def unseen_by(session_id: UUID, person: UUID) -> int:
    """How many answers this member has not had on a page."""
    return to_member(PrivateMessage.objects.filter(session=session_id, seen_at=None), person).count()


def waits_among(sessions: Collection[UUID]) -> dict[UUID, Waits]:
    """Meeting -> what waits in it: two queries for all meetings of a process."""
    found: dict[UUID, Waits] = defaultdict(Waits)
    held = PrivateMessage.objects.filter(session__in=sessions, seen_at=None).order_by()
    for session, member, by in held.values_list("session_id", "member_id", "by_id"):
        if by == member:
            found[session].for_lead += 1
        else:
            found[session].for_members[member] += 1
    for session, flags in waiting_among(sessions).items():
        found[session].flags = flags
    return found


def private_words(keys: Collection[UUID]) -> dict[UUID, str]:
    """Key -> words, of these private words."""
    return {row.pk: row.text for row in PrivateMessage.objects.filter(pk__in=keys)} if keys else {}


def threads_for(session: SupervisionSession, person: User, *, leads: bool) -> list[Thread]:
    """Her own thread; all threads for who leads, the one with the latest words last."""
    held = PrivateMessage.objects.filter(session=session).select_related("member", "by").order_by("at", "id")
    found: dict[UUID, Thread] = {}
    for message in held if leads else held.filter(member=person):
        thread = found.pop(message.member_id, None) or Thread(message.member, [])
        thread.messages.append(message)
        found[message.member_id] = thread
    return list(found.values())
