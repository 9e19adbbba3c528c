"""Questions in the admin: each programme's authors see their own, and of the others not even that they exist."""

from collections.abc import Callable
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Locale

from courses.questions import views
from courses.questions.access import QuestionPolicy, questions_for
from courses.questions.forms import QuestionForm
from courses.questions.models import Question
from lms.people.models import User
from lms.programmes.actions import end_grant
from lms.programmes.models import RoleGrant
from tests.courses.conftest import choices_for, make_question

ClientOf = Callable[[User], Client]
SNIPPETS = "/admin/snippets/courses/question/"
CHOOSER = "/admin/snippets/choose/courses/question/"


def addresses(question: Question) -> list[str]:
    key = question.pk
    revision = question.latest_revision_id
    return [
        f"{SNIPPETS}{part}/{key}/" for part in ("edit", "copy", "delete", "usage", "history", "unpublish", "lock")
    ] + [
        f"{SNIPPETS}history/{key}/revisions/{revision}/view/",
        f"{SNIPPETS}history/{key}/revisions/{revision}/revert/",
        f"{SNIPPETS}history/{key}/revisions/compare/earliest...latest/",
        f"{SNIPPETS}workflow_history/{key}/",
        f"{SNIPPETS}preview/{key}/",
        f"{CHOOSER}chosen/{key}/",
    ]


@pytest.fixture
def two(course: SimpleNamespace, world: SimpleNamespace) -> SimpleNamespace:
    """One question of each programme."""
    return SimpleNamespace(
        own=make_question(world.programme, "Own question"), foreign=make_question(world.other_programme, "Foreign one")
    )


def test_a_foreign_question_is_missing_at_every_address(two: SimpleNamespace, ruth: User, client_of: ClientOf) -> None:
    client = client_of(ruth)

    foreign = {url: client.get(url).status_code for url in addresses(two.foreign)}
    missing = {url: client.get(url.replace(str(two.foreign.pk), str(uuid4()))).status_code for url in foreign}

    assert set(foreign.values()) == {404}, foreign
    assert set(missing.values()) == {404}, missing


def test_the_guard_is_what_hides_it(
    two: SimpleNamespace, ruth: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "get_question_for", lambda person, key: None)

    assert client_of(ruth).get(f"{CHOOSER}chosen/{two.foreign.pk}/").status_code == 200


def test_lists_and_choosers_show_the_own_programme_only(two: SimpleNamespace, lena: User, client_of: ClientOf) -> None:
    client = client_of(lena)
    chosen = f"{CHOOSER}chosen-multiple/?id={two.own.pk}&id={two.foreign.pk}"

    shown = [client.get(url) for url in (SNIPPETS, f"{SNIPPETS}results/", CHOOSER, f"{CHOOSER}results/", chosen)]

    for response in shown:
        assert response.status_code == 200
        assert "Own question" in response.content.decode()
        assert "Foreign one" not in response.content.decode()


def test_an_author_edits_and_does_not_publish(two: SimpleNamespace, lena: User, ruth: User, admin: User) -> None:
    policy = QuestionPolicy(Question)

    rights = {
        who.username: [
            policy.user_has_permission_for_instance(who, action, question)
            for question in (two.own, two.foreign)
            for action in ("change", "publish", "delete")
        ]
        for who in (lena, ruth, admin)
    }

    assert rights == {
        "lena": [True, False, False, False, False, False],
        "ruth": [True, True, True, False, False, False],
        "admin": [True] * 6,
    }


def test_an_author_opens_the_editor(two: SimpleNamespace, lena: User, client_of: ClientOf) -> None:
    client = client_of(lena)

    assert client.get(f"{SNIPPETS}edit/{two.own.pk}/").status_code == 200
    assert client.get(f"{SNIPPETS}add/").status_code == 200


def test_others_see_no_question(
    two: SimpleNamespace, amina: User, grace: User, joseph: User, stranger: User, client_of: ClientOf
) -> None:
    for person in (amina, grace, joseph, stranger):
        assert list(questions_for(person)) == []
        assert client_of(person).get(SNIPPETS).status_code in {302, 403, 404}
        assert client_of(person).get(f"{SNIPPETS}edit/{two.own.pk}/").status_code in {302, 403, 404}


def test_a_right_that_ended_is_over(
    two: SimpleNamespace, lena: User, admin: User, fresh: Callable[[User], User], now: object
) -> None:
    end_grant(held=RoleGrant.objects.get(user=lena), by=admin, at=now)

    assert list(questions_for(fresh(lena))) == []


def test_the_form_offers_the_own_programmes(two: SimpleNamespace, lena: User) -> None:
    form_class = views.QuestionViewSet().get_form_class()

    form = form_class(instance=Question(), for_user=lena)

    assert issubclass(form_class, QuestionForm)
    assert [programme.name for programme in form.fields["programme"].queryset] == ["Helping in Kisumu"]


def test_a_question_nobody_could_answer_is_refused(world: SimpleNamespace) -> None:
    question = Question(
        programme=world.programme,
        text="?",
        kind="single",
        choices=Question.choices.field.to_python(choices_for("two right", 2)),
        locale=Locale.objects.get(language_code="en"),
    )

    with pytest.raises(ValidationError) as refused:
        question.full_clean()

    assert "mark exactly one" in str(refused.value)


def test_a_preview_shows_how_it_looks(two: SimpleNamespace, lena: User, client_of: ClientOf) -> None:
    url = f"{SNIPPETS}history/{two.own.pk}/revisions/{two.own.latest_revision_id}/view/"

    page = client_of(lena).get(url).content.decode()

    assert "How this question looks" in page
    assert "Own question choice 1" in page
