"""Recording a fact, and reversing one: the only two changes that the ledger knows."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import models, transaction

from lms.ledger import registry
from lms.ledger.models import Entry, EntryKey, LedgerHead, ReversalReason
from lms.ledger.queries import REVERSED, entry_by_key, locked_head
from lms.ledger.rules import (
    FIRST,
    KeyConflict,
    UnknownFact,
    chained,
    checked_facts,
    possible_time,
    same_fact,
)
from lms.people.models import Provider, User
from lms.sealing.rules import mac


@transaction.atomic
def record(
    *,
    key: UUID,
    provider: Provider,
    programme: models.Model,
    kind: str,
    facts: dict[str, Any],
    happened_at: datetime,
    by: User | None,
    at: datetime,
    subject: UUID | None = None,
) -> Entry:
    """Adds one fact to a provider's chain. The same key with the same fact gives the first entry; KeyConflict else.

    The number is given under the row lock of the head, in order of arrival, so a chain has no gap and no fork.
    """
    known = registry.kinds.get(kind)
    if known is None:
        raise UnknownFact(f"ledger kind {kind} is not registered")
    told = {
        "provider": provider.pk,
        "programme": programme.pk,
        "kind": kind,
        "subject": subject,
        "facts": checked_facts(facts, known.facts, known.optional),
    }
    head = head_for(provider, settings.LEDGER_ORIGIN)
    key, first = standing_key(key)
    if first is not None:
        if not same_fact(first.fields(), told):
            raise KeyConflict
        return first
    entry = Entry(
        key=key,
        provider=provider,
        programme=programme,
        kind=kind,
        subject=subject,
        facts=facts,
        happened_at=possible_time(happened_at, at),
        recorded_at=at,
        recorded_by=by,
    )
    append(entry, head)
    for follower in registry.followers.values():
        follower(entry)
    return entry


def standing_key(key: UUID) -> tuple[UUID, Entry | None]:
    """The key under which this fact stands or may stand: a fact that was taken back can be earned again."""
    while (first := entry_by_key(key)) is not None:
        reversal = entry_by_key(uuid5(key, "reversed"))
        if reversal is None or first.kind == REVERSED:
            return key, first
        key = uuid5(key, f"again {reversal.key}")
    return key, None


def head_for(provider: Provider, origin: str) -> LedgerHead:
    """The locked head of this chain, made by insert-or-ignore on first use."""
    key_id = next(iter(settings.LEDGER_KEYS))
    new = LedgerHead(provider=provider, origin=origin, chain=FIRST, key_id=key_id)
    if not LedgerHead.objects.filter(provider=provider, origin=origin).exists():
        LedgerHead.objects.bulk_create([new], ignore_conflicts=True)
    return locked_head(provider, origin)


def append(entry: Entry, head: LedgerHead) -> None:
    """Gives the entry its number and chain, and moves the head with it."""
    key_id, key = next(iter(settings.LEDGER_KEYS.items()))
    entry.origin, entry.number, entry.key_id = head.origin, head.number + 1, key_id
    entry.chain = chained(head.chain, entry.fields(), key=key, origin=head.origin)
    entry.save(force_insert=True)
    EntryKey.objects.create(key=entry.key, entry=entry.id)
    head.number, head.chain, head.key_id = entry.number, entry.chain, key_id
    head.seal = head_seal(head, key)
    head.save(update_fields=["number", "chain", "key_id", "seal"])


def head_seal(head: LedgerHead, key: str) -> str:
    """HMAC over what a head says, so that it cannot be set back by hand."""
    said = {"provider": head.provider_id, "origin": head.origin, "number": head.number, "chain": head.chain}
    return mac(said, key=key, purpose=f"tandem ledger head {head.origin}")


@transaction.atomic
def reverse(*, entry: Entry, reason: str, by: User, at: datetime) -> Entry:
    """Takes a mistaken fact back by a new entry; the reason stays outside the chain. Reversing twice is once."""
    key = uuid5(entry.key, "reversed")
    reversal = record(
        key=key,
        provider=entry.provider,
        programme=entry.programme,
        kind=REVERSED,
        subject=entry.subject,
        facts={"entry": str(entry.key), "kind": entry.kind},
        happened_at=at,
        by=by,
        at=at,
    )
    ReversalReason.objects.get_or_create(key=key, defaults={"reason": reason})
    return reversal
