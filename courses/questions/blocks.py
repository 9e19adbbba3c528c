"""The StreamField block of a question's choices."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


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
