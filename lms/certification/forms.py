"""Input about certificates to clean values."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """Which signature; who signs and for whom is known from the page."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    position = forms.TypedChoiceField(coerce=int, choices=[(1, "1"), (2, "2")])


class ReasonForm(forms.Form):
    """Suspend, or end the suspension: why."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        error_messages={"required": _("Write down the reason. The person has a right to know it.")},
        help_text=_("The person reads it. The public never sees it."),
    )


class ChangeForm(ReasonForm):
    """Take back: a reason, and a tick that it is meant."""

    sure = forms.BooleanField(
        label=_("I am sure. It will not become valid again."),
        error_messages={"required": _("Tick that you are sure. Taking back is final.")},
    )
