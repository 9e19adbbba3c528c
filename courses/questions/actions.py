"""Changes to questions outside the admin: one is written and published, under a key that stays the same."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from wagtail.models import Locale

from courses.questions.models import Question
from lms.people.models import User
from lms.programmes.models import Programme


@transaction.atomic
def add_question(
    *,
    key: UUID,
    programme: Programme,
    locale: Locale,
    kind: str,
    text: str,
    choices: Sequence[Mapping[str, Any]],
    by: User | None,
    explanation: str = "",
    code: str = "",
    competencies: Sequence[str] = (),
) -> Question:
    """A question with its first revision published; added again, it is the first one. `choices` as a StreamField keeps
    them; raises ValidationError when nobody could answer it right."""
    there = Question.objects.filter(translation_key=key, locale=locale).first()
    if there:
        return there
    question = Question(
        programme=programme,
        code=code,
        kind=kind,
        text=text,
        choices=Question.choices.field.to_python(list(choices)),
        explanation=explanation,
        competencies=list(competencies),
        locale=locale,
        translation_key=key,
        live=False,
    )
    question.full_clean()
    question.save()
    question.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    question.refresh_from_db()
    return question
