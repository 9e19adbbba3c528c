"""Questions about entries and chains."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Replace

from lms.ledger.models import Entry, EntryKey, LedgerDigest, LedgerHead
from lms.people.models import Provider

REVERSED = "entry.reversed"


def entries_of(
    provider: Provider | UUID, programme: Model | UUID | None = None, kinds: Iterable[str] = ()
) -> list[Entry]:
    """A provider's entries in order, without reversed ones and without the reversals."""
    found = Entry.objects.filter(provider=provider)
    if programme is not None:
        found = found.filter(programme=programme)
    if kinds:
        found = found.filter(kind__in=[*kinds, REVERSED])
    return standing_entries(found.order_by("happened_at", "number"))


def own_entries(person: Any) -> list[Entry]:
    """Everything that was recorded about the provider that this person is, in order, asked once per request."""
    if not hasattr(person, "_entries"):
        found = Entry.objects.filter(provider__user_id=person.pk).order_by("happened_at", "number")
        person._entries = standing_entries(found)
    return person._entries


def entries_of_many(
    providers: Iterable[UUID], programme: Model | UUID | None = None, kinds: Iterable[str] = ()
) -> dict[UUID, list[Entry]]:
    """The same for many providers in one query: provider id -> entries in order (absent: none)."""
    found = Entry.objects.filter(provider__in=list(providers))
    if programme is not None:
        found = found.filter(programme=programme)
    if kinds:
        found = found.filter(kind__in=[*kinds, REVERSED])
    grouped: dict[UUID, list[Entry]] = {}
    for entry in standing_entries(found.order_by("happened_at", "number")):
        grouped.setdefault(entry.provider_id, []).append(entry)
    return grouped


def standing_entries(entries: Iterable[Entry]) -> list[Entry]:
    """Leaves out reversals and what they reversed."""
    found = list(entries)
    undone = {entry.facts["entry"] for entry in found if entry.kind == REVERSED}
    return [entry for entry in found if entry.kind != REVERSED and str(entry.key) not in undone]


def entries_with(
    fact: str, value: str, *, providers: Iterable[UUID], programme: Model | UUID, kinds: Iterable[str]
) -> list[Entry]:
    """The standing entries of these providers and kinds in which a fact says this, in order."""
    told = Q(kind__in=list(kinds)) & Q(**{f"facts__{fact}": value})
    found = Entry.objects.filter(told | Q(kind=REVERSED), provider__in=list(providers), programme=programme)
    return standing_entries(found.order_by("provider_id", "happened_at", "number"))


def keys_among(keys: Iterable[UUID]) -> set[UUID]:
    """Which of these keys an entry was ever recorded under, taken back or not."""
    return set(EntryKey.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def entries_since(since: datetime, kinds: Iterable[str]) -> QuerySet[Entry]:
    """Standing entries of these kinds that happened from then on; to be narrowed by who asks.

    Keys are compared without dashes: SQLite keeps them so.
    """
    undone = Entry.objects.filter(provider=OuterRef("provider"), kind=REVERSED).annotate(
        undone=Replace(KeyTextTransform("entry", "facts"), Value("-"), output_field=TextField())
    )
    found = Entry.objects.filter(kind__in=list(kinds), happened_at__gte=since)
    found = found.annotate(plain=Replace(Cast("key", TextField()), Value("-"), output_field=TextField()))
    return found.filter(~Exists(undone.filter(undone=OuterRef("plain"))))


def entry_by_key(key: UUID) -> Entry | None:
    """The entry that was recorded under a key."""
    kept = EntryKey.objects.filter(key=key).first()
    return Entry.objects.get(pk=kept.entry) if kept else None


def locked_head(provider: Provider, origin: str) -> LedgerHead:
    """The head of a chain under its row lock; it must exist."""
    return LedgerHead.objects.select_for_update().get(provider=provider, origin=origin)


def all_entries_by_chain() -> Iterator[Entry]:
    """Every entry, chain by chain, in order of number, streamed."""
    return Entry.objects.order_by("provider_id", "origin", "number").iterator(chunk_size=2000)


def all_heads() -> QuerySet[LedgerHead]:
    """Every head, in a fixed order."""
    return LedgerHead.objects.order_by("provider_id", "origin")


def keys_without_entry() -> QuerySet[EntryKey]:
    """Keys whose entry is gone: somebody removed it."""
    return EntryKey.objects.exclude(Exists(Entry.objects.filter(pk=OuterRef("entry"), key=OuterRef("key"))))


def entries_without_key() -> QuerySet[Entry]:
    """Entries that were not recorded by us: their key was never taken."""
    return Entry.objects.exclude(Exists(EntryKey.objects.filter(key=OuterRef("key"), entry=OuterRef("pk"))))


def last_digest() -> LedgerDigest | None:
    """The newest signed digest of all heads."""
    return LedgerDigest.objects.order_by("-at").first()
