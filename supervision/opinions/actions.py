"""Changes of opinions: said, said anew within seven days, and words that could show who somebody is."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from supervision.guard import actions as guard
from supervision.guard.queries import confirmations_of
from supervision.guard.rules import Left, find, has_words, without_words
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries.guarding import register_in

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
    confirmed: str = "",
) -> SessionOpinion:
    """How a meeting was, by who was in it. `happened_at`: when it was said, perhaps without network days ago.
    `confirmed`: why words in the comment that could show who somebody is stay.

    A first answer may come late; another wording may not, for the first may have been shown by then.
    """
    if session.state not in queries.OVER or session.closed_at is None or not queries.was_there(session, by):
        raise rules.NotThere
    if happened_at > rules.may_answer_until(session.closed_at):
        raise rules.TooLate
    if at > rules.may_answer_until(session.closed_at) and queries.opinion_of(session, by):
        raise rules.TooLate
    known = {name: answers.get(name) for name in rules.QUESTIONS}
    if not all(value in rules.ANSWERS for value in known.values()) or len(comment) > rules.COMMENT_LIMIT:
        raise rules.AnswerMissing
    row, _ = SessionOpinion.objects.update_or_create(
        session=session, person=by, defaults={**known, "comment": comment.strip(), "at": at}
    )
    _keep_why(row, confirmed, by, at)
    return row


def _keep_why(row: SessionOpinion, confirmed: str, by: User, at: datetime) -> None:
    """Nothing is refused for its words and nobody is named to decide about them: an incident would say who wrote. Who
    led sees them marked, with the reason if there is one.
    """
    for one in confirmations_of(row.pk):
        if not has_words(row.comment, one.words):
            one.delete()
    findings = find(row.comment, register_in(row.session)) if row.comment and confirmed else []
    if findings:
        left = Left("comment", row.comment, findings, confirmed)
        guard.keep_reasons(subject=row.pk, left=[left], by=by, at=at)


@transaction.atomic
def take_words(*, case: UUID, words: str, by: User, at: datetime) -> int:
    """Out of what was said about the meetings that saw the case.

    Counted is only what this person had before her eyes anyway: else who tries words could learn what others wrote.
    """
    told = [
        row for row in queries.opinions_about(case).select_for_update(of=("self",)) if has_words(row.comment, words)
    ]
    for row in told:
        row.comment = without_words(row.comment, words)
        row.save(update_fields=["comment"])
        guard.forget_confirmations(subject=row.pk)
    return len({row.pk for row in told} & set(queries.shown_to(by, at)))
