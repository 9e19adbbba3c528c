"""What dangers add to other parts: registries that know no name twice, whom to call, the tick, the demo."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from lms.ledger.registry import guarded_tables
from lms.notices.models import Notice
from lms.people.models import User
from lms.programmes import registry as programmes
from lms.programmes.queries import numbers_of
from lms.programmes.tasks import build_demo_people
from lms.reporting import registry as reporting
from lms.templatetags.tandem import since
from supervision.risk import queries, rules, tasks
from supervision.risk import registry as risk
from supervision.risk.models import OnCallShift, RiskEscalation
from supervision.sessions import registry as sessions


@pytest.mark.parametrize(
    "again",
    [
        lambda: programmes.register_on_call("rota", queries.numbers_now),
        lambda: reporting.register_line(reporting.lines["risk"]),
        lambda: sessions.register(sessions.parts["risk"]),
        lambda: risk.follow("room", risk.followers["room"]),
    ],
)
def test_a_name_registered_twice_is_an_error(again: Callable[[], None]) -> None:
    with pytest.raises(ValueError, match="twice"):
        again()


def test_whom_to_call_is_the_rota_and_then_the_programme_each_number_once(
    world: SimpleNamespace, rota: None, grace: User, now: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    User.objects.filter(pk=grace.pk).update(name="Dr Peter Ouma", phone="+254 700 000 001")

    with django_assert_num_queries(1):
        found = numbers_of([world.programme, world.other_programme], at=now)

    assert [(programme.slug, [number.phone for number in numbers]) for programme, numbers in found] == [
        ("helping-kisumu", ["+254 700 000 001"]),
        ("helping-north", ["+254 700 000 003"]),
    ]


def test_the_tick_passes_on_what_nobody_took(danger: RiskEscalation, now: datetime) -> None:
    late = now + timedelta(minutes=10)

    assert programmes.ticks["urgent calls"](at=late) == 1
    assert programmes.ticks["urgent calls"](at=late) == 0


def test_what_nobody_took_is_passed_on_before_any_other_job_of_the_minute() -> None:
    assert programmes.tick_names(daily=False)[0] == "urgent calls"
    assert sorted(programmes.tick_names(daily=False)) != programmes.tick_names(daily=False)


def test_the_trail_is_among_the_guarded_tables() -> None:
    assert guarded_tables.count("supervision_riskevent") == 1


def test_seconds_count_until_there_are_minutes(now: datetime) -> None:
    waited = [since(now - timedelta(seconds=seconds), now).replace("\xa0", " ") for seconds in (-5, 1, 40, 130, 7300)]

    assert waited == ["0 seconds", "1 second", "40 seconds", "2 minutes", "2 hours"]


def test_the_demo_has_a_rota_and_a_danger_of_the_past_and_wakes_nobody(db: None, now: datetime) -> None:
    build_demo_people(at=now)

    for _ in range(2):
        tasks.build_demo(at=now)

    past = RiskEscalation.objects.get()
    kinds = [event.kind for event in queries.events_of(past)]
    assert (past.state, past.holder.username, rules.state_of(kinds)) == ("follow_up", "grace", "follow_up")
    assert [row.became for row in queries.follow_ups_of(past)] == ["done"] * 3 + ["missed"] + ["done"] * 4 + [""] * 4
    assert Notice.objects.filter(sent_at=None, dropped_at=None).count() == 0
    rows = OnCallShift.objects.order_by("position", "person__username").values_list("person__username", "position")
    assert list(rows) == [("grace", 1), ("joseph", 2), ("ruth", 2)]
    assert past.follow_ups.filter(became="").first().due > now.date()
