"""What cases offer to a person's phone: the kinds of item it may send, and her open drafts to go on with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from lms.outbox import registry as outbox
from lms.people.models import Provider, User
from lms.people.queries import provider_of
from lms.people.rules import Invalid
from lms.phone import registry as phone
from lms.programmes.access import has_role
from supervision.guard import registry as guard
from supervision.guard.models import IdentifierIncident

from . import access, actions, queries, rules
from .forms import ScoreForm
from .models import CasePresentation

DRAFTS = 30
PRINTS = 40
CONFIRMED = 60


def clean_drafted(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """`{programme, answers: {field: value}, scores: [...], was: {field: print or [prints]}}`; raises Invalid."""
    answers, was = data.get("answers", {}), data.get("was", {})
    if not isinstance(answers, dict) or not isinstance(was, dict):
        raise Invalid
    return {
        "key": _uuid(subject),
        "programme": _uuid(data["programme"]) if data.get("programme") else None,
        "answers": rules.check_answers(answers),
        "scores": clean_scores(data["scores"]) if data.get("scores") is not None else None,
        "known": {name: _prints(told) for name, told in was.items()},
    }


def clean_scores(lines: Any) -> list[dict[str, Any]]:
    """Through the form of the page, so that the same holds for both doors."""
    if not isinstance(lines, list) or len(lines) > rules.MAX_SCORES:
        raise rules.AnswerUnreadable
    forms = [ScoreForm(line) for line in lines if isinstance(line, dict)]
    if len(forms) < len(lines) or not all(form.is_valid() for form in forms):
        raise rules.AnswerUnreadable
    return [form.cleaned_data for form in forms if form.cleaned_data.get("tool")]


def clean_submitted(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """`{seen: {field: print}, confirmed?: [{field, words, reason}]}`: what the writer had before her when she sent it,
    and why found words may stay; raises Invalid.
    """
    seen = data.get("seen", {})
    if not isinstance(seen, dict) or not set(seen) <= {*rules.ANSWER_FIELDS, "scores"}:
        raise Invalid
    if not all(isinstance(told, str) for told in seen.values()):
        raise Invalid
    return {"key": _uuid(subject), "seen": seen, "confirmed": _confirmed(data.get("confirmed", []))}


def _confirmed(lines: Any) -> list[tuple[str, str, str]]:
    """(field, words, reason) of each line."""
    if not isinstance(lines, list) or len(lines) > CONFIRMED:
        raise Invalid
    found = [tuple(line.get(name) for name in ("field", "words", "reason")) for line in lines if isinstance(line, dict)]
    if len(found) < len(lines) or not all(
        isinstance(text, str) and len(text) <= 200 for line in found for text in line
    ):
        raise Invalid
    return found


def _uuid(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise Invalid from error


def _prints(told: Any) -> list[str]:
    prints = [told] if isinstance(told, str) else told
    if not isinstance(prints, list) or len(prints) > PRINTS or not all(isinstance(one, str) for one in prints):
        raise Invalid
    return prints


def act_drafted(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """What was written on a phone."""
    case = actions.merge_draft(
        key=data["key"],
        provider=_writer(person),
        programme_id=data["programme"],
        answers=data["answers"],
        scores=data["scores"],
        known=data["known"],
        by=person,
        at=at,
    )
    return told_of(case)


def act_submitted(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """A case that was sent off on a phone."""
    case = queries.case_by_draft_key(_writer(person), data["key"])
    if case is None:
        raise rules.NoSuchDraft
    sent = {"seen": data["seen"], "confirmed": data["confirmed"]}
    return told_of(actions.submit_seen(case=case, **sent, by=person, at=at))


def clean_withdrawn(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """A deleted draft needs no more than its key."""
    return {"key": _uuid(subject)}


def act_withdrawn(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """A draft that was deleted on a phone; of one that never came here there is nothing to delete."""
    case = queries.case_by_draft_key(_writer(person), data["key"])
    if case is not None:
        actions.withdraw_unsent(case=case, by=person, at=at)
    return {}


def _writer(person: User) -> Provider:
    provider = provider_of(person)
    if provider is None:
        raise rules.NotYourCase
    return provider


def told_of(case: CasePresentation) -> dict[str, Any]:
    return {
        "case": str(case.pk),
        "url": reverse("supervision:case", args=[case.pk]),
        "saved": case.saved_at.isoformat(),
    }


def on_phone(person: User, *, at: datetime) -> dict[str, Any] | None:
    """Her own open drafts with their words, and where she may write; of other people's cases nothing, ever."""
    programmes = access.programmes_to_write_in(person)
    drafts = list(queries.drafts_of(person)[:DRAFTS])
    if not programmes and not drafts:
        return None
    return {
        "programmes": [{"id": str(programme.pk), "name": programme.name} for programme in programmes],
        "drafts": [
            {
                "key": str(case.key),
                "id": str(case.pk),
                "state": case.state,
                "answers": case.answers,
                "scores": queries.scores_of(case),
                "programme": str(case.programme_id),
                "url": reverse("supervision:case", args=[case.pk]),
                "saved_at": case.saved_at.isoformat(),
                "returned": queries.last_return_of(case) if case.state == "returned" else "",
            }
            for case in drafts
        ],
    }


def to_keep(person: User, *, at: datetime) -> list[str]:
    """The list of cases, in which those of others are left out when it is kept, and the form that works without
    network.
    """
    writes = bool(access.programmes_to_write_in(person))
    pages = [reverse("supervision:index")] if writes or has_role(person, "supervisor") else []
    return [*pages, reverse("supervision:case-phone")] if writes else pages


def cannot_take(incident: IdentifierIncident, *, by: User, at: datetime) -> None:
    """A case has many words: which ones go is said on its page."""
    raise rules.NoSuchWords


def link_to_case(incident: IdentifierIncident) -> str:
    return reverse("supervision:case", args=[incident.subject])


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    outbox.register(outbox.ItemKind("case.drafted", clean_drafted, act_drafted))
    outbox.register(outbox.ItemKind("case.submitted", clean_submitted, act_submitted))
    outbox.register(outbox.ItemKind("case.withdrawn", clean_withdrawn, act_withdrawn))
    guard.register("case", redact=cannot_take, link=link_to_case)
    phone.register(phone.Part("cases", on_phone, to_keep))
