"""Pressing Urgent, telling one after the other, each step with its trail, and who may not."""

import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction

from lms.ledger.tasks import lift_guards
from lms.notices.models import Notice
from lms.people.actions import add_provider, set_contact
from lms.people.models import User
from lms.programmes.actions import enrol, grant
from lms.programmes.rules import NotInScope
from supervision.cases.models import CasePresentation
from supervision.risk import access, actions, queries, rules
from supervision.risk.actions import raising
from supervision.risk.models import OnCallShift, RiskEscalation, RiskEvent
from supervision.sessions.models import SupervisionSession

Press = Callable[..., RiskEscalation]


def told(danger: RiskEscalation) -> list[str]:
    return [event.person.username for event in queries.events_of(danger) if event.kind == "told"]


def kinds(danger: RiskEscalation) -> list[str]:
    return [event.kind for event in queries.events_of(danger)]


def test_a_press_tells_who_is_on_call_at_once(danger: RiskEscalation, grace: User, now: datetime) -> None:
    notice = Notice.objects.get()

    assert (danger.state, told(danger)) == ("raised", ["grace"])
    assert (notice.person, notice.due_at, notice.link) == (grace, now, f"/supervision/risk/{danger.pk}/")
    assert "Amina Odhiambo pressed Urgent at 2:00 PM" in notice.text
    assert "harm" not in notice.text


@pytest.mark.django_db(transaction=True)
def test_the_message_of_a_press_goes_out_at_once_and_waits_for_no_tick(
    rota: None, press: Press, grace: User, now: datetime
) -> None:
    press()
    for thread in threading.enumerate():
        if thread.name == "notice":
            thread.join()

    assert [sent.to for sent in mail.outbox] == [[grace.email]]
    assert Notice.objects.get().sent_at == now


def test_the_state_kept_is_the_one_computed_from_the_steps(danger: RiskEscalation, grace: User, now: datetime) -> None:
    for step, more in (
        (actions.acknowledge, {}),
        (actions.act, {}),
        (actions.hand_over, {"service": "hospital"}),
        (actions.make_plan, {"items": ["means", "copy"]}),
        (actions.plan_follow_ups, {"days": [date(2026, 3, 24)]}),
        (actions.close, {"outcome": "safe"}),
        (actions.reopen, {}),
    ):
        danger = step(escalation=danger, by=grace, at=now, **more)
        assert danger.state == rules.state_of(kinds(danger))

    assert kinds(danger) == [
        *("raised", "told", "acknowledged", "acting", "handed_over", "plan_made", "follow_up_planned"),
        *("days_called_off", "closed", "reopened", "acknowledged"),
    ]


def test_the_same_press_twice_is_one_danger(rota: None, press: Press, now: datetime) -> None:
    key = uuid4()

    first, again = press(key=key), press(key=key, at=now + timedelta(hours=1))

    assert (first.pk, RiskEscalation.objects.count(), Notice.objects.count()) == (again.pk, 1, 1)


def test_a_press_that_arrives_hours_late_says_both_times_and_counts_from_its_arrival(
    rota: None, press: Press, now: datetime
) -> None:
    late = press(happened_at=now - timedelta(hours=3))

    actions.keep_telling(at=now + timedelta(minutes=9))

    assert (late.happened_at, late.raised_at) == (now - timedelta(hours=3), now)
    assert told(late) == ["grace"]


def test_a_phone_whose_clock_runs_ahead_pressed_now(rota: None, press: Press, now: datetime) -> None:
    assert press(happened_at=now + timedelta(days=400)).happened_at == now


def test_nothing_that_cannot_be_read_stops_a_press(rota: None, press: Press, stranger: User) -> None:
    odd = press(what="<script>", place="moon", note="x" * 5000, case_id=uuid4(), programme_id=uuid4())

    assert (odd.what, odd.place, odd.case, odd.programme.slug) == ("other", "", None, "helping-kisumu")
    assert len(queries.events_of(odd)[0].note.text) == rules.NOTE_LIMIT


def test_who_belongs_to_no_programme_is_told_to_call(admin: User, press: Press, world: SimpleNamespace) -> None:
    nobody = User.objects.create_user("nobody", name="Nobody")

    with pytest.raises(rules.NoProgramme):
        press(nobody)


def test_without_an_answer_the_second_is_told_then_the_supervisors_then_the_managers(
    rota: None, press: Press, samuel: User, joseph: User, world: SimpleNamespace, now: datetime
) -> None:
    danger = press()

    rounds = []
    for minutes in range(0, 60, 5):
        actions.keep_telling(at=now + timedelta(minutes=minutes))
        rounds.append(told(danger))

    assert rounds[1] == ["grace"]
    assert rounds[2] == rounds[3] == ["grace", "ruth"]
    assert rounds[4] == ["grace", "ruth", "joseph"]
    assert rounds[11] == ["grace", "ruth", "joseph"]
    assert RiskEscalation.objects.get().state == "raised"


def test_when_all_were_told_all_are_told_again_an_hour_later(danger: RiskEscalation, now: datetime) -> None:
    for minutes in (10, 69, 70, 71):
        actions.keep_telling(at=now + timedelta(minutes=minutes))

    assert told(danger) == ["grace", "ruth", "grace", "ruth"]


def test_after_a_day_without_an_answer_all_are_told_once_a_day(danger: RiskEscalation, now: datetime) -> None:
    for hours in range(1, 80):
        actions.keep_telling(at=now + timedelta(hours=hours))

    assert rules.again_after(timedelta(hours=23)) == timedelta(hours=1)
    assert [told(danger).count(name) for name in ("grace", "ruth")] == [1 + 22 + 2, 1 + 22 + 2]


def test_two_jobs_at_one_moment_tell_the_next_once(danger: RiskEscalation, now: datetime) -> None:
    late = now + timedelta(minutes=10)

    assert (actions.keep_telling(at=late), actions.keep_telling(at=late)) == (1, 0)
    assert told(danger) == ["grace", "ruth"]


def test_the_programme_says_how_long_one_has(
    danger: RiskEscalation, world: SimpleNamespace, joseph: User, now: datetime
) -> None:
    actions.set_minutes(programme=world.programme, minutes=3, by=joseph, at=now)

    assert actions.keep_telling(at=now + timedelta(minutes=3)) == 1


def test_without_a_rota_the_supervisors_of_the_group_are_told(press: Press, grace: User, joseph: User) -> None:
    assert told(press()) == ["grace"]


def test_whom_nothing_would_reach_is_passed_over_in_the_same_step_and_stays_in_the_trail(
    rota: None, press: Press, grace: User, ruth: User, now: datetime
) -> None:
    set_contact(person=grace, email="", phone="")

    danger = press()

    assert kinds(danger) == ["raised", "unreachable", "told"]
    assert queries.events_of(danger)[1].person == grace
    assert (told(danger), [notice.person for notice in Notice.objects.all()]) == (["ruth"], [ruth])
    assert access.may_see(grace, danger)
    assert rules.state_of(kinds(danger)) == danger.state


def test_one_whom_nothing_reaches_is_named_once_and_told_when_she_can_be(
    rota: None, press: Press, grace: User, now: datetime
) -> None:
    set_contact(person=grace, email="", phone="")
    danger = press()

    actions.keep_telling(at=now + timedelta(minutes=61))
    set_contact(person=grace, email="", phone="+254 700 000 011")
    actions.keep_telling(at=now + timedelta(minutes=122))

    assert kinds(danger).count("unreachable") == 1
    assert told(danger) == ["ruth", "ruth", "grace", "ruth"]


def test_with_nobody_who_can_be_reached_nothing_is_written_every_hour(
    rota: None, press: Press, grace: User, ruth: User, now: datetime
) -> None:
    for person in (grace, ruth):
        set_contact(person=person, email="", phone="")
    danger = press()

    passed = [actions.keep_telling(at=now + timedelta(hours=hours)) for hours in (1, 2, 3)]

    assert (passed, kinds(danger)) == ([0, 0, 0], ["raised", "unreachable", "unreachable"])


def test_a_supervisor_who_presses_is_not_told_herself(rota: None, press: Press, grace: User) -> None:
    assert told(press(grace)) == ["ruth"]


def test_i_have_it_stops_the_telling_and_calls_off_what_was_not_sent(
    danger: RiskEscalation, grace: User, now: datetime
) -> None:
    held = actions.acknowledge(escalation=danger, by=grace, at=now + timedelta(minutes=2))

    assert (held.holder, held.acknowledged_at) == (grace, now + timedelta(minutes=2))
    assert actions.keep_telling(at=now + timedelta(hours=5)) == 0
    assert Notice.objects.get().dropped_at == now + timedelta(minutes=2)


def test_of_two_who_take_it_at_once_one_has_it_and_the_other_hears_so(
    danger: RiskEscalation, grace: User, ruth: User, now: datetime
) -> None:
    actions.keep_telling(at=now + timedelta(minutes=10))
    old = RiskEscalation.objects.get()  # both read the page while nobody had it

    actions.acknowledge(escalation=danger, by=grace, at=now)
    with pytest.raises(rules.SomebodyHasIt):
        actions.acknowledge(escalation=old, by=ruth, at=now)
    again = actions.acknowledge(escalation=old, by=grace, at=now)

    assert (again.holder, kinds(danger).count("acknowledged")) == (grace, 1)


def test_passing_it_on_tells_the_next_at_once_and_counts_as_unanswered(
    danger: RiskEscalation, grace: User, now: datetime
) -> None:
    actions.acknowledge(escalation=danger, by=grace, at=now)

    passed = actions.pass_on(escalation=danger, note="I am driving.", by=grace, at=now)

    assert (passed.state, passed.holder, told(danger)) == ("raised", None, ["grace", "ruth"])


def test_its_raiser_takes_nothing_and_closes_nothing_alone(danger: RiskEscalation, amina: User, now: datetime) -> None:
    for step, more in (
        (actions.acknowledge, {}),
        (actions.pass_on, {}),
        (actions.act, {}),
        (actions.hand_over, {"service": "clinic"}),
        (actions.make_plan, {"items": ["copy"]}),
        (actions.plan_follow_ups, {"days": [now.date()]}),
    ):
        with pytest.raises(rules.NotYours):
            step(escalation=danger, by=amina, at=now, **more)
    with pytest.raises(rules.AnotherMustClose):
        actions.close(escalation=danger, outcome="safe", by=amina, at=now)

    assert kinds(danger) == ["raised", "told"]


@pytest.mark.parametrize("field", ["closed_by", "holder"])
def test_the_database_refuses_a_raiser_who_closes_or_holds(
    danger: RiskEscalation, amina: User, now: datetime, field: str
) -> None:
    ended = {"state": "closed", "closed_at": now, "outcome": "safe"} if field == "closed_by" else {}

    with pytest.raises(IntegrityError), transaction.atomic():
        RiskEscalation.objects.filter(pk=danger.pk).update(**{field: amina}, **ended)


def test_the_database_refuses_one_closed_by_nobody(danger: RiskEscalation, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskEscalation.objects.filter(pk=danger.pk).update(state="closed", closed_at=now, outcome="safe")


@pytest.mark.parametrize("who", ["brian", "stranger", "joseph", "samuel", "lena", "admin"])
def test_who_was_not_told_and_does_not_supervise_neither_sees_nor_steps(
    who: str, danger: RiskEscalation, request: pytest.FixtureRequest, now: datetime
) -> None:
    person = request.getfixturevalue(who)

    assert not access.may_see(person, danger)
    for step in (actions.acknowledge, actions.act, actions.reopen):
        with pytest.raises(rules.NotYours):
            step(escalation=danger, by=person, at=now)
    with pytest.raises(rules.NotYours):
        actions.add_words(escalation=danger, note="Hello", by=person, at=now)


def test_without_the_guard_a_stranger_could_take_it(
    danger: RiskEscalation, stranger: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "may_work_on", lambda person, escalation: True)

    assert actions.acknowledge(escalation=danger, by=stranger, at=now).holder == stranger


def test_whoever_was_told_sees_it_and_a_supervisor_of_another_group_does_not(
    danger: RiskEscalation, ruth: User, world: SimpleNamespace, now: datetime
) -> None:
    before = access.may_see(ruth, danger)

    actions.keep_telling(at=now + timedelta(minutes=10))

    assert (before, access.may_see(ruth, danger)) == (False, True)


def test_the_rows_of_the_trail_never_change(danger: RiskEscalation) -> None:
    for sql in ("UPDATE supervision_riskevent SET kind = 'words'", "DELETE FROM supervision_riskevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_without_the_database_s_guard_they_could(danger: RiskEscalation) -> None:
    lift_guards()

    assert RiskEvent.objects.filter(kind="told").update(kind="words") == 1


def test_follow_ups_are_reported_once_by_the_helper_or_the_supervisor(
    danger: RiskEscalation, amina: User, grace: User, stranger: User, now: datetime
) -> None:
    actions.acknowledge(escalation=danger, by=grace, at=now)
    actions.make_plan(escalation=danger, items=["copy"], by=grace, at=now)
    actions.plan_follow_ups(escalation=danger, days=[date(2026, 3, 24), date(2026, 3, 31)], by=grace, at=now)
    first, second = queries.follow_ups_of(danger)

    for _ in range(2):
        actions.report_follow_up(follow_up=first.pk, became="done", note="She eats again.", by=amina, at=now)
    with pytest.raises(rules.ReportedBefore):
        actions.report_follow_up(follow_up=first.pk, became="missed", by=grace, at=now)
    with pytest.raises(rules.NoSuchFollowUp):
        actions.report_follow_up(follow_up=second.pk, became="done", by=stranger, at=now)
    actions.report_follow_up(follow_up=second.pk, became="missed", by=grace, at=now)

    assert [row.became for row in queries.follow_ups_of(danger)] == ["done", "missed"]
    assert kinds(danger)[-2:] == ["follow_up_done", "follow_up_missed"]


def test_planning_the_same_days_again_adds_none(danger: RiskEscalation, grace: User, now: datetime) -> None:
    actions.acknowledge(escalation=danger, by=grace, at=now)
    actions.act(escalation=danger, by=grace, at=now)

    for _ in range(2):
        actions.plan_follow_ups(escalation=danger, days=[date(2026, 3, 24)], by=grace, at=now)

    assert danger.follow_ups.count() == 1


def test_nobody_is_called_safe_without_a_plan_and_days_or_a_reason(
    danger: RiskEscalation, grace: User, now: datetime
) -> None:
    steps = {"escalation": danger, "by": grace, "at": now}
    ending = {**steps, "outcome": "safe"}
    actions.acknowledge(**steps)

    for done, more in (
        (actions.act, {}),
        (actions.plan_follow_ups, {"days": [date(2026, 3, 24)]}),
        (actions.make_plan, {"items": ["copy"]}),
    ):
        with pytest.raises(rules.NotSafeYet):
            actions.close(**ending, note=" ")
        done(**steps, **more)
    closed = actions.close(**ending)

    assert (closed.state, closed.outcome) == ("closed", "safe")


def test_what_was_done_before_it_was_opened_again_does_not_close_it(
    danger: RiskEscalation, grace: User, now: datetime
) -> None:
    steps = {"escalation": danger, "by": grace, "at": now}
    actions.acknowledge(**steps)
    actions.hand_over(**steps, service="clinic")
    actions.plan_follow_ups(**steps, days=[date(2026, 3, 24)])
    actions.close(**steps, outcome="lost")
    actions.reopen(**steps)

    with pytest.raises(rules.NotSafeYet):
        actions.close(**steps, outcome="lost")
    actions.close(**steps, outcome="lost", note="She moved away with her mother.")

    ended = queries.events_of(danger)[-1]
    assert (ended.kind, ended.note.text) == ("closed", "She moved away with her mother.")


@pytest.mark.parametrize("outcome", ["in_care", "no_danger", "died"])
def test_some_endings_need_no_more(danger: RiskEscalation, grace: User, now: datetime, outcome: str) -> None:
    actions.acknowledge(escalation=danger, by=grace, at=now)

    assert actions.close(escalation=danger, outcome=outcome, by=grace, at=now).outcome == outcome


def test_closing_calls_off_the_days_that_nobody_wrote_of_and_the_trail_says_which(
    danger: RiskEscalation, amina: User, grace: User, now: datetime
) -> None:
    steps = {"escalation": danger, "by": grace, "at": now}
    actions.acknowledge(**steps)
    actions.act(**steps)
    actions.plan_follow_ups(**steps, days=[date(2026, 3, 17), date(2026, 3, 24), date(2026, 3, 31)])
    first = queries.follow_ups_of(danger)[0]
    actions.report_follow_up(follow_up=first.pk, became="done", by=amina, at=now)

    actions.close(**steps, outcome="in_care")

    assert [row.became for row in queries.follow_ups_of(danger)] == ["done", "called_off", "called_off"]
    called_off = queries.events_of(danger)[-2]
    assert (called_off.kind, called_off.by, called_off.facts) == (
        "days_called_off",
        grace,
        {"days": ["2026-03-24", "2026-03-31"]},
    )
    assert rules.state_of(kinds(danger)) == "closed"


def test_a_day_that_was_called_off_is_planned_again_and_a_late_report_of_one_is_heard(
    danger: RiskEscalation, amina: User, grace: User, now: datetime
) -> None:
    steps, days = {"escalation": danger, "by": grace, "at": now}, [date(2026, 3, 24), date(2026, 3, 31)]
    actions.acknowledge(**steps)
    actions.act(**steps)
    actions.plan_follow_ups(**steps, days=days)
    actions.close(**steps, outcome="in_care")
    late = queries.follow_ups_of(danger)[0]

    actions.report_follow_up(follow_up=late.pk, became="done", note="She laughed.", by=amina, at=now)
    actions.reopen(**steps)
    actions.act(**steps)
    actions.plan_follow_ups(**steps, days=days)

    assert [row.became for row in queries.follow_ups_of(danger)] == ["done", ""]


def reminders(day: date) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(kind="risk.follow_up", made_at__date=day).order_by("person__username")
    return [(row.person.username, row.subject) for row in rows]


def test_a_day_to_look_is_told_in_the_morning_and_once_more_when_it_was_missed(
    danger: RiskEscalation, grace: User, now: datetime
) -> None:
    steps, day = {"escalation": danger, "by": grace, "at": now}, date(2026, 3, 24)
    actions.acknowledge(**steps)
    actions.act(**steps)
    actions.plan_follow_ups(**steps, days=[day])
    midnight = datetime(2026, 3, 24, tzinfo=queries.zone_of(danger.programme))

    told_by = [actions.remind_of_days(at=midnight + timedelta(hours=hours)) for hours in (-1, 7, 8, 9, 31, 32, 33, 500)]

    assert told_by == [0, 0, 2, 0, 0, 2, 0, 0]
    assert reminders(day) == [(name, "Today: look how the person is") for name in ("amina", "grace")]
    assert reminders(day + timedelta(days=1)) == [
        (name, "Nobody wrote how the person is") for name in ("amina", "grace")
    ]
    for notice in Notice.objects.filter(kind="risk.follow_up"):
        assert notice.link == f"/supervision/risk/{danger.pk}/"


def test_nobody_is_reminded_of_a_day_that_was_written_down_or_called_off(
    danger: RiskEscalation, amina: User, grace: User, now: datetime
) -> None:
    steps = {"escalation": danger, "by": grace, "at": now}
    actions.acknowledge(**steps)
    actions.act(**steps)
    actions.plan_follow_ups(**steps, days=[date(2026, 3, 17), date(2026, 3, 18)])
    first = queries.follow_ups_of(danger)[0]
    laid_out = actions.remind_of_days(at=now)

    actions.report_follow_up(follow_up=first.pk, became="done", by=amina, at=now)
    actions.close(**steps, outcome="in_care")

    waiting = Notice.objects.filter(kind="risk.follow_up", dropped_at=None).count()
    assert (laid_out, waiting, actions.remind_of_days(at=now + timedelta(days=1))) == (2, 0, 0)


def test_its_raiser_opens_it_again_and_the_telling_begins_anew(
    danger: RiskEscalation, amina: User, grace: User, now: datetime
) -> None:
    actions.acknowledge(escalation=danger, by=grace, at=now)
    actions.close(escalation=danger, outcome="safe", note="Her sister is with her.", by=grace, at=now)

    again = actions.reopen(escalation=danger, note="She is worse.", by=amina, at=now + timedelta(hours=2))

    assert (again.state, again.closed_by, told(danger)) == ("raised", None, ["grace", "grace"])


@pytest.mark.parametrize(("case_to", "state"), [("submitted", "submitted"), ("closed", "closed")])
def test_a_case_leaves_the_queue_for_it_and_comes_back_or_ends(
    rota: None, press: Press, case: CasePresentation, grace: User, now: datetime, case_to: str, state: str
) -> None:
    danger = press(case_id=case.pk)
    case.refresh_from_db()
    urgent = case.state
    actions.acknowledge(escalation=danger, by=grace, at=now)

    actions.close(escalation=danger, outcome="no_danger", case_to=case_to, by=grace, at=now)

    case.refresh_from_db()
    assert (urgent, case.state) == ("urgent", state)
    assert [event.kind for event in case.events.all()][-2:] == ["urgent", "urgent_over"]


def test_a_supervisor_who_presses_for_a_case_presses_for_its_group(
    rota: None, press: Press, case: CasePresentation, grace: User, amina: User, world: SimpleNamespace
) -> None:
    danger = press(grace, case_id=case.pk)

    assert (danger.cohort, danger.provider, danger.raised_by) == (world.cohort, amina.provider, grace)
    assert (danger.case, told(danger)) == (case, ["ruth"])


def test_the_group_of_a_case_is_told_also_by_a_supervisor_who_learns_elsewhere(
    rota: None, press: Press, case: CasePresentation, grace: User, amina: User, world: SimpleNamespace, now: datetime
) -> None:
    learns = add_provider(user=grace, cadre="nurse", sex="female", org_unit=world.clinic, languages=["en"])
    enrol(provider=learns, cohort=world.other_cohort, by=None, at=now)

    danger = press(grace, case_id=case.pk)

    assert (danger.programme, danger.cohort, danger.provider) == (world.programme, world.cohort, amina.provider)
    assert (danger.case, told(danger)) == (case, ["ruth"])


def test_a_learner_who_works_in_another_programme_presses_for_the_one_she_names(
    rota: None, press: Press, amina: User, world: SimpleNamespace, now: datetime
) -> None:
    grant(user=amina, role="supervisor", programme=world.other_programme, by=None, at=now)

    there, here = press(programme_id=world.other_programme.pk), press(programme_id=world.programme.pk)

    assert (there.programme, there.cohort) == (world.other_programme, None)
    assert (here.programme, here.cohort) == (world.programme, world.cohort)


def test_one_call_that_cannot_be_passed_on_stops_no_other(
    danger: RiskEscalation, press: Press, brian: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, passed = press(brian), raising.tell_next

    def fails_for_the_first(*, escalation: RiskEscalation, at: datetime) -> None:
        if escalation.pk == danger.pk:
            raise LookupError
        passed(escalation=escalation, at=at)

    monkeypatch.setattr(raising, "tell_next", fails_for_the_first)

    assert actions.keep_telling(at=now + timedelta(minutes=11)) == 1
    assert (told(danger), told(second)) == (["grace"], ["grace", "ruth"])


def test_the_case_of_somebody_else_is_left_out_and_the_press_stands(
    rota: None, press: Press, case: CasePresentation, brian: User
) -> None:
    danger = press(brian, case_id=case.pk)

    case.refresh_from_db()
    assert (danger.case, case.state) == (None, "accepted")


def test_a_case_that_cannot_leave_the_queue_stays_and_the_press_stands(
    rota: None, press: Press, case: CasePresentation, grace: User, now: datetime
) -> None:
    CasePresentation.objects.filter(pk=case.pk).update(state="presenting")

    danger = press(case_id=case.pk)
    actions.acknowledge(escalation=danger, by=grace, at=now)
    actions.close(escalation=danger, outcome="safe", note="Her sister is with her.", by=grace, at=now)

    case.refresh_from_db()
    assert (danger.case, case.state) == (case, "presenting")


def test_pressed_in_a_meeting_it_knows_which(
    rota: None, press: Press, meeting: SupervisionSession, amina: User, now: datetime
) -> None:
    meeting.attendances.create(person=amina, joined_at=now, heard_at=now)

    assert press().session == meeting


# -- the rota


def test_only_a_manager_of_the_programme_makes_its_rota(
    world: SimpleNamespace, grace: User, joseph: User, now: datetime
) -> None:
    times = {"weekdays": "0", "begins": time(8), "ends": time(17)}
    shift = {"programme": world.programme, "person": grace, "position": 1, "at": now, **times}

    with pytest.raises(NotInScope):
        actions.add_shift(by=grace, **shift)
    with pytest.raises(NotInScope):
        actions.add_shift(by=joseph, **shift | {"programme": world.other_programme})
    rows = {actions.add_shift(by=joseph, **shift).pk for _ in range(2)}
    with pytest.raises(NotInScope):
        actions.end_shift(shift=OnCallShift.objects.get(), by=grace, at=now)

    assert len(rows) == 1


def test_a_learner_is_not_put_on_the_rota_and_a_half_shift_is_refused(
    world: SimpleNamespace, amina: User, grace: User, joseph: User, now: datetime
) -> None:
    told = {"programme": world.programme, "position": 1, "by": joseph, "at": now}

    with pytest.raises(NotInScope):
        actions.add_shift(person=amina, weekdays="0", begins=time(8), ends=time(9), **told)
    with pytest.raises(rules.WrongShift):
        actions.add_shift(person=grace, weekdays="0", **told)
    with pytest.raises(rules.WrongShift):
        actions.add_shift(person=grace, starts_at=now, ends_at=now, **told)
    with pytest.raises(IntegrityError), transaction.atomic():
        OnCallShift.objects.create(programme=world.programme, person=grace, added_at=now)


def test_a_duty_that_was_ended_does_not_hold_and_stays_on_record(
    danger: RiskEscalation, world: SimpleNamespace, joseph: User, now: datetime
) -> None:
    shift = OnCallShift.objects.get(position=1)

    actions.end_shift(shift=shift, by=joseph, at=now)

    held = queries.on_call_now([world.programme], at=now)[world.programme.pk]
    assert [one.person.username for one in held] == ["ruth"]
    assert OnCallShift.objects.get(pk=shift.pk).ended_by == joseph


def test_the_figures_count_dangers_and_the_median_of_minutes(
    danger: RiskEscalation, press: Press, brian: User, grace: User, world: SimpleNamespace, now: datetime
) -> None:
    actions.acknowledge(escalation=danger, by=grace, at=now + timedelta(minutes=4))
    press(brian)
    press(brian, at=now - timedelta(days=100), happened_at=now - timedelta(days=100))

    figures = queries.figures_of(world.programme, at=now)

    assert figures == queries.Figures(count=2, answered=1, minutes=4, unanswered=2, open=3)
