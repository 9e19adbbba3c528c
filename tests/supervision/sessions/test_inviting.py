"""Who leads asks somebody in for one meeting, or takes somebody out of it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.notices.models import Notice
from lms.people.models import User
from lms.programmes.actions import grant
from supervision.groups.models import SupervisionGroup
from supervision.sessions.access import role_in
from supervision.sessions.actions import close, go_live, invite, remove_member, schedule
from supervision.sessions.models import SessionMember, SupervisionSession
from supervision.sessions.queries.inviting import may_be_invited, taken_out
from supervision.sessions.rules import MeetingOver, NotAMember
from supervision.sessions.rules.inviting import LeadStays, NotToInvite

ClientOf = Callable[[User], Client]


@pytest.fixture
def eve(make_learner: Callable[..., User]) -> User:
    """Learns in the second cohort, out of Grace's reach."""
    return make_learner("eve", "Eve Example", cohort="second_cohort")


@pytest.fixture
def dalia(make_learner: Callable[..., User]) -> User:
    """Learns in the cohort, in no group."""
    return make_learner("dalia", "Dalia Auma")


def door(session: SupervisionSession) -> str:
    return reverse("supervision:session-members", args=[session.pk])


def names(people: Iterable[User]) -> list[str]:
    return [person.name for person in people]


def test_offered_are_people_of_the_cohort_who_are_not_in_the_group(
    group_meeting: SupervisionSession, grace: User, dalia: User, eve: User, stranger: User
) -> None:
    assert names(may_be_invited(group_meeting, grace)) == ["Dalia Auma"]
    assert names(may_be_invited(group_meeting, grace, named="eve")) == []


def test_a_supervisor_of_more_may_ask_more(
    group_meeting: SupervisionSession,
    world: SimpleNamespace,
    grace: User,
    dalia: User,
    eve: User,
    samuel: User,
    now: datetime,
    fresh: Callable[[User], User],
) -> None:
    grant(user=grace, role="supervisor", programme=world.programme, cohort=world.second_cohort, by=None, at=now)
    grant(user=samuel, role="supervisor", programme=world.programme, by=None, at=now)

    assert names(may_be_invited(group_meeting, fresh(grace))) == ["Dalia Auma", "Eve Example", "Samuel Kiprono"]


def test_who_hosts_peers_asks_people_of_the_cohort_only(
    peers: SupervisionGroup, world: SimpleNamespace, amina: User, dalia: User, eve: User, grace: User, now: datetime
) -> None:
    told = {"cohort": world.cohort, "group": peers, "title": "Peers", "starts_at": now, "at": now}
    hosted = schedule(**told, facilitator=amina, by=grace)

    assert names(may_be_invited(hosted, amina)) == ["Dalia Auma"]


def test_asked_in_she_belongs_and_is_told_once(
    group_meeting: SupervisionSession, grace: User, dalia: User, now: datetime
) -> None:
    for _ in range(2):
        invite(session=group_meeting, person=dalia, by=grace, at=now)

    assert role_in(dalia, group_meeting) == "provider"
    (notice,) = Notice.objects.filter(kind="meeting.invited")
    assert (notice.person, notice.link) == (dalia, reverse("supervision:session", args=[group_meeting.pk]))
    assert "Grace asks you to come to a meeting of another group: Tuesday group, Lakeside" in notice.text


@pytest.mark.parametrize("who", ["eve", "stranger"])
def test_who_is_out_of_reach_is_not_asked(
    who: str, group_meeting: SupervisionSession, grace: User, now: datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotToInvite):
        invite(session=group_meeting, person=request.getfixturevalue(who), by=grace, at=now)

    assert SessionMember.objects.count() == 0


def test_taken_out_and_let_in_again(group_meeting: SupervisionSession, grace: User, amina: User, now: datetime) -> None:
    remove_member(session=group_meeting, person=amina, by=grace, at=now)
    assert (role_in(amina, group_meeting), taken_out(group_meeting)) == (None, [amina])

    invite(session=group_meeting, person=amina, by=grace, at=now)
    assert (role_in(amina, group_meeting), taken_out(group_meeting)) == ("provider", [])


def test_who_leads_stays(group_meeting: SupervisionSession, grace: User, now: datetime) -> None:
    with pytest.raises(LeadStays):
        remove_member(session=group_meeting, person=grace, by=grace, at=now)


def test_who_does_not_belong_is_not_taken_out(
    group_meeting: SupervisionSession, grace: User, stranger: User, now: datetime
) -> None:
    with pytest.raises(NotAMember):
        remove_member(session=group_meeting, person=stranger, by=grace, at=now)


def test_a_meeting_that_is_over_changes_no_more(
    group_meeting: SupervisionSession, grace: User, amina: User, dalia: User, now: datetime
) -> None:
    close(session=go_live(session=group_meeting, by=grace, at=now), by=grace, at=now)
    over = SupervisionSession.objects.get(pk=group_meeting.pk)

    for act, person in ((invite, dalia), (remove_member, amina)):
        with pytest.raises(MeetingOver):
            act(session=over, person=person, by=grace, at=now)


# the page


def test_the_page_asks_in_and_takes_out(
    group_meeting: SupervisionSession, grace: User, amina: User, dalia: User, client_of: ClientOf
) -> None:
    browser = client_of(grace)

    asked = browser.post(door(group_meeting), {"person": str(dalia.pk)}, follow=True).content.decode()
    out = browser.post(door(group_meeting), {"person": str(amina.pk), "do": "out"}, follow=True).content.decode()

    assert "Dalia Auma is asked to come and is told." in asked
    assert "Amina Odhiambo is taken out of this meeting." in out
    assert (role_in(dalia, group_meeting), role_in(amina, group_meeting)) == ("provider", None)


def test_the_way_there_stands_where_who_leads_sees_who_meets(
    group_meeting: SupervisionSession, grace: User, amina: User, client_of: ClientOf
) -> None:
    address = reverse("supervision:session", args=[group_meeting.pk])

    pages = [client_of(person).get(address).content.decode() for person in (grace, amina)]

    assert [door(group_meeting) in page for page in pages] == [True, False]


@pytest.mark.parametrize("sent", [{}, {"person": "x"}, {"person": str(uuid4())}])
def test_nobody_is_asked_in_by_a_form_that_cannot_be_read(
    sent: dict[str, str], group_meeting: SupervisionSession, grace: User, client_of: ClientOf
) -> None:
    answer = client_of(grace).post(door(group_meeting), sent)

    assert answer.status_code == 409
    assert "This person cannot be asked into this meeting." in answer.content.decode()


def test_nobody_else_opens_the_page(
    group_meeting: SupervisionSession, amina: User, stranger: User, joseph: User, client_of: ClientOf
) -> None:
    assert [client_of(person).get(door(group_meeting)).status_code for person in (amina, stranger, joseph)] == [404] * 3
    assert client_of(amina).post(door(group_meeting), {"person": str(amina.pk), "do": "out"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_with_many(
    rows: int,
    group_meeting: SupervisionSession,
    grace: User,
    make_learner: Callable[..., User],
    client_of: ClientOf,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for number in range(rows):
        make_learner(f"p{number}", f"Person {number:02}")
    browser = client_of(grace)
    browser.get(door(group_meeting))

    with django_assert_num_queries(22):
        page = browser.get(door(group_meeting))

    assert len(page.context["offered"]) == rows
