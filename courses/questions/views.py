"""Questions in the Wagtail admin: every address of a question asks first whether this person may see it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList
from wagtail.snippets.views import chooser, snippets

from courses.questions.access import QuestionPolicy, get_question_for, questions_for
from courses.questions.forms import QuestionForm
from courses.questions.models import Question

View = Callable[..., HttpResponse]


def only_own(view: View) -> View:
    """A foreign question answers like a missing one at edit, copy, delete, usage, history and wherever else a key is
    taken."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "pk" in kwargs:
            get_question_for(request.user, str(kwargs["pk"]))
        return view(request, *args, **kwargs)

    return guarded


def guard_all(patterns: list[URLPattern]) -> list[URLPattern]:
    """The same addresses, each behind `only_own`: a view that a later Wagtail adds is guarded too."""
    for pattern in patterns:
        pattern.callback = only_own(pattern.callback)
    return patterns


class OwnQuestions:
    """A list that shows the person's own programmes only."""

    request: HttpRequest

    def get_object_list(self) -> QuerySet[Question]:
        return questions_for(self.request.user)


class ChooseView(OwnQuestions, chooser.ChooseView):
    """The list in the chooser."""


class ChooseResultsView(OwnQuestions, chooser.ChooseResultsView):
    """The list in the chooser after a search."""


class ChosenMultipleView(chooser.SnippetChosenMultipleView):
    """Several at once: foreign keys are dropped as if they were not there."""

    def get_objects(self, pks: list[str]) -> QuerySet[Question]:
        return questions_for(self.request.user).filter(pk__in=pks)


class QuestionChooserViewSet(chooser.SnippetChooserViewSet):
    """Picks a question for a quiz."""

    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_multiple_view_class = ChosenMultipleView

    @property
    def permission_policy(self) -> QuestionPolicy:
        return QuestionPolicy(Question)

    def get_urlpatterns(self) -> list[URLPattern]:
        return guard_all(super().get_urlpatterns())


class QuestionViewSet(snippets.SnippetViewSet):
    """Lists, edits and reviews questions."""

    model = Question
    edit_handler = ObjectList(Question.panels, base_form_class=QuestionForm)
    icon = "help"
    menu_label = _("Questions")
    add_to_admin_menu = True
    menu_order = 250
    list_display = ("text", "kind", "programme")
    chooser_viewset_class = QuestionChooserViewSet

    @cached_property
    def permission_policy(self) -> QuestionPolicy:
        return QuestionPolicy(Question)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        return questions_for(request.user)

    def get_urlpatterns(self) -> list[URLPattern]:
        return guard_all(super().get_urlpatterns())
