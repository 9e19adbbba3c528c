"""Words about a person go out of the talk: lines of the log as by a redaction in the room, private words where they
stand.
"""

import json
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from lms.people.models import User
from supervision.calls import actions as calls
from supervision.guard import actions as guard
from supervision.guard.rules import TAKEN, has_words, without_words
from supervision.room.actions.log import Log, add, close_log, open_log
from supervision.room.actions.polls import blank_poll
from supervision.room.models import Poll, PrivateMessage, RoomEvent
from supervision.room.queries.log import opened
from supervision.room.rules import WORDED, taken_text, words_asked
from supervision.sessions.actions import blank_advice
from supervision.sessions.queries import Member
from supervision.sessions.queries.guarding import meetings_that_saw


def take_words(*, case: UUID, words: str, by: User, at: datetime) -> int:
    """Out of the talk of every meeting that saw the case, a meeting at a time; says in how many places they stood."""
    meetings = meetings_that_saw(case).values_list("pk", flat=True)
    return sum(take_in(session=pk, words=words, by=by, at=at) for pk in meetings)


@transaction.atomic
def take_in(*, session: UUID, words: str, by: User, at: datetime) -> int:
    """The lines with these words lose all their words: what is left of a line could still tell."""
    log = open_log([session], at)
    rows = RoomEvent.objects.filter(session=session, kind__in=WORDED, redacted_by=None).select_related("by")
    lines = [row for row in rows if has_words(taken_text(row.kind, opened(row).data or {}), words)]
    for row in lines:
        blank_line(log, row, by)
    close_log(log)
    waiting = Poll.objects.filter(session=session, opened_at=None)
    prepared = [one for one in waiting if has_words(words_asked(one.question, json.loads(one.choices)), words)]
    for poll in prepared:
        blank_poll(key=poll.pk)
    private = [row for row in PrivateMessage.objects.filter(session=session) if has_words(row.text, words)]
    for message in private:
        message.text = without_words(message.text, words)
        message.save(update_fields=["text"])
    return len(lines) + len(prepared) + len(private) + calls.take_words(session=session, words=words)


@transaction.atomic
def take_line(*, session: UUID, seq: int, by: User, at: datetime) -> None:
    """One line, by somebody who decides about it without belonging to the meeting; the caller asked whether."""
    log = open_log([session], at)
    row = RoomEvent.objects.filter(session=session, seq=seq, redacted_by=None).first()
    if row is not None:
        if row.kind == "recommendation.propose":
            blank_advice(key=row.key, session=log.sessions[session], leads=True)
        blank_line(log, row, by)
    close_log(log)


def blank_line(log: Log, row: RoomEvent, by: User) -> None:
    """As the room does it: the row keeps who and when, and a new line tells every page to forget the words."""
    session = log.sessions[row.session_id]
    row.sealed, row.redacted_by = b"", session.log_head + 1
    row.save(update_fields=["sealed", "redacted_by"])
    if row.kind == "poll.open":
        blank_poll(key=row.key)
    who = Member(by.pk, by.name, "facilitator")
    add(log, session, uuid5(row.key, "taken with its case"), "redact", who, {"seq": row.seq})
    guard.words_went(subject=row.key, by=by, at=log.at)


def take_private(*, key: UUID) -> None:
    """A private word is gone; that there was one stays."""
    for message in PrivateMessage.objects.filter(pk=key):
        message.text = TAKEN
        message.save(update_fields=["text"])
