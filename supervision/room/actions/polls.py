"""Polls: prepared, opened, voted in, closed and counted. A secret vote leaves nothing that leads back to its voter."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from lms.people.models import User
from lms.sealing.rules import mac
from supervision.guard.rules import TAKEN
from supervision.room.models import Ballot, Poll, Vote
from supervision.room.rules import NoSuchChoice, NoSuchPoll, OtherBody, PollOver, tallied
from supervision.sessions import access
from supervision.sessions.models import SupervisionSession
from supervision.sessions.rules import OVER_STATES, MeetingOver, NotTheFacilitator


@transaction.atomic
def prepare_poll(
    *, key: UUID, session: SupervisionSession, question: str, choices: Sequence[str], anonymous: bool, by: User,
    at: datetime,
) -> Poll:  # fmt: skip
    """Keeps a poll for later; only who leads sees it before it is opened, under this same key."""
    check_lead(by, session)
    if session.state in OVER_STATES:
        raise MeetingOver
    return Poll.objects.create(
        id=key,
        session=session,
        question=question,
        choices=json.dumps(list(choices)),
        anonymous=anonymous,
        made_by=by,
        made_at=at,
    )


@transaction.atomic
def drop_poll(*, session: SupervisionSession, poll_id: UUID, by: User) -> None:
    """Throws a prepared poll away; one that was opened stays, one that is gone is gone."""
    check_lead(by, session)
    Poll.objects.filter(session=session, pk=poll_id, opened_at=None).delete()


@transaction.atomic
def open_poll(
    *, key: UUID, session: SupervisionSession, question: str, choices: Sequence[str], anonymous: bool, by: User,
    at: datetime,
) -> Poll:  # fmt: skip
    """Asks the group, one question at a time: an open one is counted first. `key` may be that of a prepared poll."""
    check_lead(by, session)
    kept = Poll.objects.filter(pk=key).first()
    if kept and (kept.session_id != session.pk or kept.opened_at):
        raise OtherBody
    close_open_polls(session=session, at=at)
    if kept is None:
        told = {"question": question, "choices": choices, "anonymous": anonymous}
        kept = prepare_poll(key=key, session=session, **told, by=by, at=at)
    kept.question, kept.choices, kept.anonymous = question, json.dumps(list(choices)), anonymous
    kept.opened_at = at
    kept.save(update_fields=["question", "choices", "anonymous", "opened_at"])
    return kept


def blank_poll(*, key: UUID) -> None:
    """The words of a poll are gone for good; how many chose the first answer, the second, is still known."""
    for poll in Poll.objects.select_for_update().filter(pk=key):
        numbers = [str(number) for number, _ in enumerate(json.loads(poll.choices), 1)]
        poll.question, poll.choices = TAKEN, json.dumps(numbers)
        poll.save(update_fields=["question", "choices"])


@transaction.atomic
def vote(*, session: SupervisionSession, poll_id: UUID, choice: int, by: User, at: datetime) -> Poll:
    """Counts what somebody chooses; choosing again takes the place of the first."""
    poll = Poll.objects.select_for_update().filter(session=session, pk=poll_id, opened_at__isnull=False).first()
    if poll is None:
        raise NoSuchPoll
    if poll.closed_at:
        raise PollOver
    if choice >= len(json.loads(poll.choices)):
        raise NoSuchChoice
    if poll.anonymous:
        drop_in(poll, choice, by)
    else:
        Vote.objects.update_or_create(poll=poll, person=by, defaults={"choice": choice})
    return poll


def drop_in(poll: Poll, choice: int, by: User) -> None:
    """A secret vote. It is found again under every key of the ring, so that a new key gives nobody a second one."""
    marks = voter_marks(poll.pk, by.pk)
    if not Ballot.objects.filter(poll=poll, voter__in=marks).update(choice=choice):
        Ballot.objects.create(poll=poll, voter=marks[0], choice=choice)


def voter_marks(poll_id: UUID, person: UUID) -> list[str]:
    """What stands for this person in this poll, newest key first; without the keys nobody can compute it."""
    body = {"poll": poll_id, "person": person}
    return [mac(body, key=key, purpose="tandem ballot") for key in settings.FIELD_KEYS.values()]


@transaction.atomic
def close_poll(*, session: SupervisionSession, poll_id: UUID, by: User, at: datetime) -> Poll:
    """Ends and counts a poll; ending it again changes nothing."""
    check_lead(by, session)
    poll = Poll.objects.select_for_update().filter(session=session, pk=poll_id, opened_at__isnull=False).first()
    if poll is None:
        raise NoSuchPoll
    return count(poll, at)


@transaction.atomic
def close_open_polls(*, session: SupervisionSession, at: datetime) -> None:
    """Counts what is open: another question is asked, or the meeting ends."""
    for poll in Poll.objects.select_for_update().filter(session=session, opened_at__isnull=False, closed_at=None):
        count(poll, at)


def count(poll: Poll, at: datetime) -> Poll:
    """Writes the result and throws the ballots away."""
    if poll.closed_at:
        return poll
    held = poll.ballots if poll.anonymous else poll.votes
    poll.counts, poll.closed_at = tallied(held.values_list("choice", flat=True), json.loads(poll.choices)), at
    poll.save(update_fields=["counts", "closed_at"])
    poll.ballots.all().delete()
    return poll


def check_lead(by: User, session: SupervisionSession) -> None:
    """Raises unless this person may lead the meeting."""
    if not access.may_facilitate(by, session):
        raise NotTheFacilitator
