"""The meeting itself: planned, opened, live, wrapped up, closed; who is let in or taken out; its closing note."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from lms.people.rules import Invalid
from lms.programmes.models import Cohort
from supervision.cases import actions as case_actions
from supervision.groups.access import may_lead, may_plan
from supervision.groups.models import SupervisionGroup
from supervision.sessions import access, queries, rules
from supervision.sessions.actions.advice import mark_sent
from supervision.sessions.actions.cases import check_lead, give_cases_back, put_away_case
from supervision.sessions.actions.log import lock_sessions
from supervision.sessions.actions.stays import end_open_stays
from supervision.sessions.actions.telling import tell_cancelled
from supervision.sessions.models import (
    PrivateNote,
    SessionAgreement,
    SessionSeries,
    SupervisionSession,
)


def check_move(*, session: SupervisionSession, to: str, by: User) -> None:
    """Raises unless this person may move the meeting there now."""
    check_lead(by, session)
    rules.check_move(session.state, to)


@transaction.atomic
def schedule(
    *,
    cohort: Cohort,
    title: str,
    starts_at: datetime,
    by: User,
    at: datetime,
    minutes: int = 60,
    facilitator: User | None = None,
    agenda: Sequence[dict[str, Any]] = (),
    group: SupervisionGroup | None = None,
    series: SessionSeries | None = None,
    focus: str = "",
    lesson: UUID | None = None,
) -> SupervisionSession:
    """Plans a meeting of a cohort, or of a group in it; whoever plans it leads it unless somebody else is named.

    `agenda` is a list of {"kind": one of rules.BOXES, "title": str, "minutes": int}; an item without a kind is "other".
    """
    leader = facilitator or by
    check_planning(cohort, group, by, leader)
    if not title.strip() or len(title.strip()) > rules.TITLE_LIMIT:
        raise Invalid
    return SupervisionSession.objects.create(
        programme_id=cohort.programme_id,
        cohort=cohort,
        group=group,
        series=series,
        focus=focus,
        lesson=lesson,
        title=title.strip(),
        starts_at=starts_at,
        minutes=minutes,
        facilitator=leader,
        agenda=rules.clean_boxes(list(agenda)) if agenda else [],
        created_by=by,
        created_at=at,
    )


def check_planning(cohort: Cohort, group: SupervisionGroup | None, by: User, leader: User) -> None:
    """Raises unless `by` may plan for these people, and `leader` may lead them."""
    if group is None:
        if not (access.may_schedule_for(by, cohort) and access.may_schedule_for(leader, cohort)):
            raise rules.NotTheFacilitator
        return
    if group.cohort_id != cohort.pk:
        raise Invalid
    if not may_plan(by, group):
        raise rules.NotTheFacilitator
    if not may_lead(leader, group):
        raise rules.NotAPeer


@transaction.atomic
def keep_silence(*, session: SupervisionSession, person: User, at: datetime) -> SessionAgreement:
    """Somebody promises that what is heard stays in the room; promising again changes nothing."""
    if access.role_in(person, session) is None:
        raise rules.NotAMember
    row, _ = SessionAgreement.objects.get_or_create(session=session, person=person, defaults={"at": at})
    return row


@transaction.atomic
def open_lobby(*, session: SupervisionSession, by: User, at: datetime) -> SupervisionSession:
    """Opens the doors; nobody's time counts yet."""
    return move(session=session, to="lobby", by=by, at=at)


@transaction.atomic
def go_live(*, session: SupervisionSession, by: User, at: datetime) -> SupervisionSession:
    """Begins the meeting: from here on time counts. Coming back from wrap-up keeps the first beginning."""
    check_move(session=session, to="live", by=by)
    if queries.others_live(session).exists():
        raise rules.AnotherIsLive
    session.live_at = session.live_at or at
    return move(session=session, to="live", by=by, at=at, fields=["live_at"])


@transaction.atomic
def wrap_up(*, session: SupervisionSession, by: User, at: datetime) -> SupervisionSession:
    """The last minutes: no new case, advice can still be agreed."""
    check_move(session=session, to="wrap_up", by=by)
    put_away_case(session=session, by=by, at=at)
    return move(session=session, to="wrap_up", by=by, at=at, fields=["current_case", "step"])


@transaction.atomic
def close(*, session: SupervisionSession, by: User, at: datetime) -> SupervisionSession:
    """Ends the meeting and every open stay; a case that the group did not get to waits for another meeting.

    Ledger entries follow in `settle`, outside this transaction.
    """
    check_move(session=session, to="closed", by=by)
    put_away_case(session=session, by=by, at=at)
    session.closed_at = at
    move(session=session, to="closed", by=by, at=at, fields=["closed_at", "current_case", "step"])
    end_open_stays(session=session, at=at)
    for seen in queries.cases_seen(session):
        agreed = session.recommendations.filter(case=seen.case, agreed_at__isnull=False).exists()
        if agreed and seen.case.state == "discussed":
            case_actions.issue_recommendations(case=seen.case, by=by, at=at)
    give_cases_back(session=session, by=by, at=at)
    return session


@transaction.atomic
def sign_off(*, session: SupervisionSession, by: User, at: datetime) -> SupervisionSession:
    """The minutes are signed: what was written after the meeting stands, and what was agreed is sent with them."""
    move(session=session, to="signed_off", by=by, at=at)
    mark_sent(session=session)
    return session


@transaction.atomic
def cancel(*, session: SupervisionSession, by: User, at: datetime) -> SupervisionSession:
    """The planned meeting will not take place, and all are told. Open doors are closed instead."""
    check_lead(by, session)
    session = take_off(session=session, by=by, at=at)
    tell_cancelled([session], by=by, at=at)
    return session


@transaction.atomic
def take_off(*, session: SupervisionSession, by: User, at: datetime) -> SupervisionSession:
    """Cancels it without a word, for a caller who has asked whether `by` may and tells everybody; its cases wait for
    another one.
    """
    session = lock_sessions(sessions=[session.pk])[session.pk]
    if session.state != "scheduled":
        raise rules.WrongMoment
    session.sequence, session.revised_at, session.state = session.sequence + 1, at, "cancelled"
    session.save(update_fields=["state", "sequence", "revised_at"])
    give_cases_back(session=session, by=by, at=at)
    return session


def move(
    *, session: SupervisionSession, to: str, by: User, at: datetime, fields: Sequence[str] = ()
) -> SupervisionSession:
    """One step along the states; `session` is the locked row when the room calls. A refusal touches nothing."""
    check_move(session=session, to=to, by=by)
    session.state = to
    session.save(update_fields=["state", *fields])
    return session


@transaction.atomic
def set_step(*, session: SupervisionSession, step: str, by: User, at: datetime) -> SupervisionSession:
    """Which part of the case discussion the group is in."""
    check_lead(by, session)
    if session.state != "live" or step not in rules.STEPS:
        raise rules.WrongMoment
    session.step = step
    session.save(update_fields=["step"])
    return session


@transaction.atomic
def set_agenda(
    *, session: SupervisionSession, boxes: Sequence[dict[str, Any]], by: User, at: datetime
) -> SupervisionSession:
    """Another agenda, before the meeting or in the middle of it."""
    check_lead(by, session)
    if session.state in rules.OVER_STATES:
        raise rules.MeetingOver
    session.agenda = rules.clean_boxes(list(boxes))
    session.save(update_fields=["agenda"])
    return session


@transaction.atomic
def add_closing_note(*, session: SupervisionSession, html: str, by: User, at: datetime) -> SupervisionSession:
    """Keeps the facilitator's closing note, cleaned; a later one takes its place until the minutes are signed off."""
    check_lead(by, session)
    if session.state == "signed_off":
        raise rules.MinutesSigned
    if session.state not in {"wrap_up", "closed"}:
        raise rules.MeetingStillOpen
    session.closing_note, session.closing_note_by, session.closing_note_at = rules.clean_note(html), by, at
    session.save(update_fields=["closing_note", "closing_note_by", "closing_note_at"])
    return session


@transaction.atomic
def write_private_note(*, session: SupervisionSession, text: str, by: User, at: datetime) -> PrivateNote:
    """Keeps a note that only its writer reads."""
    if access.role_in(by, session) is None:
        raise rules.NotAMember
    if not text.strip() or len(text) > rules.TEXT_LIMIT:
        raise Invalid
    return PrivateNote.objects.create(session=session, person=by, text=text, at=at)
