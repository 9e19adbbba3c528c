"""What a closed meeting adds to the ledger, outside the room's transactions."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from lms.ledger.actions import record
from lms.people.models import Provider
from supervision.sessions import queries, registry, rules
from supervision.sessions.actions.following import look_back_at_cases
from supervision.sessions.models import AdviceFollowUp, SupervisionSession

SETTLED_AT_ONCE = 50


def settle(*, session_id: UUID, at: datetime) -> int:
    """Writes the ledger entries of a closed meeting, 50 providers per transaction; safe to run twice or half.

    Every key is made of the meeting (or of the case's row in it), the kind and the provider, so what stands already
    is found again. Facts come from stays that no longer change.
    """
    session = queries.full(SupervisionSession.objects.filter(pk=session_id, settled_at=None)).first()
    if session is None or session.closed_at is None:
        return 0
    due = sorted(entries_due(session), key=lambda entry: (entry["provider"].pk, entry["kind"]))
    for start in range(0, len(due), SETTLED_AT_ONCE):
        with transaction.atomic():
            for entry in due[start : start + SETTLED_AT_ONCE]:
                record(**entry, at=at)
    look_back_at_cases(session, at=at)
    SupervisionSession.objects.filter(pk=session.pk).update(settled_at=at)
    registry.settled(session.pk, at=at)
    return len(due)


def entries_due(session: SupervisionSession) -> list[dict[str, Any]]:
    """What a closed meeting adds to the ledger: time attended, cases presented, supervision given.

    A case counts for its presenter only if she was there for some of it. What happened among peers says so: it is no
    supervision, and who led it has given none.
    """
    presences = queries.presences_of(session)
    told = {"session": str(session.pk), **({"peer": True} if session.is_peer else {})}
    due = []
    for held in presences:
        provider = getattr(held.person, "provider", None)
        if provider is None:
            continue
        if held.person.pk == session.facilitator_id and not session.is_peer:
            facts = {**told, "seconds": held.seconds, "people": len(presences) - 1}
            due.append(entry_of(session, session.pk, provider, "supervision.given", facts))
        else:
            facts = attended_facts(session, held.seconds)
            due.append(entry_of(session, session.pk, provider, "session.attended", facts))
    due += followed_up_entries(session, told)
    stays = {person.pk: held for person, held in queries.stays_of(session).items()}
    for seen in queries.cases_seen(session):
        if not rules.was_there(stays.get(seen.case.provider.user_id, ()), seen.opened_at, seen.closed_at):
            continue
        practised = seen.case.focus_competency
        facts = {**told, "case": str(seen.case_id), **({"competency": practised} if practised else {})}
        due.append(entry_of(session, seen.pk, seen.case.provider, "case.presented", facts))
    return due


def followed_up_entries(session: SupervisionSession, told: dict[str, Any]) -> list[dict[str, Any]]:
    """For who took an advice on: that the group looked back at it, and how it went."""
    rows = session.follow_ups.select_related("advice__owner__user")
    return [
        entry_of(session, row.pk, row.advice.owner, "advice.followed_up", followed_up_facts(row, told)) for row in rows
    ]


def followed_up_facts(row: AdviceFollowUp, told: dict[str, Any]) -> dict[str, Any]:
    practised = {"competency": row.advice.competency} if row.advice.competency else {}
    return {**told, "advice": str(row.advice_id), "outcome": row.outcome, **practised}


def attended_facts(session: SupervisionSession, seconds: int) -> dict[str, Any]:
    """What the ledger keeps of somebody's time in a meeting, and the skill that the meeting was about, if it was."""
    peer = {"peer": True} if session.is_peer else {}
    practised = {"competency": session.focus} if session.focus else {}
    share = rules.share_attended(seconds, session.live_at, session.closed_at)
    return {"session": str(session.pk), **peer, "seconds": seconds, "share": share, **practised}


def entry_of(
    session: SupervisionSession, row: UUID, provider: Provider, kind: str, facts: dict[str, Any]
) -> dict[str, Any]:
    """One entry as `record` wants it, under the key that is always the same for this row."""
    return {
        "key": uuid5(row, f"{kind}:{provider.pk}"),
        "provider": provider,
        "programme": session.programme,
        "kind": kind,
        "facts": facts,
        "happened_at": session.closed_at,
        "by": session.facilitator,
    }


def settle_closed(*, at: datetime) -> int:
    """Finishes the entries of closed meetings that a crash left; the tick job."""
    waiting = SupervisionSession.objects.filter(settled_at=None, closed_at__isnull=False)
    return sum(settle(session_id=session_id, at=at) for session_id in waiting.values_list("pk", flat=True))
