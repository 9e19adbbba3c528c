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
from supervision.sessions.actions.log import lock_sessions
from supervision.sessions.models import (
    AdviceFollowUp,
    AttendanceCorrection,
    PrivateNote,
    Recommendation,
    SupervisionSession,
)
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
    saw = meetings_that_saw(case).values_list("pk", flat=True)
    meetings = list(lock_sessions(sessions=list(saw)).values())  # before the advice, as the room does
    advice = list(Recommendation.objects.select_for_update().filter(case=case))
    told = AdviceFollowUp.objects.filter(advice__in=advice)
    taken = _taken(advice, ("text", "why_not"), words) + _taken(told, ("note",), words)
    taken += _taken(AttendanceCorrection.objects.filter(session__in=meetings), ("reason",), words)
    taken += _taken(PrivateNote.objects.filter(session__in=meetings), ("text",), words)
    taken += _taken(meetings, ("closing_note",), words, clean=rules.clean_note)
    return taken + sum(_plan_taken(meeting, words, at) for meeting in meetings)


def _plan_taken(session: SupervisionSession, words: str, at: datetime) -> int:
    """Out of its name and the names of its boxes, also in people's calendars; 1 if they stood there."""
    told = [session.title, *(box.get("title", "") for box in session.agenda)]
    if not any(has_words(text, words) for text in told):
        return 0
    session.title = without_words(session.title, words)[: rules.TITLE_LIMIT]
    session.agenda = [{**box, "title": without_words(box.get("title", ""), words)} for box in session.agenda]
    session.sequence, session.revised_at = session.sequence + 1, at
    session.save(update_fields=["title", "agenda", "sequence", "revised_at"])
    return 1


def _taken(rows: Iterable[Any], fields: tuple[str, ...], words: str, *, clean: Callable[[str], str] = str) -> int:
    """In how many rows the words stood, and stand no more. `clean`: HTML anew, for words may stand in a tag."""
    changed = [row for row in rows if any(has_words(getattr(row, name), words) for name in fields)]
    for row in changed:
        for name in fields:
            setattr(row, name, clean(without_words(getattr(row, name), words)))
        row.save(update_fields=list(fields))
        guard.forget_gone(subject=row.pk, left=[getattr(row, name) for name in fields])
    return len(changed)
