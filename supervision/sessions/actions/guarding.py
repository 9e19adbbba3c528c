"""Words about a meeting's cases that could show who somebody is: told to who decides, taken away where they stand."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from supervision.guard import actions as guard
from supervision.guard.rules import TAKEN, find, has_words, without_words
from supervision.sessions import rules
from supervision.sessions.models import AdviceFollowUp, PrivateNote, Recommendation
from supervision.sessions.queries.guarding import meetings_that_saw, register_in


def look_at_reason(advice: Recommendation, *, confirmed: str, by: User, at: datetime) -> None:
    """Why an advice was not possible is read by the group: what is found in it waits for who led the meeting."""
    findings = find(advice.why_not, register_in(advice.session))
    if not findings or by.pk == advice.session.facilitator_id:
        return
    guard.mark(
        subject=advice.pk,
        place="report",
        programme=advice.session.programme_id,
        writer=by.pk,
        kinds=[finding.kind for finding in findings],
        session=advice.session_id,
        lead=advice.session.facilitator_id,
        reason=confirmed,
        at=at,
    )


def take_reason(*, advice: Recommendation) -> None:
    """The reason goes; that it was not possible stays."""
    advice.why_not = TAKEN
    advice.save(update_fields=["why_not"])


@transaction.atomic
def take_words(*, case: UUID, words: str, by: User, at: datetime) -> int:
    """Out of the advice on a case, what became of it, and what was written about the meetings that saw it."""
    advice = list(Recommendation.objects.select_for_update().filter(case=case))
    told = AdviceFollowUp.objects.filter(advice__in=advice)
    meetings = meetings_that_saw(case)
    taken = _taken(advice, ("text", "why_not"), words) + _taken(told, ("note",), words)
    taken += _taken(PrivateNote.objects.filter(session__in=meetings), ("text",), words)
    return taken + _taken(meetings, ("closing_note",), words, clean=rules.clean_note)


def _taken(rows: Iterable[Any], fields: tuple[str, ...], words: str, *, clean: Callable[[str], str] = str) -> int:
    """In how many rows the words stood, and stand no more. `clean`: HTML anew, for words may stand in a tag."""
    changed = [row for row in rows if any(has_words(getattr(row, name), words) for name in fields)]
    for row in changed:
        for name in fields:
            setattr(row, name, clean(without_words(getattr(row, name), words)))
        row.save(update_fields=list(fields))
        guard.forget_confirmations(subject=row.pk)
    return len(changed)
