"""Questions about polls: what everybody may know, and what somebody chose."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from lms.people.models import User
from supervision.guard.rules import TAKEN
from supervision.room.models import Poll
from supervision.room.rules import may_be_shown
from supervision.sessions.models import SupervisionSession

ON_THE_WIRE = 10


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. `count` and `names` stand there once they may be told."""

    number: int
    text: str
    count: int | None
    names: list[str]
    mine: bool


@dataclass(frozen=True, slots=True)
class ShownPoll:
    """A poll as one person sees it. `state`: prepared, open or closed; `hidden`: too few voted in secret to tell."""

    id: UUID
    question: str
    anonymous: bool
    state: str
    votes: int
    options: list[Option]
    hidden: bool
    closed_at: datetime | None

    @property
    def taken(self) -> bool:
        """Whether its words were taken away."""
        return self.question == TAKEN

    @property
    def voted(self) -> bool:
        """Whether this person has chosen."""
        return any(option.mine for option in self.options)


def state_of_poll(poll: Poll) -> str:
    """prepared, open or closed."""
    return "closed" if poll.closed_at else "open" if poll.opened_at else "prepared"


def polls_of(session_id: UUID) -> QuerySet[Poll]:
    """The polls of a meeting with how many have voted in those that are open."""
    held = Poll.objects.filter(session=session_id)
    return held.annotate(named=Count("votes", distinct=True), secret=Count("ballots", distinct=True)).order_by(
        "made_at", "id"
    )


def votes_in(poll: Poll) -> int:
    """How many have voted."""
    return sum(poll.counts) if poll.counts is not None else poll.secret if poll.anonymous else poll.named


def counts_of(poll: Poll) -> list[int] | None:
    """The result, if it may be told."""
    if poll.counts is None or not may_be_shown(poll.counts, anonymous=poll.anonymous):
        return None
    return list(poll.counts)


def polls_on_the_wire(session_id: UUID) -> list[dict[str, Any]]:
    """The last polls that were opened: what late joiners must know."""
    opened = [poll for poll in polls_of(session_id) if poll.opened_at]
    return [
        {
            "id": str(poll.pk),
            "question": poll.question,
            "choices": json.loads(poll.choices),
            "anonymous": poll.anonymous,
            "open": poll.closed_at is None,
            "votes": votes_in(poll),
            "counts": counts_of(poll),
        }
        for poll in opened[-ON_THE_WIRE:]
    ]


def shown_polls(
    session: SupervisionSession, person: User, marks: dict[UUID, list[str]], *, leads: bool
) -> list[ShownPoll]:
    """A meeting's polls for one person; prepared ones for who leads. `marks`: her mark in each open secret poll."""
    polls = polls_of(session.pk).prefetch_related("votes__person", "ballots")
    return [shown(poll, person, marks.get(poll.pk, [])) for poll in polls if poll.opened_at or leads]


def shown(poll: Poll, person: User, marks: list[str]) -> ShownPoll:
    """One poll; who chose what is told by name once it is closed, if it was not secret."""
    mine = [vote.choice for vote in poll.votes.all() if vote.person_id == person.pk]
    mine += [ballot.choice for ballot in poll.ballots.all() if ballot.voter in marks]
    counts, texts = counts_of(poll), json.loads(poll.choices)
    names: dict[int, list[str]] = {}
    for vote in poll.votes.all() if poll.closed_at else ():
        names.setdefault(vote.choice, []).append(vote.person.name)
    options = [
        Option(number, text, counts[number] if counts else None, sorted(names.get(number, [])), number in mine)
        for number, text in enumerate(texts)
    ]
    hidden = poll.counts is not None and counts is None
    return ShownPoll(
        poll.pk, poll.question, poll.anonymous, state_of_poll(poll), votes_in(poll), options, hidden, poll.closed_at
    )


def open_secret_polls(session: SupervisionSession) -> list[UUID]:
    """The open polls whose votes are secret."""
    held = Poll.objects.filter(session=session, anonymous=True, opened_at__isnull=False, closed_at=None)
    return list(held.values_list("pk", flat=True))
