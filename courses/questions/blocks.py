"""The StreamField blocks of questions: a choice, and a question that is picked for a quiz."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock


class ChoiceBlock(blocks.StructBlock):
    """One answer that can be picked, with what we say to someone who picked it."""

    text = blocks.CharBlock(label=_("Answer"), max_length=300)
    correct = blocks.BooleanBlock(label=_("This answer is right"), required=False)
    feedback = blocks.CharBlock(
        label=_("Feedback"),
        max_length=600,
        required=False,
        help_text=_("What we say to someone who picked this. Begin with what worked."),
    )

    class Meta:
        icon = "list-ul"
        label = _("Answer")
        form_classname = "struct-block"


class QuestionChooserBlock(SnippetChooserBlock):
    """Picks a question. Wagtail looks the stored keys up as they stand in JSON, where a UUID is text: here they are
    read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("courses.Question", label=_("Question"), **kwargs)

    def bulk_to_python(self, values: Sequence[Any]) -> list[Any]:
        return super().bulk_to_python([UUID(str(value)) if value else None for value in values])

    def get_prep_value(self, value: Any) -> str | None:
        key = super().get_prep_value(value)
        return None if key is None else str(key)

    def get_form_state(self, value: Any) -> dict[str, Any] | None:
        state = super().get_form_state(value)
        return None if state is None else {**state, "id": str(state["id"])}

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "courses.questions.blocks.QuestionChooserBlock", [], {}

    class Meta:
        icon = "help"
