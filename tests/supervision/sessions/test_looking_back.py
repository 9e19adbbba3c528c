"""At the next meeting the group looks back at what was advised: written by who leads, counted when the meeting ends."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from lms.ledger.models import Entry
from lms.ledger.queries import entries_of
from lms.people.models import User
from supervision.cases import actions as case_actions
from supervision.cases.models import CasePresentation
from supervision.cases.rules import CaseMoved, NotItsSupervisor
from supervision.groups.models import SupervisionGroup
from supervision.sessions import actions, rules
from supervision.sessions.models import AdviceFollowUp, Recommendation, SupervisionSession
from supervision.sessions.queries.following import advice_to_look_at, looked_back_after
from supervision.sessions.queries.lately import last_advice_among
from tests.supervision.sessions.test_counting import ended, stay

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
WEEK = timedelta(days=7)


@pytest.fixture
def advice(
    meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Callable, now: datetime
) -> Recommendation:
    """Amina's case was shown, she took one advice on, and the meeting is over."""
    stay(meeting, amina, now, 1800)
    send(meeting, grace, "case.open", case=str(case.pk), at=now + timedelta(minutes=5))
    key = uuid4()
    told = {"case": str(case.pk), "type": "refer", "text": "Go with her to the clinic", "competency": "danger"}
    send(meeting, grace, "recommendation.propose", key=key, **told)
    send(meeting, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2026-03-20")
    ended(SupervisionSession.objects.get(pk=meeting.pk), grace, now + timedelta(minutes=40))
    return Recommendation.objects.get(key=key)


@pytest.fixture
def later(world: SimpleNamespace, advice: Recommendation, grace: User, now: datetime) -> SupervisionSession:
    """The live meeting a week later."""
    planned = actions.schedule(cohort=world.cohort, title="A week later", starts_at=now + WEEK, by=grace, at=now)
    return actions.go_live(session=planned, by=grace, at=now + WEEK)


def look(session: SupervisionSession, advice: Recommendation, by: User, at: datetime, outcome: str = "helped"):
    return actions.look_back(session=session, advice=advice, outcome=outcome, note="She came along.", by=by, at=at)


def entries(amina: User) -> list[dict]:
    return [one.facts for one in entries_of(amina.provider) if one.kind == "advice.followed_up"]


def test_at_the_end_of_the_meeting_it_is_in_the_ledger_and_the_case_was_looked_back_at(
    later: SupervisionSession, advice: Recommendation, amina: User, grace: User, now: datetime
) -> None:
    look(later, advice, grace, now + WEEK)
    before = entries(amina)

    ended(later, grace, now + WEEK + timedelta(hours=1))

    told = {"session": str(later.pk), "advice": str(advice.pk), "outcome": "helped", "competency": "danger"}
    assert (before, entries(amina)) == ([], [told])
    assert CasePresentation.objects.get(pk=advice.case_id).state == "followed_up"


def test_until_then_another_word_replaces_the_first(
    later: SupervisionSession, advice: Recommendation, amina: User, grace: User, now: datetime
) -> None:
    look(later, advice, grace, now + WEEK)
    look(later, advice, grace, now + WEEK, "worse")

    ended(later, grace, now + WEEK + timedelta(hours=1))

    assert AdviceFollowUp.objects.count() == 1
    assert [facts["outcome"] for facts in entries(amina)] == ["worse"]


def test_settling_twice_is_one_entry(
    later: SupervisionSession, advice: Recommendation, amina: User, grace: User, now: datetime
) -> None:
    look(later, advice, grace, now + WEEK)
    ended(later, grace, now + WEEK + timedelta(hours=1))
    SupervisionSession.objects.filter(pk=later.pk).update(settled_at=None)

    actions.settle(session_id=later.pk, at=now + WEEK + timedelta(hours=2))

    assert len(entries(amina)) == 1


def test_a_meeting_that_never_was_live_adds_nothing_and_the_advice_waits_for_the_next(
    world: SimpleNamespace, advice: Recommendation, amina: User, grace: User, now: datetime
) -> None:
    planned = actions.schedule(cohort=world.cohort, title="Nobody came", starts_at=now + WEEK, by=grace, at=now)
    lobby = actions.open_lobby(session=planned, by=grace, at=now + WEEK)
    stay(lobby, grace, now + WEEK, 600)
    look(lobby, advice, grace, now + WEEK)
    before = Entry.objects.count()

    ended(lobby, grace, now + WEEK + timedelta(hours=1))

    third = actions.schedule(cohort=world.cohort, title="Third", starts_at=now + 2 * WEEK, by=grace, at=now)
    assert (entries(amina), Entry.objects.count() - before) == ([], 0)
    assert SupervisionSession.objects.get(pk=lobby.pk).settled_at == now + WEEK + timedelta(hours=1)
    assert CasePresentation.objects.get(pk=advice.case_id).state == "recommendations_issued"
    assert list(advice_to_look_at(third)) == [advice]
    assert actions.advice_is_due(at=now + 2 * WEEK) == 1
    pair = (amina.provider.pk, world.programme.pk)
    assert (last_advice_among([pair])[pair].outcome, looked_back_after([advice], now)) == (None, [])


def test_what_was_looked_back_at_does_not_wait_again(
    later: SupervisionSession, advice: Recommendation, world: SimpleNamespace, grace: User, now: datetime
) -> None:
    look(later, advice, grace, now + WEEK)
    third = actions.schedule(cohort=world.cohort, title="Third", starts_at=now + 2 * WEEK, by=grace, at=now)

    assert list(advice_to_look_at(later)) == [advice]
    assert list(advice_to_look_at(third)) == []


def test_a_case_with_two_pieces_of_advice_waits_for_both(
    later: SupervisionSession, advice: Recommendation, grace: User, now: datetime
) -> None:
    Recommendation.objects.create(
        key=uuid4(), session=advice.session, case=advice.case, type="safety", text="Ask again", state="agreed",
        owner=advice.owner, due=advice.due, proposed_by=grace, proposed_at=now, agreed_by=grace, agreed_at=now,
    )  # fmt: skip
    look(later, advice, grace, now + WEEK)

    ended(later, grace, now + WEEK + timedelta(hours=1))

    assert CasePresentation.objects.get(pk=advice.case_id).state == "recommendations_issued"


def test_when_its_day_has_passed_the_case_waits_for_a_look_back(advice: Recommendation, now: datetime) -> None:
    before = actions.advice_is_due(at=datetime.combine(date(2026, 3, 20), now.timetz()))

    after = actions.advice_is_due(at=datetime.combine(date(2026, 3, 21), now.timetz()))
    again = actions.advice_is_due(at=datetime.combine(date(2026, 3, 22), now.timetz()))

    assert (before, after, again) == (0, 1, 0)
    assert CasePresentation.objects.get(pk=advice.case_id).state == "follow_up_due"


@pytest.mark.parametrize("who", ["amina", "brian", "stranger", "joseph"])
def test_only_who_leads_writes_it(
    later: SupervisionSession, advice: Recommendation, who: str, now: datetime, request: pytest.FixtureRequest,
    client_of: Browser,
) -> None:  # fmt: skip
    person = request.getfixturevalue(who)

    with pytest.raises(rules.NotTheFacilitator):
        look(later, advice, person, now + WEEK)
    assert client_of(person).get(f"/supervision/sessions/{later.pk}/advice/").status_code == 404


def test_an_outcome_is_one_of_four_and_the_advice_one_of_this_group(
    later: SupervisionSession, advice: Recommendation, grace: User, now: datetime
) -> None:
    with pytest.raises(rules.OutcomeMissing):
        look(later, advice, grace, now + WEEK, "great")
    Recommendation.objects.filter(pk=advice.pk).update(state="superseded")
    with pytest.raises(rules.NoSuchAdvice):
        look(later, advice, grace, now + WEEK)


def test_after_the_meeting_nothing_is_added(
    later: SupervisionSession, advice: Recommendation, grace: User, now: datetime
) -> None:
    ended(later, grace, now + WEEK + timedelta(hours=1))

    with pytest.raises(rules.MeetingOver):
        look(later, advice, grace, now + WEEK + timedelta(hours=2))


def test_the_page_takes_each_one_and_says_what_is_missing(
    later: SupervisionSession, advice: Recommendation, grace: User, client_of: Browser
) -> None:
    client, address = client_of(grace), f"/supervision/sessions/{later.pk}/advice/"

    page = client.get(address).content.decode()
    missing = client.post(address, {"advice": str(advice.pk), f"{advice.pk}-note": "half"})
    kept = client.post(address, {"advice": str(advice.pk), f"{advice.pk}-outcome": "not_tried"})
    unknown = client.post(address, {"advice": str(uuid4()), "outcome": "helped"})

    assert page.count("Go with her to the clinic") == 1
    assert missing.content.decode().count("Say in one of the lines how it went.") == 1
    assert (kept.status_code, unknown.status_code) == (302, 404)
    assert AdviceFollowUp.objects.get().outcome == "not_tried"


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_with_many(
    later: SupervisionSession, advice: Recommendation, grace: User, now: datetime, client_of: Browser, count: int,
    django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    for _ in range(count - 1):
        Recommendation.objects.create(
            key=uuid4(), session=advice.session, case=advice.case, type="safety", text="Ask again", state="done",
            owner=advice.owner, due=advice.due, proposed_by=grace, proposed_at=now, agreed_by=grace, agreed_at=now,
        )  # fmt: skip
    client = client_of(grace)

    with django_assert_num_queries(15):
        client.get(f"/supervision/sessions/{later.pk}/advice/")


def test_the_case_shows_what_became_of_it_and_the_supervisor_finishes_it(
    later: SupervisionSession, advice: Recommendation, amina: User, grace: User, now: datetime, client_of: Browser
) -> None:
    look(later, advice, grace, now + WEEK)
    ended(later, grace, now + WEEK + timedelta(hours=1))

    page = client_of(amina).get(f"/supervision/cases/{advice.case_id}/").content.decode()
    client_of(grace).post(f"/supervision/cases/{advice.case_id}/finish/")

    assert (page.count("It helped"), page.count("She came along.")) == (1, 1)
    assert CasePresentation.objects.get(pk=advice.case_id).state == "closed"


def test_nobody_else_finishes_a_case_nor_is_one_finished_before_its_time(
    advice: Recommendation, sent_case: CasePresentation, amina: User, grace: User, now: datetime, client_of: Browser
) -> None:
    with pytest.raises(NotItsSupervisor):
        case_actions.finish(case=advice.case, by=amina, at=now)
    with pytest.raises(CaseMoved):
        case_actions.finish(case=sent_case, by=grace, at=now)
    assert client_of(amina).post(f"/supervision/cases/{advice.case_id}/finish/").status_code == 404


@pytest.fixture
def sent_case(amina: User, world: SimpleNamespace, now: datetime) -> CasePresentation:
    """Another case that only waits."""
    return case_actions.create_past(
        key=uuid4(), provider=amina.provider, programme=world.programme, answers={"question": "What now?"},
        state="submitted", at=now, by=amina,
    )  # fmt: skip


def test_a_look_back_in_a_meeting_that_did_not_begin_is_asked_again_at_the_next(
    world: SimpleNamespace, advice: Recommendation, grace: User, now: datetime
) -> None:
    at = now + WEEK
    given_up, after = (
        actions.schedule(cohort=world.cohort, title="A week later", starts_at=at, by=grace, at=now) for _ in range(2)
    )
    actions.open_lobby(session=given_up, by=grace, at=at)
    look(given_up, advice, grace, at)
    asked_then = list(advice_to_look_at(after))

    actions.too_few(session=SupervisionSession.objects.get(pk=given_up.pk), by=grace, at=at)

    assert (asked_then, list(advice_to_look_at(after))) == ([], [advice])


def test_peers_look_back_at_their_own_advice_and_not_at_a_supervisors(
    world: SimpleNamespace, peers: SupervisionGroup, advice: Recommendation, amina: User, grace: User, now: datetime,
    client_of: Browser,
) -> None:  # fmt: skip
    advice.state, advice.why_not = "not_done", "She was away."
    advice.save(update_fields=["state", "why_not"])
    first, second = (
        actions.schedule(cohort=world.cohort, group=peers, title="Peers", starts_at=at, by=amina, at=now)
        for at in (now, now + WEEK)
    )
    theirs = Recommendation.objects.create(
        key=uuid4(), session=first, case=advice.case, type="safety", text="Ask again", state="agreed",
        owner=advice.owner, due=advice.due, proposed_by=amina, proposed_at=now, agreed_by=amina, agreed_at=now,
    )  # fmt: skip
    actions.open_lobby(session=second, by=amina, at=now + WEEK)

    page = client_of(amina).get(f"/supervision/sessions/{second.pk}/advice/").content.decode()

    assert list(advice_to_look_at(second)) == [theirs]
    assert ("Ask again" in page, "She was away." in page) == (True, False)
    with pytest.raises(rules.NoSuchAdvice):
        look(second, advice, amina, now + WEEK)
