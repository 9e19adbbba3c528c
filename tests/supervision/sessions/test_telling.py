"""Who is told of a meeting: before it, when it moves or is cancelled, and when the group waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.notices.actions import choose, deliver_due
from lms.notices.models import Notice
from lms.people.models import User
from supervision.groups.models import SupervisionGroup
from supervision.sessions import rules
from supervision.sessions.actions import call_in, cancel, change, open_lobby, remind_due, schedule
from supervision.sessions.models import SupervisionSession

ClientOf = Callable[[User], Client]


@pytest.fixture
def coming(group: SupervisionGroup, grace: User, now: datetime) -> SupervisionSession:
    """A meeting of the group in three days."""
    told = {"cohort": group.cohort, "group": group, "title": "About Mary", "by": grace, "at": now}
    return schedule(starts_at=now + timedelta(days=3), **told)


def told(kind: str) -> list[tuple[str, str]]:
    """Who was told what, by name."""
    rows = Notice.objects.filter(kind=kind).select_related("person").order_by("person__name", "made_at")
    return [(row.person.username, row.text) for row in rows]


def moved(session: SupervisionSession, by: User, at: datetime, starts_at: datetime) -> None:
    names = ("title", "minutes", "facilitator", "agenda", "focus", "lesson")
    fields = {name: getattr(session, name) for name in names}
    change(session=session, all_following=False, starts_at=starts_at, by=by, at=at, **fields)


def test_everybody_is_reminded_a_day_and_an_hour_before_once(
    coming: SupervisionSession, amina: User, brian: User, grace: User
) -> None:
    starts = coming.starts_at

    laid = [remind_due(at=starts - timedelta(hours=hours)) for hours in (25, 24, 23, 1, 0.9, 0)]

    assert laid == [0, 3, 0, 3, 0, 0]
    assert told("meeting.reminder")[:2] == [("amina", "Tuesday group, Lakeside meets on Friday 20 March, 2:00 PM.")] * 2
    assert {row.link for row in Notice.objects.all()} == {reverse("supervision:session", args=[coming.pk])}


def test_a_reminder_speaks_the_persons_language_and_clock(coming: SupervisionSession, amina: User, brian: User) -> None:
    User.objects.filter(pk=amina.pk).update(time_zone="Asia/Tokyo")
    User.objects.filter(pk=brian.pk).update(language="ar")

    remind_due(at=coming.starts_at - timedelta(hours=24))

    said = dict(told("meeting.reminder"))
    assert said["amina"] == "Tuesday group, Lakeside meets on Friday 20 March, 8:00 PM."
    assert "مارس" in said["brian"]


def test_each_chooses_how_long_before(coming: SupervisionSession, amina: User, now: datetime) -> None:
    choose(person=amina, channel="sms", hours=[3], email="", phone="+254721000101", at=now)

    for hours in (24, 3, 1):
        remind_due(at=coming.starts_at - timedelta(hours=hours))

    rows = Notice.objects.filter(person=amina)
    assert [row.made_at for row in rows] == [coming.starts_at - timedelta(hours=3)]


def test_what_is_planned_at_the_last_moment_needs_no_reminder_of_the_day_before(
    group: SupervisionGroup, grace: User, now: datetime
) -> None:
    fields = {"cohort": group.cohort, "group": group, "title": "Soon", "by": grace, "at": now}
    schedule(starts_at=now + timedelta(hours=2), **fields)

    assert [remind_due(at=now + timedelta(minutes=minutes)) for minutes in (1, 61)] == [0, 3]


def test_a_moved_meeting_calls_its_reminders_off_tells_all_and_reminds_again(
    coming: SupervisionSession, amina: User, brian: User, grace: User
) -> None:
    before = coming.starts_at
    at = before - timedelta(hours=24)
    remind_due(at=at)

    moved(coming, grace, at, before + timedelta(days=2))

    assert told("meeting.moved") == [
        ("amina", "The meeting was moved. Tuesday group, Lakeside now meets on Sunday 22 March, 2:00 PM."),
        ("brian", "The meeting was moved. Tuesday group, Lakeside now meets on Sunday 22 March, 2:00 PM."),
    ]
    assert set(Notice.objects.filter(kind="meeting.reminder").values_list("why", flat=True)) == {"called_off"}
    assert remind_due(at=before + timedelta(days=1)) == 3


def test_a_meeting_moved_there_and_back_reminds_once_of_each_hour_that_is_still_ahead(
    coming: SupervisionSession, amina: User, grace: User
) -> None:
    begins = coming.starts_at
    remind_due(at=begins - timedelta(hours=24))
    moved(coming, grace, begins - timedelta(hours=23), begins + timedelta(days=2))
    coming.refresh_from_db()
    moved(coming, grace, begins - timedelta(hours=22), begins)

    laid = [remind_due(at=begins - timedelta(hours=hours)) for hours in (21, 1, 0.9)]

    assert laid == [0, 3, 0]
    reminders = Notice.objects.filter(person=amina, kind="meeting.reminder").order_by("made_at")
    assert [(row.made_at, row.why) for row in reminders] == [
        (begins - timedelta(hours=24), "called_off"),
        (begins - timedelta(hours=1), ""),
    ]


def test_a_cancelled_meeting_reminds_nobody_and_all_are_told(
    coming: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    cancel(session=coming, by=grace, at=now)

    assert told("meeting.cancelled")[0] == (
        "amina",
        "Tuesday group, Lakeside does not meet on Friday 20 March, 2:00 PM: the meeting is cancelled.",
    )
    assert remind_due(at=coming.starts_at - timedelta(hours=1)) == 0


@pytest.mark.parametrize(("minutes", "count"), [(5, 1), (55, 1), (65, 0)])
def test_who_waits_before_the_doors_hears_that_they_stay_shut_while_the_meeting_could_still_be(
    coming: SupervisionSession, amina: User, grace: User, minutes: int, count: int
) -> None:
    cancel(session=coming, by=grace, at=coming.starts_at + timedelta(minutes=minutes))

    assert Notice.objects.filter(person=amina, kind="meeting.cancelled").count() == count


def test_what_was_already_sent_stays_sent(coming: SupervisionSession, amina: User, grace: User) -> None:
    at = coming.starts_at - timedelta(hours=24)
    choose(person=amina, channel="sms", hours=[24], email="", phone="+254721000101", at=at)
    remind_due(at=at)
    Notice.objects.filter(person=amina).update(sent_at=at)

    cancel(session=coming, by=grace, at=at)

    row = Notice.objects.get(person=amina, kind="meeting.reminder")
    assert (row.sent_at, row.dropped_at) == (at, None)


def test_no_title_is_told(coming: SupervisionSession, grace: User, now: datetime) -> None:
    remind_due(at=coming.starts_at - timedelta(hours=24))
    cancel(session=coming, by=grace, at=now)

    assert [row.text for row in Notice.objects.all() if "Mary" in row.text + row.subject] == []


def test_reminding_costs_the_same_with_many_meetings(
    group: SupervisionGroup, grace: User, now: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    fields = {"cohort": group.cohort, "group": group, "by": grace, "at": now}
    for number in range(5):
        schedule(title=f"{number}", starts_at=now + timedelta(hours=40, minutes=number), **fields)

    with django_assert_num_queries(7):
        remind_due(at=now + timedelta(minutes=1))


# somebody is missed


def test_who_leads_sends_a_text_to_who_is_not_here(
    client_of: ClientOf, coming: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    open_lobby(session=coming, by=grace, at=now)
    address = reverse("supervision:session-call", args=[coming.pk, amina.pk])
    key = str(uuid4())

    answers = [client_of(grace).post(address, {"key": key}) for _ in range(2)]

    page = reverse("supervision:session", args=[coming.pk])
    assert {answer["Location"] for answer in answers} == {f"{page}?tab=people&told={amina.pk}"}
    assert told("call.come") == [("amina", "Tuesday group, Lakeside is meeting now. Grace asks if you can come.")]


def test_a_script_that_sends_the_text_stays_on_the_page(
    client_of: ClientOf, coming: SupervisionSession, amina: User, stranger: User, grace: User, now: datetime
) -> None:
    open_lobby(session=coming, by=grace, at=now)
    key, script = str(uuid4()), {"headers": {"Accept": "application/json"}}

    def sent(person: User, key: str) -> dict:
        address = reverse("supervision:session-call", args=[coming.pk, person.pk])
        return client_of(grace).post(address, {"key": key}, **script).json()

    assert sent(amina, key) == {"type": "ack", "key": key, "seq": None}
    assert sent(stranger, str(uuid4()))["type"] == "refused"
    assert Notice.objects.filter(kind="call.come").count() == 1


def test_the_text_goes_out_to_who_wants_no_reminders_too(
    coming: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    open_lobby(session=coming, by=grace, at=now)
    choose(person=amina, channel="none", hours=[], email="", phone="+254721000101", at=now)

    call_in(session=coming, person=amina.pk, by=grace, at=now)

    assert deliver_due(at=now) == 1


def test_others_send_nothing_and_nobody_is_called_to_a_closed_door_or_from_elsewhere(
    client_of: ClientOf,
    coming: SupervisionSession,
    amina: User,
    brian: User,
    grace: User,
    stranger: User,
    now: datetime,
) -> None:
    address = reverse("supervision:session-call", args=[coming.pk, amina.pk])

    assert client_of(brian).post(address, {"key": str(uuid4())}).status_code == 404
    with pytest.raises(rules.MeetingOver):
        call_in(session=coming, person=amina.pk, by=grace, at=now)
    open_lobby(session=coming, by=grace, at=now)
    with pytest.raises(rules.NotAMember):
        call_in(session=coming, person=stranger.pk, by=grace, at=now)
    with pytest.raises(rules.NotTheFacilitator):
        call_in(session=coming, person=amina.pk, by=brian, at=now)
    assert Notice.objects.count() == 0
