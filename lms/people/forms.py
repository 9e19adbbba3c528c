"""What a person types to sign in or to choose a language, turned into clean values."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.people.queries import user_named


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


class LanguageForm(forms.Form):
    """The language a person wants to read."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, error_messages={"required": _("Choose one language.")})
