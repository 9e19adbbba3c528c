"""Programmes, enrolment, roles that hold within a scope, assignments."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client

from lms.people.actions import add_unit
from lms.people.models import User
from lms.programmes.access import (
    get_cohort_for,
    get_enrolment_for,
    get_provider_for,
    has_role,
    is_enrolled,
    may_act_on,
    may_open_course,
)
from lms.programmes.actions import (
    assign,
    decide,
    end_grant,
    enrol,
    grant,
    mark_assignment_done,
    move_stage,
    write_subject,
)
from lms.programmes.models import Assignment, EnrolmentEvent, Programme, RoleGrant, Subject
from lms.programmes.queries import (
    assignments_of,
    cohorts_within,
    enrolments_within,
    members_of_cohort,
    programmes_of,
    staff_of_cohort,
)
from lms.programmes.rules import AlreadyDecided, TwoNarrowings

pytestmark = pytest.mark.django_db


def names(enrolments: object) -> list[str]:
    """Who is in a queryset of enrolments."""
    return sorted(enrolment.provider.name.split(" ")[0] for enrolment in enrolments)


@pytest.fixture
def everybody(
    world: SimpleNamespace, amina: User, brian: User, stranger: User, make_learner: Callable[..., User]
) -> SimpleNamespace:
    """Amina and Brian in the cohort, Eve in the second one, Stranger in another programme."""
    make_learner("eve", "Eve Example", cohort="second_cohort", unit="north")
    return world


def test_a_programme_needs_somebody_on_call(world: SimpleNamespace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=world.programme.pk).update(oncall_phone="")


def test_a_cohort_grant_reaches_the_cohort_only(everybody: SimpleNamespace, grace: User) -> None:
    assert names(enrolments_within(grace, "supervisor")) == ["Amina", "Brian"]
    assert [cohort.name for cohort in cohorts_within(grace, "supervisor")] == ["Kisumu, March 2026"]


def test_a_programme_grant_reaches_the_programme_only(everybody: SimpleNamespace, joseph: User) -> None:
    assert names(enrolments_within(joseph, "manager")) == ["Amina", "Brian", "Eve"]
    assert names(enrolments_within(joseph, "supervisor")) == []
    assert [cohort.name for cohort in cohorts_within(joseph, "manager")] == ["Kisumu, June 2026", "Kisumu, March 2026"]


def test_a_grant_over_a_place_reaches_what_lies_below_it(
    everybody: SimpleNamespace, ruth: User, now: datetime, fresh: Callable[[User], User]
) -> None:
    village = add_unit(name="Shore", kind="facility", above=everybody.district)
    grant(user=ruth, role="supervisor", programme=everybody.programme, org_unit=everybody.district, by=None, at=now)

    assert village.path.startswith(everybody.district.path)
    assert names(enrolments_within(fresh(ruth), "supervisor")) == ["Amina", "Brian"]


def test_a_place_and_a_cohort_at_once_is_refused(everybody: SimpleNamespace, ruth: User, now: datetime) -> None:
    with pytest.raises(TwoNarrowings):
        grant(
            user=ruth,
            role="rater",
            programme=everybody.programme,
            cohort=everybody.cohort,
            org_unit=everybody.district,
            by=None,
            at=now,
        )


def test_the_database_refuses_a_grant_without_programme_but_for_admin(ruth: User, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=ruth, role="manager", programme=None, granted_at=now)
    RoleGrant.objects.create(user=ruth, role="admin", programme=None, granted_at=now)


@pytest.mark.parametrize("scope", [{}, {"org_unit": "district"}, {"cohort": "cohort"}], ids=["all", "place", "cohort"])
def test_the_database_refuses_the_same_grant_twice(
    world: SimpleNamespace, grace: User, now: datetime, scope: dict[str, str]
) -> None:
    narrowed = {name: getattr(world, value) for name, value in scope.items()}
    fields = {"user": grace, "role": "manager", "programme": world.programme, "granted_at": now, **narrowed}
    RoleGrant.objects.create(**fields)

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(**fields)


def test_an_ended_grant_reaches_nobody(
    everybody: SimpleNamespace, grace: User, joseph: User, now: datetime, fresh: Callable[[User], User]
) -> None:
    for held in RoleGrant.objects.filter(user=grace):
        end_grant(held=held, by=joseph, at=now)

    assert names(enrolments_within(fresh(grace), "supervisor")) == []
    assert RoleGrant.objects.filter(user=grace, ended_by=joseph).count() == 2


def test_somebody_out_of_scope_is_as_if_not_there(everybody: SimpleNamespace, grace: User, stranger: User) -> None:
    for key in (stranger.provider.pk, uuid4()):
        with pytest.raises(Http404):
            get_provider_for(grace, key, "supervisor")
    with pytest.raises(Http404):
        get_enrolment_for(grace, stranger.provider.enrolments.get().pk, "supervisor")
    with pytest.raises(Http404):
        get_cohort_for(grace, everybody.second_cohort.pk, "supervisor")


def test_in_scope_is_given(everybody: SimpleNamespace, grace: User, amina: User) -> None:
    assert get_provider_for(grace, amina.provider.pk, "supervisor") == amina.provider
    assert get_enrolment_for(grace, amina.provider.enrolments.get().pk, "rater").provider == amina.provider
    assert get_cohort_for(grace, everybody.cohort.pk, "supervisor") == everybody.cohort


def test_may_act_on_asks_role_scope_and_programme(
    everybody: SimpleNamespace, grace: User, amina: User, stranger: User
) -> None:
    assert may_act_on(grace, amina.provider, "supervisor", programme=everybody.programme)
    assert not may_act_on(grace, amina.provider, "manager")
    assert not may_act_on(grace, amina.provider, "supervisor", programme=everybody.other_programme)
    assert not may_act_on(grace, stranger.provider, "supervisor")


def test_the_admin_reaches_everybody(everybody: SimpleNamespace, admin: User) -> None:
    assert names(enrolments_within(admin, "manager")) == ["Amina", "Brian", "Eve", "Sara"]
    assert has_role(admin, "manager", programme=everybody.programme)


def test_only_enrolled_people_and_staff_open_courses(
    everybody: SimpleNamespace,
    amina: User,
    stranger: User,
    lena: User,
    joseph: User,
    now: datetime,
    fresh: Callable[[User], User],
) -> None:
    programme = everybody.programme
    assert [may_open_course(who, programme) for who in (amina, lena, stranger)] == [True, True, False]

    decide(enrolment=amina.provider.enrolments.get(), decision="leave", reason="Moved away", by=joseph, at=now)
    for held in RoleGrant.objects.filter(user=amina):
        end_grant(held=held, by=lena, at=now)

    assert not may_open_course(fresh(amina), programme)
    assert not is_enrolled(fresh(amina), programme)


def test_a_decision_moves_the_stage_and_keeps_the_reason(amina: User, joseph: User, now: datetime) -> None:
    enrolment = amina.provider.enrolments.get()

    decide(enrolment=enrolment, decision="pause", reason="New baby", by=joseph, at=now)
    enrolment.refresh_from_db()
    paused = (enrolment.stage, enrolment.stage_since)
    with pytest.raises(AlreadyDecided):
        decide(enrolment=enrolment, decision="pause", reason="Again", by=joseph, at=now)
    decide(enrolment=enrolment, decision="re_enter", reason="Back", by=joseph, at=now)
    enrolment.refresh_from_db()

    assert paused == ("paused", now)
    assert enrolment.stage == "supervised_practice"
    assert list(EnrolmentEvent.objects.order_by("kind").values_list("kind", "reason")) == [
        ("pause", "New baby"),
        ("re_enter", "Back"),
    ]


def test_moving_to_the_same_stage_keeps_since(amina: User, now: datetime) -> None:
    enrolment = amina.provider.enrolments.get()

    assert not move_stage(enrolment=enrolment, stage="enrolled", at=now)
    assert move_stage(enrolment=enrolment, stage="in_training", at=now)
    assert enrolment.stage_since == now


def test_enrolling_again_gives_the_first_enrolment(world: SimpleNamespace, amina: User, now: datetime) -> None:
    again = enrol(provider=amina.provider, cohort=world.second_cohort, by=None, at=now)

    assert again.cohort == world.cohort
    assert amina.provider.enrolments.count() == 1


def test_authors_and_reviewers_join_and_leave_the_programmes_groups(
    world: SimpleNamespace, lena: User, joseph: User, now: datetime
) -> None:
    assert list(lena.groups.all()) == [world.programme.authors_group]

    end_grant(held=RoleGrant.objects.get(user=lena), by=joseph, at=now)

    assert list(lena.groups.all()) == []


def test_members_and_staff_of_a_cohort(
    everybody: SimpleNamespace, grace: User, samuel: User, ruth: User, now: datetime
) -> None:
    grant(user=ruth, role="supervisor", programme=everybody.programme, org_unit=everybody.north, by=None, at=now)

    assert [user.username for user in members_of_cohort(everybody.cohort)] == ["amina", "brian"]
    assert [user.username for user in staff_of_cohort(everybody.cohort, "supervisor", "rater")] == ["grace", "samuel"]
    assert [user.username for user in staff_of_cohort(everybody.second_cohort, "supervisor")] == ["ruth"]


def test_programmes_of_a_person(everybody: SimpleNamespace, amina: User, joseph: User, admin: User) -> None:
    assert [programme.slug for programme in programmes_of(amina)] == ["helping-kisumu"]
    assert [programme.slug for programme in programmes_of(joseph, "manager")] == ["helping-kisumu"]
    assert [programme.slug for programme in programmes_of(joseph, "author")] == []
    assert [programme.slug for programme in programmes_of(admin)] == ["helping-kisumu", "helping-north"]


@pytest.fixture
def lesson(world: SimpleNamespace) -> Subject:
    """Something to learn."""
    return write_subject(
        key=uuid4(),
        kind="lesson",
        title="Listening",
        url="/learn/x/",
        language="en",
        programme=world.programme,
        parent_key=None,
        position=1,
        competencies=["listening"],
        live=True,
    )


def test_a_lesson_is_assigned_once_while_it_is_open(amina: User, grace: User, lesson: Subject, now: datetime) -> None:
    asked = {
        "provider": amina.provider,
        "subject": lesson,
        "reason": "Practise listening",
        "due": None,
        "by": grace,
        "at": now,
        "source": "competency:listening",
    }

    first, again = assign(**asked), assign(**asked)
    done = mark_assignment_done(provider=amina.provider, subject_key=lesson.key, at=now)
    later = assign(**asked)

    assert (first.pk == again.pk, done, first.pk == later.pk) == (True, 1, False)
    assert [one for one in assignments_of(amina.provider) if not one.done_at] == [later]
    assert Assignment.objects.count() == 2


def test_writing_a_subject_again_changes_it(world: SimpleNamespace, lesson: Subject) -> None:
    write_subject(
        key=lesson.key,
        kind="lesson",
        title="Listening well",
        url="/learn/y/",
        language="en",
        programme=world.programme,
        parent_key=None,
        position=2,
        competencies=[],
        live=False,
    )

    lesson.refresh_from_db()
    assert (lesson.title, lesson.url, lesson.live, Subject.objects.count()) == ("Listening well", "/learn/y/", False, 1)


def test_urgent_shows_the_number_to_everybody(
    everybody: SimpleNamespace, amina: User, client: Client, client_of: Callable[[User], Client]
) -> None:
    hers = client_of(amina).get("/urgent/").content.decode()
    anybodys = client.get("/urgent/").content.decode()

    assert ("tel:+254700000001" in hers, "tel:+254700000003" in hers) == (True, False)
    assert ("tel:+254700000001" in anybodys, "tel:+254700000003" in anybodys) == (True, True)
