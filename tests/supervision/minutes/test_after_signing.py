"""Signed minutes stay as they were signed; what changed later stands below with its day, and so does who signed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lms.people.models import User
from lms.programmes.actions import grant
from supervision.cases import actions as case_actions
from supervision.cases.models import CasePresentation
from supervision.minutes import actions, queries
from supervision.minutes.models import Minutes
from supervision.minutes.rules import Later, said_signer
from supervision.sessions.actions import (
    close,
    correct_attendance,
    finish,
    go_live,
    leave_undone,
    look_back,
    schedule,
    settle,
)
from supervision.sessions.models import Recommendation, SupervisionSession

from .conftest import ADVICE, stay
from .test_pages import address, text_of

ClientOf = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def signed(over: SupervisionSession, minutes: Minutes, grace: User, ends: datetime) -> SupervisionSession:
    """Signed a day after the meeting: Amina and Grace were there for an hour, one advice is agreed."""
    actions.sign(session=over, base=1, words=queries.newest(minutes).wording, by=grace, at=ends + DAY)
    return over


@pytest.fixture
def agreed(over: SupervisionSession) -> Recommendation:
    return Recommendation.objects.get(session=over, agreed_at__isnull=False, state__in=["agreed", "sent"])


@pytest.fixture
def next_one(world: SimpleNamespace, over: SupervisionSession, grace: User, ends: datetime) -> SupervisionSession:
    """The live meeting a week later."""
    begins = ends + 7 * DAY
    planned = schedule(cohort=world.cohort, title="A week later", starts_at=begins, by=grace, at=ends)
    return go_live(session=planned, by=grace, at=begins)


def correct(session: SupervisionSession, person: User, minutes: int, by: User, at: datetime) -> None:
    told = {"minutes": minutes, "reason": "She sat in the other room.", "by": by, "at": at}
    correct_attendance(session=SupervisionSession.objects.get(pk=session.pk), person=person, **told)


def facts(session: SupervisionSession, person: User) -> queries.Facts:
    """As the page asks for them."""
    session = SupervisionSession.objects.get(pk=session.pk)
    return queries.facts_of(session, person, Minutes.objects.get(session=session).signed_at)


def there(session: SupervisionSession, person: User) -> list[tuple[str, int]]:
    return [(held.person.username, held.seconds // 60) for held in facts(session, person).there]


def test_what_is_corrected_later_stands_below_and_nobody_vanishes_from_the_signed_list(
    signed: SupervisionSession, amina: User, brian: User, grace: User, ends: datetime
) -> None:
    correct(signed, amina, 10, grace, ends + 2 * DAY)
    correct(signed, brian, 30, grace, ends + 2 * DAY + DAY / 24)
    correct(signed, amina, 0, grace, ends + 3 * DAY)

    assert there(signed, amina) == [("amina", 60), ("grace", 60)]
    assert facts(signed, amina).later == [
        Later(ends + 2 * DAY, "corrected", "Amina Odhiambo", minutes=10, before=60),
        Later(ends + 2 * DAY + DAY / 24, "corrected", "Brian Otieno", minutes=30, before=0),
        Later(ends + 3 * DAY, "corrected", "Amina Odhiambo", minutes=0, before=10),
    ]


def test_the_page_says_the_correction_with_its_day(
    signed: SupervisionSession, amina: User, grace: User, ends: datetime, client_of: ClientOf
) -> None:
    correct(signed, amina, 10, grace, ends + 2 * DAY)

    page = client_of(amina).get(address(signed))

    assert [(held.name, held.minutes) for held in page.context["there"]] == [
        ("Amina Odhiambo", 60),
        ("Grace Achieng", 60),
    ]
    sentence = "Corrected on 19 March 2026: Amina Odhiambo, minutes there: 10 instead of 60."
    assert text_of(page).count(sentence) == 1


def test_what_was_corrected_before_is_what_was_signed(
    over: SupervisionSession, minutes: Minutes, amina: User, grace: User, ends: datetime
) -> None:
    correct(over, amina, 10, grace, ends)

    actions.sign(session=over, base=1, words=queries.newest(minutes).wording, by=grace, at=ends + DAY)

    assert (there(over, amina), facts(over, amina).later) == ([("amina", 10), ("grace", 60)], [])


def test_before_the_signature_the_minutes_follow_what_happens(
    over: SupervisionSession, minutes: Minutes, agreed: Recommendation, amina: User, grace: User, ends: datetime
) -> None:
    correct(over, amina, 10, grace, ends)
    finish(key=agreed.key, by=amina, at=ends)

    found = facts(over, amina)

    assert (there(over, amina), [one.state for one in found.agreed], found.later) == (
        [("amina", 10), ("grace", 60)],
        ["done"],
        [],
    )


def test_what_becomes_of_an_advice_later_stands_below_it(
    signed: SupervisionSession,
    agreed: Recommendation,
    next_one: SupervisionSession,
    amina: User,
    grace: User,
    ends: datetime,
) -> None:
    leave_undone(key=agreed.key, why="The rain.", by=amina, at=ends + 2 * DAY)
    told = {"advice": agreed, "outcome": "not_tried", "note": "Next week.", "by": grace, "at": ends + 7 * DAY}
    look_back(session=next_one, **told)

    found = facts(signed, amina)

    assert [(one.state, one.why_not) for one in found.agreed] == [("sent", "")]
    assert found.later == [
        Later(ends + 2 * DAY, "reported", "Amina Odhiambo", text=ADVICE, state="Not done", why="The rain."),
        Later(ends + 7 * DAY, "heard", "Amina Odhiambo", text=ADVICE, state="It was not tried"),
    ]
    assert Recommendation.objects.get(pk=agreed.pk).state == "not_done"


def test_what_was_reported_before_the_signature_is_signed_with_it(
    over: SupervisionSession, minutes: Minutes, agreed: Recommendation, amina: User, grace: User, ends: datetime
) -> None:
    leave_undone(key=agreed.key, why="The rain.", by=amina, at=ends)

    actions.sign(session=over, base=1, words=queries.newest(minutes).wording, by=grace, at=ends + DAY)

    found = facts(over, amina)
    assert ([(one.state, one.why_not) for one in found.agreed], found.later) == ([("not_done", "The rain.")], [])


def test_words_that_are_taken_away_go_from_what_stands_below_too(
    signed: SupervisionSession,
    agreed: Recommendation,
    case: CasePresentation,
    amina: User,
    grace: User,
    ends: datetime,
    client_of: ClientOf,
) -> None:
    leave_undone(key=agreed.key, why="Achieng Wafula was ill.", by=amina, at=ends + 2 * DAY)
    before = "Achieng Wafula" in text_of(client_of(amina).get(address(signed)))

    case_actions.redact_words(case=case, words="Achieng Wafula", by=grace, at=ends + 3 * DAY)

    page = text_of(client_of(amina).get(address(signed)))
    assert (before, "Achieng Wafula" in page, "[…] was ill." in page) == (True, False, True)


def test_the_look_back_at_earlier_advice_is_in_the_minutes_of_the_meeting_that_took_it(
    signed: SupervisionSession,
    agreed: Recommendation,
    next_one: SupervisionSession,
    amina: User,
    grace: User,
    ends: datetime,
    client_of: ClientOf,
) -> None:
    told = {"advice": agreed, "outcome": "helped", "note": "She slept well.", "by": grace, "at": ends + 7 * DAY}
    look_back(session=next_one, **told)
    close(session=next_one, by=grace, at=ends + 7 * DAY + timedelta(hours=1))
    settle(session_id=next_one.pk, at=ends + 7 * DAY + timedelta(hours=1))

    pages = [text_of(client_of(amina).get(address(one))) for one in (next_one, signed)]

    section = f"What became of earlier advice {ADVICE} Amina Odhiambo · It helped She slept well."
    assert [section in page for page in pages] == [True, False]


# who signed


@pytest.mark.parametrize(
    ("led", "present", "sentence"),
    [
        (True, True, ""),
        (True, False, "Sam was not there while the meeting was live."),
        (False, True, "Sam did not lead this meeting."),
        (False, False, "Sam did not lead this meeting and was not there."),
    ],
)
def test_of_who_signed_is_told_whether_they_led_it_and_saw_it(led: bool, present: bool, sentence: str) -> None:
    assert said_signer("Sam", led=led, there=present) == sentence


@pytest.mark.parametrize("was_there", [True, False])
def test_another_supervisors_signature_says_so(
    was_there: bool,
    discussed: SupervisionSession,
    grace: User,
    amina: User,
    samuel: User,
    now: datetime,
    ends: datetime,
    client_of: ClientOf,
) -> None:
    grant(user=samuel, role="supervisor", programme=discussed.programme, by=None, at=now)
    if was_there:
        stay(discussed, samuel, now)
    close(session=discussed, by=grace, at=ends)
    words = replace(queries.newest(actions.make(session_id=discussed.pk, at=ends)).wording, learned="Much.")

    actions.sign(session=discussed, base=1, words=words, by=samuel, at=ends)

    page = client_of(amina).get(address(discussed))
    assert page.context["signer"] == said_signer(samuel.name, led=False, there=was_there)
    assert text_of(page).count(page.context["signer"]) == 1


def test_her_own_signature_says_no_more(signed: SupervisionSession, amina: User, client_of: ClientOf) -> None:
    assert client_of(amina).get(address(signed)).context["signer"] == ""


SIGNED_QUERIES = 21


@pytest.mark.parametrize("rows", [1, 30])
def test_the_signed_page_costs_the_same_with_many_corrections(
    rows: int,
    signed: SupervisionSession,
    amina: User,
    grace: User,
    ends: datetime,
    client_of: ClientOf,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(1, rows + 1):
        correct(signed, amina, number, grace, ends + 2 * DAY)
    browser = client_of(amina)
    browser.get(address(signed))

    with django_assert_num_queries(SIGNED_QUERIES):
        page = browser.get(address(signed))

    assert len(page.context["facts"].later) == rows
