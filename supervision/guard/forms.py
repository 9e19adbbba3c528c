"""Forms whose words are looked at before they leave, and the manager's two lists of words, one a line."""

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import queries
from .rules import NOTHING, REASONS, Finding, Left, Register, find, has_words
from .rules.incidents import WORD_LIMIT, WORDS_LIMIT

ADDRESS = re.compile(r"\]\((?:https?://|mailto:)[^\s)]{1,500}\)")
TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>")
ASK = _("These words could show who somebody is. Write it differently, or say why they stay.")


class GuardedForm(forms.Form):
    """Asks once before words leave that could show who somebody is: its writer mends them or says why they stay.

    `guarded` names its free texts; `register` is what belongs to the programme, with the names that may be said. A
    reason comes beside the field, as `confirmed_` and the field's name on the page.
    """

    guarded: Collection[str] = ()
    marked_links = False  # addresses of links are meant, where a text can have them as [words](address)

    def __init__(self, *args: Any, register: Register = NOTHING, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register = register
        self.left: list[Left] = []

    def _post_clean(self) -> None:
        """After every other check, so that a text is asked about only when it could be kept."""
        super()._post_clean()
        for name in self.guarded:
            text, reason = self.cleaned_data.get(name) or "", self.reason_for(name)
            findings = self.new_in(name, text)
            if findings and reason in REASONS:
                self.left.append(Left(name, text, findings, reason))
            elif findings:
                self.fields[name].found = findings
                self.add_error(name, ASK)

    def new_in(self, name: str, text: str) -> list[Finding]:
        """What is found in a text and did not stand there before."""
        before = self.initial.get(name) or ""
        return [finding for finding in find(self.looked_at(text), self.register) if not has_words(before, finding.text)]

    def __getitem__(self, name: str) -> forms.BoundField:
        """A guarded field tells the page's script that it is one, and who may be named in it."""
        if name in self.guarded:
            attrs = self.fields[name].widget.attrs
            attrs["data-guard"] = " ".join(sorted(self.register.spared))
            attrs |= {"data-guard-links": ""} if self.marked_links else {}
        return super().__getitem__(name)

    def looked_at(self, text: str) -> str:
        """The text, with blanks where the address of a marked link stands, and new lines for HTML: it is no word."""
        if not self.marked_links:
            return text
        plain = ADDRESS.sub(lambda found: " " * len(found[0]), text)
        return TAG.sub(lambda found: "\n" * len(found[0]), plain)

    def reason_for(self, name: str) -> str:
        """Why found words stay, as it was sent; empty if nothing was."""
        return self.data.get(f"confirmed_{self.add_prefix(name)}", "")

    @property
    def words(self) -> dict[str, list[tuple[str, Any]]]:
        """What the page says about found words: kinds, other words, reasons."""
        return queries.words_on_page()


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
