"""How a meeting was, as clean values."""

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.guard.forms import GuardedForm

from . import rules


def _question(label) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=list(rules.ANSWERS.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one line."), "invalid_choice": _("Choose one line.")},
    )


class OpinionForm(GuardedForm):
    guarded = ("comment",)
    safe = _question(rules.QUESTIONS["safe"])
    heard = _question(rules.QUESTIONS["heard"])
    usable = _question(rules.QUESTIONS["usable"])
    time = _question(rules.QUESTIONS["time"])
    comment = forms.CharField(
        label=_("Something more (you can leave this empty)"),
        help_text=_("Who led reads it without your name, and only when at least five people have answered."),
        required=False,
        max_length=rules.COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3, "dir": "auto"}),
    )
