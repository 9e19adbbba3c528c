"""What is typed about a meeting, as clean values: choosing one for a case, an advice's report, and the closing note.

Planning and changing one stand in `planning`.
"""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from supervision.guard.forms import GuardedForm
from supervision.sessions import rules
from supervision.sessions.models import SupervisionSession

LINK = re.compile(r"\[([^\]\n]{1,200})\]\((https?://[^\s)]{1,500}|mailto:[^\s)]{1,200})\)")
BOLD = re.compile(r"\*\*(.+?)\*\*")


class KeyForm(forms.Form):
    """A press of a button, counted once."""

    key = forms.UUIDField()


class PlanForm(forms.Form):
    session = forms.ModelChoiceField(
        label=_("Which meeting?"),
        queryset=SupervisionSession.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a meeting."),
            "invalid_choice": _("That meeting is over. Choose another one."),
        },
    )

    focus = forms.ChoiceField(
        label=_("Which skill does it practise?"), required=False, widget=forms.Select(attrs={"class": "input"})
    )

    def __init__(self, *args: Any, sessions, skills: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`skills`: code and title of each that a case can practise."""
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = sessions
        self.fields["session"].label_from_instance = meeting_words
        self.fields["focus"].choices = [("", _("No special skill")), *skills]


def meeting_words(session: SupervisionSession) -> str:
    begins = timezone.localtime(session.starts_at)
    return _("%(title)s, %(day)s") % {"title": session.title, "day": date_format(begins, "l j F, g:i A")}


class ReportForm(GuardedForm):
    """What became of an advice; what could not be done needs a reason. `back`: the page with the form."""

    guarded = ("why",)

    key = forms.UUIDField(widget=forms.HiddenInput)
    became = forms.ChoiceField(choices=[("done", ""), ("not_done", "")])
    back = forms.CharField(required=False)
    why = forms.CharField(
        label=_("Why was it not possible?"),
        help_text=_("Your group reads this in the minutes. Write no names."),
        required=False,
        max_length=rules.WHY_LIMIT,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3, "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("became") == "not_done" and not values.get("why") and "why" not in self.errors:
            self.add_error("why", rules.WhyMissing.sentence)
        return values


class NoteForm(GuardedForm):
    """A note with light marks for bold, lists and links; HTML typed in it is cleaned like the rest."""

    guarded = ("note",)
    marked_links = True

    note = forms.CharField(
        label=_("What should the group remember?"),
        help_text=_(
            "Two stars make **bold words**. A line that begins with “- ” becomes a list. "
            "[words](https://address) becomes a link."
        ),
        max_length=rules.NOTE_BYTES,
        widget=forms.Textarea(attrs={"class": "input", "rows": 8, "dir": "auto"}),
        error_messages={"required": _("Write a few words first."), "max_length": rules.NoteTooLarge.sentence},
    )

    def html(self) -> str:
        return marked_up(self.cleaned_data["note"])


def marked_up(text: str) -> str:
    """Blocks between empty lines become paragraphs or lists."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(_block(block) for block in blocks if block.strip())


def _block(block: str) -> str:
    html, items = "", ""
    for line in block.split("\n"):
        if line.startswith("- "):
            items += f"<li>{_inline(line[2:])}</li>"
            continue
        html += (f"<ul>{items}</ul>" if items else "") + f"<p>{_inline(line)}</p>"
        items = ""
    return html + (f"<ul>{items}</ul>" if items else "")


def _inline(line: str) -> str:
    bold = BOLD.sub(r"<b>\1</b>", line)
    return LINK.sub(lambda link: f'<a href="{escape(link[2])}">{link[1]}</a>', bold)


def marks_of(html: str) -> str:
    """The way back, for writing a note again."""
    text = re.sub(r"</?(b|strong)>", "**", html)
    text = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"[\2](\1)", text)
    text = (
        text.replace("<li>", "- ")
        .replace("</li>", "\n")
        .replace("</p>", "\n\n")
        .replace("</ul>", "\n")
        .replace("<br>", "\n")
    )
    return re.sub(r"\n{3,}", "\n\n", unescape(re.sub(r"<[^>]+>", "", text))).strip()
