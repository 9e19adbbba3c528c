"""Changes of a case: one move each, its audit row in the same transaction, one named refusal."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from lms.people.models import Provider, User
from lms.programmes.models import Programme
from supervision.cases import access, queries, rules
from supervision.cases.actions.focus import check_focus
from supervision.cases.actions.focus import set_focus as set_focus
from supervision.cases.actions.following import finish as finish
from supervision.cases.actions.following import follow_up as follow_up
from supervision.cases.actions.following import follow_up_due as follow_up_due
from supervision.cases.actions.guarding import check_words, mark_case
from supervision.cases.actions.guarding import confirm_words as confirm_words
from supervision.cases.actions.guarding import mend_words as mend_words
from supervision.cases.actions.guarding import redact_words as redact_words
from supervision.cases.actions.moving import locked as _locked
from supervision.cases.actions.moving import move as _move
from supervision.cases.actions.moving import tell as _tell
from supervision.cases.actions.past import create_past as create_past
from supervision.cases.actions.reading import log_read as log_read
from supervision.cases.actions.reading import log_reads as log_reads
from supervision.cases.actions.waiting import give_back as give_back
from supervision.cases.models import CasePresentation, ScreeningScore
from supervision.guard import actions as guard
from supervision.pictures import actions as pictures
from supervision.pictures.models import CasePicture


def _check_writer(by: User, case: CasePresentation) -> None:
    if not access.is_writer(by, case):
        raise rules.NotYourCase


def _check_reviewer(by: User, case: CasePresentation) -> None:
    if not access.may_review(by, case):
        raise rules.NotItsSupervisor


@transaction.atomic
def save_draft(
    *, key: UUID, provider: Provider, programme: Programme, answers: Mapping[str, object], by: User, at: datetime
) -> CasePresentation:
    """Keep what was typed so far, half an answer too.

    `key` names the draft: the first save makes it, later ones and repeats write over it.
    """
    clean = rules.check_answers(answers)
    if provider.user_id != by.pk:
        raise rules.NotYourCase
    case, new = CasePresentation.objects.get_or_create(
        provider=provider, key=key, defaults={"programme": programme, "created_at": at, "saved_at": at, **clean}
    )
    if new:
        _tell(case, "start", "", "draft", by=by, at=at)
        return case
    return write_answers(case=case, answers=clean, by=by, at=at)


@transaction.atomic
def write_answers(*, case: CasePresentation, answers: Mapping[str, object], by: User, at: datetime) -> CasePresentation:
    clean = rules.check_answers(answers)
    case = _locked(case)
    _check_writer(by, case)
    if case.state not in rules.WRITABLE:
        raise rules.CaseMoved
    for name, value in clean.items():
        setattr(case, name, value)
    case.saved_at = at
    case.save(update_fields=[*clean, "saved_at"])
    return case


@transaction.atomic
def write_scores(
    *, case: CasePresentation, scores: Sequence[Mapping[str, object]], by: User, at: datetime
) -> CasePresentation:
    """The list of scores is written whole: a line that is not there any more is gone."""
    case = write_answers(case=case, answers={}, by=by, at=at)
    case.scores.all().delete()
    ScreeningScore.objects.bulk_create(
        ScreeningScore(case=case, position=n, **score) for n, score in enumerate(scores, start=1)
    )
    return case


@transaction.atomic
def merge_draft(
    *,
    key: UUID,
    provider: Provider,
    programme_id: UUID | None,
    answers: Mapping[str, object],
    scores: Sequence[Mapping[str, object]] | None,
    known: Mapping[str, Collection[str]],
    by: User,
    at: datetime,
) -> CasePresentation:
    """What was written on a phone, perhaps days ago. `known`: field -> prints (rules.print_of) of what the phone knew.

    All or nothing: where another phone wrote other words meanwhile, WrittenElsewhere, and the phone keeps the item.
    `scores` None leaves them as they are; `programme_id` matters only for a draft that is new here.
    """
    if provider.user_id != by.pk:
        raise rules.NotYourCase
    new = rules.check_answers(answers) | ({} if scores is None else {"scores": rules.scores_text(scores)})
    case = queries.case_by_draft_key(provider, key)
    if case is None:
        case = save_draft(
            key=key, provider=provider, programme=_to_write_in(by, programme_id), answers={}, by=by, at=at
        )
        known = {name: {*known.get(name, ()), ""} for name in new}
    case = _locked(case)
    here = queries.content_of(case)
    if all(rules.print_of(here[name]) == rules.print_of(value) for name, value in new.items()):
        return case
    if case.state not in rules.WRITABLE:
        raise rules.CaseMoved
    if rules.changed_elsewhere(here, new, known):
        raise rules.WrittenElsewhere
    case = write_answers(case=case, answers=answers, by=by, at=at)
    return case if scores is None else write_scores(case=case, scores=scores, by=by, at=at)


def _to_write_in(by: User, programme_id: UUID | None) -> Programme:
    mine = access.programmes_to_write_in(by)
    found = next((programme for programme in mine if programme.pk == programme_id), None)
    if found is None:
        raise rules.NotInProgramme
    return found


@transaction.atomic
def submit_seen(
    *,
    case: CasePresentation,
    seen: Mapping[str, str],
    confirmed: Sequence[tuple[str, str, str]] = (),
    by: User,
    at: datetime,
) -> CasePresentation:
    """Send it as the writer saw it on her phone. `seen`: field -> print; a field not named may say anything;
    `confirmed`: field, words, and why they stay.

    If the words that went before it were refused, something else stands here: sending that would be a lie. Sent twice
    by two phones with the same words, it is sent once.
    """
    case = _locked(case)
    _check_writer(by, case)
    here = queries.content_of(case)
    same = all(rules.print_of(here[name]) == told for name, told in seen.items())
    if case.state == "submitted" and seen and same:
        return case
    if case.state in rules.WRITABLE and not same:
        raise rules.WrittenElsewhere
    for field, words, reason in confirmed if case.state in rules.WRITABLE else ():
        confirm_words(case=case, field=field, reasons={words: reason}, by=by, at=at)
    return submit(case=case, by=by, at=at)


@transaction.atomic
def begin_check(*, case: CasePresentation, by: User, at: datetime) -> CasePresentation:
    """All answers are there, the writer looks at them once more. Beginning again changes nothing."""
    case = _locked(case)
    _check_writer(by, case)
    if case.state == "self_check":
        return case
    rules.check_move(case.state, "self_check")
    rules.check_complete(case.answers)
    return _move(case, "self_check", kind="check", by=by, at=at)


@transaction.atomic
def submit(*, case: CasePresentation, by: User, at: datetime) -> CasePresentation:
    """Send it to the supervisor; one that was sent back keeps its place in the queue by its first `submitted_at`."""
    case = begin_check(case=case, by=by, at=at)
    rules.check_ticked(case.answers)
    check_words(case)
    check_focus(case)
    guard.mended(subject=case.pk, by=by, at=at)
    case.submitted_at = case.submitted_at or at
    return _move(case, "submitted", kind="submit", by=by, at=at, fields=["submitted_at"])


@transaction.atomic
def withdraw(*, case: CasePresentation, by: User, at: datetime) -> CasePresentation:
    """Take it back: the words go at once, the fact that there was a case stays."""
    case = _locked(case)
    _check_writer(by, case)
    rules.check_move(case.state, "withdrawn")
    for name in rules.SEALED_FIELDS:
        setattr(case, name, "")
    case.session = None
    case.series = ""
    case.scores.all().delete()
    pictures.take_away(case_id=case.pk)
    guard.words_went(subject=case.pk, by=by, at=at)
    fields = ["session", "series", *rules.SEALED_FIELDS]
    return _move(case, "withdrawn", kind="withdraw", by=by, at=at, fields=fields)


@transaction.atomic
def add_picture(*, case: CasePresentation, upload: BinaryIO, alt: str, by: User, at: datetime) -> CasePicture:
    """By its writer, while she can still write."""
    case = _locked(case)
    _check_writer(by, case)
    if case.state not in rules.WRITABLE:
        raise rules.CaseMoved
    return pictures.keep(case_id=case.pk, upload=upload, alt=alt.strip(), at=at)


@transaction.atomic
def remove_picture(*, case: CasePresentation, picture_id: UUID, by: User, at: datetime) -> None:
    case = _locked(case)
    _check_writer(by, case)
    if case.state not in rules.WRITABLE:
        raise rules.CaseMoved
    pictures.take_away(case_id=case.pk, picture_id=picture_id)
    guard.forget_confirmations(subject=case.pk, field=queries.picture_field(picture_id))


@transaction.atomic
def link_cases(*, case: CasePresentation, earlier: CasePresentation | None, by: User, at: datetime) -> CasePresentation:
    """Both are about the same person: they get one code, drawn by chance and told to nobody but this writer and who
    reads the cases. `earlier` None takes this case out of its series.
    """
    case = _locked(case)
    _check_writer(by, case)
    if case.state not in rules.WRITABLE:
        raise rules.CaseMoved
    if earlier is not None:
        earlier = _locked(earlier)
        if earlier.provider_id != case.provider_id or earlier.programme_id != case.programme_id or earlier == case:
            raise rules.NotYourCase
        if earlier.state == "withdrawn":
            raise rules.CaseMoved
        earlier.series = earlier.series or rules.new_series()
        earlier.save(update_fields=["series"])
    case.series = earlier.series if earlier else ""
    case.save(update_fields=["series"])
    return case


@transaction.atomic
def withdraw_unsent(*, case: CasePresentation, by: User, at: datetime) -> CasePresentation:
    """Deleted on a phone, perhaps days ago. What was sent from another one meanwhile stays; deleting again changes
    nothing.
    """
    case = _locked(case)
    _check_writer(by, case)
    if case.state == "withdrawn":
        return case
    if case.state not in rules.UNSENT:
        raise rules.CaseMoved
    return withdraw(case=case, by=by, at=at)


@transaction.atomic
def return_case(
    *, case: CasePresentation, reason: str, shows_who: bool = False, by: User, at: datetime
) -> CasePresentation:
    """Back to its writer with what to change. `shows_who`: because its words tell who the person is; that is an
    incident, which waits until she sends it anew.
    """
    case = _locked(case)
    _check_reviewer(by, case)
    if not reason.strip():
        raise rules.ReasonMissing
    case.session = None
    case.no_identifiers = False
    if shows_who:
        mark_case(case, by=by, at=at)
    guard.hold_back(subject=case.pk, by=by, at=at)
    return _move(
        case, "returned", kind="return", by=by, at=at, reason=reason.strip(), fields=["session", "no_identifiers"]
    )


@transaction.atomic
def accept(*, case: CasePresentation, by: User, at: datetime) -> CasePresentation:
    case = _locked(case)
    _check_reviewer(by, case)
    if case.state == "accepted":
        return case
    if case.state not in {"submitted", "scheduled"}:
        raise rules.CaseMoved
    case.session = None
    return _move(case, "accepted", kind="accept", by=by, at=at, fields=["session"])


@transaction.atomic
def schedule(*, case: CasePresentation, session, by: User, at: datetime) -> CasePresentation:
    """Plan it for a coming meeting of its programme; a sent case is accepted by that.

    `session` is a SupervisionSession, which lies above this part.
    """
    case = _locked(case)
    _check_reviewer(by, case)
    if session.programme_id != case.programme_id or session.state not in {"scheduled", "lobby", "live"}:
        raise rules.OtherProgramme
    if case.state == "submitted":
        case = _move(case, "accepted", kind="accept", by=by, at=at)
    if case.state == "scheduled" and case.session_id == session.pk:
        return case
    case.session = session
    return _move(case, "scheduled", kind="schedule", by=by, at=at, fields=["session"])


@transaction.atomic
def open_case(*, case: CasePresentation, session, by: User, at: datetime) -> CasePresentation:
    """The group now looks at it. Called by the room, which has asked whether `by` leads the meeting."""
    case = _locked(case)
    if session.programme_id != case.programme_id:
        raise rules.OtherProgramme
    if case.state == "presenting" and case.session_id == session.pk:
        return case
    rules.check_move(case.state, "presenting", otherwise=rules.CaseNotReady)
    case.session = session
    return _move(case, "presenting", kind="open", by=by, at=at, fields=["session"])


@transaction.atomic
def close_case(*, case: CasePresentation, by: User | None, at: datetime) -> CasePresentation:
    case = _locked(case)
    if case.state == "discussed":
        return case
    return _move(case, "discussed", kind="close", by=by, at=at)


@transaction.atomic
def issue_recommendations(*, case: CasePresentation, by: User | None, at: datetime) -> CasePresentation:
    """The meeting is over and advice was agreed; called when the session closes."""
    case = _locked(case)
    if case.state == "recommendations_issued":
        return case
    return _move(case, "recommendations_issued", kind="issue", by=by, at=at)


@transaction.atomic
def make_urgent(*, case: CasePresentation, by: User | None, at: datetime) -> CasePresentation:
    """It leaves the queue for an escalation. One that cannot (not sent yet, being shown, over) stays where it is: the
    escalation stands all the same.
    """
    case = _locked(case)
    if "urgent" not in rules.MOVES[case.state]:
        return case
    case.session = None
    return _move(case, "urgent", kind="urgent", by=by, at=at, fields=["session"])


@transaction.atomic
def leave_urgent(*, case: CasePresentation, to: str, by: User | None, at: datetime) -> CasePresentation:
    """The escalation ended: back into the queue at its old place, or closed. A case that is not urgent stays."""
    case = _locked(case)
    if case.state != "urgent":
        return case
    return _move(case, to, kind="urgent_over", by=by, at=at)
