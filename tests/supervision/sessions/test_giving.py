"""Who gives supervision has it in the ledger, also who never learned here; she is on no list of learners."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.certification.rules.requirements import supervision_minutes
from lms.competency.tasks import build_framework
from lms.ledger.queries import entries_of
from lms.ledger.tasks import faults
from lms.people.actions import add_provider, add_user
from lms.people.models import Provider, User
from lms.people.queries import provider_of
from lms.programmes.actions import enrol, grant, known_to_ledger
from lms.programmes.models import Enrolment
from lms.programmes.queries import providers_within
from lms.programmes.tasks import build_demo_people
from supervision.groups.models import SupervisionGroup
from supervision.room.tasks import build_demo
from supervision.sessions import actions
from supervision.sessions.models import SupervisionSession
from tests.supervision.sessions.test_counting import ended, stay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_list")]
Browser = Callable[[User], Client]
HOUR = timedelta(hours=1)


@pytest.fixture
def ruta(world: SimpleNamespace, now: datetime) -> User:
    """Supervises the whole programme."""
    user = add_user(username="ruta", name="Ruta Njoroge", password="tandem-demo", at=now)
    grant(user=user, role="supervisor", programme=world.programme, by=None, at=now)
    return user


def told(person: User) -> list[tuple[str, dict]]:
    """What stands in the ledger of her."""
    provider = Provider.objects.filter(user=person).first()
    return [(entry.kind, entry.facts) for entry in entries_of(provider)] if provider else []


def given(session: SupervisionSession, seconds: int, people: int) -> list[tuple[str, dict]]:
    return [("supervision.given", {"session": str(session.pk), "seconds": seconds, "people": people})]


def test_who_led_has_given_supervision_though_she_never_learned_here(
    meeting: SupervisionSession, amina: User, brian: User, grace: User, now: datetime
) -> None:
    for person in (amina, brian, grace):
        stay(meeting, person, now, 1800)

    ended(meeting, grace, now + HOUR)

    assert told(grace) == given(meeting, 1800, 2)
    assert list(faults()) == []


def test_settled_again_it_is_one_entry_and_one_provider(
    meeting: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    stay(meeting, amina, now, 1800)
    stay(meeting, grace, now, 1800)
    ended(meeting, grace, now + HOUR)
    SupervisionSession.objects.update(settled_at=None)

    actions.settle(session_id=meeting.pk, at=now + HOUR)

    assert told(grace) == given(meeting, 1800, 1)
    assert Provider.objects.filter(user=grace).count() == 1


def test_another_supervisor_who_was_there_gave_it_too_and_attended_nothing(
    meeting: SupervisionSession, amina: User, grace: User, ruta: User, now: datetime
) -> None:
    for person, seconds in ((amina, 1800), (grace, 1200), (ruta, 600)):
        stay(meeting, person, now, seconds)

    ended(meeting, grace, now + HOUR)

    assert (told(grace), told(ruta)) == (given(meeting, 1200, 1), given(meeting, 600, 1))


def test_who_stepped_in_gave_it_and_who_did_not_come_did_not(
    meeting: SupervisionSession, amina: User, grace: User, ruta: User, now: datetime
) -> None:
    stay(meeting, amina, now, 1800)
    stay(meeting, ruta, now, 1800)

    ended(meeting, ruta, now + HOUR)

    assert (told(grace), told(ruta)) == ([], given(meeting, 1800, 1))


def test_a_co_supervisor_who_also_learned_is_not_counted_as_supervised(
    world: SimpleNamespace, make_group: Callable[..., SupervisionGroup], make_learner: Callable[..., User],
    amina: User, grace: User, now: datetime,
) -> None:  # fmt: skip
    chidi = make_learner("chidi", "Chidi Okoro", cohort="second_cohort")
    grant(user=chidi, role="supervisor", programme=world.programme, cohort=world.cohort, by=None, at=now)
    group = make_group([amina], co_supervisor=chidi)
    planned = actions.schedule(cohort=world.cohort, group=group, title="Tuesday", starts_at=now, by=grace, at=now)
    session = actions.go_live(session=planned, by=grace, at=now)
    for person in (amina, grace, chidi):
        stay(session, person, now, 3600)

    ended(session, grace, now + HOUR)

    assert (told(grace), told(chidi)) == (given(session, 3600, 1), given(session, 3600, 1))
    assert supervision_minutes({"count": 1}, entries_of(chidi.provider), now.date()).have == 0


def test_among_peers_nobody_has_given_supervision(
    world: SimpleNamespace, peers: SupervisionGroup, amina: User, brian: User, now: datetime
) -> None:
    planned = actions.schedule(cohort=world.cohort, group=peers, title="Peers", starts_at=now, by=amina, at=now)
    session = actions.go_live(session=planned, by=amina, at=now)
    stay(session, amina, now, 3600)

    ended(session, amina, now + HOUR)

    facts = {"session": str(session.pk), "peer": True, "seconds": 3600, "share": 100}
    assert told(amina) == [("session.attended", facts)]


def test_who_only_supervises_is_on_no_list_of_learners(
    world: SimpleNamespace, meeting: SupervisionSession, amina: User, grace: User, joseph: User, now: datetime,
    client_of: Browser,
) -> None:  # fmt: skip
    before = client_of(grace).get(reverse("certification:mine")).status_code
    stay(meeting, amina, now, 1800)
    stay(meeting, grace, now, 1800)
    ended(meeting, grace, now + HOUR)

    known = Provider.objects.get(user=grace)
    assert (known.cadre, known.org_unit, known.learns) == ("", world.district, False)
    assert provider_of(User.objects.get(pk=grace.pk)) is None
    assert list(providers_within(joseph, "manager")) == [amina.provider]
    assert list(Enrolment.objects.values_list("provider__user__username", flat=True)) == ["amina"]
    assert (before, client_of(grace).get(reverse("certification:mine")).status_code) == (404, 404)


def test_her_place_is_that_of_her_role_else_of_the_cohort_else_the_country(
    world: SimpleNamespace, ruta: User, now: datetime
) -> None:
    placed = add_user(username="pia", name="Pia", password=None, at=now)
    grant(user=placed, role="supervisor", programme=world.programme, org_unit=world.clinic, by=None, at=now)
    far = add_user(username="far", name="Far", password=None, at=now)

    known = [
        known_to_ledger(person=placed, cohort=world.cohort),
        known_to_ledger(person=ruta, cohort=world.cohort),
        known_to_ledger(person=far, cohort=world.second_cohort),
    ]

    assert [one.org_unit for one in known] == [world.clinic, world.district, world.country]


def test_who_begins_to_learn_later_keeps_what_she_gave(
    world: SimpleNamespace, meeting: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    stay(meeting, amina, now, 1800)
    stay(meeting, grace, now, 1800)
    ended(meeting, grace, now + HOUR)

    provider = add_provider(user=grace, cadre="nurse", sex="female", org_unit=world.clinic, languages=["en"])
    enrol(provider=provider, cohort=world.second_cohort, by=None, at=now + HOUR)

    assert told(grace) == given(meeting, 1800, 1)
    assert provider_of(User.objects.get(pk=grace.pk)) == provider


def test_a_guest_who_supervises_elsewhere_attends_nothing(
    world: SimpleNamespace, meeting: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    guest = add_user(username="guest", name="Guest", password=None, at=now)
    known_to_ledger(person=guest, cohort=world.other_cohort)
    stay(meeting, guest, now, 1800)
    stay(meeting, grace, now, 1800)

    ended(meeting, grace, now + HOUR)

    assert (told(guest), told(grace)) == ([], given(meeting, 1800, 1))


def test_her_page_says_how_much_she_gave_and_when(
    meeting: SupervisionSession, amina: User, grace: User, now: datetime, client_of: Browser
) -> None:
    empty = client_of(grace).get("/supervision/given/")
    stay(meeting, amina, now, 3600)
    stay(meeting, grace, now, 3600)
    ended(meeting, grace, now + HOUR)

    page = client_of(grace).get("/supervision/given/")

    assert (empty.context["meetings"], empty.context["rows"]) == (0, [])
    facts = page.context
    assert (facts["meetings"], facts["hours"], facts["minutes"]) == (1, 1, 0)
    said = [(sentence, address) for _, sentence, address in facts["rows"]]
    assert said == [("Supervised 1 person in a group meeting, 60 min.", f"/supervision/sessions/{meeting.pk}/")]
    assert client_of(grace).get("/supervision/").content.decode().count("/supervision/given/") == 1


@pytest.mark.parametrize(("who", "links"), [("amina", 0), ("joseph", 0)])
def test_who_gives_none_has_no_such_page(
    who: str, links: int, client_of: Browser, amina: User, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))

    assert client.get("/supervision/given/").status_code == 404
    assert client.get("/supervision/").content.decode().count("/supervision/given/") == links


@pytest.mark.parametrize("meetings", [1, 30])
def test_her_page_asks_as_little_for_thirty_meetings(
    meetings: int, meeting: SupervisionSession, grace: User, now: datetime, client_of: Browser,
    django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    for number in range(meetings):
        held = SupervisionSession.objects.get(pk=meeting.pk)
        held.pk, held.state, held.live_at = uuid4(), "closed", now + number * HOUR
        held.closed_at = held.live_at + HOUR
        held.save(force_insert=True)
        stay(held, grace, held.live_at, 600)
        actions.settle(session_id=held.pk, at=held.closed_at)
    client = client_of(grace)

    with django_assert_num_queries(4):
        page = client.get("/supervision/given/")

    assert len(page.context["rows"]) == meetings


@pytest.mark.long
def test_in_the_demo_grace_has_given_what_her_meetings_say(now: datetime, db: None) -> None:
    for build in (build_demo_people, build_framework, build_demo):
        build(at=now)

    grace = User.objects.get(username="grace")
    led = SupervisionSession.objects.filter(facilitator=grace, closed_at__isnull=False)
    entries = [facts for kind, facts in told(grace) if kind == "supervision.given"]
    assert sorted(facts["session"] for facts in entries) == sorted(str(session.pk) for session in led)
    assert (len(entries) > 0, list(faults())) == (True, [])
    assert list(Provider.objects.filter(enrolments=None)) == [grace.provider]
