"""Making, changing and ending groups, and signing what they promise."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from lms.people.models import User
from lms.people.rules import Invalid
from lms.programmes.actions import grant
from supervision.groups import rules
from supervision.groups.actions import change_group, end_group, sign_agreement, write_agreement
from supervision.groups.models import GroupMember, SupervisionGroup
from supervision.groups.queries import groups_of, newest_agreement, signers_of
from supervision.groups.rules import day_after, days_of, instant, moved, size_words

MakeGroup = Callable[..., SupervisionGroup]


def names_of(group: SupervisionGroup) -> list[str]:
    return [signer.person.username for signer in signers_of(group, newest_agreement(group))]


def changed(group: SupervisionGroup, by: User, at: datetime, **fields: object) -> SupervisionGroup:
    told = {name: getattr(group, name) for name in ("name", "kind", "supervisor", "co_supervisor")}
    told |= {"time_zone": group.time_zone, "cadence": group.cadence, "providers": []}
    return change_group(**{"group": group, "by": by, "at": at, **told, **fields})


def test_a_group_has_its_people_and_an_agreement_that_all_are_asked_to_sign(group: SupervisionGroup) -> None:
    agreement = newest_agreement(group)

    assert names_of(group) == ["grace", "amina", "brian"]
    assert agreement.lines[0] == (
        "Supervision is separate from line management. What I say here is never used to judge my work or my pay."
    )
    assert [signer.signed_at for signer in signers_of(group, agreement)] == [None] * 3


@pytest.mark.parametrize("name", ["amina", "stranger", "samuel", "lena"])
def test_nobody_else_makes_or_changes_groups(
    name: str, make_group: MakeGroup, group: SupervisionGroup, request: pytest.FixtureRequest, now: datetime
) -> None:
    person = request.getfixturevalue(name)

    with pytest.raises(rules.NotYourGroup):
        make_group([], by=person, name="Mine")
    with pytest.raises(rules.NotYourGroup):
        changed(group, person, now)
    with pytest.raises(rules.NotYourGroup):
        end_group(group=group, by=person, at=now)
    with pytest.raises(rules.NotYourGroup):
        write_agreement(group=group, text="Mine", by=person, at=now)


def test_a_manager_makes_groups_too(make_group: MakeGroup, amina: User, joseph: User) -> None:
    assert make_group([amina], by=joseph).created_by == joseph


def test_a_supervisor_of_another_place_or_cohort_may_not(
    group: SupervisionGroup, lena: User, fresh: Callable[[User], User], world: SimpleNamespace, now: datetime
) -> None:
    grant(user=lena, role="supervisor", programme=world.programme, cohort=world.second_cohort, by=None, at=now)

    with pytest.raises(rules.NotYourGroup):
        changed(group, fresh(lena), now)


def test_people_of_elsewhere_are_refused(
    make_group: MakeGroup, stranger: User, samuel: User, amina: User, grace: User
) -> None:
    with pytest.raises(rules.OutsideCohort):
        make_group([amina, stranger])
    with pytest.raises(rules.OutsideCohort):
        make_group([amina], supervisor=samuel)
    with pytest.raises(rules.SameSupervisorTwice):
        make_group([amina], co_supervisor=grace)
    with pytest.raises(rules.SupervisorMissing):
        make_group([amina], supervisor=None)
    with pytest.raises(Invalid):
        make_group([amina], time_zone="Mars/Base")


def test_peers_have_no_supervisor_whatever_was_chosen(make_group: MakeGroup, amina: User, grace: User) -> None:
    group = make_group([amina], kind="peer", supervisor=grace)

    assert (group.supervisor, names_of(group)) == (None, ["amina"])


def test_a_group_of_peers_stays_one(peers: SupervisionGroup, group: SupervisionGroup, grace: User, now) -> None:
    with pytest.raises(rules.KindStays):
        changed(peers, grace, now, kind="supervised", supervisor=grace)
    with pytest.raises(rules.KindStays):
        changed(group, grace, now, kind="peer")


def test_two_groups_of_one_programme_have_two_names(make_group: MakeGroup, group: SupervisionGroup, now, grace) -> None:
    with pytest.raises(rules.NameTaken):
        make_group([])
    end_group(group=group, by=grace, at=now)

    assert make_group([]).name == group.name


def test_who_is_taken_out_left_and_who_comes_back_has_a_second_row(
    group: SupervisionGroup, amina: User, brian: User, grace: User, now: datetime
) -> None:
    later = now + timedelta(days=1)

    changed(group, grace, later, providers=[amina.provider.pk])
    assert names_of(group) == ["grace", "amina"]
    changed(group, grace, later, providers=[amina.provider.pk, brian.provider.pk])

    assert names_of(group) == ["grace", "amina", "brian"]
    rows = GroupMember.objects.filter(group=group, provider=brian.provider).order_by("joined_at")
    assert [(row.joined_at, row.left_at) for row in rows] == [(now, later), (later, None)]


def test_a_group_that_ended_changes_no_more(group: SupervisionGroup, amina: User, grace: User, now: datetime) -> None:
    end_group(group=group, by=grace, at=now)

    assert groups_of(amina) == []
    with pytest.raises(rules.GroupEnded):
        changed(group, grace, now)


def test_each_signs_once_and_a_new_text_is_signed_anew(
    group: SupervisionGroup, amina: User, grace: User, now: datetime
) -> None:
    first = newest_agreement(group)
    signed = [sign_agreement(agreement=first, by=amina, at=now + timedelta(hours=n)).signed_at for n in (0, 1)]

    assert signed == [now, now]
    assert [one.signed for one in groups_of(amina)] == [True]
    second = write_agreement(group=group, text="We are on time.\nWe listen.", by=grace, at=now)
    assert (second.version, second.lines) == (2, ["We are on time.", "We listen."])
    assert [one.signed for one in groups_of(amina)] == [False]
    assert write_agreement(group=group, text="We are on time.\r\nWe listen.\n", by=grace, at=now) == second
    with pytest.raises(rules.NotToSign):
        sign_agreement(agreement=first, by=amina, at=now)


@pytest.mark.parametrize("name", ["joseph", "stranger", "admin"])
def test_who_does_not_belong_signs_nothing(
    name: str, group: SupervisionGroup, request: pytest.FixtureRequest, now: datetime
) -> None:
    with pytest.raises(rules.NotToSign):
        sign_agreement(agreement=newest_agreement(group), by=request.getfixturevalue(name), at=now)


@pytest.mark.parametrize(
    "wrong",
    [{"supervisor": None}, {"kind": "peer"}, {"kind": "other"}, {"cadence": "never"}, {"co_supervisor": "same"}],
)
def test_the_database_keeps_groups_whole(group: SupervisionGroup, wrong: dict[str, object]) -> None:
    told = {name: group.supervisor if value == "same" else value for name, value in wrong.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionGroup.objects.filter(pk=group.pk).update(**told)


def test_nobody_is_in_a_group_twice_at_a_time(group: SupervisionGroup, amina: User, grace: User, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupMember.objects.create(group=group, provider=amina.provider, joined_at=now, added_by=grace)


@pytest.mark.parametrize(("count", "said"), [(3, "This one has 3"), (4, ""), (8, ""), (9, "think of two groups")])
def test_four_to_eight_people_are_suggested(count: int, said: str) -> None:
    words = size_words(count)

    assert said in words
    assert bool(words) == bool(said)


# time by the clocks of a place


def test_meetings_keep_their_clock_over_summer_time() -> None:
    days = days_of(date(2026, 3, 17), "weekly", times=4, until=None)

    starts = [instant(day, time(14), "Europe/Berlin").isoformat() for day in days]

    assert starts == [
        "2026-03-17T13:00:00+00:00",
        "2026-03-24T13:00:00+00:00",
        "2026-03-31T12:00:00+00:00",
        "2026-04-07T12:00:00+00:00",
    ]


def test_a_time_that_is_skipped_or_comes_twice_is_still_one_moment() -> None:
    assert instant(date(2026, 3, 29), time(2, 30), "Europe/Berlin").isoformat() == "2026-03-29T01:30:00+00:00"
    assert instant(date(2026, 10, 25), time(2, 30), "Europe/Berlin").isoformat() == "2026-10-25T00:30:00+00:00"


def test_a_meeting_moves_by_days_of_its_place() -> None:
    before = instant(date(2026, 3, 24), time(14), "Europe/Berlin")

    after = moved(before, "Europe/Berlin", days=7, clock=time(9, 15))

    assert after == instant(date(2026, 3, 31), time(9, 15), "Europe/Berlin")


@pytest.mark.parametrize(
    ("first", "following"),
    [
        (date(2026, 3, 10), [date(2026, 4, 14), date(2026, 5, 12)]),  # the second Tuesday
        (date(2026, 3, 31), [date(2026, 4, 28), date(2026, 5, 26)]),  # the fifth, else the last
        (date(2026, 12, 1), [date(2027, 1, 5), date(2027, 2, 2)]),
    ],
)
def test_every_month_means_the_same_weekday_of_the_month(first: date, following: list[date]) -> None:
    assert [day_after(first, "monthly", number) for number in (1, 2)] == following


@pytest.mark.parametrize(
    ("rhythm", "times", "until", "count", "last"),
    [
        ("once", 5, None, 1, date(2026, 3, 17)),
        ("two_weeks", 3, None, 3, date(2026, 4, 14)),
        ("three_weeks", None, date(2026, 4, 28), 3, date(2026, 4, 28)),
        ("weekly", 10, date(2026, 3, 30), 2, date(2026, 3, 24)),
        ("weekly", 1000, None, 60, date(2027, 5, 4)),
    ],
)
def test_a_series_ends_after_so_many_or_on_a_day(
    rhythm: str, times: int | None, until: date | None, count: int, last: date
) -> None:
    days = days_of(date(2026, 3, 17), rhythm, times=times, until=until)

    assert (len(days), days[-1]) == (count, last)
