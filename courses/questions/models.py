"""What is stored of a question: its text, its choices, every version of it."""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    Workflow,
    WorkflowMixin,
)
from wagtail.search import index

from courses.questions import rules
from courses.questions.blocks import ChoiceBlock
from lms.programmes.models import Programme

UNANSWERABLE = _("Give two answers or more, and mark the right one. With “one answer is right”, mark exactly one.")


class Question(
    PreviewableMixin,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    TranslatableMixin,
    index.Indexed,
    models.Model,
):
    """A question that quizzes of one programme can ask. Attempts keep the revision that was asked, so a later change
    harms no result."""

    class Kind(models.TextChoices):
        SINGLE = rules.SINGLE, _("One answer is right")
        MULTIPLE = rules.MULTIPLE, _("One or more answers are right")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    code = models.SlugField(
        _("code"), max_length=80, blank=True, help_text=_("A short name for authors. Learners do not see it.")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SINGLE)
    text = models.TextField(_("question"))
    choices = StreamField([("choice", ChoiceBlock())], verbose_name=_("answers"), max_num=10)
    explanation = models.TextField(
        _("explanation"), blank=True, help_text=_("Shown with the result, whatever was answered.")
    )
    competencies = models.JSONField(_("competencies"), default=list, blank=True)
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )
    revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )

    panels: ClassVar[list[Any]] = [
        FieldPanel("programme"),
        FieldPanel("kind"),
        FieldPanel("text"),
        FieldPanel("choices"),
        FieldPanel("explanation"),
        FieldPanel("code"),
        PublishingPanel(),
    ]
    search_fields: ClassVar[list[Any]] = [
        index.SearchField("text"),
        index.AutocompleteField("text"),
        index.FilterField("programme_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar[list[str]] = ["code", "text"]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """A question nobody could answer right is never kept."""
        super().clean()
        if not rules.can_be_graded(self.kind, [bool(block.value.get("correct")) for block in self.choices]):
            raise ValidationError({"choices": UNANSWERABLE})

    @classmethod
    def get_default_workflow(cls) -> None:
        """No workflow for all questions: its reviewers would read those of other programmes."""

    def get_workflow(self) -> Workflow | None:
        """The one in which the reviewers of this question's programme review its pages, too."""
        if self.programme_id is None:
            return None
        reviewers = self.programme.reviewers_group_id
        own = Workflow.objects.filter(
            active=True, workflow_pages__isnull=False, workflow_tasks__task__groupapprovaltask__groups=reviewers
        )
        return own.order_by("pk").first()

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "courses/quizzes/question_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        return {"asked": rules.asked_from({**self.serializable_data()}), "question": self}
