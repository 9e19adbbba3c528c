"""Who was in a meeting says how it was; who led sees what at least five people said and never whose it is."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lms.outbox.actions import apply_item
from lms.outbox.rules import Answer
from lms.people.models import User
from supervision.cases.actions import redact_words
from supervision.cases.models import CasePresentation
from supervision.guard.models import IdentifierIncident
from supervision.guard.queries import confirmations_of
from supervision.guard.rules import REASONS
from supervision.opinions import actions, queries, rules
from supervision.opinions.models import SessionOpinion
from supervision.opinions.panels import pages_to_keep
from supervision.sessions.models import SessionCase, SupervisionSession
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


RESTS = rules.DAYS + rules.REST
Held = Callable[..., SupervisionSession]


@pytest.fixture
def held(world: SimpleNamespace, grace: User, now: datetime) -> Held:
    """A meeting that Grace led and that ended some days after now: held(3)."""

    def one(days: int = 0) -> SupervisionSession:
        at = now + timedelta(days=days)
        told = {"programme": world.programme, "cohort": world.cohort, "title": f"Day {days}", "starts_at": at}
        return SupervisionSession.objects.create(
            **told, facilitator=grace, created_by=grace, created_at=at, state="closed", live_at=at, closed_at=at
        )

    return one


@pytest.fixture
def people(make_learner: Callable) -> list[User]:
    return [make_learner(f"eve{number}", f"Eve {number}") for number in range(11)]


def answered(session: SupervisionSession, people: Sequence[User], *, days: float = 1, **answers: int) -> None:
    """They were there and said how it was, `days` after its end."""
    for person in people:
        stay(session, person, session.closed_at, 600)
        say(session, person, session.closed_at + timedelta(days=days), f"Words of {person.username}", **answers)


def seen(grace: User, session: SupervisionSession, wait: timedelta = RESTS) -> tuple[list[float], list[str]]:
    """The averages and comments so long after the meeting."""
    told = queries.told_to(grace, session.closed_at + wait)
    return [one.average for one in told.averages], [one.text for one in told.comments]


NOTHING_YET: tuple[list[float], list[str]] = ([], [])


def test_fewer_than_five_show_nothing(held: Held, people: list[User], grace: User) -> None:
    session = held()
    answered(session, people[:4])

    assert seen(grace, session) == NOTHING_YET


def test_five_answers_of_one_person_show_nothing(held: Held, people: list[User], grace: User) -> None:
    sessions = [held(days) for days in range(5)]
    for session in sessions:
        answered(session, people[:1])

    assert seen(grace, sessions[-1]) == NOTHING_YET


def test_five_come_out_together_when_nobody_can_change_one_any_more(
    held: Held, people: list[User], grace: User
) -> None:
    session = held()
    answered(session, people[:4], safe=2)
    answered(session, people[4:5], safe=3)
    early = seen(grace, session, RESTS - timedelta(seconds=1))

    averages, comments = seen(grace, session)

    assert (early, averages) == (NOTHING_YET, [2.2, 3.0, 4.0, 2.0])
    assert sorted(comments) == [f"Words of eve{number}" for number in range(5)]


def test_a_sixth_to_ninth_answer_change_nothing_and_a_tenth_brings_all_five(
    held: Held, people: list[User], grace: User
) -> None:
    first, later = held(), [held(days) for days in range(8, 13)]
    answered(first, people[:5], safe=4)
    before, looks = seen(grace, first), []

    for session, person in zip(later, people[5:10], strict=True):
        answered(session, [person], safe=1)
        looks.append(seen(grace, session))

    assert looks[:4] == [before] * 4
    assert (looks[4][0][0], before[0][0]) == (2.5, 4.0)
    assert (looks[4][1][:5], sorted(looks[4][1][5:])) == (
        before[1],
        [f"Words of eve{number}" for number in range(5, 10)],
    )


def test_answers_of_the_same_people_come_out_again_when_five_of_them_have_said_more(
    held: Held, people: list[User], grace: User
) -> None:
    first, second = held(), held(7)
    answered(first, people[:5], safe=4)
    answered(second, people[:4], safe=1)
    four = seen(grace, second)

    answered(second, people[4:5], safe=1)

    assert (four[0][0], seen(grace, second)[0][0]) == (4.0, 2.5)


def test_all_that_was_said_about_one_meeting_comes_out_at_once(held: Held, people: list[User], grace: User) -> None:
    session = held()

    answered(session, people[:7])

    assert len(seen(grace, session)[1]) == 7


def test_a_changed_answer_was_never_seen_and_is_not_taken_once_it_could_have_been(
    held: Held, people: list[User], grace: User
) -> None:
    session = held()
    answered(session, people[:5], safe=4)
    say(session, people[0], session.closed_at + rules.DAYS, "Mended", safe=1)
    shown = seen(grace, session)

    late = {"answers": ANSWERS, "comment": "Anew", "happened_at": session.closed_at + timedelta(days=1)}
    with pytest.raises(rules.TooLate):
        actions.rate_session(session=session, **late, by=people[0], at=session.closed_at + RESTS)

    assert (shown[0][0], sorted(shown[1])[0]) == (3.4, "Mended")
    assert seen(grace, session, RESTS + timedelta(days=1)) == shown


def test_a_first_answer_that_a_phone_sends_late_waits_for_four_others(
    held: Held, people: list[User], grace: User
) -> None:
    session = held()
    answered(session, people[:5])
    before = seen(grace, session)
    stay(session, people[5], session.closed_at, 600)
    told = {"answers": ANSWERS, "comment": "Late", "happened_at": session.closed_at + timedelta(days=1)}

    actions.rate_session(session=session, **told, by=people[5], at=session.closed_at + timedelta(days=20))

    assert seen(grace, session, timedelta(days=30)) == before


def test_a_batch_leaves_whole(held: Held, people: list[User], grace: User) -> None:
    """Also where its answers are of very different days: a window over answers would let them go one by one."""
    first, second = held(), held(30)
    answered(first, people[:2], safe=1)
    answered(second, people[2:5], safe=4)
    out = rules.WINDOW + RESTS

    whole = seen(grace, second)

    assert (whole[0][0], len(whole[1])) == (2.8, 5)
    assert seen(grace, second, out - timedelta(seconds=1)) == whole
    assert seen(grace, second, out) == NOTHING_YET


def test_the_page_names_and_counts_nobody(
    held: Held, people: list[User], grace: User, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, later = held(), held(1)
    monkeypatch.setattr("supervision.opinions.views.timezone.now", lambda: later.closed_at + RESTS)
    answered(session, people[:5])
    client = client_of(grace)
    page = client.get("/supervision/opinions/").content.decode()

    answered(later, people[5:9])

    assert (page.count("Words of "), page.count("Eve "), page.count("answers of the last")) == (5, 0, 0)
    assert main_of(client.get("/supervision/opinions/").content.decode()) == main_of(page)


def main_of(page: str) -> str:
    """What the page says, without what every answer has of its own."""
    return page[page.index("<main") : page.index("</main>")]


# --- words that could show who somebody is


NAMED = "She spoke of Mary Wanjiru, 0712 345 678."


def rated(session: SupervisionSession, person: User, at: datetime, **more: str) -> Answer:
    data = {**ANSWERS, "comment": NAMED, **more}
    item = {"key": uuid4(), "kind": "session.rated", "subject": str(session.pk), "at": at, "data": data}
    return apply_item(item=item, person=person, at=at)


def test_words_from_a_phone_are_marked_for_who_led_with_their_reason_and_name_nobody(
    held: Held, people: list[User], grace: User, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = held()
    answered(session, people[:5])
    at = session.closed_at + timedelta(days=2)
    assert rated(session, people[0], at, confirmed_comment="needed").status == "applied"
    assert rated(session, people[1], at).status == "applied"
    monkeypatch.setattr("supervision.opinions.views.timezone.now", lambda: session.closed_at + RESTS)

    page = client_of(grace).get("/supervision/opinions/").content.decode()

    marked = [one for one in queries.told_to(grace, session.closed_at + RESTS).comments if one.marked]
    needed = str(REASONS["needed"])
    assert sorted(one.reasons for one in marked) == [(), (needed,)]
    assert (page.count("Some words could show who a person is."), page.count(needed), page.count("Eve ")) == (2, 1, 0)
    assert not IdentifierIncident.objects.exists()


def test_a_reason_that_is_none_is_refused(over: SupervisionSession, amina: User, now: datetime) -> None:
    answer = rated(over, amina, now, confirmed_comment="because")

    assert (answer.status, answer.code, SessionOpinion.objects.count()) == ("refused", "invalid", 0)


def test_the_page_keeps_the_reason_and_forgets_it_with_the_words(
    over: SupervisionSession, amina: User, now: datetime, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supervision.opinions.views.timezone.now", lambda: now + timedelta(days=1))
    client, address = client_of(amina), f"/supervision/sessions/{over.pk}/opinion/"
    data = {name: str(value) for name, value in ANSWERS.items()}

    asked = client.post(address, {**data, "comment": NAMED}).status_code
    kept = client.post(address, {**data, "comment": NAMED, "confirmed_comment": "needed"}).status_code
    reasons = {row.reason for row in confirmations_of(SessionOpinion.objects.get().pk)}
    client.post(address, {**data, "comment": "Good."})

    assert (asked, kept, reasons) == (200, 302, {"needed"})
    assert confirmations_of(SessionOpinion.objects.get().pk) == []


def test_words_taken_from_a_case_go_from_comments_about_the_meetings_that_saw_it(
    over: SupervisionSession, case: CasePresentation, held: Held, people: list[User], amina: User, grace: User,
    now: datetime,
) -> None:  # fmt: skip
    elsewhere = held()
    answered(elsewhere, people[:1])
    rated(over, amina, now + timedelta(days=1), confirmed_comment="needed")
    rated(elsewhere, people[0], now + timedelta(days=1))
    SessionCase.objects.create(session=over, case=case, opened_at=now)
    save_words(case, "Her mother is Mary Wanjiru.")

    redact_words(case=case, words="Mary Wanjiru", by=grace, at=now + timedelta(days=2))

    mine, other = (SessionOpinion.objects.get(session=session) for session in (over, elsewhere))
    assert (mine.comment, other.comment) == ("She spoke of […], 0712 345 678.", NAMED)
    assert confirmations_of(mine.pk) == []


def save_words(case: CasePresentation, words: str) -> None:
    case.problem = words
    case.save(update_fields=["problem"])


@pytest.mark.parametrize(("came_out", "counted"), [(False, 0), (True, 5)])
def test_trying_words_tells_nobody_what_others_wrote(
    held: Held, case: CasePresentation, people: list[User], grace: User, came_out: bool, counted: int
) -> None:
    session = held()
    SessionCase.objects.create(session=session, case=case, opened_at=session.live_at)
    answered(session, people[:5])
    at = session.closed_at + (RESTS if came_out else timedelta(days=2))

    told = actions.take_words(case=case.pk, words="Words of", by=grace, at=at)

    assert (told, SessionOpinion.objects.get(person=people[0]).comment) == (counted, "[…] eve0")


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
