"""Who was in a meeting says how it was; who led sees averages of at least five answers and never whose they are."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lms.outbox.actions import apply_item
from lms.people.models import User
from supervision.opinions import actions, queries, rules
from supervision.opinions.models import SessionOpinion
from supervision.opinions.panels import pages_to_keep
from supervision.sessions.models import SupervisionSession
from tests.supervision.sessions.test_counting import ended, stay

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
ANSWERS = {"safe": 4, "heard": 3, "usable": 4, "time": 2}


@pytest.fixture
def over(meeting: SupervisionSession, amina: User, brian: User, grace: User, now: datetime) -> SupervisionSession:
    """Amina and Grace were there, Brian was not."""
    for person in (amina, grace):
        stay(meeting, person, now, 1800)
    ended(meeting, grace, now + timedelta(hours=1))
    return SupervisionSession.objects.get(pk=meeting.pk)


def say(session: SupervisionSession, by: User, at: datetime, comment: str = "", **answers: int) -> SessionOpinion:
    told = {"answers": ANSWERS | answers, "comment": comment, "happened_at": at}
    return actions.rate_session(session=session, **told, by=by, at=at)


def test_said_again_it_is_the_same_row(over: SupervisionSession, amina: User, now: datetime) -> None:
    say(over, amina, now + timedelta(days=1))

    say(over, amina, now + timedelta(days=2), "Good.", safe=1)

    (row,) = SessionOpinion.objects.all()
    assert (row.safe, row.heard, row.comment) == (1, 3, "Good.")


@pytest.mark.parametrize("who", ["brian", "grace", "stranger"])
def test_only_who_was_there_and_did_not_lead_says_it(
    over: SupervisionSession, who: str, now: datetime, request: pytest.FixtureRequest, client_of: Browser
) -> None:
    person = request.getfixturevalue(who)

    with pytest.raises(rules.NotThere):
        say(over, person, now + timedelta(days=1))
    assert client_of(person).get(f"/supervision/sessions/{over.pk}/opinion/").status_code == 404


def test_not_before_its_end(meeting: SupervisionSession, amina: User, now: datetime) -> None:
    stay(meeting, amina, now, 600)

    with pytest.raises(rules.NotThere):
        say(meeting, amina, now)


def test_seven_days_long_by_when_it_was_said(over: SupervisionSession, amina: User, now: datetime) -> None:
    last = rules.may_answer_until(over.closed_at)

    told = {"answers": ANSWERS, "comment": "", "happened_at": last}
    kept = actions.rate_session(session=over, **told, by=amina, at=last + timedelta(days=30))

    assert kept.safe == 4
    with pytest.raises(rules.TooLate):
        say(over, amina, last + timedelta(seconds=1))


@pytest.mark.parametrize("answers", [{"safe": 0}, {"time": 5}, {"heard": None}])
def test_an_answer_is_one_of_four(over: SupervisionSession, amina: User, now: datetime, answers: dict) -> None:
    with pytest.raises(rules.AnswerMissing):
        say(over, amina, now + timedelta(days=1), **answers)


def test_the_database_takes_no_other_number(over: SupervisionSession, amina: User, now: datetime) -> None:
    row = say(over, amina, now + timedelta(days=1))

    with pytest.raises(IntegrityError), transaction.atomic():
        SessionOpinion.objects.filter(pk=row.pk).update(safe=9)


def test_from_a_phone_it_is_said_once(over: SupervisionSession, amina: User, now: datetime) -> None:
    at = now + timedelta(days=1)
    item = {"key": uuid4(), "kind": "session.rated", "subject": str(over.pk), "at": at, "data": dict(ANSWERS)}

    first, again = (apply_item(item=item, person=amina, at=at) for _ in range(2))

    assert (first.status, again.status, first.data) == ("applied", "already", {"session": str(over.pk)})
    assert SessionOpinion.objects.count() == 1


def test_a_form_on_a_phone_sends_signs_and_they_count(over: SupervisionSession, amina: User, now: datetime) -> None:
    data = {name: str(value) for name, value in ANSWERS.items()} | {"comment": "Thank you."}
    item = {"key": uuid4(), "kind": "session.rated", "subject": str(over.pk), "at": now, "data": data}

    assert apply_item(item=item, person=amina, at=now).status == "applied"
    assert SessionOpinion.objects.get().safe == 4


def test_the_page_is_kept_on_her_phone_and_sends_without_network(
    over: SupervisionSession, amina: User, brian: User, client_of: Browser, now: datetime
) -> None:
    address = reverse("supervision:session-rate", args=[over.pk])

    page = client_of(amina).get(address).content.decode()

    assert (pages_to_keep(amina, at=now), pages_to_keep(brian, at=now)) == ([address], [])
    assert ('data-outbox="session.rated"' in page, "data-keep" in page) == (True, True)


def test_an_answer_that_is_missing_is_asked_for(over: SupervisionSession, amina: User, now: datetime) -> None:
    item = {"key": uuid4(), "kind": "session.rated", "subject": str(over.pk), "at": now, "data": {"safe": "4"}}

    assert apply_item(item=item, person=amina, at=now).detail == str(rules.AnswerMissing.sentence)


@pytest.mark.parametrize(
    "data", [ANSWERS | {"safe": "x"}, ANSWERS | {"safe": "44"}, ANSWERS | {"safe": True}, ANSWERS | {"comment": 7}]
)
def test_what_a_phone_cannot_mean_is_refused(
    over: SupervisionSession, amina: User, now: datetime, data: dict[str, object]
) -> None:
    item = {"key": uuid4(), "kind": "session.rated", "subject": str(over.pk), "at": now, "data": data}

    answer = apply_item(item=item, person=amina, at=now)

    assert (answer.status, answer.code) == ("refused", "invalid")


def test_a_meeting_that_is_not_there_is_refused(amina: User, now: datetime) -> None:
    item = {"key": uuid4(), "kind": "session.rated", "subject": str(uuid4()), "at": now, "data": dict(ANSWERS)}

    assert apply_item(item=item, person=amina, at=now).code == "not_allowed"


# --- what who led sees


def many(over: SupervisionSession, make_learner: Callable, now: datetime, count: int) -> None:
    for number in range(count):
        person = make_learner(f"eve{number}", f"Eve {number}")
        stay(over, person, now, 600)
        say(over, person, now + timedelta(days=1), f"Words {number}", safe=number % 4 + 1)


def test_fewer_than_five_show_nothing(
    over: SupervisionSession, make_learner: Callable, grace: User, now: datetime
) -> None:
    many(over, make_learner, now, 4)

    assert queries.told_to(grace, now + timedelta(days=2)) == queries.Told(4, [], [])


def test_five_answers_of_one_person_show_nothing(
    over: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    for number in range(5):
        told = {"programme": over.programme, "cohort": over.cohort, "title": f"{number}", "starts_at": now}
        held = SupervisionSession.objects.create(
            **told, facilitator=grace, created_by=grace, created_at=now, state="closed", live_at=now, closed_at=now
        )
        stay(held, amina, now, 600)
        say(held, amina, now + timedelta(days=1), f"Words {number}")

    assert queries.told_to(grace, now + timedelta(days=2)) == queries.Told(5, [], [])


def test_five_show_averages_and_words_without_names(
    over: SupervisionSession, make_learner: Callable, grace: User, now: datetime, client_of: Browser
) -> None:
    many(over, make_learner, now, 5)

    told = queries.told_to(grace, now + timedelta(days=2))

    assert [one.average for one in told.averages] == [2.2, 3.0, 4.0, 2.0]
    assert sorted(told.comments) == [f"Words {number}" for number in range(5)]
    assert queries.told_to(grace, now + timedelta(days=100)).averages == []


def test_the_page_names_nobody(
    over: SupervisionSession, make_learner: Callable, grace: User, now: datetime, client_of: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    many(over, make_learner, now, 5)
    monkeypatch.setattr("supervision.opinions.views.timezone.now", lambda: now + timedelta(days=2))

    page = client_of(grace).get("/supervision/opinions/").content.decode()

    assert (page.count("Words "), page.count("Eve ")) == (5, 0)


@pytest.mark.parametrize("who", ["amina", "joseph", "stranger"])
def test_others_have_no_such_page(who: str, client_of: Browser, request: pytest.FixtureRequest) -> None:
    assert client_of(request.getfixturevalue(who)).get("/supervision/opinions/").status_code == 404


def test_she_is_asked_until_she_has_answered(
    over: SupervisionSession, amina: User, now: datetime, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = now + timedelta(days=1)
    for module in ("supervision.opinions.views", "supervision.sessions.views.pages"):
        monkeypatch.setattr(f"{module}.timezone.now", lambda: at)
    client, address = client_of(amina), f"/supervision/sessions/{over.pk}/opinion/"

    before = client.get("/supervision/").content.decode().count(address)
    half = client.post(address, {"safe": "4"}).content.decode()
    answer = client.post(address, {name: str(value) for name, value in ANSWERS.items()})
    after = client.get("/supervision/").content.decode().count(address)

    assert (before, half.count("Choose one line."), answer.status_code, after) == (1, 3, 302, 0)
