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
from supervision.guard import registry
from supervision.guard.rules import find, has_words, replaced, same_words, without_words
from supervision.pictures import actions as pictures


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
    return {finding.kind for finding in findings if has_words(finding.text, words) or has_words(words, finding.text)}


def _taken_beside(case: CasePresentation, words: str) -> int:
    """In what supervisors wrote when they sent it back, and in what its pictures are said to show."""
    told = [event for event in case.events.all() if has_words(event.reason, words)]
    for event in told:
        event.reason = without_words(event.reason, words)
        event.save(update_fields=["reason"])
    return len(told) + pictures.take_words(case_id=case.pk, words=words)


def redact_words(*, case: CasePresentation, words: str, by: User, at: datetime) -> CasePresentation:
    """A supervisor takes words away for good: in every answer of the case, what stands beside it, what meetings wrote
    about it and their minutes. Who and when stay, the words nowhere.

    Each part does its own in a transaction of its own, the case last: pressed again after a crash, it goes on. Raises
    NoSuchWords where nothing has the words.
    """
    if not access.may_review(by, case):
        raise rules.NotItsSupervisor
    elsewhere = registry.take_everywhere(case=case.pk, words=words, by=by, at=at)
    return _redact_case(case, words, elsewhere, by, at)


@transaction.atomic
def _redact_case(case: CasePresentation, words: str, elsewhere: int, by: User, at: datetime) -> CasePresentation:
    case = locked(case)
    changed = [name for name in rules.SEALED_FIELDS if has_words(getattr(case, name), words)]
    kinds = _kinds_of(case, changed, words)
    if not _taken_beside(case, words) + elsewhere + len(changed):
        raise rules.NoSuchWords
    for name in changed:
        setattr(case, name, without_words(getattr(case, name), words))
    case.save(update_fields=changed)
    tell(case, "redact", case.state, case.state, by=by, at=at)
    incident = {"place": "case", "programme": case.programme_id, "writer": case.provider.user_id}
    guard.mark(subject=case.pk, **incident, kinds=kinds, by=by, at=at)
    guard.words_went(subject=case.pk, by=by, at=at)
    return case
