"""Advice: an idea is written down, settled with an owner and a day, or loses its words."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from supervision.sessions import queries, rules
from supervision.sessions.actions.cases import check_lead
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
) -> Recommendation:
    """Writes down an idea for a case that this meeting has seen. `key` is the room event's."""
    if session.state not in {"live", "wrap_up"}:
        raise rules.WrongMoment
    if not session.seen_cases.filter(case_id=case_id).exists():
        raise rules.NoSuchCase
    return Recommendation.objects.create(
        key=key,
        session=session,
        case_id=case_id,
        type=type,
        text=text,
        competency=competency,
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
def blank_advice(*, key: UUID, by: User, at: datetime) -> None:
    """Takes the words of an advice away, after its event was redacted."""
    for advice in Recommendation.objects.filter(key=key):
        advice.text, advice.state = "", "superseded"
        advice.save(update_fields=["text", "state"])


@transaction.atomic
def finish(*, key: UUID, by: User, at: datetime) -> Recommendation:
    """Somebody did what was agreed; reporting it again changes nothing. `by` is its owner or who may lead."""
    advice = Recommendation.objects.select_related("session", "owner").select_for_update(of=("self",)).get(key=key)
    if advice.owner is None or advice.state not in {"agreed", "sent", "done"}:
        raise rules.NoSuchAdvice
    if advice.owner.user_id != by.pk:
        check_lead(by, advice.session)
    advice.state = "done"
    advice.save(update_fields=["state"])
    return advice
