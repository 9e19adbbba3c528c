"""What the shell's own switch sends."""

from django import forms
from django.utils.http import url_has_allowed_host_and_scheme


class TextOnlyForm(forms.Form):
    """On or off, and the page to go back to if it is one of ours."""

    text_only = forms.BooleanField(required=False)
    next = forms.CharField(required=False)

    def clean_next(self) -> str:
        asked = self.cleaned_data["next"]
        safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
        return asked if safe else ""
