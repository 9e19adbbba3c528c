"""The wording of minutes as somebody types it: a line for each case, decisions, what was learned."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.guard.forms import GuardedForm
from supervision.guard.rules import NOTHING, Register
from supervision.minutes.rules import LINE_LIMIT, TEXT_LIMIT, Wording
from supervision.sessions.models import SessionCase


def _text(label: Any, limit: int, rows: int, hint: Any = "") -> forms.CharField:
    attrs = {"class": "input", "rows": rows, "dir": "auto"}
    return forms.CharField(
        label=label, max_length=limit, required=False, help_text=hint, widget=forms.Textarea(attrs=attrs)
    )


class WordsForm(GuardedForm):
    """`base` is the number of the version that stood on the page."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    base = forms.IntegerField(min_value=0, max_value=100_000, widget=forms.HiddenInput)
    decisions = _text(
        _("Decisions"), TEXT_LIMIT, 5, _("What the group decided, in a few sentences. No names of clients.")
    )
    learned = _text(_("What we learned"), TEXT_LIMIT, 4)

    def __init__(
        self,
        told: Mapping[str, Any] | None,
        *,
        cases: Sequence[SessionCase],
        words: Wording,
        register: Register = NOTHING,
    ) -> None:
        lines = {_name(case): words.cases.get(str(case.pk), "") for case in cases}
        initial = {**lines, "decisions": words.decisions, "learned": words.learned}
        super().__init__(told, initial=initial, register=register)
        self.cases = cases
        self.guarded = (*lines, "decisions", "learned")
        for case in cases:
            self.fields[_name(case)] = _text(_("What was said about it, in a line"), LINE_LIMIT, 2)

    def case_rows(self) -> list[tuple[SessionCase, forms.BoundField, str]]:
        """Each case with its field and, where that is another, the line that is kept."""
        return [(case, self[_name(case)], self.kept(_name(case))) for case in self.cases]

    def text_rows(self) -> list[tuple[forms.BoundField, str]]:
        """The two texts in the same way."""
        return [(self[name], self.kept(name)) for name in ("decisions", "learned")]

    def kept(self, name: str) -> str:
        """The words that are kept where they are not the ones that were typed."""
        kept = self.initial.get(name, "")
        return kept if self.is_bound and kept != (self[name].value() or "").replace("\r\n", "\n").strip() else ""

    def told(self) -> Wording:
        told = self.cleaned_data
        return Wording({str(case.pk): told[_name(case)] for case in self.cases}, told["decisions"], told["learned"])


def _name(case: SessionCase) -> str:
    return f"case_{case.pk}"
