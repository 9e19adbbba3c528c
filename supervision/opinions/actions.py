"""Changes of opinions: said, and said anew within seven days."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from lms.people.models import User
from supervision.sessions.models import SupervisionSession

from . import queries, rules
from .models import SessionOpinion


@transaction.atomic
def rate_session(
    *,
    session: SupervisionSession,
    answers: Mapping[str, int],
    comment: str,
    by: User,
    happened_at: datetime,
    at: datetime,
) -> SessionOpinion:
    """How a meeting was, by who was in it. `happened_at`: when it was said, perhaps without network days ago."""
    if session.state not in queries.OVER or session.closed_at is None or not queries.was_there(session, by):
        raise rules.NotThere
    if happened_at > rules.may_answer_until(session.closed_at):
        raise rules.TooLate
    known = {name: answers.get(name) for name in rules.QUESTIONS}
    if not all(value in rules.ANSWERS for value in known.values()) or len(comment) > rules.COMMENT_LIMIT:
        raise rules.AnswerMissing
    row, _ = SessionOpinion.objects.update_or_create(
        session=session, person=by, defaults={**known, "comment": comment.strip(), "at": at}
    )
    return row
