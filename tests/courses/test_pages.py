"""Pages: what the core is told of them, what a programme's authors may do, previews."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from wagtail import hooks
from wagtail.models import GroupPagePermission, Page, Workflow
from wagtail.permissions import page_permission_policy

from courses.pages.actions import make_catalogue, publish_under, rebuild_subjects
from courses.pages.models import CoursePage, GuardedPage, LearnIndex, LessonPage, ModulePage, QuizPage
from courses.pages.rules import starter_key
from courses.wagtail_hooks import front_page_only, own_pages_only
from lms.people.models import User
from lms.programmes.models import Subject
from tests.courses.conftest import make_question

ClientOf = Callable[[User], Client]


def urls() -> dict[str, str]:
    return {subject.title: subject.url for subject in Subject.objects.filter(live=True)}


def test_every_page_of_a_course_is_a_subject(course: SimpleNamespace) -> None:
    subjects = {subject.title: subject for subject in Subject.objects.all()}

    lesson = subjects["Lesson 1.2"]
    assert len(subjects) == 10
    assert lesson.key == course.module1.lessons[1].translation_key
    assert lesson.url == course.module1.urls[1]
    assert (lesson.kind, lesson.language, lesson.position, lesson.live) == ("lesson", "en", 2, True)
    assert lesson.competencies == ["listening", "asking-about-harm"]
    assert lesson.parent.title == "Module 1"
    assert lesson.programme == course.catalogue.programme
    assert subjects["Helping in Kisumu"].parent is None


def test_publishing_tells_the_core(course: SimpleNamespace) -> None:
    lesson = course.module1.lessons[0]
    lesson.title = "Another title"

    lesson.save_revision().publish()

    assert Subject.objects.get(key=lesson.translation_key).title == "Another title"


def test_a_draft_tells_nothing(course: SimpleNamespace) -> None:
    draft = LessonPage(title="Draft", slug="draft", live=False)
    course.module1.page.add_child(instance=draft)
    draft.save_revision()

    assert not Subject.objects.filter(key=draft.translation_key).exists()


def test_unpublishing_closes_the_branch_and_keeps_the_subjects(course: SimpleNamespace) -> None:
    course.module1.page.unpublish()

    closed = set(Subject.objects.filter(live=False).values_list("title", flat=True))
    assert closed == {"Module 1", "Lesson 1.1", "Lesson 1.2", "Quiz 1"}


def test_deleting_closes_the_branch_and_keeps_the_subjects(course: SimpleNamespace) -> None:
    Page.objects.get(pk=course.module1.page.pk).specific.delete()

    closed = set(Subject.objects.filter(live=False).values_list("title", flat=True))
    assert closed == {"Module 1", "Lesson 1.1", "Lesson 1.2", "Quiz 1"}


def test_a_new_slug_moves_the_whole_branch(course: SimpleNamespace) -> None:
    module = ModulePage.objects.get(pk=course.module1.page.pk)
    module.slug = "listening"

    module.save_revision().publish()

    assert urls()["Lesson 1.1"] == f"{course.url}listening/lesson-1/"


def test_moving_a_module_moves_its_branch(course: SimpleNamespace) -> None:
    other = publish_under(
        course.catalogue, CoursePage(title="Other", slug="other", licence="CC BY 4.0", attribution="Us"), None
    )

    Page.objects.get(pk=course.module1.page.pk).specific.move(other, pos="last-child")

    subject = Subject.objects.get(title="Lesson 1.1")
    assert subject.url == "/learn/helping-kisumu/other/module-1/lesson-1/"
    assert subject.parent.parent.title == "Other"


def test_all_subjects_can_be_written_again(course: SimpleNamespace) -> None:
    Subject.objects.filter(title="Lesson 1.1").update(title="stale", url="/stale/")

    assert rebuild_subjects() == 10

    assert urls()["Lesson 1.1"] == course.module1.urls[0]


def test_a_catalogue_is_made_once(course: SimpleNamespace, world: SimpleNamespace, now: datetime) -> None:
    rights = GroupPagePermission.objects.count()

    again = make_catalogue(programme=world.programme, by=None, at=now)

    assert again.pk == course.catalogue.pk
    assert GroupPagePermission.objects.count() == rights
    assert Workflow.objects.filter(name="Review · helping-kisumu").count() == 1


def test_the_keys_of_starter_pages_never_change() -> None:
    assert str(starter_key("first-steps/module-1/lesson-1")) == "7658e1bc-4c21-5bc3-96ab-e9fcc38186a0"
    assert str(starter_key("first-steps/module-2/quiz")) == "aa55606e-f932-5356-a790-bd5aa5d4a850"


def test_pages_hang_only_where_they_belong() -> None:
    assert [kind.__name__ for kind in ModulePage.allowed_subpage_models()] == ["LessonPage", "QuizPage"]
    assert LessonPage.allowed_subpage_models() == []
    assert [kind.__name__ for kind in QuizPage.allowed_parent_page_models()] == ["ModulePage"]


def test_the_database_keeps_the_bands_in_order(course: SimpleNamespace) -> None:
    course.module1.quiz.over_from = 90

    with pytest.raises(IntegrityError), transaction.atomic():
        QuizPage.objects.filter(pk=course.module1.quiz.pk).update(over_from=90)


def test_authors_write_and_reviewers_publish_below_their_catalogue_only(
    course: SimpleNamespace, world: SimpleNamespace, lena: User, ruth: User, stranger: User, now: datetime
) -> None:
    foreign = make_catalogue(programme=world.other_programme, by=None, at=now)
    lesson = Page.objects.get(pk=course.module1.lessons[0].pk)

    rights = {
        who.username: [
            page_permission_policy.user_has_permission_for_instance(who, action, page)
            for page in (lesson, foreign.page_ptr)
            for action in ("change", "publish")
        ]
        for who in (lena, ruth, stranger)
    }

    assert rights == {
        "lena": [True, False, False, False],
        "ruth": [True, True, False, False],
        "stranger": [False] * 4,
    }


def test_an_author_does_not_see_another_programmes_pages(
    course: SimpleNamespace, world: SimpleNamespace, lena: User, client_of: ClientOf, now: datetime
) -> None:
    foreign = make_catalogue(programme=world.other_programme, by=None, at=now)
    client = client_of(lena)

    own = client.get(f"/admin/pages/{course.page.pk}/")
    listed = client.get(f"/admin/pages/{foreign.get_parent().pk}/").content.decode()
    edit = client.get(f"/admin/pages/{foreign.pk}/edit/")
    chooser = client.get("/admin/choose-page/?allow_external_link=0").content.decode()

    assert own.status_code == 200
    assert "Helping in the North" not in listed
    assert edit.status_code in {302, 403, 404}
    assert "Helping in the North" not in chooser


def test_an_author_opens_every_editor(course: SimpleNamespace, lena: User, client_of: ClientOf) -> None:
    client = client_of(lena)
    pages = (course.page, course.module1.page, course.module1.lessons[0], course.module1.quiz)

    answers = [client.get(f"/admin/pages/{page.pk}/edit/") for page in pages]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert "1 question 1" in answers[-1].content.decode()


def test_the_chooser_hook_is_what_hides_them(
    course: SimpleNamespace, world: SimpleNamespace, lena: User, now: datetime
) -> None:
    foreign = make_catalogue(programme=world.other_programme, by=None, at=now)
    pages = Page.objects.all()

    kept = own_pages_only(pages, SimpleNamespace(user=lena))

    assert foreign.page_ptr in pages
    assert foreign.page_ptr not in kept
    assert course.page.page_ptr in kept


def test_an_author_submits_and_a_reviewer_approves(
    course: SimpleNamespace, lena: User, ruth: User, now: datetime
) -> None:
    lesson = LessonPage.objects.get(pk=course.module1.lessons[0].pk)
    lesson.title = "Better title"
    lesson.save_revision(user=lena)

    workflow = lesson.get_workflow()
    state = workflow.start(lesson, lena)
    task = state.current_task_state.task.specific
    task.on_action(state.current_task_state, ruth, "approve")

    assert workflow.name == "Review · helping-kisumu"
    assert [task.user_can_access_editor(lesson, person) for person in (lena, ruth)] == [False, True]
    assert list(task.groups.all()) == [course.catalogue.programme.reviewers_group]
    assert LessonPage.objects.get(pk=lesson.pk).title == "Better title"


@pytest.mark.parametrize("which", ["catalogue", "page", "module", "lesson", "quiz", "front"])
def test_a_preview_renders_from_the_page_alone(
    course: SimpleNamespace, admin: User, client_of: ClientOf, which: str
) -> None:
    pages = {
        "catalogue": course.catalogue,
        "page": course.page,
        "module": course.module1.page,
        "lesson": course.module1.lessons[0],
        "quiz": course.module1.quiz,
        "front": course.catalogue.get_parent().get_parent(),
    }
    page = Page.objects.get(pk=pages[which].pk).specific
    page.save_revision()

    response = client_of(admin).get(f"/admin/pages/{page.pk}/view_draft/")

    assert response.status_code == 200
    assert "<h1" in response.content.decode()


def test_an_authors_preview_of_a_quiz_shows_its_questions(
    course: SimpleNamespace, lena: User, client_of: ClientOf
) -> None:
    quiz = course.module1.quiz
    quiz.save_revision()

    page = client_of(lena).get(f"/admin/pages/{quiz.pk}/view_draft/").content.decode()

    assert "1 question 1" in page


def test_a_quiz_takes_no_question_of_another_programme(
    course: SimpleNamespace, world: SimpleNamespace, admin: User
) -> None:
    foreign = make_question(world.other_programme, "Foreign question")
    quiz = QuizPage.objects.get(pk=course.module1.quiz.pk)
    form_class = QuizPage.get_edit_handler().get_form_class()
    sent = {
        "title": "Quiz", "slug": "quiz", "minutes": 10, "nearly_from": 50, "over_from": 65, "clear_from": 60,
        "questions-count": 1, "questions-0-deleted": "", "questions-0-order": 0, "questions-0-type": "question",
        "questions-0-value": str(foreign.pk), "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0,
    }  # fmt: skip

    form = form_class(sent, instance=quiz, for_user=admin, parent_page=course.module1.page)

    assert not form.is_valid()
    assert "another programme" in str(form.errors["questions"])
    assert "higher percentage" in str(form.errors["clear_from"])


def test_the_front_page_names_the_programmes(course: SimpleNamespace) -> None:
    page = Client().get("/").content.decode()

    assert "Helping in Kisumu" in page
    assert 'href="/login/"' in page


def test_wagtails_own_serving_shows_the_front_page_only(
    course: SimpleNamespace, world: SimpleNamespace, client: Client, amina: User, client_of: Callable[[User], Client]
) -> None:
    learn = LearnIndex.objects.get()
    learn.slug = "jifunze"
    learn.save()
    below = ["", "helping-kisumu/", "helping-kisumu/first-steps/", "helping-kisumu/first-steps/module-1/lesson-1/"]

    for visitor in (client, client_of(amina)):
        assert {visitor.get(f"/jifunze/{path}").status_code for path in below} == {404}
        assert visitor.get("/").status_code == 200


def off(name: str, patch: pytest.MonkeyPatch) -> None:
    """Takes one of the two guards away."""
    if name == "serve":
        patch.setattr(GuardedPage, "serve", Page.serve)
    else:
        asked = hooks.get_hooks
        patch.setattr(hooks, "get_hooks", lambda hook: [held for held in asked(hook) if held is not front_page_only])


@pytest.mark.parametrize(
    ("without", "status"), [(["serve"], 404), (["hook"], 404), (["serve", "hook"], 200)], ids=lambda held: str(held)
)
def test_each_of_the_two_guards_is_enough(
    course: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch, without: list[str], status: int
) -> None:
    learn = LearnIndex.objects.get()
    learn.slug = "jifunze"
    learn.save()
    for name in without:
        off(name, monkeypatch)

    assert client.get("/jifunze/helping-kisumu/first-steps/").status_code == status
