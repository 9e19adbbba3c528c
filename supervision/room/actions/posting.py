"""Adding to the log what people send: one action for the socket's batches, the HTTP fallback and plain forms."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction

from lms.people.queries import person_by_id
from lms.people.rules import Refusal
from lms.sealing.rules import same_body
from supervision.room.actions.changes import CHANGES, Told, without_choice
from supervision.room.actions.log import Log, add, body_of, close_log, open_log, store
from supervision.room.actions.watching import mark_found
from supervision.room.models import RoomEvent
from supervision.room.queries import posts_since
from supervision.room.rules import (
    MAY,
    Answer,
    Event,
    NotForYou,
    OtherBody,
    Pace,
    Post,
    Unreadable,
    clean_data,
    refusal_answer,
    takes,
)
from supervision.sessions.actions import settle
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import Member, members_among
from supervision.sessions.rules import MeetingOver, NotAMember

PACE = Pace()
log_of_faults = logging.getLogger("tandem.room")
Members = dict[tuple[UUID, UUID], Member]
Kept = dict[UUID, RoomEvent]


def post_events(*, posts: Sequence[Post], at: datetime) -> list[Answer]:
    """Writes what many people sent in one commit and answers each; one refusal never fails the others.

    An answer counts only after this has returned: then the events are on disk. When the same key is written by
    another process in the same moment, the batch is done again one by one, and the second hears the first's answer.
    """
    try:
        return written(posts, at)
    except IntegrityError:
        if len(posts) == 1:
            return written(posts, at)
        return [answer for post in posts for answer in post_events(posts=[post], at=at)]


def post_now(*, post: Post, at: datetime) -> Answer:
    """One post from a page or over HTTP; a meeting that it closes gets its ledger entries right after.

    This process may not have the room open: what the person stored elsewhere in the last minute is counted first.
    """
    for key, sent in posts_since(post.session, post.person, at - timedelta(seconds=PACE.seconds))[: PACE.limit]:
        PACE.note(post.session, post.person, key, sent, at)
    (answer,) = post_events(posts=[post], at=at)
    if answer.seq is not None and closes(post):
        settle(session_id=post.session, at=at)
    return answer


def note_pace(events: Sequence[Event], now: datetime) -> None:
    """Events that were read from the log count for their writers' pace, for other processes stored some of them."""
    for event in events:
        if event.by and event.kind in MAY["supervisor"]:
            PACE.note(event.session, event.by, event.key, event.at, now)


def closes(post: Post) -> bool:
    """Whether this post ends its meeting."""
    return post.kind == "phase" and isinstance(post.data, dict) and post.data.get("state") == "closed"


@transaction.atomic
def written(posts: Sequence[Post], at: datetime) -> list[Answer]:
    """The batch in one transaction: locks by session id, a few questions for all posts, one insert."""
    log = open_log((post.session for post in posts), at)
    plain = all(post.kind in MAY["provider"] for post in posts if isinstance(post.kind, str))
    pairs = {(post.session, post.person) for post in posts}
    members = members_among(list(log.sessions), {post.person for post in posts}, enough=pairs if plain else None)
    kept = {row.key: row for row in RoomEvent.objects.filter(key__in=[post.key for post in posts])}
    answers = [judged(log, members, kept, post) for post in posts]
    mark_found(log)
    close_log(log)
    return answers


def judged(log: Log, members: Members, kept: Kept, post: Post) -> Answer:
    """One post: its number, or why not. A fault of ours costs this post only; the database's costs the batch."""
    try:
        return Answer(post.key, accepted(log, members, kept, post))
    except Refusal as refusal:
        return refusal_answer(post.key, refusal)
    except DatabaseError:
        raise
    except Exception:
        log_of_faults.exception("a post met something unforeseen")
        return refusal_answer(post.key, Unreadable())


def accepted(log: Log, members: Members, kept: Kept, post: Post) -> int:
    """Asks everything that must hold, in the order in which it may be told; then adds the line."""
    session, member = log.sessions.get(post.session), members.get((post.session, post.person))
    if session is None or member is None:
        raise NotAMember
    data = clean_data(post.kind, post.data)
    if post.key in kept:
        return repeated(kept[post.key], post, data)
    if post.kind not in MAY[member.role]:
        raise NotForYou
    if not takes(session.state, post.kind):
        raise MeetingOver
    PACE.check(post.session, post.person, post.key, log.at)
    told = change(log, session, post, data) if post.kind in CHANGES else None
    if told is None:
        row = kept[post.key] = add(log, session, post.key, post.kind, member, data)
    else:
        by = None if told.secret else member
        row = kept[post.key] = add(log, session, post.key, post.kind, by, told.data, told.sent)
    return row.seq


def repeated(row: RoomEvent, post: Post, data: dict[str, Any]) -> int:
    """The number that this key got, if the same person sent the same; also after the words were redacted.

    Of a secret vote nobody kept who sent it or what it said: its key stands for having voted in that poll.
    """
    secret = row.by_id is None and row.kind == post.kind == "poll.vote"
    sent = without_choice(data) if secret else data
    if (row.by_id != post.person and not secret) or not same_body(row.body_mac, body_of(post.session, post.kind, sent)):
        raise OtherBody
    return row.seq


def change(log: Log, session: SupervisionSession, post: Post, data: dict[str, Any]) -> Told | None:
    """Lets a post change the meeting, in a savepoint; what was added before it in this batch is stored first."""
    store(log)
    by = person_by_id(post.person)
    if by is None:
        raise NotAMember
    try:
        with transaction.atomic():
            return CHANGES[post.kind](session, post.key, data, by, log.at)
    except DatabaseError:
        raise
    except Exception:
        session.refresh_from_db(fields=["state", "step", "current_case", "live_at", "closed_at", "agenda"])
        raise
