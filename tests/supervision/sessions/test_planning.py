"""Planning meetings one by one and as a series, changing and cancelling them, and what they are about."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.competency.models import Competency, Framework
from lms.notices.models import Notice
from lms.people.models import User
from lms.programmes.models import Subject
from supervision.groups.models import SupervisionGroup
from supervision.groups.rules import instant, place_time
from supervision.room.actions import post_events
from supervision.room.rules import Post
from supervision.sessions import rules
from supervision.sessions.actions import cancel, cancel_following, change, invite, open_lobby, plan
from supervision.sessions.models import SessionSeries, SupervisionSession
from supervision.sessions.rules.planning import NothingPlanned

ClientOf = Callable[[User], Client]
Planned = Callable[..., list[SupervisionSession]]


@pytest.fixture
def skill(world: SimpleNamespace, now: datetime) -> str:
    """A skill of the programme."""
    framework = Framework.objects.create(
        programme=world.programme, code="f", version=1, title="Skills", published_at=now
    )
    return Competency.objects.create(framework=framework, code="listen", title="Listening", position=1).code


@pytest.fixture
def lesson(world: SimpleNamespace) -> Subject:
    """A lesson of the programme."""
    return Subject.objects.create(
        key=uuid4(), kind="lesson", title="Listen first", url="/learn/listen/", language="en", programme=world.programme
    )


@pytest.fixture
def series(group: SupervisionGroup, grace: User, now: datetime) -> Planned:
    """Plans meetings of the group, weekly at 2 pm in Berlin, over the change of the clocks."""

    def planned(count: int = 4, **fields: object) -> list[SupervisionSession]:
        SupervisionGroup.objects.filter(pk=group.pk).update(time_zone="Europe/Berlin")
        group.refresh_from_db()
        days = [date(2026, 3, 17) + timedelta(weeks=number) for number in range(count)]
        told = {
            "cohort": group.cohort,
            "group": group,
            "title": "Tuesday",
            "starts": [instant(day, time(14), "Europe/Berlin") for day in days],
            "rhythm": "weekly",
            "time_zone": "Europe/Berlin",
            "minutes": 60,
            "facilitator": grace,
            "focus": "",
            "lesson": None,
            "by": grace,
            "at": now - timedelta(days=7),
        }
        return plan(**{**told, **fields})

    return planned


def clocks(sessions: list[SupervisionSession]) -> list[str]:
    """What the clocks in Berlin show."""
    rows = SupervisionSession.objects.filter(pk__in=[one.pk for one in sessions]).order_by("starts_at")
    return [f"{place_time(one.starts_at, 'Europe/Berlin'):%m-%d %H:%M}" for one in rows]


def changed(session: SupervisionSession, by: User, at: datetime, **fields: object) -> list[SupervisionSession]:
    names = ("starts_at", "title", "minutes", "facilitator", "agenda", "focus", "lesson")
    told = {name: getattr(session, name) for name in names}
    return change(**{"session": session, "all_following": False, "by": by, "at": at, **told, **fields})


# planning


def test_one_meeting_is_no_series_and_many_are_one(series: Planned) -> None:
    assert series(1)[0].series is None

    rows = series(4)

    assert {row.series for row in rows} == {SessionSeries.objects.get()}
    assert clocks(rows) == ["03-17 14:00", "03-24 14:00", "03-31 14:00", "04-07 14:00"]
    assert [row.starts_at.hour for row in rows] == [13, 13, 12, 12]


def test_skill_and_lesson_are_the_first_meetings_and_of_the_programme(
    series: Planned, skill: str, lesson: Subject
) -> None:
    rows = series(2, focus=skill, lesson=lesson.key)

    assert [(row.focus, row.lesson) for row in rows] == [(skill, lesson.key), ("", None)]
    with pytest.raises(rules.NoSuchFocus):
        series(1, focus="flying")
    with pytest.raises(rules.NoSuchFocus):
        series(1, lesson=uuid4())
    with pytest.raises(NothingPlanned):
        series(0)


@pytest.mark.parametrize(
    ("minutes", "boxes"),
    [
        (60, [("advice", 10), ("didactic", 15), ("case", 30), ("wrap_up", 5)]),
        (90, [("advice", 10), ("didactic", 22), ("case", 48), ("wrap_up", 10)]),
        (120, [("advice", 10), ("didactic", 30), ("case", 35), ("case", 35), ("wrap_up", 10)]),
        (30, [("advice", 5), ("case", 20), ("wrap_up", 5)]),
        (15, [("advice", 5), ("case", 5), ("wrap_up", 5)]),
    ],
)
def test_the_usual_agenda_fills_the_planned_minutes(minutes: int, boxes: list[tuple[str, int]]) -> None:
    agenda = rules.default_agenda(minutes)

    assert [(box["kind"], box["minutes"]) for box in agenda] == boxes
    assert sum(box["minutes"] for box in agenda) == minutes


def test_an_agenda_of_before_reads_as_other_and_what_cannot_be_read_is_left_out() -> None:
    agenda = [{"title": "Hello", "minutes": 5}, {"kind": "case", "minutes": 9}, {"title": "?"}, "x", {"minutes": True}]

    assert rules.agenda_boxes(agenda) == [
        {"kind": "other", "title": "Hello", "minutes": 5},
        {"kind": "case", "title": "Case", "minutes": 9},
    ]
    assert rules.agenda_boxes(None) == []


@pytest.mark.parametrize("box", [("party", "", 5), ("case", "", 0), ("case", "", 241)])
def test_a_part_has_a_known_kind_and_minutes(box: tuple[str, str, int]) -> None:
    with pytest.raises(rules.AgendaUnclear):
        rules.clean_agenda([box])


# changing


def test_one_meeting_moves_alone(series: Planned, grace: User, now: datetime) -> None:
    rows = series(3)

    changed(rows[1], grace, now, starts_at=instant(date(2026, 3, 25), time(9), "Europe/Berlin"), title="Wednesday")

    assert clocks(rows) == ["03-17 14:00", "03-25 09:00", "03-31 14:00"]
    found = SupervisionSession.objects.order_by("starts_at")
    assert [(row.title, row.sequence) for row in found] == [("Tuesday", 0), ("Wednesday", 1), ("Tuesday", 0)]


def test_all_that_follow_move_by_the_clock_of_their_place(series: Planned, grace: User, skill: str, now) -> None:
    rows = series(4)
    wanted = instant(date(2026, 3, 25), time(16, 30), "Europe/Berlin")

    touched = changed(rows[1], grace, now, starts_at=wanted, all_following=True, minutes=90, focus=skill)

    assert len(touched) == 3
    assert clocks(rows) == ["03-17 14:00", "03-25 16:30", "04-01 16:30", "04-08 16:30"]
    found = list(SupervisionSession.objects.order_by("starts_at"))
    assert [(row.minutes, row.focus) for row in found] == [(60, ""), (90, skill), (90, ""), (90, "")]


def test_one_message_speaks_for_all_meetings_of_a_series(series: Planned, grace: User, amina: User, now) -> None:
    rows = series(4)
    wanted = instant(date(2026, 3, 25), time(16, 30), "Europe/Berlin")

    moved, *_ = changed(rows[1], grace, now, starts_at=wanted, all_following=True)
    cancel_following(session=moved, by=grace, at=now)

    assert [notice.text for notice in Notice.objects.filter(person=amina).order_by("made_at", "kind")] == [
        "Tuesday group, Lakeside does not meet on Wednesday 25 March, 6:30 PM: the meeting is cancelled. "
        "The meetings after it are cancelled too.",
        "The meeting was moved. Tuesday group, Lakeside now meets on Wednesday 25 March, 6:30 PM. "
        "The meetings after it move too.",
    ]


def test_a_later_meeting_keeps_its_own_leader_agenda_and_title_when_the_series_moves(
    series: Planned, halima: User, grace: User, now: datetime
) -> None:
    rows = series(3)
    prepared = [{"kind": "didactic", "title": "Grief", "minutes": 60}]
    changed(rows[1], grace, now, facilitator=halima, agenda=prepared, title="Guest evening")

    changed(rows[0], grace, now, starts_at=rows[0].starts_at + timedelta(hours=1), all_following=True, minutes=90)

    found = list(SupervisionSession.objects.order_by("starts_at"))
    assert clocks(rows) == ["03-17 15:00", "03-24 15:00", "03-31 15:00"]
    assert [(row.title, row.facilitator, row.minutes) for row in found] == [
        ("Tuesday", grace, 90),
        ("Guest evening", halima, 90),
        ("Tuesday", grace, 90),
    ]
    assert [row.agenda == prepared for row in found] == [False, True, False]


def test_what_is_new_goes_on_to_the_meetings_after_it(
    series: Planned, halima: User, grace: User, now: datetime
) -> None:
    rows = series(3)
    agenda = [{"kind": "case", "title": "Case", "minutes": 60}]

    changed(rows[1], grace, now, all_following=True, title="Evening", facilitator=halima, agenda=agenda)

    found = SupervisionSession.objects.order_by("starts_at")
    assert [(row.title, row.facilitator, row.agenda == agenda) for row in found] == [
        ("Tuesday", grace, False),
        ("Evening", halima, True),
        ("Evening", halima, True),
    ]


def test_a_meeting_at_an_hour_of_its_own_keeps_it_when_the_series_moves_by_a_day(
    series: Planned, grace: User, now: datetime
) -> None:
    rows = series(3)
    changed(rows[1], grace, now, starts_at=instant(date(2026, 3, 24), time(9), "Europe/Berlin"))

    changed(rows[0], grace, now, starts_at=rows[0].starts_at + timedelta(days=1), all_following=True)

    assert clocks(rows) == ["03-18 14:00", "03-25 09:00", "04-01 14:00"]


def test_who_belongs_to_a_later_meeting_only_hears_once_that_it_moves_or_is_cancelled(
    series: Planned, halima: User, make_learner: Callable[..., User], grace: User, amina: User, now
) -> None:
    rows, guest = series(4), make_learner("guest", "Guest")
    changed(rows[1], grace, now, facilitator=halima)
    for row in rows[2:]:
        invite(session=row, person=guest, by=grace, at=now)
    Notice.objects.all().delete()

    first, *_ = changed(rows[0], grace, now, starts_at=rows[0].starts_at + timedelta(hours=1), all_following=True)
    cancel_following(session=first, by=grace, at=now)

    said = {
        name: [notice.text for notice in Notice.objects.filter(person__username=name).order_by("-kind")]
        for name in ("amina", "halima", "guest", "grace")
    }
    group = "Tuesday group, Lakeside"
    assert said == {
        "amina": [
            f"The meeting was moved. {group} now meets on Tuesday 17 March, 5:00 PM. The meetings after it move too.",
            f"{group} does not meet on Tuesday 17 March, 5:00 PM: the meeting is cancelled. "
            "The meetings after it are cancelled too.",
        ],
        "halima": [
            f"The meeting was moved. {group} now meets on Tuesday 24 March, 5:00 PM.",
            f"{group} does not meet on Tuesday 24 March, 5:00 PM: the meeting is cancelled.",
        ],
        "guest": [
            f"The meeting was moved. {group} now meets on Tuesday 31 March, 4:00 PM. The meetings after it move too.",
            f"{group} does not meet on Tuesday 31 March, 4:00 PM: the meeting is cancelled. "
            "The meetings after it are cancelled too.",
        ],
        "grace": [],
    }


def test_a_title_or_agenda_alone_moves_no_calendar_and_tells_nobody(series: Planned, grace: User, now) -> None:
    (row,) = series(1)

    (after,) = changed(row, grace, now, title="Other", agenda=[{"kind": "case", "title": "Case", "minutes": 60}])

    assert (after.title, after.sequence, after.moved_at) == ("Other", 0, None)
    assert Notice.objects.count() == 0


def test_only_who_leads_changes_and_only_what_is_planned(
    series: Planned, grace: User, amina: User, brian: User, now: datetime
) -> None:
    (row,) = series(1)

    with pytest.raises(rules.NotTheFacilitator):
        changed(row, amina, now, title="Mine")
    with pytest.raises(rules.NotAPeer):
        changed(row, grace, now, facilitator=brian)
    open_lobby(session=row, by=grace, at=now)
    with pytest.raises(rules.WrongMoment):
        changed(row, grace, now, title="Late")


def test_cancelling_one_or_all_that_follow(series: Planned, grace: User, amina: User, now: datetime) -> None:
    rows = series(4)

    cancel(session=rows[0], by=grace, at=now)
    with pytest.raises(rules.NotTheFacilitator):
        cancel_following(session=rows[2], by=amina, at=now)
    assert cancel_following(session=rows[2], by=grace, at=now) == 2

    found = SupervisionSession.objects.order_by("starts_at")
    assert [(row.state, row.sequence) for row in found] == [
        ("cancelled", 1),
        ("scheduled", 0),
        ("cancelled", 1),
        ("cancelled", 1),
    ]


# pages


def form_of(group_or_cohort: object, *, weeks: int | None = None, **fields: object) -> dict[str, object]:
    """What is posted. `weeks`: so many after the first day is the last."""
    day = timezone.localdate() + timedelta(days=3)
    told = {"key": str(uuid4()), "cohort": str(group_or_cohort.pk), "title": "Tuesday", "day": day, "clock": "14:00"}
    until = {} if weeks is None else {"until": day + timedelta(weeks=weeks)}
    return {**told, **until, "shown": str(group_or_cohort.pk), "minutes": 60, **fields}


def test_a_series_is_planned_once_however_often_it_is_sent(
    client_of: ClientOf, group: SupervisionGroup, grace: User
) -> None:
    told = form_of(group, rhythm="two_weeks", times=3)
    browser = client_of(grace)

    answers = [browser.post("/supervision/sessions/new/", told) for _ in range(2)]

    rows = list(SupervisionSession.objects.order_by("starts_at"))
    assert {answer["Location"] for answer in answers} == {reverse("supervision:session", args=[rows[0].pk])}
    assert [(later.starts_at - rows[0].starts_at).days for later in rows] == [0, 14, 28]
    assert {f"{place_time(row.starts_at, 'Africa/Nairobi'):%H:%M}" for row in rows} == {"14:00"}
    assert {row.group for row in rows} == {group}


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"rhythm": "weekly"}, "times", "Write how many meetings, or choose the last day."),
        ({"rhythm": "weekly", "until": "2020-01-01"}, "until", "The last day is before the first. Choose a later one."),
        ({"minutes": 500}, "minutes", "A meeting takes at most 4 hours."),
        ({"day": "9999-12-20", "rhythm": "weekly", "times": 3}, "day", "Choose a day within the next 2 years."),
        ({"day": "9999-12-20", "rhythm": "monthly", "times": 3}, "day", "Choose a day within the next 2 years."),
        ({"rhythm": "weekly", "until": "9999-12-20"}, "until", "Choose a day within the next 2 years."),
        ({"rhythm": "weekly", "times": 61}, "times", "At most 60 meetings are planned at once."),
        ({"rhythm": "weekly", "times": 0}, "times", "Write how many meetings, at least 1."),
        (
            {"rhythm": "monthly", "times": 60},
            "times",
            "The last of these meetings is more than 2 years from now. Plan fewer of them.",
        ),
        (
            {"rhythm": "weekly", "weeks": 60},
            "until",
            "At most 60 meetings are planned at once. Choose an earlier last day.",
        ),
        (
            {"rhythm": "weekly", "times": 8, "weeks": 25},
            "until",
            "Up to this day there are 26 meetings, but you wrote 8. Empty one of the two.",
        ),
        (
            {"rhythm": "weekly", "times": 8, "weeks": 0},
            "until",
            "Up to this day there is 1 meeting, but you wrote 8. Empty one of the two.",
        ),
    ],
)
def test_what_cannot_be_planned_comes_back(
    fields: dict[str, object], field: str, sentence: str, client_of: ClientOf, group: SupervisionGroup, grace: User
) -> None:
    page = client_of(grace).post("/supervision/sessions/new/", form_of(group, **fields))

    assert page.context["form"].errors[field] == [sentence]
    assert SupervisionSession.objects.count() == 0


def test_a_last_day_counts_and_not_the_number_that_stood_in_the_form(
    client_of: ClientOf, group: SupervisionGroup, grace: User
) -> None:
    address, browser = f"/supervision/sessions/new/?group={group.pk}", client_of(grace)
    form = browser.get(address).context["form"]
    told = {field.html_name: field.value() or "" for field in form}
    told |= form_of(group, weeks=11)

    browser.post(address, told)

    assert (told["times"], told["rhythm"]) == (8, "weekly")
    assert SupervisionSession.objects.count() == 12


def test_sixty_meetings_are_planned_up_to_their_last_day(
    client_of: ClientOf, group: SupervisionGroup, grace: User
) -> None:
    told = form_of(group, rhythm="weekly", times=60, weeks=59)

    client_of(grace).post("/supervision/sessions/new/", told)

    assert SupervisionSession.objects.count() == 60


@pytest.mark.parametrize(
    ("typed", "kept"), [("Tuesday group, Lakeside", "Far group"), ("Long meeting", "Long meeting")]
)
def test_another_group_than_the_one_that_was_shown_is_looked_at_before_it_is_planned(
    typed: str,
    kept: str,
    client_of: ClientOf,
    make_group: Callable[..., SupervisionGroup],
    group: SupervisionGroup,
    amina: User,
    grace: User,
) -> None:
    far, browser = make_group([amina], name="Far group", time_zone="Asia/Tokyo"), client_of(grace)
    told = form_of(far, shown=str(group.pk), title=typed, facilitator=str(uuid4()))

    page = browser.post("/supervision/sessions/new/", told)

    form = page.context["form"]
    assert SupervisionSession.objects.count() == 0
    assert form.errors == {
        "cohort": ["You chose Far group. Its time counts in Asia/Tokyo. Look at all lines below, then plan."]
    }
    shown = {name: form[name].value() for name in ("cohort", "title", "clock", "facilitator")}
    assert shown == {"cohort": str(far.pk), "title": kept, "clock": "14:00", "facilitator": str(grace.pk)}
    assert form["clock"].help_text == "By the clock in Asia/Tokyo."
    assert page.content.decode().count(f'<input type="hidden" name="shown" value="{far.pk}">') == 1

    browser.post("/supervision/sessions/new/", {**told, **shown, "shown": str(far.pk)})

    row = SupervisionSession.objects.get()
    assert (row.group, row.title, f"{place_time(row.starts_at, 'Asia/Tokyo'):%H:%M}") == (far, kept, "14:00")


def test_a_form_that_does_not_say_whose_it_was_comes_back(
    client_of: ClientOf, group: SupervisionGroup, grace: User
) -> None:
    page = client_of(grace).post("/supervision/sessions/new/", form_of(group, shown=""))

    assert list(page.context["form"].errors) == ["cohort"]
    assert page.context["form"]["title"].value() == "Tuesday"
    assert SupervisionSession.objects.count() == 0


def test_a_planned_meeting_is_moved_no_further_than_one_can_plan(
    client_of: ClientOf, series: Planned, grace: User
) -> None:
    (row,) = series(1, starts=[timezone.now() + timedelta(days=3)])
    address, browser = reverse("supervision:session-change", args=[row.pk]), client_of(grace)
    told = {field.html_name: field.value() or "" for field in browser.get(address).context["form"]}

    page = browser.post(address, told | {"key": str(uuid4()), "day": "9999-12-31"})

    assert page.context["form"].errors == {"day": ["Choose a day within the next 2 years."]}


def test_peers_plan_their_own_meetings_and_a_supervisor_for_them(
    client_of: ClientOf, peers: SupervisionGroup, amina: User, brian: User, grace: User, stranger: User
) -> None:
    mine = client_of(amina).post("/supervision/sessions/new/", form_of(peers))
    hers = client_of(grace).post("/supervision/sessions/new/", form_of(peers, facilitator=str(brian.pk)))
    others = client_of(stranger).post("/supervision/sessions/new/", form_of(peers))

    first, second = SupervisionSession.objects.order_by("created_at")
    assert (first.facilitator, second.facilitator) == (amina, brian)
    assert mine["Location"] == reverse("supervision:session", args=[first.pk])
    assert hers["Location"] == reverse("supervision:group", args=[peers.pk])
    assert others.status_code == rules.NotTheFacilitator.status


def test_the_change_page_keeps_time_agenda_skill_and_lesson(
    client_of: ClientOf, series: Planned, grace: User, skill: str, lesson: Subject
) -> None:
    rows = series(2, starts=[timezone.now() + timedelta(days=days) for days in (3, 10)])
    address, browser = reverse("supervision:session-change", args=[rows[0].pk]), client_of(grace)
    form = browser.get(address).context["form"]
    told = {field.html_name: field.value() or "" for field in form}
    told |= {"key": str(uuid4()), "focus": skill, "lesson": str(lesson.key), "box1_minutes": "", "clock": "09:30"}
    told |= {"day": form["day"].value(), "box4_kind": "other", "box4_title": "Songs", "box4_minutes": "7"}

    answers = [browser.post(address, told) for _ in range(2)]

    row = SupervisionSession.objects.get(pk=rows[0].pk)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (row.focus, row.lesson, row.sequence) == (skill, lesson.key, 1)
    assert [(box["kind"], box["title"], box["minutes"]) for box in row.agenda] == [
        ("advice", "Last advice first", 10),
        ("case", "Case", 30),
        ("wrap_up", "Advice and goodbye", 5),
        ("other", "Songs", 7),
    ]
    page = browser.get(reverse("supervision:session", args=[row.pk])).content.decode()
    assert "The parts take 52 of 60 minutes." in page
    assert "Skill: <b>Listening</b>" in page
    assert 'href="/learn/listen/"' in page


@pytest.mark.parametrize("name", ["amina", "stranger", "joseph"])
def test_others_find_no_change_page(
    name: str, client_of: ClientOf, series: Planned, request: pytest.FixtureRequest
) -> None:
    address = reverse("supervision:session-change", args=[series(1)[0].pk])
    browser = client_of(request.getfixturevalue(name))

    assert (browser.get(address).status_code, browser.post(address, {}).status_code) == (404, 404)


def test_a_meeting_and_those_after_it_are_cancelled_from_its_page(
    client_of: ClientOf, series: Planned, grace: User
) -> None:
    rows = series(3)
    address, browser = reverse("supervision:session-cancel", args=[rows[1].pk]), client_of(grace)

    later = [browser.get(reverse("supervision:session", args=[row.pk])).context["later"] for row in rows]
    browser.post(address, {"sure": "1", "following": "1"})

    assert list(SupervisionSession.objects.order_by("starts_at").values_list("state", flat=True)) == [
        "scheduled",
        "cancelled",
        "cancelled",
    ]
    assert later == [2, 1, 0]


def test_the_room_and_the_minutes_say_what_it_is_about(
    client_of: ClientOf, series: Planned, grace: User, skill: str, lesson: Subject, now: datetime
) -> None:
    (row,) = series(1, focus=skill, lesson=lesson.key)
    browser, address = client_of(grace), reverse("supervision:session", args=[row.pk])

    def move(state: str) -> str:
        post = Post(row.pk, UUID(str(grace.pk)), uuid4(), "phase", {"state": state})
        post_events(posts=[post], at=timezone.now())
        return browser.get(address).content.decode()

    move("lobby")
    browser.post(reverse("supervision:session-enter", args=[row.pk]), {"agree": "1"})
    room, minutes = move("live"), move("closed")

    for page in (room, minutes):
        assert "Skill: Listening" in page
        assert '<a href="/learn/listen/">' in page
