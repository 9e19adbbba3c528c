"""Meetings of a group: who belongs to them, who leads peers, and whose time counts for what."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from lms.certification.rules.requirements import cases_presented, sessions_attended, supervision_minutes
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes.actions import end_grant
from lms.programmes.models import RoleGrant
from supervision.cases.actions import accept
from supervision.cases.actions import schedule as plan_case
from supervision.cases.models import CasePresentation
from supervision.groups.actions import change_group
from supervision.groups.models import GroupMember, SupervisionGroup
from supervision.room.rules import Answer
from supervision.sessions import actions, rules
from supervision.sessions.access import get_session_for, may_facilitate, may_supervise, role_in
from supervision.sessions.actions import close, go_live, invite, remove_member, schedule, settle
from supervision.sessions.models import Attendance, SessionMember, SupervisionSession
from supervision.sessions.queries import members_among, members_of, sessions_for
from supervision.sessions.queries.planning import sessions_to_plan_in

Send = Callable[..., Answer]
MakeGroup = Callable[..., SupervisionGroup]


@pytest.fixture
def dalia(make_learner: Callable[..., User]) -> User:
    """Learns in the cohort, and belongs to no group."""
    return make_learner("dalia", "Dalia Hassan")


@pytest.fixture
def peer_meeting(world: SimpleNamespace, peers: SupervisionGroup, amina: User, now: datetime) -> SupervisionSession:
    """A planned meeting of peers that Amina leads."""
    return schedule(cohort=world.cohort, group=peers, title="Peers", starts_at=now, by=amina, at=now)


def roles_in(session: SupervisionSession) -> list[tuple[str, str]]:
    return [(member.name.split()[0], member.role) for member in members_of(session)]


def stay(session: SupervisionSession, person: User, begins: datetime, minutes: int) -> None:
    """One stay that is over."""
    ends = begins + timedelta(minutes=minutes)
    Attendance.objects.create(session=session, person=person, joined_at=begins, heard_at=ends, left_at=ends)


def ended(session: SupervisionSession, by: User, at: datetime) -> None:
    close(session=session, by=by, at=at)
    settle(session_id=session.pk, at=at)


# who belongs


def test_only_the_group_and_its_supervisor_belong(group_meeting: SupervisionSession, dalia: User) -> None:
    assert roles_in(group_meeting) == [("Grace", "facilitator"), ("Amina", "provider"), ("Brian", "provider")]
    assert list(sessions_for(dalia)) == []
    with pytest.raises(Http404):
        get_session_for(dalia, group_meeting.pk)


def test_whoever_belongs_finds_it_in_the_list_and_the_other_way_round(
    group_meeting: SupervisionSession, peer_meeting: SupervisionSession, planned: SupervisionSession, dalia: User,
    amina: User, grace: User, admin: User, stranger: User, joseph: User,
) -> None:  # fmt: skip
    meetings = [group_meeting, peer_meeting, planned]
    for person in (dalia, amina, grace, admin, stranger, joseph):
        listed = {session.pk for session in sessions_for(person)}
        belonging = {session for session, _ in members_among([meeting.pk for meeting in meetings], [person.pk])}

        assert listed == belonging, person.username


def test_another_supervisor_of_the_cohort_stays_outside_but_the_co_supervisor_and_a_stand_in_come(
    world: SimpleNamespace, group: SupervisionGroup, group_meeting: SupervisionSession, grace: User, lena: User,
    samuel: User, ruth: User, now: datetime,
) -> None:  # fmt: skip
    for person in (lena, samuel, ruth):
        RoleGrant.objects.create(user=person, role="supervisor", programme=world.programme, granted_at=now)
    SupervisionGroup.objects.filter(pk=group.pk).update(co_supervisor=samuel)
    SupervisionSession.objects.filter(pk=group_meeting.pk).update(facilitator=ruth)

    found = dict(roles_in(group_meeting))

    assert {name: found.get(name) for name in ("Grace", "Samuel", "Ruth", "Lena")} == {
        "Grace": "supervisor",
        "Samuel": "supervisor",
        "Ruth": "facilitator",
        "Lena": None,
    }


def test_a_supervisor_who_lost_the_role_is_out_whatever_the_group_says(
    group_meeting: SupervisionSession, grace: User, joseph: User, now: datetime
) -> None:
    end_grant(held=RoleGrant.objects.get(user=grace, role="supervisor"), by=joseph, at=now)

    assert roles_in(group_meeting) == [("Amina", "provider"), ("Brian", "provider")]


def test_who_leaves_the_group_or_is_taken_out_of_the_meeting_is_out_and_who_is_invited_is_in(
    group: SupervisionGroup, group_meeting: SupervisionSession, grace: User, brian: User, dalia: User, now: datetime
) -> None:
    invite(session=group_meeting, person=dalia, by=grace, at=now)
    GroupMember.objects.filter(group=group, provider=brian.provider).update(left_at=now)

    assert roles_in(group_meeting)[1:] == [("Amina", "provider"), ("Dalia", "provider")]
    remove_member(session=group_meeting, person=dalia, by=grace, at=now)
    assert roles_in(group_meeting)[1:] == [("Amina", "provider")]


def test_members_of_meetings_of_all_kinds_cost_three_queries(
    group_meeting: SupervisionSession, peer_meeting: SupervisionSession, planned: SupervisionSession,
    django_assert_num_queries: Callable[..., object],
) -> None:  # fmt: skip
    with django_assert_num_queries(3):
        members_among([group_meeting.pk, peer_meeting.pk, planned.pk])


# peers


def test_a_host_leads_peers_and_supervises_nobody(
    peer_meeting: SupervisionSession, amina: User, brian: User, grace: User, send: Send
) -> None:
    assert roles_in(peer_meeting) == [("Amina", "host"), ("Brian", "provider")]
    assert (may_facilitate(amina, peer_meeting), may_supervise(amina, peer_meeting)) == (True, False)
    assert role_in(grace, peer_meeting) is None
    for state in ("lobby", "live", "wrap_up", "closed"):
        assert send(peer_meeting, amina, "phase", state=state).seq is not None
        peer_meeting.refresh_from_db()


def test_a_member_who_does_not_lead_moves_nothing(peer_meeting: SupervisionSession, brian: User, send: Send) -> None:
    assert send(peer_meeting, brian, "phase", state="lobby").code == "not_allowed"


def test_a_host_who_left_the_group_and_is_invited_supervises_nobody(
    peers: SupervisionGroup, peer_meeting: SupervisionSession, amina: User, brian: User, now: datetime
) -> None:
    SessionMember.objects.create(session=peer_meeting, person=amina, added_by=amina, added_at=now)
    GroupMember.objects.filter(group=peers, provider=amina.provider).update(left_at=now)

    assert role_in(amina, peer_meeting) == "host"
    assert not may_supervise(amina, peer_meeting)


def test_peers_are_led_by_one_of_them_and_others_by_a_supervisor(
    world: SimpleNamespace, group: SupervisionGroup, peers: SupervisionGroup, grace: User, brian: User, dalia: User, now
) -> None:
    told = {"cohort": world.cohort, "title": "Next", "starts_at": now, "at": now}

    assert schedule(group=peers, by=grace, facilitator=brian, **told).facilitator == brian
    for people, by, leader, refusal in [
        (peers, grace, grace, rules.NotAPeer),
        (peers, brian, dalia, rules.NotAPeer),
        (group, grace, brian, rules.NotAPeer),
        (group, brian, grace, rules.NotTheFacilitator),
        (peers, dalia, dalia, rules.NotTheFacilitator),
    ]:
        with pytest.raises(refusal):
            schedule(group=people, by=by, facilitator=leader, **told)


def test_a_host_opens_what_a_supervisor_planned_for_this_meeting_and_nothing_else(
    peer_meeting: SupervisionSession, case: CasePresentation, amina: User, brian: User, grace: User, send: Send, now
) -> None:
    SupervisionSession.objects.filter(pk=peer_meeting.pk).update(facilitator=brian)
    for state in ("lobby", "live"):
        send(peer_meeting, brian, "phase", state=state)

    accepted = send(peer_meeting, brian, "case.open", case=str(case.pk))
    peer_meeting.refresh_from_db()
    plan_case(case=case, session=peer_meeting, by=grace, at=now)
    planned = send(peer_meeting, brian, "case.open", case=str(case.pk))

    assert (accepted.code, planned.code) == ("invalid", "")
    case.refresh_from_db()
    assert case.state == "presenting"


def test_the_guard_of_the_host_is_what_keeps_the_queue_shut(
    peer_meeting: SupervisionSession, case: CasePresentation, brian: User, send: Send, monkeypatch
) -> None:
    SupervisionSession.objects.filter(pk=peer_meeting.pk).update(facilitator=brian)
    for state in ("lobby", "live"):
        send(peer_meeting, brian, "phase", state=state)
    monkeypatch.setattr(
        "supervision.sessions.actions.cases.cases_of_meeting", lambda _: CasePresentation.objects.filter(pk=case.pk)
    )

    assert send(peer_meeting, brian, "case.open", case=str(case.pk)).code == ""


def test_a_case_is_planned_only_where_its_writer_belongs(
    world: SimpleNamespace, make_group: MakeGroup, group_meeting: SupervisionSession, peer_meeting: SupervisionSession,
    planned: SupervisionSession, case: CasePresentation, dalia: User, grace: User, now: datetime,
) -> None:  # fmt: skip
    others = make_group([dalia], name="Others")
    schedule(cohort=world.cohort, group=others, title="Others", starts_at=now, by=grace, at=now)

    found = set(sessions_to_plan_in(grace, case, now))

    assert found == {group_meeting, peer_meeting, planned}
    assert list(sessions_to_plan_in(dalia, case, now)) == []


# whose time counts


def test_minutes_among_peers_are_kept_and_count_for_no_certificate(
    peer_meeting: SupervisionSession, case: CasePresentation, amina: User, brian: User, grace: User, now: datetime
) -> None:
    go_live(session=peer_meeting, by=amina, at=now)
    plan_case(case=case, session=peer_meeting, by=grace, at=now)
    actions.open_case(session=peer_meeting, case_id=case.pk, by=amina, at=now)
    for person in (amina, brian):
        stay(peer_meeting, person, now, 60)

    ended(peer_meeting, amina, now + timedelta(hours=1))

    entries = list(entries_of(amina.provider))
    told = {"session": str(peer_meeting.pk), "peer": True}
    assert [(entry.kind, entry.facts) for entry in sorted(entries, key=lambda entry: entry.kind)] == [
        ("case.presented", {**told, "case": str(case.pk)}),
        ("session.attended", {**told, "seconds": 3600, "share": 100}),
    ]
    assert [
        rule({"count": 1}, entries, now.date()).have
        for rule in (supervision_minutes, sessions_attended, cases_presented)
    ] == [0, 0, 0]


def test_a_supervised_meeting_is_recorded_as_before(
    group_meeting: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    go_live(session=group_meeting, by=grace, at=now)
    stay(group_meeting, amina, now, 60)

    ended(group_meeting, grace, now + timedelta(hours=1))

    (entry,) = entries_of(amina.provider)
    assert entry.facts == {"session": str(group_meeting.pk), "seconds": 3600, "share": 100}
    assert supervision_minutes({"count": 60}, [entry], now.date()).met


def test_two_groups_meet_at_once_but_not_with_everybody_and_no_group_twice(
    world: SimpleNamespace, group_meeting: SupervisionSession, peer_meeting: SupervisionSession,
    planned: SupervisionSession, group: SupervisionGroup, amina: User, grace: User, now: datetime,
) -> None:  # fmt: skip
    second = schedule(cohort=world.cohort, group=group, title="Again", starts_at=now, by=grace, at=now)
    go_live(session=group_meeting, by=grace, at=now)
    go_live(session=peer_meeting, by=amina, at=now)

    for refused in (second, planned):
        with pytest.raises(rules.AnotherIsLive):
            go_live(session=refused, by=grace, at=now)
    close(session=group_meeting, by=grace, at=now)
    close(session=peer_meeting, by=amina, at=now)
    go_live(session=planned, by=grace, at=now)
    with pytest.raises(rules.AnotherIsLive):
        go_live(session=second, by=grace, at=now)


@pytest.mark.parametrize("whole", [True, False])
def test_the_database_keeps_it_to_one_live_meeting(
    whole: bool, world: SimpleNamespace, group: SupervisionGroup, grace: User, now: datetime
) -> None:
    told = {"cohort": world.cohort, "group": None if whole else group, "title": "One", "by": grace, "at": now}
    rows = [schedule(starts_at=now, **told).pk for _ in range(2)]

    SupervisionSession.objects.filter(pk=rows[0]).update(state="live", live_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionSession.objects.filter(pk=rows[1]).update(state="live", live_at=now)


def test_who_sits_in_two_rooms_at_once_is_counted_once(
    group_meeting: SupervisionSession, peer_meeting: SupervisionSession, amina: User, brian: User, grace: User, now
) -> None:
    go_live(session=group_meeting, by=grace, at=now)
    go_live(session=peer_meeting, by=amina, at=now + timedelta(minutes=20))
    stay(group_meeting, amina, now, 60)
    stay(peer_meeting, amina, now + timedelta(minutes=20), 70)
    stay(peer_meeting, brian, now + timedelta(minutes=20), 70)

    ended(group_meeting, grace, now + timedelta(minutes=60))
    ended(peer_meeting, amina, now + timedelta(minutes=90))

    seconds = {entry.facts["session"]: entry.facts["seconds"] for entry in entries_of(amina.provider)}
    assert seconds == {str(group_meeting.pk): 3600, str(peer_meeting.pk): 1800}
    assert [entry.facts["seconds"] for entry in entries_of(brian.provider)] == [4200]
    SupervisionSession.objects.update(settled_at=None)
    assert [settle(session_id=one.pk, at=now) for one in (group_meeting, peer_meeting)] == [1, 2]


def test_without_looking_elsewhere_minutes_would_count_twice(
    group_meeting: SupervisionSession, peer_meeting: SupervisionSession, amina: User, grace: User, now, monkeypatch
) -> None:
    monkeypatch.setattr("supervision.sessions.queries.counted_elsewhere", lambda session: {})
    for session, lead in ((group_meeting, grace), (peer_meeting, amina)):
        go_live(session=session, by=lead, at=now)
        stay(session, amina, now, 60)
    for session, lead in ((group_meeting, grace), (peer_meeting, amina)):
        ended(session, lead, now + timedelta(minutes=60))

    assert sum(entry.facts["seconds"] for entry in entries_of(amina.provider)) == 7200


def test_another_kind_of_group_keeps_the_meetings_that_were(
    group: SupervisionGroup, group_meeting: SupervisionSession, case: CasePresentation, grace: User, now: datetime
) -> None:
    change_group(
        group=group, name="New name", kind="supervised", supervisor=grace, co_supervisor=None, cadence="monthly",
        time_zone="Europe/Berlin", providers=[], by=grace, at=now,
    )  # fmt: skip

    assert roles_in(group_meeting) == [("Grace", "facilitator")]
    with pytest.raises(rules.NoSuchCase):
        go_live(session=group_meeting, by=grace, at=now)
        actions.open_case(session=group_meeting, case_id=accept(case=case, by=grace, at=now).pk, by=grace, at=now)
