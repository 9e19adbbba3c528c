"""Questions about what somebody missed, what it came to, and who has read it since."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lms.people.models import User
from supervision.room.models import CatchUp, RoomEvent
from supervision.room.queries.log import opened
from supervision.room.queries.polls import ShownPoll, shown_polls
from supervision.room.rules import Check, Event, Line, Part, check_of, condensed, parts_missed
from supervision.sessions.models import Recommendation, SessionCase, SupervisionSession
from supervision.sessions.queries import LEADING_ROLES, advice_of, cases_seen, members_of, stays_of

TOLD = ("message", "case.open", "recommendation.agree", "poll.close")


@dataclass(frozen=True, slots=True)
class Digest:
    """A part of a meeting in three minutes."""

    part: Part
    began: datetime | None
    ended: datetime | None
    cases: list[SessionCase]
    advice: list[Recommendation]
    polls: list[ShownPoll]
    lines: list[Line]
    for_me: list[Recommendation]
    check: Check | None


@dataclass(frozen=True, slots=True)
class ReadLater:
    """Somebody who read up, and for how long in all."""

    person: User
    seconds: int


def part_missed(session: SupervisionSession, person: User) -> Part | None:
    """The first part that was said without her and that she has not read; None if there is none worth a page."""
    stays = {who.pk: held for who, held in stays_of(session).items()}.get(person.pk, [])
    rows = RoomEvent.objects.filter(session=session).order_by("seq")
    events = rows.values_list("seq", "at", "kind", "by", "redacted_by")
    read = CatchUp.objects.filter(session=session, person=person)
    parts = parts_missed(
        stays=stays,
        here=session.attendances.filter(person=person, left_at=None).exists(),
        told=[(seq, at, kind == "message" and by != person.pk and not gone) for seq, at, kind, by, gone in events],
        read=list(read.values_list("from_seq", "to_seq")),
    )
    return parts[0] if parts else None


def read_later(session: SupervisionSession) -> list[ReadLater]:
    """Who read up on this meeting, by name; apart from who was there."""
    found: dict[UUID, ReadLater] = {}
    for row in CatchUp.objects.filter(session=session).select_related("person"):
        held = found.get(row.person_id)
        found[row.person_id] = ReadLater(row.person, row.seconds + (held.seconds if held else 0))
    return sorted(found.values(), key=lambda held: held.person.name)


def digest_of(session: SupervisionSession, person: User, part: Part) -> Digest:
    """What the group came to in this part, and one question about it."""
    rows = RoomEvent.objects.filter(session=session, seq__gt=part.from_seq, seq__lte=part.to_seq, kind__in=TOLD)
    events = [opened(row) for row in rows.select_related("by").order_by("seq")]
    members, seen = members_of(session), cases_seen(session)
    shown = named(events, "case.open", "case")
    cases = [held for held in seen if str(held.case_id) in shown]
    settled = named(events, "recommendation.agree", "recommendation")
    advice = list(advice_of(session))
    agreed = [one for one in advice if str(one.key) in settled]
    ended = named(events, "poll.close", "poll")
    lines = condensed(
        lines_in(events),
        leads={member.id for member in members if member.role in LEADING_ROLES},
        presenters={held.case.provider.user_id for held in seen},
    )
    return Digest(
        part=part,
        began=events[0].at if events else None,
        ended=events[-1].at if events else None,
        cases=cases,
        advice=agreed,
        polls=[poll for poll in shown_polls(session, person, {}, leads=False) if str(poll.id) in ended],
        lines=lines,
        for_me=[one for one in advice if one.owner and one.owner.user_id == person.pk and one.state != "proposed"],
        check=check_of(
            advice=[(one.text, one.owner.name) for one in agreed if one.owner],
            cases=[(held.case.question, held.case.provider.name) for held in cases],
            lines=lines,
            names={member.name for member in members},
            seed=f"{session.pk} {person.pk} {part.from_seq}",
        ),
    )


def named(events: Collection[Event], kind: str, field: str) -> set[str]:
    """What events of a kind name in a field."""
    return {event.data[field] for event in events if event.kind == kind and event.data}


def lines_in(events: Collection[Event]) -> list[Line]:
    """The messages among events, without those that were taken away."""
    return [
        Line(event.seq, event.by, event.name, event.data["text"], event.data.get("reply_to"))
        for event in events
        if event.kind == "message" and event.data
    ]
