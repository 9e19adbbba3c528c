"""Advice: an idea is written down, settled with an owner and a day, or loses its words."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from lms.people.rules import Invalid
from lms.programmes.queries import lessons_of
from supervision.sessions import queries, rules
from supervision.sessions.actions.cases import check_lead
from supervision.sessions.actions.guarding import look_at_reason
from supervision.sessions.models import Recommendation, SupervisionSession


@transaction.atomic
def propose(
    *,
    key: UUID,
    session: SupervisionSession,
    case_id: UUID,
    type: str,
    text: str,
    competency: str,
    by: User,
    at: datetime,
    lesson: UUID | None = None,
) -> Recommendation:
    """Writes down an idea for a case that this meeting has seen. `key` is the room event's, `lesson` a subject's."""
    if session.state not in {"live", "wrap_up"}:
        raise rules.WrongMoment
    if not session.seen_cases.filter(case_id=case_id).exists():
        raise rules.NoSuchCase
    if lesson and not lessons_of(session.programme_id).filter(key=lesson).exists():
        raise rules.NoSuchLesson
    return Recommendation.objects.create(
        key=key,
        session=session,
        case_id=case_id,
        type=type,
        text=text,
        competency=competency,
        lesson_id=lesson,
        proposed_by=by,
        proposed_at=at,
    )


@transaction.atomic
def agree(
    *, key: UUID, session: SupervisionSession, owner_key: UUID, due: date, by: User, at: datetime
) -> Recommendation:
    """Settles who does it by when. `key` names the proposal; agreeing again on the same changes nothing."""
    check_lead(by, session)
    if session.state not in {"live", "wrap_up"}:
        raise rules.WrongMoment
    advice = Recommendation.objects.select_for_update().filter(key=key, session=session).first()
    if advice is None or advice.state == "superseded":
        raise rules.NoSuchAdvice
    owner = queries.owner_in(session, owner_key)
    if owner is None:
        raise rules.NoSuchOwner
    if advice.state != "proposed":
        if (advice.owner_id, advice.due) != (owner.pk, due):
            raise rules.AlreadyAgreed
        return advice
    advice.owner, advice.due, advice.state, advice.agreed_by, advice.agreed_at = owner, due, "agreed", by, at
    advice.save(update_fields=["owner", "due", "state", "agreed_by", "agreed_at"])
    return advice


@transaction.atomic
def blank_advice(*, key: UUID, session: SupervisionSession, leads: bool) -> None:
    """Takes the words of an advice away, because its event is redacted.

    What somebody took on is the group's: only who leads takes its words, and that it was agreed stays. An idea that
    nobody took on is gone with its words.
    """
    for advice in Recommendation.objects.select_for_update().filter(key=key):
        if not leads and (advice.state != "proposed" or session.state not in rules.OPEN_STATES):
            raise rules.AdviceIsTheGroups
        advice.text = ""
        advice.state = "superseded" if advice.state == "proposed" else advice.state
        advice.save(update_fields=["text", "state"])


def mark_sent(*, session: SupervisionSession) -> int:
    """The signed minutes go to the group, and with them what was agreed; what became of an advice before stays."""
    return Recommendation.objects.filter(session=session, state="agreed").update(state="sent")


@transaction.atomic
def finish(*, key: UUID, by: User, at: datetime) -> Recommendation:
    """Somebody did what was agreed; reporting it again changes nothing. `by` is its owner or who may lead."""
    advice = Recommendation.objects.select_related("session", "owner").select_for_update(of=("self",)).get(key=key)
    check_report(advice, "done", by)
    if advice.state != "done":
        advice.state, advice.why_not, advice.reported_at = "done", "", at
        advice.save(update_fields=["state", "why_not", "reported_at"])
    return advice


@transaction.atomic
def leave_undone(*, key: UUID, why: str, by: User, at: datetime, confirmed: str = "") -> Recommendation:
    """It could not be done, and why: the reason is what the next meeting learns from. `confirmed`: why words in it that
    could show who somebody is stay.
    """
    advice = Recommendation.objects.select_related("session", "owner").select_for_update(of=("self",)).get(key=key)
    check_report(advice, "not_done", by)
    if not why.strip():
        raise rules.WhyMissing
    if len(why) > rules.WHY_LIMIT:
        raise Invalid
    if advice.state != "not_done":
        advice.state, advice.why_not, advice.reported_at = "not_done", why.strip(), at
        advice.save(update_fields=["state", "why_not", "reported_at"])
        look_at_reason(advice, confirmed=confirmed, by=by, at=at)
    return advice


def check_report(advice: Recommendation, to: str, by: User) -> None:
    """Raises unless this person may say of this advice what became of it."""
    if advice.owner is None or advice.state in {"proposed", "superseded"}:
        raise rules.NoSuchAdvice
    if advice.owner.user_id != by.pk:
        check_lead(by, advice.session)
    if advice.state not in {"agreed", "sent", to}:
        raise rules.AdviceReported
