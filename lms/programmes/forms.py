"""Input about programmes to clean values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.programmes.rules import decisions_for

WORDS = {
    "re_enter": _("Come back: learns and practises under supervision again"),
    "pause": _("Pause: away for a time, keeps the place in the group"),
    "leave": _("Leave: ends by own wish"),
    "withdraw": _("Withdraw: the programme ends it"),
    "suspend": _("Suspend: shut out until somebody decides again"),
}


class DecideForm(forms.Form):
    """What is decided about somebody's part in the programme, and why.

    What the stage allows is offered; every decision is read, for the same form sent twice finds the stage moved.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("What is decided?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        error_messages={"required": _("Write down the reason. Whoever decides after you needs it.")},
        help_text=_("Managers of this programme read it. Write no client's story here."),
    )

    def __init__(self, *args: Any, stage: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(WORDS.items())
        self.fields["decision"].widget.choices = [(decision, WORDS[decision]) for decision in decisions_for(stage)]


class ConductForm(forms.Form):
    """Agreeing to the code of conduct."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    agree = forms.BooleanField(
        label=_("I have read this and I agree"),
        error_messages={"required": _("Tick the box if you agree. Talk with your trainer if you do not.")},
    )
