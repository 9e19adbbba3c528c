"""Input about ratings to clean values."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lms.competency.models import Assessment, Framework

WORDS_MISSING = {"required": _("Write a few words here. What you wrote in the other field is kept.")}


class StartForm(forms.Form):
    """What is looked at, when and how."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    framework = forms.ChoiceField(label=_("Which skills?"), widget=forms.RadioSelect)
    occasion = forms.ChoiceField(label=_("When?"), choices=Assessment.Occasion.choices, widget=forms.RadioSelect)
    mode = forms.ChoiceField(label=_("How did you see it?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, frameworks: Sequence[Framework], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frameworks = {str(framework.id): framework for framework in frameworks}
        chosen = [(key, framework.title) for key, framework in self.frameworks.items()]
        self.fields["framework"].choices = chosen
        self.fields["mode"].choices = [
            choice for choice in Assessment.Mode.choices if choice[0] not in ("self", "peer")
        ]

    def clean_framework(self) -> Framework:
        return self.frameworks[self.cleaned_data["framework"]]


class FinishForm(forms.Form):
    """Only the key: what is finished is in the address."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class TakeBackForm(forms.Form):
    """Why a rating does not count any more."""

    reason = forms.CharField(
        label=_("Why does this rating not count?"),
        help_text=_("The person reads this. What was rated stays in the history."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input", "dir": "auto"}),
        error_messages={"required": _("Say why, in a few words. The person reads it.")},
    )


class FeedbackForm(forms.Form):
    """The talk about a rating: what worked first, then what to practise."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    what_worked = forms.CharField(
        label=_("What worked"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
        error_messages=WORDS_MISSING,
        help_text=_("Say what happened to the client when it went well."),
    )
    practise_next = forms.CharField(
        label=_("Practise next"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
        error_messages=WORDS_MISSING,
        help_text=_("One or two things, small enough for the next week."),
    )


def marks_in(post: QueryDict) -> dict[str, str]:
    """Behaviour id -> mark from the fields `b-<id>`; blank lines are not sent by the browser."""
    return {name.removeprefix("b-"): value for name, value in post.items() if name.startswith("b-")}
