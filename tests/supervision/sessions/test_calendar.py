"""Meetings in a calendar: a private address that can be ended, events that keep their id and say no more than when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from lms.people.models import User
from lms.programmes.models import Subject
from supervision.groups.models import SupervisionGroup
from supervision.sessions.actions import cancel, change, make_address, schedule
from supervision.sessions.models import CalendarAddress, SupervisionSession

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """Calendars live in the real time."""
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def coming(group: SupervisionGroup, grace: User, now: datetime) -> SupervisionSession:
    """A meeting of the group in two days, with a title that must not leave the house."""
    told = {"cohort": group.cohort, "group": group, "title": "About Mary of the market", "by": grace, "at": now}
    return schedule(starts_at=now + timedelta(days=2), **told)


def feed_of(person: User) -> str:
    token = CalendarAddress.objects.get(person=person, ended_at=None).token
    return reverse("supervision:calendar-feed", args=[token])


def events_of(body: bytes) -> list[dict[str, str]]:
    names = ("UID", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION")
    return [{name: str(event.get(name)) for name in names} for event in Calendar.from_ical(body).walk("VEVENT")]


def test_she_makes_an_address_and_any_calendar_reads_it(
    client_of: ClientOf, client: Client, coming: SupervisionSession, amina: User, settings: SimpleNamespace
) -> None:
    before = client_of(amina).get("/supervision/calendar/")
    client_of(amina).post("/supervision/calendar/", {"wish": "make"})
    page = client_of(amina).get("/supervision/calendar/")

    answer = client.get(feed_of(amina))

    assert (before.context["address"], page.context["address"]) == ("", settings.PUBLIC_URL + feed_of(amina))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    link = settings.PUBLIC_URL + reverse("supervision:session", args=[coming.pk])
    assert events_of(answer.content) == [
        {
            "UID": f"{coming.pk}@tandem",
            "SEQUENCE": "0",
            "STATUS": "CONFIRMED",
            "SUMMARY": "Group meeting: Tuesday group, Lakeside",
            "DESCRIPTION": link,
        }
    ]
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert event.decoded("DTSTART") == coming.starts_at
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=60)


def test_neither_title_nor_people_nor_cases_leave_the_house(
    client: Client, coming: SupervisionSession, amina: User, now: datetime
) -> None:
    make_address(person=amina, at=now)

    body = client.get(feed_of(amina)).content.decode()

    assert [word for word in ("Mary", "market", "Amina", "Brian", "Grace") if word in body] == []


def test_a_moved_and_a_cancelled_meeting_keep_their_id_count_up_and_say_when_they_were_revised(
    client: Client, coming: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    make_address(person=amina, at=now)
    told = {name: getattr(coming, name) for name in ("title", "minutes", "facilitator", "agenda", "focus", "lesson")}
    told |= {"session": coming, "all_following": False, "starts_at": now + timedelta(days=3), "by": grace}

    def shown() -> tuple[str, str, str, datetime, datetime]:
        body = client.get(feed_of(amina)).content
        (event,) = Calendar.from_ical(body).walk("VEVENT")
        (facts,) = events_of(body)
        return (
            facts["UID"],
            facts["SEQUENCE"],
            facts["STATUS"],
            event.decoded("DTSTAMP"),
            event.decoded("LAST-MODIFIED"),
        )

    seen = [shown()]
    change(**told, at=now + timedelta(hours=1))
    seen.append(shown())
    change(**{**told, "title": "Another name"}, at=now + timedelta(hours=2))
    seen.append(shown())
    change(**{**told, "minutes": 90}, at=now + timedelta(hours=3))
    seen.append(shown())
    cancel(session=coming, by=grace, at=now + timedelta(hours=4))
    seen.append(shown())

    uid = f"{coming.pk}@tandem"
    at = [now + timedelta(hours=hours) for hours in range(5)]
    assert seen == [
        (uid, "0", "CONFIRMED", at[0], at[0]),
        (uid, "1", "CONFIRMED", at[1], at[1]),
        (uid, "1", "CONFIRMED", at[1], at[1]),
        (uid, "2", "CONFIRMED", at[3], at[3]),
        (uid, "3", "CANCELLED", at[4], at[4]),
    ]


def test_the_feed_is_a_calendar_and_no_invitation_and_the_same_bytes_until_something_changes(
    client: Client, coming: SupervisionSession, amina: User, now: datetime
) -> None:
    make_address(person=amina, at=now)

    first, second = (client.get(feed_of(amina)).content for _ in range(2))

    assert first == second
    assert [name for name in (b"METHOD", b"ORGANIZER", b"ATTENDEE", b"mailto") if name in first] == []


def test_the_lesson_to_read_stands_in_it(
    client: Client, coming: SupervisionSession, amina: User, now, settings
) -> None:
    lesson = Subject.objects.create(
        key=uuid4(), kind="lesson", title="Listen first", url="/learn/l/", language="en", programme=coming.programme
    )
    SupervisionSession.objects.filter(pk=coming.pk).update(lesson=lesson.key)
    make_address(person=amina, at=now)

    (event,) = events_of(client.get(feed_of(amina)).content)

    assert event["DESCRIPTION"].split("\n")[:2] == ["Read before: Listen first", f"{settings.PUBLIC_URL}/learn/l/"]


def test_each_reads_her_own_meetings_only(
    client: Client, coming: SupervisionSession, stranger: User, grace: User, now: datetime
) -> None:
    for person in (stranger, grace):
        make_address(person=person, at=now)

    assert [len(events_of(client.get(feed_of(person)).content)) for person in (stranger, grace)] == [0, 1]


def test_a_new_address_ends_the_old_one(client_of: ClientOf, client: Client, amina: User, now: datetime) -> None:
    make_address(person=amina, at=now)
    old = feed_of(amina)

    client_of(amina).post("/supervision/calendar/", {"wish": "anew"})
    new = feed_of(amina)
    client_of(amina).post("/supervision/calendar/", {"wish": "make"})

    assert [client.get(address).status_code for address in (old, new, feed_of(amina))] == [404, 200, 200]
    client_of(amina).post("/supervision/calendar/", {"wish": "end"})
    assert client.get(new).status_code == 404


def test_who_may_not_sign_in_any_more_has_no_calendar(client: Client, amina: User, now: datetime) -> None:
    make_address(person=amina, at=now)
    address = feed_of(amina)
    User.objects.filter(pk=amina.pk).update(is_active=False)

    assert client.get(address).status_code == 404


def test_what_is_no_address_is_nothing_and_the_page_wants_a_sign_in(client: Client) -> None:
    assert client.get("/supervision/calendar/guess.ics").status_code == 404
    assert client.get("/supervision/calendar/")["Location"] == "/login/?next=/supervision/calendar/"


def test_the_token_lies_sealed(amina: User, now: datetime) -> None:
    address = make_address(person=amina, at=now)

    row = CalendarAddress.objects.filter(pk=address.pk).values_list("digest", "token").get()

    assert address.token not in str(row[0])
    assert len(address.token) == 43


def test_one_meeting_as_a_file_for_its_members(
    client_of: ClientOf, coming: SupervisionSession, amina: User, stranger: User
) -> None:
    address = reverse("supervision:session-ics", args=[coming.pk])

    answer = client_of(amina).get(address)

    assert answer["Content-Disposition"] == 'attachment; filename="meeting.ics"'
    assert [event["UID"] for event in events_of(answer.content)] == [f"{coming.pk}@tandem"]
    assert client_of(stranger).get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_the_feed_costs_the_same_with_many_meetings(
    rows: int,
    client: Client,
    group: SupervisionGroup,
    grace: User,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    told = {"cohort": group.cohort, "group": group, "by": grace, "at": now, "focus": "listen", "lesson": uuid4()}
    for number in range(rows):
        schedule(title=f"{number}", starts_at=now + timedelta(days=number), **told)
    make_address(person=grace, at=now)
    address = feed_of(grace)

    with django_assert_num_queries(5):
        answer = client.get(address)

    assert len(events_of(answer.content)) == rows
