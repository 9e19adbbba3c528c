"""What the room's plain forms send, as the data of a post or as clean values."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from supervision.guard.rules import REASONS
from supervision.sessions.rules import BOXES, TEXT_LIMIT


def texts(*names: str) -> Callable[[QueryDict], dict[str, Any]]:
    """These fields as they came; empty ones are left out."""
    return lambda sent: {name: sent[name] for name in names if sent.get(name)}


def number(value: str | None) -> Any:
    """Digits as a number; anything else as it came, for the room's own judge to refuse."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else value


def numbers(sent: QueryDict, *names: str) -> dict[str, Any]:
    """These fields as numbers; empty ones are left out."""
    return {name: number(sent[name]) for name in names if sent.get(name)}


def message_data(sent: QueryDict) -> dict[str, Any]:
    """A message; an answer names the line that it answers."""
    return texts("text", "confirmed")(sent) | numbers(sent, "reply_to")


def hand_data(sent: QueryDict) -> dict[str, Any]:
    """A hand that goes down, perhaps because its owner is called."""
    return texts("person")(sent) | ({"called": True} if sent.get("called") else {})


def agenda_data(sent: QueryDict) -> dict[str, Any]:
    """On to a box, more time, or the whole agenda: rows of kind, title, minutes; rows without a title are left out."""
    if sent.get("items"):
        rows = zip(sent.getlist("box_kind"), sent.getlist("box_title"), sent.getlist("box_minutes"), strict=False)
        return {
            "items": [
                {"kind": kind if kind in BOXES else "other", "title": title, "minutes": number(minutes)}
                for kind, title, minutes in rows
                if title.strip()
            ]
        }
    return numbers(sent, "box", "extend")


def poll_data(sent: QueryDict) -> dict[str, Any]:
    """A question with its answers, one a field; empty fields are left out."""
    choices = [choice for choice in sent.getlist("choices") if choice.strip()]
    return texts("question", "confirmed")(sent) | {"choices": choices, "anonymous": bool(sent.get("anonymous"))}


def vote_data(sent: QueryDict) -> dict[str, Any]:
    """What somebody chose."""
    return texts("poll")(sent) | numbers(sent, "choice")


DATA: dict[str, Callable[[QueryDict], dict[str, Any]]] = {
    "message": message_data,
    "hand.raise": texts(),
    "hand.lower": hand_data,
    "phase": texts("state", "step"),
    "agenda": agenda_data,
    "poll.open": poll_data,
    "poll.vote": vote_data,
    "poll.close": texts("poll"),
    "case.open": texts("case"),
    "case.close": texts("case"),
    "recommendation.propose": texts("case", "type", "text", "competency", "lesson", "confirmed"),
    "recommendation.agree": texts("recommendation", "owner", "due"),
    "call": texts("link", "recording", "purpose"),
}


def posted_data(sent: QueryDict) -> dict[str, Any]:
    """The data of the post that a form sent; {} for a kind that has no form."""
    read = DATA.get(sent.get("kind", ""))
    return read(sent) if read else {}


class WordsForm(forms.Form):
    """Words that do not go into the log: a note for oneself, or a line to who leads."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        max_length=TEXT_LIMIT,
        error_messages={
            "required": _("Write a few words first."),
            "max_length": _("This is longer than 4,000 letters. Please send it in two parts."),
        },
    )
    member = forms.UUIDField(required=False)
    confirmed_text = forms.ChoiceField(choices=[("", ""), *REASONS.items()], required=False)


class ReadForm(forms.Form):
    """The answer to the question about what was missed. `opened` is the server's own signed time."""

    part = forms.RegexField(r"^\d{1,9}-\d{1,9}$")
    opened = forms.CharField(max_length=200)
    choice = forms.CharField(max_length=200, required=False)
