"""Entries, chains and heads: what is recorded stays, and every way of changing it is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from lms.ledger import registry
from lms.ledger.actions import record, reverse
from lms.ledger.models import Entry, EntryKey, LedgerHead, ReversalReason
from lms.ledger.queries import entries_of
from lms.ledger.registry import EntryKind
from lms.ledger.rules import KeyConflict, UnknownFact
from lms.ledger.tasks import GuardsStay, faults, lift_guards, remake_guards, write_digest
from lms.people.models import User

KIND = "test.walked"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def walking(settings: SimpleNamespace, tmp_path: object) -> Iterator[None]:
    """A kind of entry of this test's own, and a folder for signed lists."""
    settings.VAR = tmp_path
    registry.register(EntryKind(KIND, {"steps": int, "where": str}, lambda facts: f"Walked {facts['steps']} steps"))
    yield
    del registry.kinds[KIND]


@pytest.fixture
def walk(world: SimpleNamespace, amina: User, now: datetime) -> Callable[..., Entry]:
    """Records that Amina walked."""

    def recorded(steps: int, key: UUID | None = None, **other: object) -> Entry:
        fields = {
            "key": key or uuid4(),
            "provider": amina.provider,
            "programme": world.programme,
            "kind": KIND,
            "facts": {"steps": steps, "where": "market"},
            "happened_at": now,
            "by": amina,
            "at": now,
        }
        return record(**{**fields, **other})

    return recorded


@contextmanager
def without_guards() -> Iterator[None]:
    """What somebody could do who owns the database but not the keys."""
    lift_guards()
    yield
    remake_guards()


def sql(statement: str, *values: object) -> None:
    """One statement past all of our code."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def raw(key: UUID) -> str:
    """An id as this database stores it."""
    return key.hex if connection.vendor == "sqlite" else str(key)


def sentences() -> list[str]:
    """What the check says now."""
    return [fault.sentence for fault in faults()]


def test_numbers_are_gapless_in_order_of_arrival(walk: Callable[..., Entry], now: datetime) -> None:
    first = walk(10)
    late = walk(20, happened_at=now - timedelta(days=30))

    assert [(first.number, first.happened_at), (late.number, late.happened_at)] == [
        (1, now),
        (2, now - timedelta(days=30)),
    ]
    assert sentences() == []


def test_the_same_key_counts_once(walk: Callable[..., Entry]) -> None:
    key = uuid4()

    first, again = walk(10, key), walk(10, key)

    assert first.pk == again.pk
    assert Entry.objects.count() == 1


def test_a_key_used_for_another_fact_is_refused(walk: Callable[..., Entry]) -> None:
    key = uuid4()
    walk(10, key)

    with pytest.raises(KeyConflict):
        walk(11, key)

    assert Entry.objects.get().facts == {"steps": 10, "where": "market"}


@pytest.mark.parametrize(
    "facts",
    [
        {"steps": 1},
        {"steps": 1, "where": "x", "name": "Amina"},
        {"steps": 1.5, "where": "x"},
        {"steps": True, "where": "x"},
    ],
    ids=["missing", "undeclared", "float", "bool for int"],
)
def test_only_declared_facts_are_taken(walk: Callable[..., Entry], facts: dict[str, object]) -> None:
    with pytest.raises(UnknownFact):
        walk(0, facts=facts)

    assert Entry.objects.count() == 0


def test_an_unknown_kind_is_an_error(walk: Callable[..., Entry]) -> None:
    with pytest.raises(UnknownFact):
        walk(1, kind="test.flew")


def test_a_device_time_in_the_future_becomes_ours(walk: Callable[..., Entry], now: datetime) -> None:
    assert walk(1, happened_at=now + timedelta(days=4000)).happened_at == now


def test_reversing_takes_the_fact_back_and_keeps_both_rows(
    walk: Callable[..., Entry], amina: User, now: datetime
) -> None:
    wrong, right = walk(10), walk(20)

    reversal = reverse(entry=wrong, reason="Counted twice", by=amina, at=now)
    again = reverse(entry=wrong, reason="Counted twice", by=amina, at=now)

    assert [entry.pk for entry in entries_of(amina.provider)] == [right.pk]
    assert (reversal.pk, Entry.objects.count()) == (again.pk, 3)
    assert ReversalReason.objects.get().reason == "Counted twice"
    assert sentences() == []


def test_a_fact_that_was_taken_back_can_be_earned_again(walk: Callable[..., Entry], amina: User, now: datetime) -> None:
    key = uuid4()
    for _ in range(2):
        reverse(entry=walk(10, key), reason="Wrong person", by=amina, at=now)

    third, again = walk(10, key), walk(10, key)

    assert third.pk == again.pk
    assert [entry.pk for entry in entries_of(amina.provider)] == [third.pk]
    assert sentences() == []


def test_followers_hear_each_new_entry_once(walk: Callable[..., Entry]) -> None:
    heard: list[int] = []
    registry.follow("test", lambda entry: heard.append(entry.facts["steps"]))
    key = uuid4()

    walk(10, key)
    walk(10, key)
    del registry.followers["test"]

    assert heard == [10]


def test_a_doubled_name_in_the_registries_is_an_error() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(EntryKind(KIND, {}, lambda facts: ""))
    with pytest.raises(ValueError, match="guarded twice"):
        registry.guard("lms_entry")


@pytest.mark.parametrize("statement", ["UPDATE lms_entry SET kind = 'x'", "DELETE FROM lms_entry"])
def test_the_database_refuses_to_change_an_entry(walk: Callable[..., Entry], statement: str) -> None:
    walk(10)

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        sql(statement)

    assert Entry.objects.get().kind == KIND


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
def test_the_database_refuses_to_truncate_the_ledger(walk: Callable[..., Entry]) -> None:
    walk(10)
    sql("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        sql("TRUNCATE lms_entry CASCADE")

    assert Entry.objects.count() == 1


def test_every_guarded_table_has_its_triggers_after_the_last_migration(db: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
            )
        guarded = [row[0] for row in cursor.fetchall()]

    assert {table: guarded.count(table) for table in registry.guarded_tables} == dict.fromkeys(
        registry.guarded_tables, 2
    )


def test_without_the_trigger_the_database_lets_it_happen(walk: Callable[..., Entry]) -> None:
    walk(10)

    with without_guards():
        sql("UPDATE lms_entry SET kind = 'test.flew'")

    assert Entry.objects.get().kind == "test.flew"


def test_guards_stay_where_people_work(walk: Callable[..., Entry], settings: SimpleNamespace) -> None:
    settings.LOCAL = False

    with pytest.raises(GuardsStay):
        lift_guards()


def test_edited_facts_are_found(walk: Callable[..., Entry], amina: User) -> None:
    walk(10), walk(20), walk(30)
    with without_guards():
        Entry.objects.filter(number=2).update(facts={"steps": 99, "where": "market"})

    assert [(fault.provider, fault.number, fault.sentence) for fault in faults()] == [
        (str(amina.provider.pk), 2, "this entry was altered, moved or put in without the key")
    ]


def test_a_deleted_last_entry_is_found(walk: Callable[..., Entry]) -> None:
    walk(10), walk(20)
    with without_guards():
        Entry.objects.filter(number=2).delete()

    assert sentences()[0] == "this entry is missing at the end of the chain"


def test_a_deleted_last_entry_with_its_key_and_a_head_set_back_is_found(walk: Callable[..., Entry]) -> None:
    first, last = walk(10), walk(20)
    with without_guards():
        Entry.objects.filter(pk=last.pk).delete()
        EntryKey.objects.filter(key=last.key).delete()
        LedgerHead.objects.update(number=1, chain=first.chain)

    assert sentences() == ["the head of this chain was altered"]


def test_a_deleted_entry_and_head_are_found(walk: Callable[..., Entry]) -> None:
    walk(10)
    with without_guards():
        Entry.objects.all().delete()
        LedgerHead.objects.all().delete()

    assert [sentence.split(" with ")[0] for sentence in sentences()] == ["the entry"]


def test_a_chain_deleted_with_all_its_traces_is_found_by_the_signed_list(
    walk: Callable[..., Entry], now: datetime
) -> None:
    walk(10)
    write_digest(at=now)
    with without_guards():
        Entry.objects.all().delete()
        EntryKey.objects.all().delete()
        LedgerHead.objects.all().delete()

    assert sentences() == ["this chain was longer or other when the last list was signed"]


def test_an_altered_signed_list_is_found(walk: Callable[..., Entry], now: datetime, settings: SimpleNamespace) -> None:
    walk(10)
    write_digest(at=now)
    (written,) = (settings.VAR / "ledger").glob("heads-*.json")
    written.write_text(written.read_text().replace(",1,", ",0,"))

    assert sentences() == [f"the signed list {written.name} was altered"]


def test_two_swapped_entries_are_found(walk: Callable[..., Entry]) -> None:
    first, second = walk(10), walk(20)
    with without_guards():
        Entry.objects.filter(pk=first.pk).update(number=77)
        Entry.objects.filter(pk=second.pk).update(number=1)
        Entry.objects.filter(pk=first.pk).update(number=2)

    assert sentences() == ["this entry was altered, moved or put in without the key"]


def test_an_entry_put_in_without_the_key_is_found(walk: Callable[..., Entry]) -> None:
    forged = walk(10)
    forged.pk, forged.key, forged.number = uuid4(), uuid4(), 2
    forged.facts = {"steps": 5000, "where": "market"}
    forged.save(force_insert=True)

    assert sentences() == [
        "this entry was altered, moved or put in without the key",
        "this entry was put in by hand",
    ]


def test_an_entry_under_a_lost_key_is_said_plainly(walk: Callable[..., Entry], settings: SimpleNamespace) -> None:
    walk(10)
    settings.LEDGER_KEYS = {"new": "n" * 40}

    assert sentences() == ["the key test of this entry is not in LEDGER_KEYS"]


def test_old_entries_hold_after_a_new_key(walk: Callable[..., Entry], settings: SimpleNamespace) -> None:
    walk(10)
    settings.LEDGER_KEYS = {"new": "n" * 40, **settings.LEDGER_KEYS}
    walk(20)

    assert sentences() == []
    assert list(Entry.objects.order_by("number").values_list("key_id", flat=True)) == ["test", "new"]


def test_the_command_names_the_first_broken_entry(walk: Callable[..., Entry], capsys: pytest.CaptureFixture) -> None:
    walk(10)
    call_command("verify_ledger")
    with without_guards():
        Entry.objects.update(facts={"steps": 99, "where": "market"})

    with pytest.raises(CommandError, match="The ledger is not whole: 1 fault"):
        call_command("verify_ledger")

    assert "entry 1: this entry was altered" in capsys.readouterr().out


def test_chains_of_two_people_do_not_touch(walk: Callable[..., Entry], brian: User) -> None:
    walk(10)
    other = walk(20, provider=brian.provider)

    assert other.number == 1
    assert sentences() == []
