"""The blocks of a lesson."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

PLAIN = ["bold", "italic", "ol", "ul"]


class PictureBlock(blocks.StructBlock):
    """A picture, always with words for those who cannot see it."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("What it shows"), max_length=300, help_text=_("Read aloud to people who cannot see the picture.")
    )
    caption = blocks.CharBlock(label=_("Line below"), max_length=200, required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "courses/blocks/_picture.html"


class PracticeChoiceBlock(blocks.StructBlock):
    """One answer of a practice question; its feedback comes with the page, for it is not graded."""

    text = blocks.CharBlock(label=_("Answer"), max_length=300)
    correct = blocks.BooleanBlock(label=_("This answer is right"), required=False)
    feedback = blocks.CharBlock(label=_("Feedback"), max_length=600)

    class Meta:
        icon = "list-ul"
        label = _("Answer")


class PracticeBlock(blocks.StructBlock):
    """A question to try inside a lesson. Nobody counts the answer."""

    question = blocks.CharBlock(label=_("Question"), max_length=500)
    choices = blocks.ListBlock(PracticeChoiceBlock(), label=_("Answers"), min_num=2, max_num=8)
    explanation = blocks.TextBlock(label=_("Explanation"), required=False)

    class Meta:
        icon = "help"
        label = _("Practice question")
        template = "courses/blocks/_practice.html"

    def clean(self, value: Any) -> Any:
        """Someone who tries must be able to find the answer."""
        cleaned = super().clean(value)
        if not any(choice["correct"] for choice in cleaned["choices"]):
            raise blocks.StructBlockValidationError(
                block_errors={"choices": ValidationError(_("Mark the answer that is right."))}
            )
        return cleaned


class LessonBlock(blocks.StreamBlock):
    """What a lesson is made of."""

    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", max_length=200, template="courses/blocks/_heading.html"
    )
    text = blocks.RichTextBlock(label=_("Text"), features=PLAIN)
    key_point = blocks.TextBlock(label=_("Remember this"), icon="pick", template="courses/blocks/_key_point.html")
    say = blocks.TextBlock(label=_("Words to use"), icon="openquote", template="courses/blocks/_say.html")
    picture = PictureBlock()
    practice = PracticeBlock()
