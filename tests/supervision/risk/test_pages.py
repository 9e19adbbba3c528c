"""The red page, the page of a danger, the rota: by plain forms, for who may, and at the same cost with many rows."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lms.home.registry import panels
from lms.notices.actions import deliver_due
from lms.people.actions import set_contact
from lms.people.models import User
from lms.people.rules import LOCKED
from supervision.cases.models import CasePresentation
from supervision.risk import actions, queries
from supervision.risk.models import OnCallShift, RiskEscalation
from supervision.sessions.actions import keep_silence
from supervision.sessions.models import SupervisionSession

pytestmark = pytest.mark.usefixtures("at_noon")
ClientOf = Callable[[User], Client]
Press = Callable[..., RiskEscalation]
URGENT = "/urgent/"
BEING_TOLD, TOLD = "Sent. Grace Achieng is being told.", "Sent. Grace Achieng was told at 2:03 PM."


def page_of(danger: RiskEscalation) -> str:
    return f"/supervision/risk/{danger.pk}/"


def step(client: Client, danger: RiskEscalation, kind: str, **typed: object) -> Any:
    return client.post(f"{page_of(danger)}{kind}/", {"key": str(uuid4()), **typed})


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# -- the red page


def test_who_is_on_call_now_stands_first_and_the_steps_at_once(
    client_of: ClientOf, rota: None, amina: User, grace: User
) -> None:
    User.objects.filter(pk=grace.pk).update(phone="+254 700 000 011")

    page = client_of(amina).get(URGENT).content.decode()

    calls = re.findall(r'href="tel:([^"]+)"', page)
    assert calls == ["+254700000011", "+254700000001"]
    for said in ("Do not leave the person alone", "Take away what could harm", "Agree when you meet again"):
        assert said in page
    assert page.count('name="what"') == 6


def test_a_visitor_sees_the_programmes_numbers_and_no_phone_of_the_rota(
    client: Client, client_of: ClientOf, rota: None, grace: User
) -> None:
    User.objects.filter(pk=grace.pk).update(phone="+254 700 000 011")

    page = client.get(URGENT).content.decode()

    assert re.findall(r'href="tel:([^"]+)"', page) == ["+254700000001", "+254700000003"]
    assert 'name="what"' not in page


def test_a_press_while_signed_out_says_that_nobody_was_told_and_loses_no_word(
    client: Client, world: SimpleNamespace, rota: None, amina: User, client_of: ClientOf
) -> None:
    key, case = str(uuid4()), str(uuid4())
    typed = {"key": key, "what": "self", "place": "alone", "note": "He cries.", "case": case}

    answer = client.post(URGENT, {**typed, "programme": str(world.other_programme.pk)})

    page = answer.content.decode()
    assert (answer.status_code, RiskEscalation.objects.count()) == (401, 0)
    assert words(answer).count("You are signed out: nobody was told.") == 1
    assert re.findall(r'href="tel:([^"]+)"', page) == ["+254700000001", "+254700000003"]
    assert re.findall(r'<a class="btn btn-danger" href="([^"]+)" target="_blank"', page) == ["/login/"]
    assert f'name="key" value="{key}"' in page
    assert f'name="case" value="{case}"' in page
    assert re.findall(r'value="(\w+)" checked', page) == ["alone"]
    assert re.findall(r'value="([^"]+)" selected', page) == [str(world.other_programme.pk)]
    assert ">He cries.</textarea>" in page
    assert "data-outbox" not in page
    assert client_of(amina).post(URGENT, typed).status_code == 302


def test_one_press_of_a_plain_form_tells_and_leads_to_what_happens_now(
    client_of: ClientOf, rota: None, amina: User
) -> None:
    client, key = client_of(amina), str(uuid4())

    answers = [client.post(URGENT, {"key": key, "what": "child", "note": "", "case": ""}) for _ in range(2)]

    danger = RiskEscalation.objects.get()
    assert [answer["Location"] for answer in answers] == [page_of(danger)] * 2
    assert (danger.what, danger.raised_by) == ("child", amina)
    page = words(client.get(page_of(danger)))
    assert "Sent. Grace Achieng is being told." in page
    assert "Nobody has answered yet. Call now; do not wait." in page


def test_only_what_went_out_or_was_opened_is_called_told(
    client_of: ClientOf, danger: RiskEscalation, amina: User, grace: User, now: datetime
) -> None:
    client = client_of(amina)

    def said() -> list[bool]:
        page, answer = words(client.get(page_of(danger))), queries.told_words(danger)["said"]
        return [
            BEING_TOLD in page and answer == BEING_TOLD,
            TOLD in page and answer == TOLD,
            "Grace was told at 2:03 PM." in page,
        ]

    laid_out = said()
    deliver_due(at=now + timedelta(minutes=3))
    sent = said()

    assert laid_out == [True, False, False]
    assert sent == [False, True, True]


def test_who_opened_it_was_told_though_nothing_went_out(
    client_of: ClientOf, danger: RiskEscalation, grace: User
) -> None:
    before = queries.told_words(danger)["said"]

    client_of(grace).get(page_of(danger))

    assert (before, queries.told_words(danger)["said"]) == (BEING_TOLD, "Sent. Grace Achieng was told at 2:00 PM.")


def test_whom_no_message_reaches_is_passed_over_and_the_helper_reads_why(
    client_of: ClientOf, rota: None, press: Press, amina: User, grace: User
) -> None:
    set_contact(person=grace, email="", phone="")

    page = words(client_of(amina).get(page_of(press())))

    assert "Sent. Ruth Wanjiru is being told." in page
    assert "Grace has no number and no mail address here, so the next is told." in page


def test_where_nobody_can_be_reached_the_helper_reads_so(
    client_of: ClientOf, rota: None, press: Press, amina: User, grace: User, ruth: User
) -> None:
    for person in (grace, ruth):
        set_contact(person=person, email="", phone="")
    danger = press()

    page = words(client_of(amina).get(page_of(danger)))

    assert "Nobody could be told: call It is kept, but nobody could be told." in page
    assert queries.told_words(danger)["said"] == "Sent, but nobody could be told. Call a number on this page."


def test_without_a_key_or_a_kind_the_press_still_counts(client_of: ClientOf, rota: None, amina: User) -> None:
    client_of(amina).post(URGENT, {})

    assert RiskEscalation.objects.get().what == "other"


def test_a_locked_phone_can_press_and_shows_nothing_of_hers(
    client_of: ClientOf, danger: RiskEscalation, amina: User
) -> None:
    client = client_of(amina)
    session = client.session
    session[LOCKED] = True
    session.save()

    answer = client.post(URGENT, {"key": str(uuid4()), "what": "violence"})
    page = client.get(answer["Location"])

    assert answer["Location"] == "/urgent/?sent=1"
    assert "Sent. The people on duty are being told." in words(page)
    assert page.context["mine"] == []
    assert client.get(page_of(danger)).status_code == 423


def test_who_is_in_no_programme_reads_that_nobody_was_told(client_of: ClientOf, world: SimpleNamespace) -> None:
    nobody = User.objects.create_user("nobody", name="Nobody")

    answer = client_of(nobody).post(URGENT, {"key": str(uuid4()), "what": "self"})

    assert answer.status_code == 409
    assert "Nobody was told. Call now." in words(answer)


def test_a_case_with_thoughts_of_it_leads_to_the_button_and_says_so_when_pressed(
    client_of: ClientOf, rota: None, case: CasePresentation, amina: User, grace: User
) -> None:
    CasePresentation.objects.filter(pk=case.pk).update(risk_asked="thoughts")
    client = client_of(amina)

    offered = f'href="/urgent/?case={case.pk}"' in client.get(f"/supervision/cases/{case.pk}/").content.decode()
    asked = client.get(f"/urgent/?case={case.pk}").content.decode()
    client.post(URGENT, {"key": str(uuid4()), "what": "self", "case": str(case.pk)})

    assert offered
    assert f'name="case" value="{case.pk}"' in asked
    assert RiskEscalation.objects.get().case == case
    page = words(client_of(grace).get(f"/supervision/cases/{case.pk}/"))
    assert "Urgent, with the person on duty" in page


# -- the page of a danger


def test_the_whole_way_by_plain_forms(
    client_of: ClientOf, danger: RiskEscalation, amina: User, grace: User, now: datetime
) -> None:
    hers, graces = client_of(amina), client_of(grace)
    graces.get(page_of(danger))

    for kind, typed in (
        ("acknowledged", {}),
        ("acting", {"note": "I drive there."}),
        ("handed_over", {"service": "hospital", "note": ""}),
        ("plan_made", {"items": ["means", "call"], "note": ""}),
        ("follow_up_planned", {"first": "2026-03-24", "weeks": "3"}),
    ):
        assert step(graces, danger, kind, **typed)["Location"] == page_of(danger)
    read = words(hers.get(page_of(danger)))
    own = step(hers, danger, "closed", outcome="safe")
    closed = step(graces, danger, "closed", outcome="safe", note="")

    assert danger.follow_ups.count() == 12
    for said in ("Grace has it", "Grace has seen it", "Grace handed over to: Hospital", "I drive there."):
        assert said in read
    assert (own.status_code, closed.status_code) == (409, 302)
    assert "Who pressed Urgent does not close it alone." in words(own)
    assert RiskEscalation.objects.get().closed_by == grace


def test_closing_without_the_whole_way_asks_why_and_keeps_the_answer(
    client_of: ClientOf, danger: RiskEscalation, amina: User, grace: User
) -> None:
    graces = client_of(grace)
    step(graces, danger, "acknowledged")
    step(graces, danger, "acting")
    step(graces, danger, "follow_up_planned", first="2026-03-24", weeks="2")

    asked = step(graces, danger, "closed", outcome="safe", note="")
    still = RiskEscalation.objects.get().state
    step(graces, danger, "closed", outcome="safe", note="She lives with her aunt now.")

    assert (asked.status_code, still) == (400, "follow_up")
    for said in (
        "Without them, write why it ends now.",
        "No plan, or no days to look? Write why it ends now.",
        "12 days to look how the person is have no word yet. They are called off when you close this.",
    ):
        assert words(asked).count(said) == 1
    read = words(client_of(amina).get(page_of(danger)))
    assert "Grace called off 12 days to look how the person is." in read
    assert "She lives with her aunt now." in read
    assert read.count("Called off, Grace") == 12


def test_its_raiser_sees_no_button_to_take_or_close_it_and_adds_what_happened(
    client_of: ClientOf, danger: RiskEscalation, amina: User, grace: User
) -> None:
    hers = client_of(amina)

    page = hers.get(page_of(danger)).content.decode()
    step(hers, danger, "words", note="She sleeps now.")

    assert re.findall(rf'action="{page_of(danger)}(\w+)/"', page) == ["words"]
    assert "She sleeps now." in words(client_of(grace).get(page_of(danger)))


@pytest.mark.parametrize("who", ["brian", "stranger", "joseph", "lena", "admin"])
def test_a_stranger_s_answer_is_the_same_as_for_what_does_not_exist(
    who: str, client_of: ClientOf, danger: RiskEscalation, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))

    seen, missing = client.get(page_of(danger)), client.get(f"/supervision/risk/{uuid4()}/")

    assert (seen.status_code, missing.status_code) == (404, 404)
    assert step(client, danger, "acknowledged").status_code == 404
    assert words(client.get("/supervision/risk/")).count("Amina") == 0


def test_a_step_that_does_not_exist_is_not_found(client_of: ClientOf, danger: RiskEscalation, grace: User) -> None:
    assert step(client_of(grace), danger, "told").status_code == 404


def test_a_form_that_lacks_something_comes_back_open_with_what_was_typed(
    client_of: ClientOf, danger: RiskEscalation, grace: User
) -> None:
    graces = client_of(grace)
    step(graces, danger, "acknowledged")

    answer = step(graces, danger, "handed_over", note="To the nurse.")

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Choose one of these." in page
    assert "To the nurse." in page
    assert page.count('<details class="step" open>') == 1


def test_the_second_who_takes_it_reads_that_somebody_has_it(
    client_of: ClientOf, danger: RiskEscalation, grace: User, ruth: User, now: datetime
) -> None:
    actions.keep_telling(at=now + timedelta(minutes=10))
    step(client_of(grace), danger, "acknowledged")

    answer = step(client_of(ruth), danger, "acknowledged")

    assert answer.status_code == 409
    assert "Somebody else has it already." in words(answer)


def test_a_press_that_came_late_says_when_it_was_pressed(
    client_of: ClientOf, rota: None, press: Press, grace: User, now: datetime
) -> None:
    danger = press(happened_at=now - timedelta(hours=2))

    page = words(client_of(grace).get(page_of(danger)))

    assert "Pressed on 17 March, 12:00 PM. It reached us on 17 March, 2:00 PM" in page


def test_who_is_on_call_reads_the_case_while_it_is_urgent_and_that_is_kept(
    client_of: ClientOf, rota: None, press: Press, case: CasePresentation, grace: User, ruth: User, now: datetime
) -> None:
    danger = press(case_id=case.pk)
    actions.keep_telling(at=now + timedelta(minutes=10))

    told = words(client_of(ruth).get(page_of(danger)))
    supervises = client_of(grace).get(page_of(danger)).content.decode()
    CasePresentation.objects.filter(pk=case.pk).update(state="submitted")
    later = words(client_of(ruth).get(page_of(danger)))

    assert "How can I help a mother who is very sad?" in told
    assert f'href="/supervision/cases/{case.pk}/"' in supervises
    assert "very sad" not in later
    assert [read.by for read in case.reads.all()] == [ruth]


def test_whoever_opens_the_list_passes_on_what_is_overdue(
    client_of: ClientOf, danger: RiskEscalation, grace: User, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=11))

    client_of(grace).get("/supervision/risk/")

    assert [event.kind for event in queries.events_of(danger)] == ["raised", "told", "passed_on", "told"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_with_many(
    rows: int,
    client_of: ClientOf,
    rota: None,
    press: Press,
    make_learner: Callable[..., User],
    grace: User,
    now: datetime,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for number in range(rows):
        danger = press(make_learner(f"l{number}", f"Learner {number}"))
        actions.acknowledge(escalation=danger, by=grace, at=now)
        actions.act(escalation=danger, by=grace, at=now)
        actions.plan_follow_ups(escalation=danger, days=[date(2026, 3, 17)], by=grace, at=now)
    client = client_of(grace)
    client.get("/supervision/risk/")

    with django_assert_num_queries(6):
        page = client.get("/supervision/risk/")

    assert len(page.context["rows"]) == rows


# -- other pages


def test_it_stands_first_on_the_front_page_of_who_is_told(
    client_of: ClientOf, danger: RiskEscalation, amina: User, grace: User, joseph: User, brian: User
) -> None:
    told = {person.username: client_of(person).get("/home/") for person in (amina, grace, joseph, brian)}

    assert min(panels.values(), key=lambda panel: panel.order).name == "risk"
    assert "Amina pressed Urgent, 0 seconds ago" in words(told["grace"])
    assert "You pressed Urgent at 2:00 PM. Nobody has answered yet: call." in words(told["amina"])
    assert "1 urgent call has no answer yet." in words(told["joseph"])
    assert "Amina" not in words(told["joseph"])
    assert "pressed Urgent" not in words(told["brian"])


def test_it_stands_on_the_supervisors_and_the_managers_pages(
    client_of: ClientOf, danger: RiskEscalation, grace: User, joseph: User
) -> None:
    assert "Amina pressed Urgent" in words(client_of(grace).get("/supervision/"))
    board = words(client_of(joseph).get("/manage/"))
    assert "1 has no answer yet" in board
    assert "On duty now: Grace Achieng, Ruth Wanjiru." in board
    assert "Amina pressed" not in board


def test_a_follow_up_that_is_due_stands_on_the_helper_s_front_page_and_is_reported_there(
    client_of: ClientOf, danger: RiskEscalation, amina: User, brian: User, grace: User, now: datetime
) -> None:
    actions.acknowledge(escalation=danger, by=grace, at=now)
    actions.act(escalation=danger, by=grace, at=now)
    actions.plan_follow_ups(escalation=danger, days=[now.date(), date(2026, 3, 31)], by=grace, at=now)
    due = queries.follow_ups_of(danger)[0]
    client, address = client_of(amina), f"/supervision/risk/follow-up/{due.pk}/"

    before = client.get("/home/").content.decode()
    answer = client.post(address, {"key": str(uuid4()), "became": "done", "note": "Better.", "back": "home"})
    after = client.get("/home/").content.decode()

    assert f'data-outbox="risk.followed_up" data-subject="{due.pk}"' in before
    assert answer["Location"] == "/home/"
    assert "risk.followed_up" not in after
    assert client_of(brian).get(address).status_code == 404
    again = client_of(grace).post(address, {"key": str(uuid4()), "became": "missed", "note": ""})
    assert again.status_code == 409


def test_nobody_of_the_group_finds_it_in_the_bytes_of_the_room(
    client_of: ClientOf,
    rota: None,
    meeting: SupervisionSession,
    amina: User,
    brian: User,
    grace: User,
    press: Press,
    now: datetime,
) -> None:
    for person in (amina, brian, grace):
        keep_silence(session=meeting, person=person, at=now)
    address = f"/supervision/sessions/{meeting.pk}/"

    def bytes_of(person: User) -> str:
        page = client_of(person).get(address).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|value="[0-9a-f-]{36}"', "", page)

    for person in (amina, brian, grace):
        bytes_of(person)  # so that all are seen to be here
    before = {person: bytes_of(person) for person in (amina, brian)}
    press()
    after = {person: bytes_of(person) for person in (amina, brian)}
    beside = client_of(grace).get(address)

    assert before == after
    assert "Amina" not in words(client_of(brian).get("/supervision/risk/beside/"))
    assert "Amina pressed Urgent, 0 seconds ago" in words(beside)
    assert "data-private=" not in before[brian]
    assert 'data-private="/supervision/risk/beside/"' in beside.content.decode()


def test_the_room_s_script_gets_its_answer(client_of: ClientOf, danger: RiskEscalation, grace: User) -> None:
    address = f"{page_of(danger)}acknowledged/"

    answer = client_of(grace).post(address, {"key": str(uuid4())}, headers={"Accept": "application/json"})

    assert answer.json() == {"type": "ack", "detail": ""}


# -- the rota


def test_a_manager_puts_people_on_duty_and_reads_where_nobody_is(
    client_of: ClientOf, world: SimpleNamespace, grace: User, joseph: User
) -> None:
    client = client_of(joseph)
    typed = {"person": str(grace.pk), "position": "1", "weekdays": list("012346"), "begins": "00:00", "ends": "00:00"}

    empty = words(client.get("/manage/on-call/"))
    answer = client.post("/manage/on-call/", {"key": str(uuid4()), **typed})
    page = words(client.get("/manage/on-call/"))

    assert "Nobody is on the list yet." in empty
    assert answer.status_code == 302
    assert OnCallShift.objects.get().weekdays == "012346"
    assert "Nobody is on duty from Saturday 12:00 AM until Sunday 12:00 AM" in page
    assert "Mon, Tue, Wed, Thu, Fri, Sun, all day" in page


def test_once_is_typed_on_the_programme_s_clock(
    client_of: ClientOf, world: SimpleNamespace, grace: User, joseph: User
) -> None:
    typed = {"person": str(grace.pk), "position": "2", "starts_at": "2026-03-21T20:00", "ends_at": "2026-03-22T08:00"}

    client_of(joseph).post("/manage/on-call/", {"key": str(uuid4()), **typed})

    assert f"{OnCallShift.objects.get().starts_at:%H:%M}" == "17:00"


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"weekdays": ["0"]},
        {
            "weekdays": ["0"],
            "begins": "08:00",
            "ends": "09:00",
            "starts_at": "2026-03-21T20:00",
            "ends_at": "2026-03-22T08:00",
        },
        {"starts_at": "2026-03-22T08:00", "ends_at": "2026-03-21T20:00"},
    ],
)
def test_half_a_duty_comes_back(client_of: ClientOf, grace: User, joseph: User, typed: dict[str, object]) -> None:
    answer = client_of(joseph).post(
        "/manage/on-call/", {"key": str(uuid4()), "person": str(grace.pk), "position": "1", **typed}
    )

    assert (answer.status_code, OnCallShift.objects.count()) == (400, 0)


@pytest.mark.parametrize("who", ["grace", "amina", "stranger"])
def test_only_managers_find_the_rota(who: str, client_of: ClientOf, rota: None, request: pytest.FixtureRequest) -> None:
    client, shift = client_of(request.getfixturevalue(who)), OnCallShift.objects.first()

    assert client.get("/manage/on-call/").status_code == 404
    assert client.post(f"/manage/on-call/{shift.pk}/end/").status_code == 404
    assert client.post("/manage/on-call/minutes/", {"minutes": "1"}).status_code == 404


def test_a_duty_is_taken_off_and_the_minutes_are_set(
    client_of: ClientOf, rota: None, world: SimpleNamespace, joseph: User
) -> None:
    client, shift = client_of(joseph), OnCallShift.objects.get(position=1)

    client.post(f"/manage/on-call/{shift.pk}/end/")
    client.post("/manage/on-call/minutes/", {"minutes": "5"})
    client.post("/manage/on-call/minutes/", {"minutes": "500"})

    assert queries.rows_of([world.programme]).count() == 1
    assert queries.minutes_in(world.programme) == 5


def test_a_manager_of_another_programme_takes_nobody_off(
    client_of: ClientOf, rota: None, world: SimpleNamespace, stranger: User, now: datetime
) -> None:
    from_elsewhere = stranger.grants.create(role="manager", programme=world.other_programme, granted_at=now)
    shift = OnCallShift.objects.first()

    answer = client_of(stranger).post(f"/manage/on-call/{shift.pk}/end/")

    assert (from_elsewhere.role, answer.status_code) == ("manager", 404)


def test_people_with_no_sign_in_any_more_are_on_nobody_s_list(
    rota: None, grace: User, world: SimpleNamespace, now: datetime
) -> None:
    User.objects.filter(pk=grace.pk).update(is_active=False)

    held = queries.on_call_now([world.programme], at=now)[world.programme.pk]

    assert [(shift.person.username, shift.begins) for shift in held] == [("ruth", time(0))]
