"""Random histories of recording, reversing and tampering: what is whole is called whole, what is touched is found."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from lms.ledger import registry
from lms.ledger.actions import record, reverse
from lms.ledger.models import Entry, EntryKey, LedgerHead
from lms.ledger.queries import entries_of
from lms.ledger.registry import EntryKind
from lms.ledger.tasks import faults, lift_guards, remake_guards
from lms.people.models import User
from tests.conftest import NOW

KIND = "history.walked"
pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.timeout(1200)]
STEPS = some.lists(
    some.tuples(some.sampled_from(["record", "again", "reverse"]), some.integers(0, 9), some.integers(-4000, 4000)),
    min_size=1,
    max_size=25,
)
HANDS = some.sampled_from(["facts", "time", "number", "kind", "delete", "delete with key", "head", "insert"])


@pytest.fixture(autouse=True)
def walking(settings: SimpleNamespace, tmp_path: object) -> None:
    """A kind of this test's own, registered once."""
    settings.VAR = tmp_path
    registry.kinds.setdefault(KIND, EntryKind(KIND, {"steps": int}, lambda facts: "Walked"))


def live(world: SimpleNamespace, person: User, steps: list[tuple[str, int, int]]) -> list[int]:
    """Does what the steps say; gives what should stand: steps walked, once for each fact that was not taken back last.

    A fact that was taken back can be earned again under the key of its first sending.
    """
    walked: dict[UUID, int] = {}
    standing: dict[UUID, Entry] = {}
    for act, number, hours in steps:
        key = uuid4() if act == "record" or not walked else list(walked)[number % len(walked)]
        walked.setdefault(key, number)
        if act == "reverse" and key in standing:
            reverse(entry=standing.pop(key), reason="History", by=person, at=NOW)
            continue
        entry = record(
            key=key,
            provider=person.provider,
            programme=world.programme,
            kind=KIND,
            facts={"steps": walked[key]},
            happened_at=NOW + timedelta(hours=hours),
            by=person,
            at=NOW,
        )
        assert standing.setdefault(key, entry).pk == entry.pk
    return sorted(walked[key] for key in standing)


def touch(hand: str, number: int) -> None:
    """What somebody with the database and without the keys may try."""
    entry = Entry.objects.order_by("number")[number % Entry.objects.count()]
    changes = {
        "facts": {"facts": {"steps": 77}},
        "time": {"happened_at": entry.happened_at - timedelta(days=1)},
        "number": {"number": 9999},
        "kind": {"kind": "history.flew"},
    }
    if hand in changes:
        Entry.objects.filter(pk=entry.pk).update(**changes[hand])
    elif hand == "head":
        LedgerHead.objects.update(chain="f" * 64)
    elif hand == "insert":
        entry.pk, entry.key, entry.number = uuid4(), uuid4(), Entry.objects.count() + 1
        entry.save(force_insert=True)
    else:
        Entry.objects.filter(pk=entry.pk).delete()
        if hand == "delete with key":
            EntryKey.objects.filter(key=entry.key).delete()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, hand=HANDS, number=some.integers(0, 100))
def test_a_whole_ledger_is_called_whole_and_a_touched_one_is_not(
    world: SimpleNamespace, make_learner: object, steps: list[tuple[str, int, int]], hand: str, number: int
) -> None:
    person = make_learner(f"walker-{uuid4().hex[:8]}", "Walker")
    lift_guards()
    for model in (Entry, EntryKey, LedgerHead):
        model.objects.all().delete()
    remake_guards()

    stands = live(world, person, steps)

    assert sorted(entry.facts["steps"] for entry in entries_of(person.provider)) == stands
    assert list(faults()) == []

    lift_guards()
    touch(hand, number)
    remake_guards()
    assert list(faults()) != []
