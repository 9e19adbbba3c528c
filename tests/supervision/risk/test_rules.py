"""Which step follows which, who is on call, who is told next, which days: on plain values."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from supervision.risk import rules
from supervision.risk.rules import Shift, SomebodyHasIt, WrongStep, gaps, next_round, on_now, rounds, state_of

NAIROBI = ZoneInfo("Africa/Nairobi")
SATURDAY_NIGHT = datetime(2026, 3, 21, 20, 0, tzinfo=UTC)  # 11 pm in Kisumu


@dataclass(frozen=True)
class One:
    pk: UUID


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (["raised"], "raised"),
        (["raised", "told", "seen"], "raised"),
        (["raised", "told", "acknowledged"], "acknowledged"),
        (["raised", "acknowledged", "passed_on"], "raised"),
        (["raised", "acknowledged", "acting"], "acting"),
        (["raised", "acknowledged", "acting", "handed_over"], "handed_over"),
        (["raised", "acknowledged", "acting", "plan_made"], "safety_plan_made"),
        (["raised", "acknowledged", "plan_made", "follow_up_planned"], "follow_up"),
        (["raised", "acknowledged", "plan_made", "follow_up_planned", "follow_up_done", "words"], "follow_up"),
        (["raised", "acknowledged", "closed"], "closed"),
        (["raised", "acknowledged", "closed", "reopened"], "raised"),
    ],
)
def test_the_state_is_what_the_steps_lead_to(steps: list[str], state: str) -> None:
    assert state_of(steps) == state


@pytest.mark.parametrize(
    "steps",
    [
        ["acknowledged"],
        ["raised", "raised"],
        ["raised", "closed"],
        ["raised", "acting"],
        ["raised", "acknowledged", "follow_up_planned"],
        ["raised", "acknowledged", "told"],
        ["raised", "acknowledged", "closed", "acting"],
        ["raised", "reopened"],
    ],
)
def test_a_step_that_may_not_follow_is_refused(steps: list[str]) -> None:
    with pytest.raises(WrongStep):
        state_of(steps)


def test_whoever_comes_second_hears_that_somebody_has_it() -> None:
    with pytest.raises(SomebodyHasIt):
        state_of(["raised", "acknowledged", "acknowledged"])


def test_every_state_that_is_named_can_be_reached_and_every_step_named_in_the_picture() -> None:
    assert {leads for _, leads in rules.STEPS.values() if leads} == set(rules.STATES)
    assert set(rules.PRESSED) <= set(rules.STEPS)


def test_time_runs_from_when_somebody_was_told(now: datetime) -> None:
    told = now - timedelta(minutes=10)

    assert rules.is_overdue("raised", told, 10, now)
    assert not rules.is_overdue("raised", told, 11, now)
    assert not rules.is_overdue("acknowledged", told, 10, now)


def test_the_first_on_call_stands_before_the_second_and_nights_run_into_the_morning() -> None:
    day = Shift("day", 1, "0123456", time(8), time(20))
    night = Shift("night", 2, "5", time(20), time(8))
    always = Shift("always", 1, "0123456", time(0), time(0))
    once = Shift("once", 1, starts_at=SATURDAY_NIGHT, ends_at=SATURDAY_NIGHT + timedelta(hours=1))

    held = on_now([day, night, always, once], SATURDAY_NIGHT, NAIROBI)
    sunday_morning = on_now([day, night], SATURDAY_NIGHT + timedelta(hours=8), NAIROBI)
    sunday_noon = on_now([day, night], SATURDAY_NIGHT + timedelta(hours=13), NAIROBI)

    assert [shift.person for shift in held] == ["always", "once", "night"]
    assert [shift.person for shift in sunday_morning] == ["night"]
    assert [shift.person for shift in sunday_noon] == ["day"]


def test_a_shift_that_ended_an_hour_ago_does_not_hold() -> None:
    once = Shift("once", 1, starts_at=SATURDAY_NIGHT - timedelta(hours=2), ends_at=SATURDAY_NIGHT)

    assert on_now([once], SATURDAY_NIGHT, NAIROBI) == []


def test_a_gap_is_named_from_its_first_to_its_last_moment() -> None:
    monday = datetime(2026, 3, 16, 9, 0, tzinfo=NAIROBI)
    all_but_saturday_night = [
        Shift("a", 1, "012346", time(0), time(0)),
        Shift("b", 2, "5", time(0), time(18)),
    ]

    found = gaps(all_but_saturday_night, monday, 7, NAIROBI)

    assert found == [(datetime(2026, 3, 21, 18, 0, tzinfo=NAIROBI), datetime(2026, 3, 22, 0, 0, tzinfo=NAIROBI))]
    assert gaps([Shift("a", 1, "0123456", time(0), time(0))], monday, 7, NAIROBI) == []
    assert gaps([], monday, 7, NAIROBI) == [(monday, monday + timedelta(days=7))]


def everybody(person: One) -> bool:
    return True


def test_each_is_told_once_in_the_first_round_that_names_them_and_never_who_pressed() -> None:
    a, b, c, d = (One(uuid4()) for _ in range(4))

    chain = rounds([a], [b, a], [c, d, b], [], [d], without=d)

    assert chain == [[a], [b], [c]]
    assert next_round(chain, set(), everybody) == ([a], [])
    assert next_round(chain, {a.pk}, everybody) == ([b], [])
    assert next_round(chain, {a.pk, b.pk, c.pk}, everybody) == ([], [])


def test_who_cannot_be_reached_is_passed_over_at_once_and_named() -> None:
    a, b, c, d = (One(uuid4()) for _ in range(4))
    chain = [[a], [b, c], [d]]

    assert next_round(chain, set(), lambda one: one in (c, d)) == ([c], [a, b])
    assert next_round(chain, {c.pk}, lambda one: one in (c, d)) == ([d], [a, b])
    assert next_round(chain, set(), lambda one: False) == ([], [a, b, c, d])


@pytest.mark.parametrize(
    ("day", "hour", "which"),
    [(17, 7, ""), (17, 8, "today"), (18, 23, ""), (16, 7, ""), (16, 8, "missed")],
)
def test_who_looks_is_reminded_in_the_morning_of_the_day_and_of_the_next(day: int, hour: int, which: str) -> None:
    local = datetime(2026, 3, 17, hour, tzinfo=NAIROBI)

    assert rules.reminder_for(date(2026, 3, day), local) == which


def test_follow_ups_are_weekly_for_two_months_and_then_every_two_to_four_weeks() -> None:
    days = rules.follow_up_days(date(2026, 3, 24), 3)

    steps = [(after - before).days for before, after in itertools.pairwise(days)]
    assert steps == [7] * 7 + [21] * 4


def test_the_median_is_in_whole_minutes() -> None:
    assert rules.median_minutes([timedelta(minutes=2), timedelta(minutes=9), timedelta(seconds=270)]) == 4
    assert rules.median_minutes([]) is None
