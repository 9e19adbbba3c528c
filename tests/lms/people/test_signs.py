"""What comes with the person who signs in spares questions, and never hides a row that is there."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db.models import Exists, OuterRef

from lms.people import registry
from lms.people.access import CardOrNameBackend
from lms.people.models import Consent, User
from lms.programmes.actions import grant
from lms.programmes.queries import grants_of, held_enrolments

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> User:
    person = CardOrNameBackend().get_user(user.pk)
    assert person is not None
    return person


def test_a_learner_without_a_role_is_not_asked_for_roles(amina: User, django_assert_num_queries: Callable) -> None:
    person = signed_in(amina)

    with django_assert_num_queries(1):
        held = grants_of(person), held_enrolments(person)

    assert [len(rows) for rows in held] == [0, 1]


def test_staff_who_never_learned_are_not_asked_for_enrolments(
    joseph: User, django_assert_num_queries: Callable
) -> None:
    person = signed_in(joseph)

    with django_assert_num_queries(1):
        held = grants_of(person), held_enrolments(person)

    assert [len(rows) for rows in held] == [1, 0]


def test_a_learner_who_is_given_a_role_has_it_at_her_next_request(
    amina: User, world: SimpleNamespace, now: datetime
) -> None:
    before = grants_of(signed_in(amina))

    grant(user=amina, role="rater", programme=world.programme, cohort=world.cohort, by=None, at=now)

    assert before == []
    assert [held.role for held in grants_of(signed_in(amina))] == ["rater"]


def test_without_the_sign_every_question_is_asked(
    amina: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable
) -> None:
    monkeypatch.setattr(registry, "signs", {})
    person = signed_in(amina)

    with django_assert_num_queries(2):
        held = grants_of(person), held_enrolments(person)

    assert [len(rows) for rows in held] == [0, 1]


def test_a_doubled_sign_is_an_error() -> None:
    with pytest.raises(ValueError, match="holds_roles"):
        registry.register_sign("holds_roles", Exists(Consent.objects.filter(user=OuterRef("pk"))))
