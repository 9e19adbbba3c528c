"""Words of a case that could show who the person is: judged before it is sent, mended, confirmed, taken away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.urls import reverse

from lms.people.models import User
from supervision.cases import access, queries, rules
from supervision.cases.actions.moving import locked, tell
from supervision.cases.models import CasePresentation
from supervision.guard import actions as guard
from supervision.guard import registry
from supervision.guard.rules import find, has_words, replaced, same_words, without_words
from supervision.pictures import actions as pictures
from supervision.pictures.queries import pictures_of


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


def _kinds_of(case: CasePresentation, texts: Iterable[str], words: str) -> set[str]:
    """As what the guard knows these words where they stand; it may not know them at all."""
    register = queries.register_of_case(case.programme_id)
    findings = [finding for text in texts for finding in find(text, register)]
    return {finding.kind for finding in findings if has_words(finding.text, words) or has_words(words, finding.text)}


def mark_case(case: CasePresentation, *, by: User, at: datetime, kinds: Collection[str] | None = None) -> None:
    """A supervisor says that its words show who the person is; `kinds` None: those that the guard finds in it."""
    known = kinds
    if known is None:
        known = [held.finding.kind for held in queries.identifiers_in(case, confirmed=True)]
    told = {"place": "case", "programme": case.programme_id, "writer": case.provider.user_id}
    guard.mark(subject=case.pk, **told, kinds=known, by=by, at=at)


def _taken_from(row: models.Model, fields: Iterable[str], words: str) -> int:
    """In how many of these texts of a row the words stood, and stand no more."""
    changed = [name for name in fields if has_words(getattr(row, name), words)]
    for name in changed:
        setattr(row, name, without_words(getattr(row, name), words))
    if changed:
        row.save(update_fields=changed)
    return len(changed)


def _taken_here(case: CasePresentation, words: str) -> int:
    """In its answers and scores, in why supervisors sent it back, in what its pictures are said to show."""
    taken = _taken_from(case, rules.SEALED_FIELDS, words)
    taken += sum(_taken_from(score, rules.SCORE_TEXTS, words) for score in case.scores.all())
    taken += sum(_taken_from(event, ["reason"], words) for event in case.events.all())
    return taken + pictures.take_words(case_id=case.pk, words=words)


def redact_words(*, case: CasePresentation, words: str, by: User, at: datetime) -> CasePresentation:
    """A supervisor takes words away for good: in every answer of the case and of the others about the same person,
    what stands beside them, what meetings wrote about them and their minutes. Who and when stay, the words nowhere.

    Each part does its own in a transaction of its own, the case last: pressed again after a crash, it goes on. Raises
    NoSuchWords where nothing has the words.
    """
    if not access.may_review(by, case):
        raise rules.NotItsSupervisor
    elsewhere = 0
    for other in queries.series_of(case):
        elsewhere += registry.take_everywhere(case=other.pk, words=words, by=by, at=at)
        elsewhere += _redact_other(other, words, by, at)
    elsewhere += registry.take_everywhere(case=case.pk, words=words, by=by, at=at)
    return _redact_case(case, words, elsewhere, by, at)


@transaction.atomic
def _redact_other(case: CasePresentation, words: str, by: User, at: datetime) -> int:
    """Another presentation of the same person; the incident stands with the one where they were seen."""
    case = locked(case)
    taken = _taken_here(case, words)
    if taken:
        tell(case, "redact", case.state, case.state, by=by, at=at)
        guard.forget_gone(subject=case.pk, left=_texts_left(case))
    return taken


@transaction.atomic
def _redact_case(case: CasePresentation, words: str, elsewhere: int, by: User, at: datetime) -> CasePresentation:
    case = locked(case)
    kinds = _kinds_of(case, [text for _name, text in queries.texts_of(case)], words)
    if not _taken_here(case, words) + elsewhere:
        raise rules.NoSuchWords
    tell(case, "redact", case.state, case.state, by=by, at=at)
    mark_case(case, kinds=kinds, by=by, at=at)
    guard.words_went(subject=case.pk, by=by, at=at, left=_texts_left(case))
    return case


def _texts_left(case: CasePresentation) -> list[str]:
    """Every text of the case as it is now, what its pictures show too."""
    return [text for _name, text in queries.texts_of(case)] + [one.alt for one in pictures_of(case.pk)]
