"""Who belongs to a meeting, and as what."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.http import Http404

from lms.people.models import User
from lms.programmes.actions import decide, end_grant, grant
from lms.programmes.models import Enrolment, RoleGrant
from supervision.sessions.access import get_session_for, get_session_to_lead, may_facilitate, role_in
from supervision.sessions.actions import invite, remove_member, schedule
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import members_among, members_of, sessions_for
from supervision.sessions.rules import NotTheFacilitator


def test_the_cohort_and_its_supervisor_belong(
    planned: SupervisionSession, amina: User, brian: User, grace: User
) -> None:
    assert [(member.name, member.role) for member in members_of(planned)] == [
        ("Grace Achieng", "facilitator"),
        ("Amina Odhiambo", "provider"),
        ("Brian Otieno", "provider"),
    ]


@pytest.mark.parametrize("name", ["stranger", "joseph", "samuel", "lena", "admin"])
def test_nobody_else_finds_the_meeting(planned: SupervisionSession, name: str, request: pytest.FixtureRequest) -> None:
    person = request.getfixturevalue(name)

    with pytest.raises(Http404):
        get_session_for(person, planned.pk)
    assert list(sessions_for(person)) == []


def test_a_supervisor_of_the_whole_programme_may_step_in(
    planned: SupervisionSession, joseph: User, world: SimpleNamespace, now: datetime
) -> None:
    grant(user=joseph, role="supervisor", programme=world.programme, by=None, at=now)

    assert role_in(joseph, planned) == "supervisor"
    assert may_facilitate(joseph, planned)


def test_a_supervisor_of_another_place_or_cohort_may_not(
    planned: SupervisionSession, joseph: User, lena: User, amina: User, world: SimpleNamespace, now: datetime
) -> None:
    grant(user=joseph, role="supervisor", programme=world.programme, org_unit=world.north, by=None, at=now)
    grant(user=lena, role="supervisor", programme=world.programme, cohort=world.second_cohort, by=None, at=now)

    assert (role_in(joseph, planned), role_in(lena, planned)) == (None, None)


def test_a_supervisor_of_the_place_where_its_people_work_may(
    planned: SupervisionSession, joseph: User, amina: User, world: SimpleNamespace, now: datetime
) -> None:
    grant(user=joseph, role="supervisor", programme=world.programme, org_unit=world.district, by=None, at=now)

    assert role_in(joseph, planned) == "supervisor"


def test_a_learner_reads_but_does_not_lead(planned: SupervisionSession, amina: User) -> None:
    assert get_session_for(amina, planned.pk) == planned
    with pytest.raises(Http404):
        get_session_to_lead(amina, planned.pk)


def test_who_withdrew_or_lost_the_role_or_was_deactivated_is_out(
    planned: SupervisionSession, amina: User, brian: User, grace: User, joseph: User, now: datetime
) -> None:
    decide(
        enrolment=Enrolment.objects.get(provider=amina.provider),
        decision="withdraw",
        reason="Moved away.",
        by=joseph,
        at=now,
    )
    end_grant(held=RoleGrant.objects.get(user=grace, role="supervisor"), by=grace, at=now)
    User.objects.filter(pk=brian.pk).update(is_active=False)

    assert members_of(planned) == []


@pytest.fixture
def guest(make_learner: Callable[..., User], world: SimpleNamespace, grace: User, now: datetime) -> User:
    """Learns in the second cohort, which Grace supervises too."""
    grant(user=grace, role="supervisor", programme=world.programme, cohort=world.second_cohort, by=None, at=now)
    return make_learner("eve", "Eve Example", cohort="second_cohort")


def test_an_exception_lets_in_or_shuts_out(
    planned: SupervisionSession,
    amina: User,
    guest: User,
    grace: User,
    now: datetime,
    fresh: Callable[[User], User],
) -> None:
    invite(session=planned, person=guest, by=fresh(grace), at=now)
    remove_member(session=planned, person=amina, by=grace, at=now)

    assert (role_in(guest, planned), role_in(amina, planned)) == ("provider", None)
    assert (list(sessions_for(guest)), list(sessions_for(amina))) == ([planned], [])


def test_a_learner_neither_plans_nor_removes(
    planned: SupervisionSession, amina: User, brian: User, world: SimpleNamespace, now: datetime
) -> None:
    with pytest.raises(NotTheFacilitator):
        schedule(cohort=world.cohort, title="Mine", starts_at=now, by=amina, at=now)
    with pytest.raises(NotTheFacilitator):
        remove_member(session=planned, person=brian, by=amina, at=now)


def test_members_of_many_meetings_cost_the_same_queries(
    planned: SupervisionSession,
    grace: User,
    world: SimpleNamespace,
    now: datetime,
    make_learner: Callable[..., User],
    django_assert_num_queries: Callable[..., object],
) -> None:
    people = [make_learner(f"p{number}", f"Person {number}").pk for number in range(5)]
    meetings = [schedule(cohort=world.cohort, title=f"{n}", starts_at=now, by=grace, at=now).pk for n in range(5)]

    with django_assert_num_queries(3):
        members_among([planned.pk], people[:1])
    with django_assert_num_queries(3):
        members_among(meetings, [*people, grace.pk])
