"""What the ledger offers by time and after migrations: the database's own guards, signed digests, the check."""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from lms.ledger import registry
from lms.ledger.actions import head_seal
from lms.ledger.models import Entry, LedgerDigest, LedgerHead
from lms.ledger.queries import (
    all_entries_by_chain,
    all_heads,
    entries_without_key,
    keys_without_entry,
)
from lms.ledger.rules import FIRST, Fault, chained
from lms.people.queries import is_there_anybody
from lms.sealing.rules import canonical, mac

SENTENCE = "rows of this table never change"


def guard_statements(table: str, vendor: str) -> list[str]:
    """The SQL that makes the database refuse UPDATE, DELETE and TRUNCATE on a table."""
    if vendor == "sqlite":
        return [
            f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            for verb in ("update", "delete")
        ]
    return [
        "CREATE OR REPLACE FUNCTION tandem_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$",
        f'CREATE OR REPLACE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION tandem_refuse()",
        f'CREATE OR REPLACE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION tandem_refuse()",
    ]


def remake_guards(**_: Any) -> None:
    """Makes the triggers again after each migrate: a table rebuild on SQLite drops them without a word."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in registry.guarded_tables:
            if table in present:
                for statement in guard_statements(table, connection.vendor):
                    cursor.execute(statement)


class GuardsStay(Exception):
    """The guards are lifted only on a local run or over an empty database."""


def lift_guards() -> None:
    """Takes the triggers away, for a test's clean-up and for `restore` only; raises GuardsStay elsewhere."""
    if not settings.LOCAL and is_there_anybody():
        raise GuardsStay("The ledger's guards are lifted only on a local run or over an empty database.")
    with connection.cursor() as cursor:
        for table in registry.guarded_tables:
            if connection.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_update"')
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_delete"')
            elif table in connection.introspection.table_names():
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_change" ON "{table}"')
                cursor.execute(f'DROP TRIGGER IF EXISTS "{table}_no_truncate" ON "{table}"')


def faults() -> Iterator[Fault]:
    """The first fault of each broken chain, then keys, heads and digest; nothing when the ledger is whole."""
    heads = {(head.provider_id, head.origin): head for head in all_heads()}
    for (provider, origin), entries in groupby(all_entries_by_chain(), lambda e: (e.provider_id, e.origin)):
        fault = chain_fault(entries, heads.pop((provider, origin), None))
        if fault:
            yield Fault(str(provider), origin, *fault)
    for head in heads.values():
        if head.number:
            yield Fault(str(head.provider_id), head.origin, 1, "all entries of this chain were removed")
    for kept in keys_without_entry()[:100]:
        yield Fault("?", "?", 0, f"the entry with key {kept.key} was removed or exchanged")
    for entry in entries_without_key()[:100]:
        yield Fault(str(entry.provider_id), entry.origin, entry.number, "this entry was put in by hand")
    yield from digest_faults()


def chain_fault(entries: Iterator[Entry], head: LedgerHead | None) -> tuple[int, str] | None:
    """The number and sentence of the first thing wrong in one chain."""
    previous, number = FIRST, 0
    for entry in entries:
        number += 1
        if entry.number != number:
            return number, "this entry is missing"
        key = settings.LEDGER_KEYS.get(entry.key_id)
        if key is None:
            return number, f"the key {entry.key_id} of this entry is not in LEDGER_KEYS"
        if entry.chain != chained(previous, entry.fields(), key=key, origin=entry.origin):
            return number, "this entry was altered, moved or put in without the key"
        previous = entry.chain
    return head_fault(head, number, previous)


def head_fault(head: LedgerHead | None, number: int, chain: str) -> tuple[int, str] | None:
    """What is wrong with the head of a chain that ends here."""
    if head is None:
        return number, "the head of this chain was removed"
    if head.number > number:
        return number + 1, "this entry is missing at the end of the chain"
    key = settings.LEDGER_KEYS.get(head.key_id, "")
    if head.number != number or head.chain != chain or head.seal != head_seal(head, key):
        return number, "the head of this chain was altered"
    return None


def digest_folder() -> Path:
    """Where the signed lists of heads lie, outside the database."""
    folder = settings.VAR / "ledger"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@transaction.atomic
def write_digest(*, at: datetime) -> LedgerDigest:
    """Signs the list of all heads and keeps it in the database and, with the list, in var/."""
    heads = [[str(head.provider_id), head.origin, head.number, head.chain] for head in all_heads()]
    key_id, key = next(iter(settings.LEDGER_KEYS.items()))
    digest = sha256(canonical(heads)).hexdigest()
    said = {"at": at, "digest": digest}
    kept = LedgerDigest.objects.create(
        at=at,
        heads=len(heads),
        entries=sum(head[2] for head in heads),
        digest=digest,
        key_id=key_id,
        signature=mac(said, key=key, purpose="tandem ledger digest"),
    )
    written = {"at": at, "key_id": key_id, "signature": kept.signature, "heads": heads}
    path = digest_folder() / f"heads-{at:%Y%m%dT%H%M%S%f}.json"
    path.write_bytes(canonical(written))
    for old in sorted(digest_folder().glob("heads-*.json"))[:-14]:
        old.unlink()
    return kept


def digest_faults() -> Iterator[Fault]:
    """Heads that the newest signed list knows and the database no longer does, or at a lower number."""
    newest = max(digest_folder().glob("heads-*.json"), default=None)
    if newest is None:
        return
    written = json.loads(newest.read_bytes())
    said = {"at": written["at"], "digest": sha256(canonical(written["heads"])).hexdigest()}
    key = settings.LEDGER_KEYS.get(written["key_id"], "")
    if written["signature"] != mac(said, key=key, purpose="tandem ledger digest"):
        yield Fault("?", "?", 0, f"the signed list {newest.name} was altered")
        return
    now = {(str(head.provider_id), head.origin): head for head in all_heads()}
    for provider, origin, number, chain in written["heads"]:
        head = now.get((provider, origin))
        if head is None or head.number < number or (head.number == number and head.chain != chain):
            yield Fault(provider, origin, number, "this chain was longer or other when the last list was signed")
