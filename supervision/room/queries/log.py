"""Questions about the log and about who is connected."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from lms.people.queries import passwords_of
from lms.people.rules import LOCKED
from lms.sealing.rules import unseal
from supervision.room.models import Lease, RoomEvent
from supervision.room.queries.private import Waits, waits_among
from supervision.room.rules import MAY, Event
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import Member, heads_among, members_among

SILENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a process asks about all its rooms at once: heads, states, who still belongs, whose sign-in still
    holds, which private words wait.
    """

    heads: dict[UUID, int]
    states: dict[UUID, str]
    members: dict[tuple[UUID, UUID], Member]
    signed_in: set[str]
    passwords: dict[UUID, str]
    locked: set[str]
    waits: dict[UUID, Waits]


def opened(row: RoomEvent) -> Event:
    """A row with its data unsealed; the row must carry `by`."""
    held = None if row.redacted_by else json.loads(unseal(row.sealed, about=row.about))
    name = row.by.name if row.by else ""
    return Event(row.session_id, row.seq, row.key, row.kind, row.by_id, name, row.at, held)


def events_after(session_id: UUID, after: int, limit: int) -> list[Event]:
    """The next events of a log in order."""
    rows = RoomEvent.objects.filter(session=session_id, seq__gt=after).select_related("by").order_by("seq")
    return [opened(row) for row in rows[:limit]]


def last_events(session: SupervisionSession, n: int = 50) -> list[Event]:
    """The last n events of a log, in order: what a page carries so that its socket begins after them."""
    rows = RoomEvent.objects.filter(session=session).select_related("by").order_by("-seq")[:n]
    return [opened(row) for row in reversed(rows)]


def events_by_seq(session: SupervisionSession, seqs: Collection[int]) -> dict[int, Event]:
    """These lines of a log: what answers quote from further up."""
    if not seqs:
        return {}
    rows = RoomEvent.objects.filter(session=session, seq__in=seqs).select_related("by")
    return {row.seq: opened(row) for row in rows}


def posts_since(session_id: UUID, person: UUID, since: datetime) -> QuerySet[RoomEvent, tuple[UUID, datetime]]:
    """Keys and times of what somebody added to a log after a moment, whichever process stored it."""
    found = RoomEvent.objects.filter(session=session_id, by=person, at__gt=since).exclude(kind__in=("join", "leave"))
    return found.order_by("seq").values_list("key", "at")


def sockets_of(person: UUID, since: datetime) -> frozenset[UUID]:
    """The connections that somebody has open in any process and any meeting, as far as they were heard since then."""
    held = Lease.objects.filter(person=person, ended=False, polls=False, heard_at__gt=since)
    return frozenset(held.values_list("id", flat=True))


def head_of(session_id: UUID) -> int | None:
    """The number of the last event; None if there is no such meeting."""
    found = heads_among([session_id])
    return found[0][1] if found else None


def may_post(role: str) -> list[str]:
    """The kinds that a role may post."""
    return list(MAY.get(role, ()))


def leases_of(sessions: Collection[UUID], at: datetime) -> Iterable[Lease]:
    """Connections that were heard within the last minute."""
    return Lease.objects.filter(session__in=sessions, ended=False, heard_at__gt=at - SILENCE).order_by(
        "opened_at", "id"
    )


def present_in(sessions: Collection[UUID], at: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """Who is connected to which meeting, as the wire says it: each person once, with what can be signalled to."""
    held: dict[UUID, dict[UUID, list[str]]] = defaultdict(dict)
    voices: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    for lease in leases_of(sessions, at):
        connections = held[lease.session_id].setdefault(lease.person_id, [])
        if not lease.polls:
            connections.append(str(lease.pk))
        if lease.voice:
            voices[lease.session_id, lease.person_id].append(str(lease.pk))
    people = {person for found in held.values() for person in found}
    members = members_among(sessions, people)
    return {
        session: [
            seat(members[session, person], connections, voices[session, person])
            for person, connections in held[session].items()
            if (session, person) in members
        ]
        for session in sessions
    }


def seat(member: Member, connections: list[str], voices: list[str]) -> dict[str, Any]:
    """One person in a presence frame; `voice` names the connections that talk, if any do."""
    told = {"id": str(member.id), "name": member.name, "role": member.role, "connections": connections}
    return {**told, "voice": voices} if voices else told


def members_present(session_id: UUID, at: datetime) -> list[dict[str, Any]]:
    """Who is connected to one meeting now."""
    return present_in([session_id], at)[session_id]


def signed_in_among(keys: Collection[str], at: datetime) -> set[str]:
    """Which of these sign-ins (keys of Django's sessions) were neither ended nor have run out."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(store, "get_model_class"):
        return {key for key in keys if store().exists(key)}
    rows = store.get_model_class().objects.filter(session_key__in=keys, expire_date__gt=at)
    return set(rows.values_list("session_key", flat=True))


def locked_among(keys: Collection[str]) -> set[str]:
    """Which of these sign-ins lie behind the lock of their phone."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(store, "get_model_class"):
        return {key for key in keys if store(key).get(LOCKED)}
    rows = store.get_model_class().objects.filter(session_key__in=keys)
    return {key for key, held in rows.values_list("session_key", "session_data") if is_locked(held)}


@lru_cache(maxsize=10_000)
def is_locked(held: str) -> bool:
    """Whether a session with this content is locked; asked of each socket every second, it seldom changes."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return bool(store().decode(held).get(LOCKED))


def watched(seats: Collection[tuple[UUID, UUID]], sign_ins: Collection[str], at: datetime) -> Watched:
    """Everything that a process checks about its sockets every second, in a fixed number of queries."""
    sessions, people = {session for session, _ in seats}, {person for _, person in seats}
    rows = heads_among(sessions)
    return Watched(
        heads={pk: head for pk, head, _ in rows},
        states={pk: state for pk, _, state in rows},
        members=members_among(sessions, people),
        signed_in=signed_in_among(sign_ins, at),
        passwords=passwords_of(people),
        locked=locked_among(sign_ins),
        waits=waits_among(sessions),
    )
