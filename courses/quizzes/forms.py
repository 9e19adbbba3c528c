"""Answers and decisions as they are sent, to clean values."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from courses.quizzes.models import AttemptQuestion, TalkDecision
from lms.people.rules import Invalid


def answers_in(sent: QueryDict, questions: Iterable[AttemptQuestion]) -> dict[str, list[str]]:
    """What was picked per question of the attempt; anything else that was sent is not looked at."""
    return {str(question.pk): sent.getlist(f"q-{question.pk}")[:20] for question in questions}


def clean_answers(data: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """`{"attempt": uuid, "answers": {question of the attempt: [choices]}}` as a phone sends it; raises Invalid."""
    try:
        attempt, answers = UUID(str(data["attempt"])), dict(data["answers"])
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid from error
    for picked in answers.values():
        if not isinstance(picked, list) or not all(isinstance(choice, str) for choice in picked):
            raise Invalid
    return {"attempt": attempt, "answers": {str(key): picked for key, picked in answers.items()}}


class DecisionForm(forms.Form):
    """Pass or try again, and why."""

    outcome = forms.ChoiceField(
        choices=TalkDecision.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    reason = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write in a sentence why you decide so.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
