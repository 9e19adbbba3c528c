"""Questions about minutes: their newest wording, all of them, what they tell from the meeting's rows as they stood when
they were signed, what changed later, who must sign."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lms.competency.queries import skills_of
from lms.people.models import User
from supervision.minutes import rules
from supervision.minutes.models import Minutes, MinutesVersion
from supervision.room.queries.polls import polls_of, shown_polls
from supervision.sessions import queries as session_queries
from supervision.sessions.models import AdviceFollowUp, Recommendation, SessionCase, SupervisionSession
from supervision.sessions.queries import Presence, named_advice
from supervision.sessions.queries.corrections import every_correction
from supervision.sessions.queries.following import looked_back_after, told_in
from supervision.sessions.queries.signing import over_and_settled, unsigned_for


@dataclass(frozen=True, slots=True)
class ToSign:
    """A meeting whose minutes wait: begun hours left, or for how many days it is over. `led`: by who is asked."""

    session: SupervisionSession
    led: bool
    hours: int
    days: int
    late: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What minutes tell and nobody can edit here: read from the meeting's own rows."""

    there: list[Presence]
    cases: list[SessionCase]
    agreed: list[Recommendation]
    polls: Sequence[Any]
    heard: list[AdviceFollowUp]
    later: list[rules.Later]


def minutes_for(session_id: UUID) -> Minutes | None:
    return Minutes.objects.filter(session=session_id).select_related("signed_by").first()


def versions_of(minutes: Minutes) -> QuerySet[MinutesVersion]:
    """Every wording, the newest first."""
    return MinutesVersion.objects.filter(minutes=minutes).select_related("by").order_by("-number")


def newest(minutes: Minutes) -> MinutesVersion:
    return versions_of(minutes)[0]


def case_ids(session: SupervisionSession) -> list[str]:
    """The rows of the cases that were opened, as wordings name them."""
    return [str(key) for key in session.seen_cases.order_by("opened_at", "id").values_list("pk", flat=True)]


def facts_of(session: SupervisionSession, person: User, signed_at: datetime | None = None) -> Facts:
    """The meeting as its rows tell it now, or told it at the signature, and what changed after that.

    Ideas that were not agreed are no part of minutes. Rows that change after a meeting carry the time at which they
    did, so nothing is copied: words that are taken away are gone from signed minutes too.
    """
    agreed = [one for one in named_advice(session, skills_of(session.programme)) if one.agreed_at is not None]
    polls = [poll for poll in shown_polls(session, person, {}, leads=False) if poll.state == "closed"]
    there = session_queries.presences_of(session, signed_at)
    later = later_of(session, agreed, there, signed_at) if signed_at else []
    agreed = [as_signed(one, signed_at) for one in agreed]
    return Facts(there, session_queries.cases_seen(session), agreed, polls, told_in(session), later)


def as_signed(advice: Recommendation, signed_at: datetime | None) -> Recommendation:
    """The advice as it stood then, never to be saved: what was reported later is no part of it."""
    if signed_at is None or advice.reported_at is None or advice.reported_at <= signed_at:
        return advice
    shown = copy(advice)
    shown.state, shown.why_not, shown.reported_at = "sent", "", None
    return shown


def later_of(
    session: SupervisionSession, agreed: Sequence[Recommendation], there: Sequence[Presence], signed_at: datetime
) -> list[rules.Later]:
    """What was corrected, reported and heard after the signature, in order."""
    seconds, later = {held.person.pk: held.seconds for held in there}, []
    for row in every_correction(session):
        if row.at > signed_at:
            told = {"minutes": row.seconds // 60, "before": seconds.get(row.person_id, 0) // 60}
            later.append(rules.Later(row.at, "corrected", row.person.name, **told))
            seconds[row.person_id] = row.seconds
    for one in agreed:
        if one.reported_at and one.reported_at > signed_at:
            told = {"text": one.text, "state": str(one.get_state_display()), "why": one.why_not}
            later.append(rules.Later(one.reported_at, "reported", one.owner.name, **told))
    for row in looked_back_after(agreed, signed_at):
        told = {"text": row.advice.text, "state": str(row.get_outcome_display())}
        later.append(rules.Later(row.at, "heard", row.advice.owner.name, **told))
    return sorted(later, key=lambda one: one.at)


def facts_for_words(session: SupervisionSession) -> dict[str, Any]:
    """What `rules.first_words` is made of: numbers, days, and names of skills and kinds of advice."""
    agreed = [one for one in session_queries.advice_of(session) if one.agreed_at is not None]
    cases = [
        rules.CaseFacts(
            id=str(seen.pk),
            minutes=minutes_shown(seen, session),
            types=list(dict.fromkeys(str(one.get_type_display()) for one in agreed if one.case_id == seen.case_id)),
        )
        for seen in session_queries.cases_seen(session)
    ]
    return {
        "cases": cases,
        "agreed": len(agreed),
        "first_due": min((one.due for one in agreed if one.due), default=None),
        "polls": sum(poll.closed_at is not None for poll in polls_of(session.pk)),
        "focus": skills_of(session.programme).get(session.focus, "") if session.focus else "",
    }


def minutes_shown(seen: SessionCase, session: SupervisionSession) -> int:
    """Begun minutes in which a case lay on the table."""
    ends = seen.closed_at or session.closed_at
    return max(1, -(-int((ends - seen.opened_at).total_seconds()) // 60))


def without_minutes() -> QuerySet[SupervisionSession]:
    """Meetings that are over and have none: a crash came in between, or they are older than minutes."""
    return over_and_settled().filter(record=None)


def to_sign(person: User, *, at: datetime) -> list[ToSign]:
    """What a person has to sign, her own meetings first, the longest waiting first; those of others that she may sign
    once a day has gone by. One query.
    """
    waiting = [
        ToSign(
            session,
            session.facilitator_id == person.pk,
            rules.hours_left(session.closed_at, at),
            rules.days_after(session.closed_at, at),
            rules.is_late(session.closed_at, at),
        )
        for session in unsigned_for(person, others_before=rules.everybodys_before(at))
    ]
    return sorted(waiting, key=lambda one: not one.led)
