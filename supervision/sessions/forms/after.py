"""What is typed after a meeting or when looking back: minutes with a reason, and how an advice went."""

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.guard.forms import GuardedForm
from supervision.sessions import rules

REASON = {"class": "input", "rows": 3, "dir": "auto"}


class CorrectionForm(GuardedForm):
    guarded = ("reason",)
    minutes = forms.IntegerField(
        label=_("Minutes that the person was really there"),
        min_value=0,
        max_value=1440,
        widget=forms.NumberInput(attrs={"class": "input"}),
        error_messages={"required": _("Write a number of minutes. 0 means: was not there.")},
    )
    reason = forms.CharField(
        label=_("Why was it counted wrongly?"),
        help_text=_("The person reads this. What was counted first stays beside it."),
        max_length=rules.WHY_LIMIT,
        widget=forms.Textarea(attrs=REASON),
        error_messages={"required": rules.CorrectionUnexplained.sentence},
    )


class LookBackForm(GuardedForm):
    guarded = ("note",)
    outcome = forms.ChoiceField(
        label=_("How did it go?"),
        choices=list(rules.OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": rules.OutcomeMissing.sentence, "invalid_choice": rules.OutcomeMissing.sentence},
    )
    note = forms.CharField(
        label=_("A few words (you can leave this empty)"),
        required=False,
        max_length=rules.WHY_LIMIT,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2, "dir": "auto"}),
    )
