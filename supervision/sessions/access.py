"""Who may come into a meeting, lead it, and read what was shown in it; a stranger gets the 404 of a missing one."""

from uuid import UUID

from django.http import Http404

from lms.people.models import User
from lms.programmes.access import get_cohort_for
from lms.programmes.models import Cohort
from supervision.cases.access import may_read
from supervision.cases.models import CasePresentation
from supervision.cases.rules import SHOWN_TO_GROUP
from supervision.groups.access import get_group_to_change, may_change
from supervision.groups.models import SupervisionGroup
from supervision.pictures.models import CasePicture
from supervision.pictures.queries import picture_by_id

from .models import Recommendation, SupervisionSession
from .queries import (
    LEADING_ROLES,
    SUPERVISING_ROLES,
    belonged_to,
    full,
    has_agreed,
    member_of,
    members_among,
    own_advice,
)


def get_session_for(person: User, session_id: UUID) -> SupervisionSession:
    """The meeting for a member of it, or 404."""
    session = full(SupervisionSession.objects.filter(pk=session_id)).first()
    if session is None or member_of(session, person) is None:
        raise Http404
    return session


def is_in(person: User, session_id: UUID | str) -> bool:
    """Whether a person belongs to a meeting: a supervisor who plans for peers does not."""
    return (UUID(str(session_id)), person.pk) in members_among([UUID(str(session_id))], [person.pk])


def get_session_to_lead(person: User, session_id: UUID) -> SupervisionSession:
    """The meeting for somebody who may lead it, or 404."""
    session = get_session_for(person, session_id)
    if not may_facilitate(person, session):
        raise Http404
    return session


def get_own_advice(person: User, advice_id: UUID) -> Recommendation:
    """The advice for who took it on, or 404."""
    advice = own_advice(person, advice_id)
    if advice is None:
        raise Http404
    return advice


def role_in(person: User, session: SupervisionSession) -> str | None:
    """As what the person belongs to this meeting: facilitator, supervisor, provider, or not at all."""
    member = member_of(session, person)
    return member.role if member else None


def may_facilitate(person: User, session: SupervisionSession) -> bool:
    """The facilitator, or another supervisor of the cohort, who can step in when the facilitator's line breaks; among
    peers the host.
    """
    return role_in(person, session) in LEADING_ROLES


def may_supervise(person: User, session: SupervisionSession) -> bool:
    """Who leads as a supervisor: may take cases from the queue, and read what is for supervisors only. No host may."""
    return role_in(person, session) in SUPERVISING_ROLES


def may_correct(person: User, session: SupervisionSession, whose: User) -> bool:
    """Another person's time only. Who supervises there; among peers, whom nobody supervises, who may change their
    group: she reads nothing of the meeting but who was there.
    """
    if person.pk == whose.pk:
        return False
    return may_change(person, session.group) if session.is_peer else may_supervise(person, session)


def get_session_to_correct(person: User, session_id: UUID, whose: User | None) -> SupervisionSession:
    """The meeting for who may correct this person's time in it, or 404."""
    session = full(SupervisionSession.objects.filter(pk=session_id)).first()
    if session is None or whose is None or not may_correct(person, session, whose) or not belonged_to(session, whose):
        raise Http404
    return session


def get_peers_to_correct(person: User, group_id: UUID) -> SupervisionGroup:
    """The group of peers for who may correct their time, or 404."""
    group = get_group_to_change(person, group_id)
    if group.kind != "peer":
        raise Http404
    return group


def may_schedule_for(person: User, cohort: Cohort) -> bool:
    """A supervisor whose role reaches the cohort."""
    try:
        get_cohort_for(person, cohort.pk, "supervisor")
    except Http404:
        return False
    return True


def get_picture_for(person: User, picture_id: UUID) -> CasePicture:
    """The picture for who may read its case, or for a member of a meeting that was shown it, or 404."""
    picture = picture_by_id(picture_id)
    if picture is None or not (may_read(person, picture.case) or was_shown_to(person, picture.case)):
        raise Http404
    return picture


def was_shown_to(person: User, case: CasePresentation) -> bool:
    """Whether she belongs to a meeting in which this case was opened, and promised to keep what is said there."""
    if case.state not in SHOWN_TO_GROUP:
        return False
    sessions = list(case.meetings.values_list("session_id", flat=True))
    belongs = members_among(sessions, [person.pk])
    return any((session, person.pk) in belongs and has_agreed(session, person.pk) for session in sessions)
