"""How somebody wants to be told, as clean values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.notices.rules import CHANNELS, HOURS, MAIL, NONE, SMS, NoSuchNumber, plain_number


class ChoiceForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("How shall we remind you of meetings?"),
        choices=list(CHANNELS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one way.")},
    )
    hours = forms.TypedMultipleChoiceField(
        label=_("How long before a meeting?"),
        choices=list(HOURS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    phone = forms.CharField(
        label=_("My mobile number"),
        help_text=_("With the number of the country, like +254 721 000 101."),
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"class": "input", "type": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )
    email = forms.EmailField(
        label=_("My mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email", "dir": "ltr"}),
        error_messages={"invalid": _("This is not a mail address. Look at it again.")},
    )

    def addresses(self) -> list[forms.BoundField]:
        """The fields that are typed."""
        return [self["phone"], self["email"]]

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        if not typed:
            return ""
        try:
            plain_number(typed)
        except NoSuchNumber as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return typed

    def clean(self) -> dict[str, Any]:
        """A way needs an address."""
        values = super().clean()
        needed = {SMS: "phone", MAIL: "email"}.get(values.get("channel", NONE))
        if needed and not values.get(needed) and needed not in self.errors:
            missing = {"phone": _("Write the number to which we shall send."), "email": _("Write your mail address.")}
            self.add_error(needed, missing[needed])
        return values
