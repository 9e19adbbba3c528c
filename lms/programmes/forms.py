"""Input about programmes to clean values."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ConductForm(forms.Form):
    """Agreeing to the code of conduct."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    agree = forms.BooleanField(
        label=_("I have read this and I agree"),
        error_messages={"required": _("Tick the box if you agree. Talk with your trainer if you do not.")},
    )
