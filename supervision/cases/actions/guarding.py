"""Words of a case that could show who the person is: judged before it is sent, mended, confirmed, taken away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from lms.people.models import User
from supervision.cases import access, queries, rules
from supervision.cases.actions.moving import locked, tell
from supervision.cases.models import CasePresentation
from supervision.guard import actions as guard
from supervision.guard.rules import find, replaced, same_words

TAKEN = "[…]"


def check_words(case: CasePresentation) -> None:
    """Nothing that could show who it is leaves for the supervisor without the writer's word; raises ShowsWho."""
    held = queries.identifiers_in(case)
    if held:
        page = reverse("supervision:case-words", args=[case.pk])
        raise rules.ShowsWho(told={"fields": list(dict.fromkeys(one.field for one in held)), "words": page})


@transaction.atomic
def mend_words(
    *, case: CasePresentation, field: str, changes: Sequence[tuple[str, str]], by: User, at: datetime
) -> CasePresentation:
    """The writer takes other words, wherever these stand in one answer. `changes`: found words, words instead."""
    case = locked(case)
    if not access.is_writer(by, case):
        raise rules.NotYourCase
    if case.state not in rules.WRITABLE:
        raise rules.CaseMoved
    if field not in rules.SEALED_FIELDS:
        raise rules.AnswerUnreadable
    text = getattr(case, field)
    for found, instead in changes:
        text = _with_other_words(text, found, instead, case.programme_id)
    case.saved_at = at
    for name, value in rules.check_answers({field: text}).items():
        setattr(case, name, value)
    case.save(update_fields=[field, "saved_at"])
    return case


def _with_other_words(text: str, found: str, instead: str, programme_id: UUID) -> str:
    """From the end on, so that places before it stay where they are."""
    register = queries.register_of_case(programme_id)
    for finding in reversed(find(text, register)):
        if same_words(finding.text, found):
            text = replaced(text, finding, instead)
    return text


@transaction.atomic
def confirm_words(*, case: CasePresentation, field: str, reasons: Mapping[str, str], by: User, at: datetime) -> None:
    """The writer says why found words stay. `reasons`: found words -> reason."""
    case = locked(case)
    if not access.is_writer(by, case):
        raise rules.NotYourCase
    if case.state not in rules.WRITABLE:
        raise rules.CaseMoved
    for held in queries.identifiers_in(case):
        reason = next((why for words, why in reasons.items() if same_words(words, held.finding.text)), None)
        if held.field == field and reason:
            guard.confirm(subject=case.pk, field=field, findings=[held.finding], reason=reason, by=by, at=at)


def _kinds_of(case: CasePresentation, names: Sequence[str], words: str) -> set[str]:
    """As what the guard knows these words where they stand; it may not know them at all."""
    register = queries.register_of_case(case.programme_id)
    findings = [finding for name in names for finding in find(getattr(case, name), register)]
    return {
        finding.kind
        for finding in findings
        if rules.has_words(finding.text, words) or rules.has_words(words, finding.text)
    }


@transaction.atomic
def redact_words(*, case: CasePresentation, words: str, by: User, at: datetime) -> CasePresentation:
    """A supervisor takes words away for good, in every answer of the case; who and when stay, the words nowhere.

    Raises NoSuchWords where the case does not have them.
    """
    case = locked(case)
    if not access.may_review(by, case):
        raise rules.NotItsSupervisor
    changed = [name for name in rules.SEALED_FIELDS if rules.has_words(getattr(case, name), words)]
    if not changed:
        raise rules.NoSuchWords
    kinds = _kinds_of(case, changed, words)
    for name in changed:
        setattr(case, name, rules.without_words(getattr(case, name), words, TAKEN))
    case.save(update_fields=changed)
    tell(case, "redact", case.state, case.state, by=by, at=at)
    guard.mark(
        subject=case.pk,
        place="case",
        programme=case.programme_id,
        writer=case.provider.user_id,
        kinds=kinds,
        by=by,
        at=at,
    )
    guard.words_went(subject=case.pk, by=by, at=at)
    return case
