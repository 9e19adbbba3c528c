"""What becomes of planned meetings when their group ends or gets another supervisor."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lms.notices.models import Notice
from lms.people.models import User
from supervision.groups import registry
from supervision.groups.actions import change_group, end_group
from supervision.groups.models import SupervisionGroup
from supervision.groups.queries import going_members
from supervision.sessions.actions import open_lobby, plan, remind_due
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import member_of

ClientOf = Callable[[User], Client]
GROUP = "Tuesday group, Lakeside"


@pytest.fixture
def series(group: SupervisionGroup, grace: User, now: datetime) -> list[SupervisionSession]:
    """Three weeks, led by Grace, beginning in three days."""
    return plan(
        cohort=group.cohort,
        group=group,
        title="Tuesday",
        starts=[now + timedelta(days=3, weeks=number) for number in range(3)],
        rhythm="weekly",
        time_zone=group.time_zone,
        minutes=60,
        facilitator=grace,
        focus="",
        lesson=None,
        by=grace,
        at=now - timedelta(days=1),
    )


def handed_to(group: SupervisionGroup, supervisor: User, by: User, at: datetime, **fields: object) -> None:
    names = ("name", "kind", "co_supervisor", "time_zone", "cadence")
    told = {name: getattr(group, name) for name in names}
    told |= {"providers": [member.provider_id for member in going_members(group)]}
    change_group(**{"group": group, "supervisor": supervisor, "by": by, "at": at, **told, **fields})


def told() -> list[tuple[str, str, str]]:
    rows = Notice.objects.exclude(kind="meeting.reminder").select_related("person").order_by("person__username")
    return [(row.person.username, row.kind, row.text) for row in rows]


# ending


def test_a_group_that_ends_cancels_what_is_planned_and_each_is_told_once(
    group: SupervisionGroup, series: list[SupervisionSession], joseph: User, now: datetime
) -> None:
    at = series[0].starts_at - timedelta(hours=20)
    remind_due(at=at)

    for _ in range(2):
        end_group(group=group, by=joseph, at=at)

    rows = SupervisionSession.objects.all()
    assert {(row.state, row.sequence) for row in rows} == {("cancelled", 1)}
    sentence = (
        f"{GROUP} does not meet on Friday 20 March, 2:00 PM: the meeting is cancelled. "
        "The meetings after it are cancelled too."
    )
    assert told() == [(name, "meeting.cancelled", sentence) for name in ("amina", "brian", "grace")]
    assert set(Notice.objects.filter(kind="meeting.reminder").values_list("why", flat=True)) == {"called_off"}
    assert remind_due(at=series[1].starts_at - timedelta(hours=1)) == 0


def test_a_meeting_whose_doors_are_open_goes_on_when_its_group_ends(
    group: SupervisionGroup, series: list[SupervisionSession], grace: User, now: datetime
) -> None:
    open_lobby(session=series[0], by=grace, at=now)

    end_group(group=group, by=grace, at=now)

    found = SupervisionSession.objects.order_by("starts_at")
    assert [row.state for row in found] == ["lobby", "cancelled", "cancelled"]


def test_the_page_says_how_many_meetings_end_with_the_group(
    client_of: ClientOf, group: SupervisionGroup, series: list[SupervisionSession], joseph: User, amina: User
) -> None:
    address = reverse("supervision:group", args=[group.pk])
    managing, learning = client_of(joseph), client_of(amina)

    page = managing.get(address)
    managing.post(reverse("supervision:group-end", args=[group.pk]), {"sure": "1"})

    assert "3 planned meetings are cancelled, and their people are told." in page.content.decode()
    assert [browser.get(address).context["planned"] for browser in (managing, learning)] == [0, 0]


# another supervisor


def test_a_new_supervisor_leads_what_the_old_one_was_to_lead_and_both_are_told(
    group: SupervisionGroup, series: list[SupervisionSession], halima: User, grace: User, joseph: User, now: datetime
) -> None:
    remind_due(at=series[0].starts_at - timedelta(hours=24))

    handed_to(group, halima, joseph, series[0].starts_at - timedelta(hours=20))

    rows = SupervisionSession.objects.all()
    assert {row.facilitator for row in rows} == {halima}
    assert {member_of(row, grace) for row in rows} == {None}
    assert told() == [
        ("grace", "meeting.led", f"Halima now leads the meetings of {GROUP}. You do not lead them any more."),
        (
            "halima",
            "meeting.led",
            f"You now lead the meetings of {GROUP}. The next one is on Friday 20 March, 2:00 PM.",
        ),
    ]
    reminders = Notice.objects.filter(kind="meeting.reminder").order_by("person__username")
    assert [(row.person.username, row.why) for row in reminders] == [
        ("amina", ""),
        ("brian", ""),
        ("grace", "called_off"),
    ]
    assert dict(Notice.objects.filter(kind="meeting.led").values_list("person__username", "link")) == {
        "grace": reverse("supervision:index"),
        "halima": reverse("supervision:session", args=[series[0].pk]),
    }


def test_who_stands_in_and_what_has_begun_stay_and_who_hands_over_tells_herself_nothing(
    group: SupervisionGroup, series: list[SupervisionSession], halima: User, grace: User, joseph: User, now: datetime
) -> None:
    open_lobby(session=series[0], by=grace, at=now)
    SupervisionSession.objects.filter(pk=series[1].pk).update(facilitator=joseph)

    handed_to(group, halima, grace, now, co_supervisor=grace)

    found = SupervisionSession.objects.order_by("starts_at")
    assert [row.facilitator for row in found] == [grace, joseph, halima]
    assert [name for name, *_ in told()] == ["halima"]


def test_who_stays_as_co_supervisor_is_still_reminded(
    group: SupervisionGroup, series: list[SupervisionSession], halima: User, grace: User, joseph: User
) -> None:
    at = series[0].starts_at - timedelta(hours=24)
    remind_due(at=at)

    handed_to(group, halima, joseph, at, co_supervisor=grace)

    assert set(Notice.objects.filter(kind="meeting.reminder").values_list("why", flat=True)) == {""}


def test_another_name_hands_nothing_over(
    group: SupervisionGroup, series: list[SupervisionSession], grace: User, joseph: User, now: datetime
) -> None:
    handed_to(group, grace, joseph, now, name="Wednesday group")

    assert set(SupervisionSession.objects.values_list("facilitator", flat=True)) == {grace.pk}
    assert told() == []


def test_nobody_hears_of_meetings_that_are_over(
    group: SupervisionGroup, series: list[SupervisionSession], halima: User, joseph: User
) -> None:
    handed_to(group, halima, joseph, series[2].starts_at + timedelta(hours=1))

    assert told() == []


def test_two_parts_of_one_name_are_an_error() -> None:
    with pytest.raises(ValueError, match="meetings follows groups twice"):
        registry.register("meetings", registry.parts["meetings"])
