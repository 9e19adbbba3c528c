"""With the signed minutes what was agreed is sent; it waits for its owner as before, on every page and from a phone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from lms.people.models import User
from supervision.cases.models import CasePresentation
from supervision.sessions import actions, rules
from supervision.sessions.models import Recommendation, SupervisionSession
from supervision.sessions.queries import agreed_advice_for
from supervision.sessions.queries.following import advice_to_look_at
from supervision.sessions.queries.lately import last_advice_among

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def keys(
    meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Callable, now: datetime
) -> list[UUID]:
    """One advice to do, one that was done before the minutes were signed, one idea that nobody took on."""
    send(meeting, grace, "case.open", case=str(case.pk))
    made = [uuid4() for _ in range(3)]
    for key in made:
        send(meeting, grace, "recommendation.propose", key=key, case=str(case.pk), type="refer", text="Go with her")
    for key in made[:2]:
        send(meeting, grace, "recommendation.agree", recommendation=str(key), owner=str(amina.pk), due="2026-03-24")
    actions.close(session=SupervisionSession.objects.get(pk=meeting.pk), by=grace, at=now + timedelta(hours=1))
    actions.finish(key=made[1], by=amina, at=now + timedelta(hours=2))
    return made


@pytest.fixture
def signed(keys: list[UUID], meeting: SupervisionSession, grace: User, now: datetime) -> SupervisionSession:
    session = SupervisionSession.objects.get(pk=meeting.pk)
    return actions.sign_off(session=session, by=grace, at=now + timedelta(hours=3))


def states(keys: list[UUID]) -> list[str]:
    return [Recommendation.objects.get(key=key).state for key in keys]


def test_what_was_agreed_is_sent_and_the_rest_stays_as_it_was(signed: SupervisionSession, keys: list[UUID]) -> None:
    assert states(keys) == ["sent", "done", "proposed"]


def test_a_refused_signature_sends_nothing(
    keys: list[UUID], meeting: SupervisionSession, amina: User, now: datetime
) -> None:
    session = SupervisionSession.objects.get(pk=meeting.pk)

    with pytest.raises(rules.NotTheFacilitator):
        actions.sign_off(session=session, by=amina, at=now + timedelta(hours=3))

    assert states(keys) == ["agreed", "done", "proposed"]


def test_sent_advice_still_waits_for_its_owner(
    signed: SupervisionSession, keys: list[UUID], amina: User, grace: User, now: datetime, client_of: Browser
) -> None:
    pair = (amina.provider.pk, signed.programme_id)
    coming = actions.schedule(
        cohort=signed.cohort, title="Next", starts_at=now + timedelta(days=7), by=grace, at=now + timedelta(days=1)
    )

    waiting, sent = [one.key for one in agreed_advice_for(amina.provider)], Recommendation.objects.get(key=keys[0])

    assert waiting == [keys[0]]
    assert last_advice_among([pair])[pair].open_count == 1
    assert sorted(one.key for one in advice_to_look_at(coming)) == sorted(keys[:2])
    assert client_of(amina).get("/home/").content.decode().count(f"/supervision/advice/{sent.pk}/") > 0


@pytest.mark.parametrize("became", ["done", "not_done"])
def test_what_became_of_it_is_reported_from_the_page_as_before(
    signed: SupervisionSession, keys: list[UUID], amina: User, client_of: Browser, became: str
) -> None:
    advice = Recommendation.objects.get(key=keys[0])
    told = {"key": str(uuid4()), "became": became, "why": "She was away.", "back": "home"}

    answer = client_of(amina).post(f"/supervision/advice/{advice.pk}/", told)

    assert (answer.status_code, states(keys)) == (302, [became, "done", "proposed"])
