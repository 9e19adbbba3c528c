"""Hands in order, the floor, and the agenda's clock, which is the server's."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from lms.people.models import User
from supervision.room.actions import expire, hear
from supervision.room.actions.presence import Heard
from supervision.room.models import Board
from supervision.room.queries import board_for, hands_on, roll_of, room_state
from supervision.room.rules import Answer, clean_data, next_phase, stamp, stations, stretched
from supervision.sessions import access
from supervision.sessions.actions import keep_silence
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import members_of
from supervision.sessions.rules import default_agenda

Send = Callable[..., Answer]
BOXES = [
    {"kind": "advice", "title": "Last time", "minutes": 10},
    {"kind": "case", "title": "The case", "minutes": 30},
    {"kind": "wrap_up", "title": "Goodbye", "minutes": 5},
]


def test_hands_stand_in_the_order_in_which_they_went_up_and_twice_is_once(
    meeting: SupervisionSession, amina: User, brian: User, send: Send
) -> None:
    for person in (brian, amina, brian):
        send(meeting, person, "hand.raise")

    assert board_for(meeting.pk).hands == [str(brian.pk), str(amina.pk)]


def test_whoever_had_the_floor_is_not_the_first_time_any_more(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, send: Send
) -> None:
    for person in (amina, brian):
        send(meeting, person, "hand.raise")
    send(meeting, grace, "hand.lower", person=str(amina.pk), called=True)
    send(meeting, amina, "hand.raise")

    board = board_for(meeting.pk)

    assert board.speaker_id == amina.pk
    hands = hands_on(board, members_of(meeting))
    assert [(hand.place, hand.member.name, hand.first) for hand in hands] == [
        (1, "Brian Otieno", True),
        (2, "Amina Odhiambo", False),
    ]


def test_a_hand_is_lowered_by_its_owner_or_by_who_leads_only(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, send: Send
) -> None:
    for person in (amina, brian):
        send(meeting, person, "hand.raise")

    answers = [
        send(meeting, brian, "hand.lower", person=str(amina.pk)).code,
        send(meeting, brian, "hand.lower", person=str(amina.pk), called=True).code,
        send(meeting, amina, "hand.lower").code,
        send(meeting, grace, "hand.lower", person=str(brian.pk)).code,
        send(meeting, grace, "hand.lower", person=str(brian.pk), called=True).code,
    ]

    assert answers == ["not_allowed", "not_allowed", "", "", "conflict"]
    assert board_for(meeting.pk).hands == []


def test_access_that_says_yes_to_all_would_let_a_learner_lower_others(
    meeting: SupervisionSession, amina: User, brian: User, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turns the guard off."""
    send(meeting, amina, "hand.raise")
    monkeypatch.setattr(access, "may_facilitate", lambda person, session: True)

    assert send(meeting, brian, "hand.lower", person=str(amina.pk)).code == ""


def test_two_who_lead_may_call_the_same_hand_and_done_gives_the_floor_back(
    meeting: SupervisionSession, amina: User, grace: User, send: Send
) -> None:
    send(meeting, amina, "hand.raise")
    twice = [send(meeting, grace, "hand.lower", person=str(amina.pk), called=True).code for _ in range(2)]
    speaking = board_for(meeting.pk).speaker_id

    send(meeting, amina, "hand.lower")

    assert (twice, speaking, board_for(meeting.pk).speaker_id) == (["", ""], amina.pk, None)


def test_who_leaves_for_good_has_no_hand_up(
    meeting: SupervisionSession, amina: User, brian: User, send: Send, now: datetime
) -> None:
    for person in (amina, brian):
        keep_silence(session=meeting, person=person, at=now)
        hear(heard=[Heard(uuid4(), meeting.pk, person.pk, now)], at=now)
        send(meeting, person, "hand.raise")
    later = now + timedelta(seconds=90)
    hear(heard=[Heard(uuid4(), meeting.pk, brian.pk, later)], at=later)

    expire(at=later)

    assert board_for(meeting.pk).hands == [str(brian.pk)]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("hand.lower", {"called": True}),
        ("hand.lower", {"person": "x"}),
        ("agenda", {}),
        ("agenda", {"box": 0, "extend": 2}),
        ("agenda", {"extend": 0}),
        ("agenda", {"extend": True}),
        ("agenda", {"items": []}),
        ("agenda", {"items": [{"title": "x", "minutes": 0}]}),
        ("agenda", {"items": [{"title": "", "minutes": 5}]}),
        ("agenda", {"items": [{"kind": "party", "title": "x", "minutes": 5}]}),
    ],
)
def test_what_cannot_be_read_is_refused(
    meeting: SupervisionSession, grace: User, send: Send, kind: str, data: dict[str, object]
) -> None:
    assert send(meeting, grace, kind, **data).code == "invalid"


def test_the_clock_begins_with_the_meeting_and_is_told_to_whoever_comes_late(
    planned: SupervisionSession, grace: User, send: Send, now: datetime
) -> None:
    send(planned, grace, "agenda", items=BOXES)
    send(planned, grace, "phase", state="live")
    planned.refresh_from_db()

    state = room_state(planned, now + timedelta(minutes=4))

    assert (state["box"], state["box_ends_at"], state["now"]) == (
        0,
        stamp(now + timedelta(minutes=10)),
        stamp(now + timedelta(minutes=4)),
    )
    assert state["agenda"] == BOXES


def test_on_to_a_box_more_time_and_the_last_minutes(
    meeting: SupervisionSession, grace: User, send: Send, now: datetime
) -> None:
    send(meeting, grace, "agenda", items=BOXES)
    seen = []
    for at, data in ((now, {"box": 1}), (now, {"extend": 2}), (now + timedelta(minutes=40), {"extend": 2})):
        send(meeting, grace, "agenda", at=at, **data)
        board = Board.objects.get(pk=meeting.pk)
        seen.append((board.box, board.box_seconds // 60))
    send(meeting, grace, "phase", at=now + timedelta(minutes=43), state="wrap_up")

    assert seen == [(1, 30), (1, 32), (1, 42)]
    board = Board.objects.get(pk=meeting.pk)
    assert (board.box, board.box_seconds, board.box_started_at) == (2, 300, now + timedelta(minutes=43))


def test_time_that_is_over_is_not_counted_against_more_time(now: datetime) -> None:
    assert [stretched(now, 600, 2, now + timedelta(minutes=late)) // 60 for late in (0, 9, 15)] == [12, 12, 17]


def test_only_who_leads_moves_the_clock_and_only_to_a_box_that_is_there(
    meeting: SupervisionSession, planned: SupervisionSession, amina: User, grace: User, send: Send
) -> None:
    send(meeting, grace, "agenda", items=BOXES)

    answers = [
        send(meeting, amina, "agenda", box=1).code,
        send(meeting, amina, "agenda", items=BOXES).code,
        send(meeting, grace, "agenda", box=7).code,
        send(meeting, grace, "agenda", box=1).code,
    ]

    assert answers == ["not_allowed", "not_allowed", "invalid", ""]


def test_before_the_meeting_the_agenda_changes_but_no_clock_runs(
    planned: SupervisionSession, grace: User, send: Send
) -> None:
    answers = [send(planned, grace, "agenda", items=BOXES).code, send(planned, grace, "agenda", box=0).code]

    assert answers == ["", "invalid"]
    assert not Board.objects.filter(pk=planned.pk, box__isnull=False).exists()


def test_a_shorter_agenda_keeps_the_running_clock(
    meeting: SupervisionSession, grace: User, send: Send, now: datetime
) -> None:
    send(meeting, grace, "agenda", items=BOXES)
    send(meeting, grace, "agenda", box=2)

    send(meeting, grace, "agenda", items=BOXES[:2])

    board = Board.objects.get(pk=meeting.pk)
    assert (board.box, board.box_started_at) == (1, now)


def test_the_next_step_follows_the_agenda_and_the_case() -> None:
    told = [
        next_phase("lobby", "", BOXES, None),
        next_phase("live", "", BOXES, 0),
        next_phase("live", "present", BOXES, 1),
        next_phase("live", "agree", BOXES, 1),
        next_phase("live", "", (), None),
        next_phase("wrap_up", "", BOXES, 2),
    ]

    assert [(one.kind, one.name, one.value) for one in told] == [
        ("phase", "state", "live"),
        ("agenda", "box", "1"),
        ("phase", "step", "clarify"),
        ("phase", "state", "wrap_up"),
        ("phase", "state", "wrap_up"),
        ("phase", "state", "closed"),
    ]


def test_an_open_case_shows_its_steps_on_the_way() -> None:
    way = [
        [(str(stop.short), stop.mark) for stop in stations(*where)]
        for where in (("lobby", "", BOXES, None), ("live", "group", BOXES, 1), ("wrap_up", "", [], None))
    ]

    assert way == [
        [("Roll call", "now"), ("Last time", "todo"), ("The case", "todo"), ("Goodbye", "todo")],
        [
            ("Roll call", "done"), ("Last time", "done"), ("Case", "done"), ("Questions", "done"), ("Ideas", "now"),
            ("Supervisor", "todo"), ("Agree", "todo"), ("Goodbye", "todo"),
        ],
        [("Roll call", "done"), ("Meeting", "done"), ("Last minutes", "now")],
    ]  # fmt: skip


@pytest.mark.parametrize("minutes", [15, 37, 60, 90, 240])
def test_the_usual_agenda_takes_as_long_as_the_meeting(minutes: int) -> None:
    boxes = default_agenda(minutes)

    assert sum(box["minutes"] for box in boxes) == minutes
    assert clean_data("agenda", {"items": boxes}) == {"items": boxes}


def test_the_roll_says_who_came_when_and_who_is_not_here_yet(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, now: datetime
) -> None:
    for person in (amina, grace):
        hear(heard=[Heard(uuid4(), meeting.pk, person.pk, now)], at=now)
    later = now + timedelta(minutes=12)
    hear(heard=[Heard(uuid4(), meeting.pk, grace.pk, later)], at=later)
    expire(at=later)

    roll = roll_of(meeting, members_of(meeting), {grace.pk}, later)

    told = {line.member.name: (line.here, line.came, line.left, line.minutes) for line in roll}
    assert told == {
        "Grace Achieng": (True, now, None, 12),
        "Amina Odhiambo": (False, now, now, 0),
        "Brian Otieno": (False, None, None, 0),
    }
    assert timezone.is_aware(roll[0].came)
