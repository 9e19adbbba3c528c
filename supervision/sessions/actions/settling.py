"""What a closed meeting adds to the ledger, outside the room's transactions."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from lms.ledger.actions import record, reverse
from lms.ledger.queries import entries_with, keys_among
from lms.people.models import Provider, User
from lms.programmes.actions import known_to_ledger
from lms.programmes.registry import each
from supervision.sessions import queries, registry, rules
from supervision.sessions.actions.following import look_back_at_cases
from supervision.sessions.models import AdviceFollowUp, SupervisionSession
from supervision.sessions.rules.correcting import showed

SETTLED_AT_ONCE = 50
GIVEN, ATTENDED = "supervision.given", "session.attended"
OF_PRESENCE = (GIVEN, ATTENDED, "case.presented")
"""What follows from who was there and for how long: a correction changes these."""
ALL_KINDS = (*OF_PRESENCE, "advice.followed_up")
CORRECTED = "Attendance was corrected."
"""Why an entry was taken back. The words of who corrected it lie sealed with the correction, where they can go."""
Due = dict[str, Any]


def settle(*, session_id: UUID, at: datetime) -> int:
    """Writes the ledger entries of a closed meeting, 50 providers per transaction; safe to run twice or half.

    Every key is made of the meeting (or of the case's row in it), the kind and the provider, so what stands already
    is found again. Facts come from stays that no longer change, and from corrections of them. A meeting that never
    was live did not take place: it adds nothing.
    """
    session = queries.full(SupervisionSession.objects.filter(pk=session_id, settled_at=None)).first()
    if session is None or session.closed_at is None:
        return 0
    due = entries_due(session) if session.live_at else []
    providers = sorted({entry["provider"].pk for entry in due} | corrected_providers(session))
    for start in range(0, len(providers), SETTLED_AT_ONCE):
        some = providers[start : start + SETTLED_AT_ONCE]
        bring_in_line(session, due, some, ALL_KINDS, by=session.facilitator, at=at)
    if session.live_at:
        look_back_at_cases(session, at=at)
    mark_settled(session, at=at)
    registry.settled(session.pk, at=at)
    return len(due)


@transaction.atomic
def mark_settled(session: SupervisionSession, *, at: datetime) -> None:
    """Under the row lock that a correction takes: one that came while the entries were written is followed here."""
    row = queries.full(SupervisionSession.objects.select_for_update(of=("self",))).get(pk=session.pk)
    known = {correction.pk for correction in queries.corrections_of(session).values()}
    for correction in queries.corrections_of(row).values():
        if correction.pk not in known:
            follow_correction(row, correction.person, by=correction.by, at=at)
    SupervisionSession.objects.filter(pk=row.pk).update(settled_at=at)


def corrected_providers(session: SupervisionSession) -> set[UUID]:
    """Of whom something may stand that is not due any more."""
    people = [correction.person for correction in queries.corrections_of(session).values()]
    return {person.provider.pk for person in people if known_provider(person)}


def known_provider(person: User) -> Provider | None:
    return getattr(person, "provider", None)


def follow_correction(session: SupervisionSession, person: User, *, by: User, at: datetime) -> None:
    """What the ledger has of her and this meeting follows her corrected time, and with it how many people there were
    for who gave supervision.
    """
    due, known = entries_due(session), known_provider(person)
    hers = {entry["provider"].pk for entry in due if entry["provider"].user_id == person.pk}
    hers |= {known.pk} if known else set()
    bring_in_line(session, due, hers, OF_PRESENCE, by=by, at=at)
    others = {entry["provider"].pk for entry in due if entry["kind"] == GIVEN} - hers
    bring_in_line(session, due, others, [GIVEN], by=by, at=at)


@transaction.atomic
def bring_in_line(
    session: SupervisionSession,
    due: Iterable[Due],
    providers: Collection[UUID],
    kinds: Sequence[str],
    *,
    by: User,
    at: datetime,
) -> None:
    """Of these providers and kinds: what stands of this meeting and is not due is taken back, what is due and does not
    stand is written; one provider after the other, so that two who do this do not wait for each other.
    """
    told = {"providers": providers, "programme": session.programme_id, "kinds": kinds}
    standing = entries_with("session", str(session.pk), **told)
    wanted = [entry for entry in due if entry["provider"].pk in providers and entry["kind"] in kinds]
    for provider in sorted(providers):
        mine = {said(entry["kind"], entry["facts"]): entry for entry in wanted if entry["provider"].pk == provider}
        for entry in standing:
            if entry.provider_id == provider and not mine.pop(said(entry.kind, entry.facts), None):
                reverse(entry=entry, reason=CORRECTED, by=by, at=at)
        for new in sorted(mine.values(), key=lambda entry: entry["kind"]):
            record(**new, by=by, at=at)


def said(kind: str, facts: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two entries of a meeting the same: time as it is, a case or an advice by which one it is."""
    if kind in (GIVEN, ATTENDED):
        return kind, *sorted(facts.items())
    return kind, facts.get("case"), facts.get("advice")


def entries_due(session: SupervisionSession) -> list[Due]:
    """What a meeting that was live and is closed adds to the ledger: supervision given or time attended, cases
    presented, advice looked back at.

    What happened among peers says so: it is no supervision, and who led it has given none.
    """
    told = {"session": str(session.pk), **({"peer": True} if session.is_peer else {})}
    presences = queries.presences_of(session)
    there = [held for held in presences if held.seconds]
    return [
        *time_entries(session, there, told),
        *followed_up_entries(session, told),
        *presented_entries(session, presences, told),
    ]


def time_entries(session: SupervisionSession, there: list[queries.Presence], told: dict[str, Any]) -> Iterable[Due]:
    """Who gave supervision is known to the ledger from here on, also if she never learned here."""
    gave = who_gave(session, there)
    for held in there:
        if held.person.pk in gave:
            provider = known_provider(held.person) or known_to_ledger(person=held.person, cohort=session.cohort)
            facts = {**told, "seconds": held.seconds, "people": len(there) - len(gave)}
            if provider:
                yield entry_of(session, session.pk, provider, GIVEN, facts)
        elif (provider := known_provider(held.person)) and provider.learns:
            share = rules.share_attended(held.seconds, session.live_at, session.closed_at)
            practised = {"competency": session.focus} if session.focus else {}
            facts = {**told, "seconds": held.seconds, "share": share, **practised}
            yield entry_of(session, session.pk, provider, ATTENDED, facts)


def who_gave(session: SupervisionSession, there: list[queries.Presence]) -> set[UUID]:
    """Of who was there: who led, and everybody with a supervisor's role in this meeting. Roles change later: as what
    the ledger once had somebody here, she stays.
    """
    if session.is_peer:
        return set()
    people = {held.person.pk for held in there}
    members = queries.members_among([session.pk], people)
    supervise = {person for (_, person), member in members.items() if member.role in queries.SUPERVISING_ROLES}
    known = [(held.person.pk, provider.pk) for held in there if (provider := known_provider(held.person))]
    keys = {key_of(session.pk, kind, provider): (kind, one) for one, provider in known for kind in (GIVEN, ATTENDED)}
    had = {keys[key] for key in keys_among(keys)}
    attended = {person for kind, person in had if kind == ATTENDED}
    given = {person for kind, person in had if kind == GIVEN}
    return given | ((supervise | {session.facilitator_id}) & people - attended)


def presented_entries(
    session: SupervisionSession, presences: list[queries.Presence], told: dict[str, Any]
) -> Iterable[Due]:
    """A case counts for its presenter only if she was there for some of it."""
    stays = {person.pk: held for person, held in queries.stays_of(session).items()}
    corrected = {held.person.pk: held for held in presences if held.counted is not None}
    for seen in queries.cases_seen(session):
        person, span = seen.case.provider.user_id, (seen.opened_at, seen.closed_at)
        held = corrected.get(person)
        time = {"corrected": held.seconds, "counted": held.counted} if held else {}
        if showed(stays.get(person, ()), *span, **time):
            practised = seen.case.focus_competency
            facts = {**told, "case": str(seen.case_id), **({"competency": practised} if practised else {})}
            yield entry_of(session, seen.pk, seen.case.provider, "case.presented", facts)


def followed_up_entries(session: SupervisionSession, told: dict[str, Any]) -> list[Due]:
    """For who took an advice on: that the group looked back at it, and how it went."""
    rows = session.follow_ups.select_related("advice__owner__user")
    return [
        entry_of(session, row.pk, row.advice.owner, "advice.followed_up", followed_up_facts(row, told)) for row in rows
    ]


def followed_up_facts(row: AdviceFollowUp, told: dict[str, Any]) -> dict[str, Any]:
    practised = {"competency": row.advice.competency} if row.advice.competency else {}
    return {**told, "advice": str(row.advice_id), "outcome": row.outcome, **practised}


def key_of(row: UUID, kind: str, provider: UUID) -> UUID:
    """Always the same for this row, kind and provider."""
    return uuid5(row, f"{kind}:{provider}")


def entry_of(session: SupervisionSession, row: UUID, provider: Provider, kind: str, facts: dict[str, Any]) -> Due:
    """One entry as `record` wants it, but for who writes it and when."""
    return {
        "key": key_of(row, kind, provider.pk),
        "provider": provider,
        "programme": session.programme,
        "kind": kind,
        "facts": facts,
        "happened_at": session.closed_at,
    }


def settle_closed(*, at: datetime) -> int:
    """Finishes the entries of closed meetings that a crash left; the tick job. What goes wrong with one meeting is
    told in the log and tried again the next time: the others do not wait for it.
    """
    waiting = SupervisionSession.objects.filter(settled_at=None, closed_at__isnull=False).order_by("closed_at", "id")
    ids = list(waiting.values_list("pk", flat=True))
    fault = "the entries of a meeting could not be written; it is tried again later"
    return each(fault, ids, lambda session_id: settle(session_id=session_id, at=at))
