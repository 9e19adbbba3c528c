"""What is typed to search past cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.groups.models import SupervisionGroup
from supervision.sessions.queries.search import Found, Place, Wanted
from supervision.sessions.rules.search import OUTCOMES

LONGEST = 100
SELECT = {"class": "input"}


class SearchForm(forms.Form):
    """Every field may stay empty, but not all of them: then nothing is looked for."""

    text = forms.CharField(
        label=_("Words in the case or its advice"),
        help_text=_("All of them must be there. The beginning of a word is enough."),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"class": "input", "type": "search", "dir": "auto"}),
    )
    condition = forms.CharField(
        label=_("Problem or question list"),
        help_text=_("For example: sleep, alcohol, PHQ-9."),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto"}),
    )
    competency = forms.ChoiceField(
        label=_("Skill of the case or its advice"), required=False, widget=forms.Select(attrs=SELECT)
    )
    outcome = forms.ChoiceField(label=_("What became of it"), required=False, widget=forms.Select(attrs=SELECT))
    group = forms.ChoiceField(label=_("Group"), required=False, widget=forms.Select(attrs=SELECT))
    since = forms.DateField(
        label=_("Sent on or after"),
        required=False,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}),
        error_messages={"invalid": _("This is not a day. Choose one in the calendar, or leave it empty.")},
    )
    before = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, skills: Mapping[str, str], groups: list[SupervisionGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["competency"].choices = [("", _("Any")), *skills.items()]
        self.fields["outcome"].choices = [("", _("Any")), *((name, one.label) for name, one in OUTCOMES.items())]
        self.fields["group"].choices = [("", _("Any")), *((str(group.pk), group.name) for group in groups)]

    def clean_before(self) -> Place | None:
        """The place where a page of hits ended; what is no place begins at the newest."""
        at, _sign, key = self.cleaned_data["before"].partition("_")
        try:
            place = datetime.fromisoformat(at), UUID(key)
        except ValueError:
            return None
        return place if place[0].tzinfo else None

    def wanted(self) -> Wanted:
        """The cleaned values as what is looked for."""
        return Wanted(**self.cleaned_data)


def older_than(found: Found) -> str:
    """How an address names the place where a search goes on, or nothing when it came to its end."""
    return f"{found.last[0].isoformat()}_{found.last[1]}" if found.more and found.last else ""
