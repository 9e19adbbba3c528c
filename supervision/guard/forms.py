"""The manager's two lists of words, one a line."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .rules.incidents import WORD_LIMIT, WORDS_LIMIT


def lines_of(typed: str) -> list[str]:
    """The lines that say something, each once, with single spaces."""
    return list(dict.fromkeys(" ".join(line.split()) for line in typed.splitlines() if line.strip()))


class WatchForm(forms.Form):
    names = forms.CharField(
        label=_("Names of people"),
        help_text=_("One a line: chiefs, pastors, teachers, families that everybody knows."),
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 8, "dir": "auto"}),
    )
    places = forms.CharField(
        label=_("Names of places"),
        help_text=_("One a line: villages, estates, schools, churches, beaches."),
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 8, "dir": "auto"}),
    )

    def clean_names(self) -> list[str]:
        return checked(lines_of(self.cleaned_data["names"]))

    def clean_places(self) -> list[str]:
        return checked(lines_of(self.cleaned_data["places"]))


def checked(lines: list[str]) -> list[str]:
    """The lines, if they fit."""
    if len(lines) > WORDS_LIMIT:
        raise forms.ValidationError(_("These are more than 500 lines. Keep the ones that matter most."))
    if any(len(line) > WORD_LIMIT for line in lines):
        raise forms.ValidationError(_("One line is longer than 80 letters. Write one name in each line."))
    return lines
