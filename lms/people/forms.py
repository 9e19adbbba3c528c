"""What a person types to sign in, to choose a PIN or a language, turned into clean values."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.people.queries import user_named
from lms.people.rules import PinTooEasy, check_pin


class LoginForm(forms.Form):
    """One door for everybody: username or card code, and PIN or password."""

    username = forms.CharField(
        label=_("Your login code or user name"),
        max_length=60,
        error_messages={"required": _("Type your login code or your user name.")},
    )
    password = forms.CharField(
        label=_("Your PIN or password"),
        strip=False,
        max_length=128,
        error_messages={"required": _("Type your PIN or your password.")},
    )

    def clean_username(self) -> str:
        """One spelling for each person, so that tries with a card and with a name are counted together."""
        typed = self.cleaned_data["username"]
        user = user_named(typed)
        return user.username if user else typed.casefold()


class UnlockForm(forms.Form):
    """The PIN or password of who is signed in already."""

    password = forms.CharField(
        label=_("Your PIN or password"),
        strip=False,
        max_length=128,
        error_messages={"required": _("Type your PIN or your password.")},
    )


class LanguageForm(forms.Form):
    """The language a person wants to read."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, error_messages={"required": _("Choose one language.")})


class PinForm(forms.Form):
    """A PIN of one's own, typed twice. The names keep it out of pages that send back what was typed."""

    new_password = forms.CharField(
        label=_("Your new PIN, 6 digits"), max_length=12, error_messages={"required": _("Type 6 digits.")}
    )
    new_password_again = forms.CharField(
        label=_("The same PIN again"), max_length=12, error_messages={"required": _("Type the same PIN once more.")}
    )

    def __init__(self, *args: Any, person: User, starting_pin: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.starting_pin = person, starting_pin

    def clean_new_password(self) -> str:
        pin = self.cleaned_data["new_password"]
        if self.starting_pin and pin == self.starting_pin:
            raise forms.ValidationError(_("This is the starting PIN, and others have seen it. Choose your own."))
        try:
            check_pin(pin, phone=self.person.phone)
        except PinTooEasy as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return pin

    def clean_new_password_again(self) -> str:
        again, first = self.cleaned_data["new_password_again"], self.cleaned_data.get("new_password")
        if first and again != first:
            raise forms.ValidationError(_("This is not the same as above. Type both again."))
        return again


class ChangePinForm(PinForm):
    """Another PIN; the one of now is asked, so that a phone left lying is not enough."""

    password = forms.CharField(
        label=_("Your PIN or password of now"),
        strip=False,
        max_length=128,
        error_messages={"required": _("Type the PIN or password with which you sign in now.")},
    )
    field_order = ["password", "new_password", "new_password_again"]
