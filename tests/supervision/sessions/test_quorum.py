"""A meeting that did not take place: too few came, or nobody opened its doors; what then stands where."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.ledger.models import Entry
from lms.notices.models import Notice
from lms.people.models import User
from supervision.cases.actions import schedule as plan_case
from supervision.cases.models import CasePresentation
from supervision.groups.models import SupervisionGroup
from supervision.room.rules import Answer
from supervision.sessions import actions, rules
from supervision.sessions.models import Attendance, SupervisionSession
from supervision.sessions.queries import coming_sessions, past_sessions
from supervision.sessions.queries.planning import sessions_to_plan_in
from supervision.sessions.tasks import tick_entries, tick_unheld

ClientOf = Callable[[User], Client]
Send = Callable[..., Answer]


def page_of(session: SupervisionSession) -> str:
    return reverse("supervision:session", args=[session.pk])


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.filter(kind="meeting.too_few").select_related("person").order_by("person__name")
    return [(row.person.username, row.text) for row in rows]


def at_real_time(session: SupervisionSession, **ago: int) -> SupervisionSession:
    """The same meeting, that many hours or minutes ago by the clock of the pages."""
    session.starts_at = timezone.now() - timedelta(**ago)
    session.save(update_fields=["starts_at"])
    return session


# too few came


def test_too_few_came_ends_an_open_lobby_without_anybodys_time(
    group_meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, now: datetime
) -> None:
    plan_case(case=case, session=group_meeting, by=grace, at=now)
    actions.open_lobby(session=group_meeting, by=grace, at=now)
    actions.begin_stay(session=group_meeting, person=amina.pk, at=now)

    actions.too_few(session=group_meeting, by=grace, at=now + timedelta(minutes=15))

    group_meeting.refresh_from_db()
    case.refresh_from_db()
    assert (group_meeting.state, group_meeting.sequence, group_meeting.closed_at) == ("no_quorum", 1, None)
    assert (case.state, case.session) == ("accepted", None)
    assert Attendance.objects.filter(left_at=None).count() == 0
    assert (tick_entries(at=now + timedelta(hours=1)), Entry.objects.count()) == (0, 0)


@pytest.mark.parametrize(("minutes", "people"), [(15, ["amina", "brian"]), (61, [])])
def test_who_may_be_on_the_way_is_told(
    minutes: int, people: list[str], group_meeting: SupervisionSession, grace: User, now: datetime
) -> None:
    actions.open_lobby(session=group_meeting, by=grace, at=now)

    actions.too_few(session=group_meeting, by=grace, at=now + timedelta(minutes=minutes))

    words = "Tuesday group, Lakeside does not meet on Tuesday 17 March, 2:00 PM: too few people came."
    assert told() == [(name, words) for name in people]


@pytest.mark.parametrize("state", ["scheduled", "live", "wrap_up", "closed", "cancelled", "no_quorum"])
def test_too_few_came_is_said_of_open_doors_only(
    state: str, planned: SupervisionSession, grace: User, now: datetime
) -> None:
    planned.state, planned.live_at, planned.closed_at = state, now, now
    planned.save()

    with pytest.raises(rules.WrongMoment):
        actions.too_few(session=planned, by=grace, at=now)


def test_a_learner_does_not_say_it(planned: SupervisionSession, amina: User, grace: User, now: datetime) -> None:
    actions.open_lobby(session=planned, by=grace, at=now)

    with pytest.raises(rules.NotTheFacilitator):
        actions.too_few(session=planned, by=amina, at=now)


def test_it_is_a_line_of_the_room_so_that_who_waits_there_hears_it(
    planned: SupervisionSession, amina: User, grace: User, send: Send
) -> None:
    send(planned, grace, "phase", state="lobby")

    answers = [send(planned, who, "phase", state="no_quorum") for who in (amina, grace)]
    after = send(planned, amina, "message", text="Hello")

    planned.refresh_from_db()
    assert [(answer.seq, answer.code) for answer in answers] == [(None, "not_allowed"), (2, "")]
    assert (planned.state, after.code) == ("no_quorum", "closed")


def test_who_leads_says_it_on_the_page_after_being_asked(
    planned: SupervisionSession, amina: User, grace: User, stranger: User, client_of: ClientOf, now: datetime
) -> None:
    actions.open_lobby(session=planned, by=grace, at=now)
    address = reverse("supervision:session-too-few", args=[planned.pk])
    leads, learns, key = client_of(grace), client_of(amina), str(uuid4())

    offered = [address in browser.get(page_of(planned)).content.decode() for browser in (leads, learns)]
    actions.keep_silence(session=planned, person=grace, at=now)
    in_the_room = address in leads.get(page_of(planned)).content.decode()
    foreign = [client_of(who).post(address, {"sure": "1", "key": key}).status_code for who in (amina, stranger)]
    unsure = [leads.post(address, wrong).status_code for wrong in ({"key": key}, {"sure": "1", "key": "x"})]
    planned.refresh_from_db()
    before = planned.state
    sure = [leads.post(address, {"sure": "1", "key": key}).status_code for _ in range(2)]

    planned.refresh_from_db()
    assert (offered, in_the_room, foreign) == ([True, False], True, [404, 404])
    assert (unsure, before) == ([409, 409], "lobby")
    assert (sure, planned.state, planned.events.filter(kind="phase").count()) == ([302, 302], "no_quorum", 1)


def test_a_planned_meeting_is_not_ended_as_one_to_which_too_few_came(
    planned: SupervisionSession, grace: User, client_of: ClientOf
) -> None:
    address = reverse("supervision:session-too-few", args=[planned.pk])

    answer = client_of(grace).post(address, {"sure": "1", "key": str(uuid4())})

    planned.refresh_from_db()
    assert (answer.status_code, planned.state) == (409, "scheduled")


# nobody began it


@pytest.mark.parametrize("state", ["scheduled", "lobby"])
def test_half_a_day_after_its_end_a_meeting_that_never_began_is_over(
    state: str, group_meeting: SupervisionSession, case: CasePresentation, grace: User, now: datetime
) -> None:
    plan_case(case=case, session=group_meeting, by=grace, at=now)
    if state == "lobby":
        actions.open_lobby(session=group_meeting, by=grace, at=now)
    ends = now + timedelta(minutes=group_meeting.minutes)

    moved = [tick_unheld(at=ends + timedelta(hours=hours)) for hours in (11, 12, 13)]

    group_meeting.refresh_from_db()
    case.refresh_from_db()
    assert moved == [0, 1, 0]
    assert (group_meeting.state, group_meeting.sequence) == ("no_quorum", 1)
    assert (case.state, case.session, case.events.last().by) == ("accepted", None, None)
    assert (Attendance.objects.count(), Entry.objects.count(), told()) == (0, 0, [])


def test_a_meeting_that_goes_on_is_left_alone(meeting: SupervisionSession, now: datetime) -> None:
    moved = tick_unheld(at=now + timedelta(days=3))

    meeting.refresh_from_db()
    assert (moved, meeting.state) == (0, "live")


def test_a_missed_meeting_is_not_the_next_one(
    planned: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    week = timedelta(days=7)
    after = actions.schedule(cohort=planned.cohort, title="Next week", starts_at=now + week, by=grace, at=now)

    hours = [timedelta(hours=0), timedelta(hours=1), timedelta(hours=2), timedelta(days=3)]

    assert [list(coming_sessions(amina, now + passed)) for passed in hours] == [
        [planned, after],
        [planned, after],
        [after],
        [after],
    ]
    assert [list(past_sessions(amina, now + passed)) for passed in hours] == [[], [], [planned], [planned]]


def test_a_meeting_with_open_doors_is_going_on_however_late_it_is(
    planned: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    actions.open_lobby(session=planned, by=grace, at=now)

    assert list(coming_sessions(amina, now + timedelta(hours=5))) == [planned]


def test_a_case_is_not_planned_for_a_meeting_whose_time_has_passed(
    planned: SupervisionSession, case: CasePresentation, grace: User, now: datetime
) -> None:
    after = actions.schedule(
        cohort=planned.cohort, title="Next week", starts_at=now + timedelta(days=7), by=grace, at=now
    )

    assert list(sessions_to_plan_in(grace, case, now + timedelta(hours=2))) == [after]


def test_a_missed_meeting_stands_among_those_that_are_over_and_can_still_be_opened(
    planned: SupervisionSession, grace: User, client_of: ClientOf
) -> None:
    at_real_time(planned, hours=3)
    browser = client_of(grace)

    pages = [browser.get(url).content.decode() for url in ("/supervision/", "/home/", page_of(planned))]

    assert ["Nobody opened the doors" in page for page in pages] == [True, False, False]
    assert [page_of(planned) in page for page in pages[:2]] == [True, False]
    assert "Open the doors" in pages[2]


# its page


@pytest.mark.parametrize(
    ("state", "heading", "why"),
    [
        ("cancelled", "Your group does not meet on Tuesday 17 March", "This meeting was cancelled."),
        (
            "no_quorum",
            "Your group did not meet on Tuesday 17 March",
            "Too few people came, or nobody opened the doors.",
        ),
    ],
)
def test_a_meeting_that_does_not_take_place_says_so_with_its_day_and_what_comes_next(
    state: str,
    heading: str,
    why: str,
    group: SupervisionGroup,
    group_meeting: SupervisionSession,
    amina: User,
    grace: User,
    client_of: ClientOf,
    now: datetime,
) -> None:
    SupervisionSession.objects.filter(pk=group_meeting.pk).update(state=state)
    browser = client_of(amina)
    alone = browser.get(page_of(group_meeting)).content.decode()
    soon = timezone.now() + timedelta(days=2)
    of_all = actions.schedule(cohort=group.cohort, title="All", starts_at=soon, by=grace, at=now)
    after = actions.schedule(cohort=group.cohort, group=group, title="Next", starts_at=soon, by=grace, at=now)

    page = browser.get(page_of(group_meeting)).content.decode()

    for text in (alone, page):
        assert f"<h1>{heading}</h1>" in text
        assert why in text
        assert "meeting now" not in text
        assert "Before you come in" not in text
    assert "No other meeting is planned yet." in alone
    assert ("The next meeting is on" in page, page_of(after) in page, page_of(of_all) in page) == (True, True, False)
