"""Changes about competence: publish a framework, authorise a rater, rate, finish, talk it through, take back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from lms.competency import access, queries, rules
from lms.competency.models import (
    Assessment,
    AssessmentEvent,
    Behaviour,
    Competency,
    Feedback,
    Framework,
    Mark,
    RaterAuthorisation,
    Rating,
)
from lms.ledger import actions as ledger
from lms.ledger import queries as entries
from lms.notices.actions import notify
from lms.people.models import Provider, User
from lms.programmes import actions as programmes
from lms.programmes import queries as subjects
from lms.programmes.models import Programme


@transaction.atomic
def publish_framework(*, spec: Mapping[str, Any], programme: Programme, at: datetime) -> Framework:
    """
    Store a whole framework as one version that never changes.

    `spec` has the form of the starter file; a `focus_lesson` is the key of a subject there. A used version number is
    refused.
    """
    if Framework.objects.filter(programme=programme, code=spec["code"], version=spec["version"]).exists():
        raise rules.AlreadyPublished
    told = ("code", "version", "kind", "title", "licence", "attribution", "source_url", "translation_disclaimer")
    framework = Framework.objects.create(programme=programme, published_at=at, **{name: spec[name] for name in told})
    if not spec.get("competency"):
        raise rules.FrameworkUnclear
    for position, competency in enumerate(spec["competency"], start=1):
        _store_competency(framework, position, competency)
    transaction.on_commit(lambda: cache.delete(queries.skills_kept_under(programme.pk)))
    return framework


def _store_competency(framework: Framework, position: int, spec: Mapping[str, Any]) -> None:
    behaviours = spec.get("behaviour", [])
    if not any(line["kind"] == rules.BASIC for line in behaviours):
        raise rules.FrameworkUnclear
    competency = Competency.objects.create(
        framework=framework,
        position=position,
        code=spec["code"],
        title=spec["title"],
        critical=spec["critical"],
        focus_lesson=spec.get("focus_lesson"),
    )
    Behaviour.objects.bulk_create(
        Behaviour(
            competency=competency,
            position=place,
            kind=line["kind"],
            text=line["text"],
            is_omission=line.get("is_omission", False),
        )
        for place, line in enumerate(behaviours, start=1)
    )


@transaction.atomic
def authorise_rater(
    *, user: User, programme: Programme, framework_code: str, valid_until: date, by: User | None, at: datetime
) -> RaterAuthorisation:
    """Let somebody rate with a framework through `valid_until`; the same again changes nothing."""
    authorisation, _made = RaterAuthorisation.objects.get_or_create(
        user=user,
        programme=programme,
        framework_code=framework_code,
        valid_until=valid_until,
        defaults={"by": by, "at": at},
    )
    return authorisation


@transaction.atomic
def start_assessment(
    *, key: UUID, provider: Provider, framework: Framework, occasion: str, mode: str, by: User, at: datetime
) -> Rating:
    """Open an assessment with one's own empty rating; the same key gives the same one."""
    _guard_rater(by, provider, framework, at)
    assessment, made = Assessment.objects.get_or_create(
        id=key,
        defaults={
            "provider": provider,
            "programme": framework.programme,
            "framework": framework,
            "occasion": occasion,
            "mode": mode,
            "started_at": at,
        },
    )
    if made:
        return Rating.objects.create(assessment=assessment, rater=by, started_at=at, saved_at=at)
    return assessment.ratings.get(rater=by)


def _guard_rater(by: User, provider: Provider, framework: Framework, at: datetime) -> None:
    refusal = access.refusal_to_rate(by, provider, framework, at.date())
    if refusal:
        raise refusal


@transaction.atomic
def save_marks(*, rating: Rating, marks: Mapping[str, str], by: User, at: datetime) -> Rating:
    """
    Keep marks (behaviour id as text -> mark) so that the rater can go on later; lines that are not named stay as
    they were.

    Saving the same marks again changes nothing, so this needs no key.
    """
    rating = _open_rating(rating, by, at)
    known = {
        str(key)
        for key in Behaviour.objects.filter(competency__framework=rating.assessment.framework).values_list(
            "id", flat=True
        )
    }
    if not set(marks) <= known or not set(marks.values()) <= set(rules.MARKS):
        raise rules.UnknownMark
    Mark.objects.bulk_create(
        [Mark(rating=rating, behaviour_id=UUID(behaviour), value=value) for behaviour, value in marks.items()],
        update_conflicts=True,
        unique_fields=["rating", "behaviour"],
        update_fields=["value"],
    )
    Rating.objects.filter(id=rating.id).update(saved_at=at)
    return rating


def _open_rating(rating: Rating, by: User, at: datetime) -> Rating:
    """The rating under a lock, if it may still be changed by this person."""
    rating = (
        Rating.objects.select_for_update(of=("self",))
        .select_related("assessment__framework__programme", "assessment__provider")
        .get(id=rating.id)
    )
    if rating.rater_id != by.id:
        raise rules.NotARater
    if rating.assessment.state not in ("draft", "rated"):
        raise rules.AlreadyFinal
    _guard_rater(by, rating.assessment.provider, rating.assessment.framework, at)
    return rating


@transaction.atomic
def finalise(*, rating: Rating, by: User, at: datetime) -> Assessment:
    """
    Fix levels and marks for ever, write the ledger entry, and assign the focus lesson of each competency below level 3.

    This closes the loop "low level -> lesson". With blanks it is refused and nothing is kept.
    """
    rating = _open_rating(rating, by, at)
    assessment = rating.assessment
    items = queries.items_in(rating)
    if not items or rules.blanks_of({item.code: item.level for item in items}):
        raise rules.BlanksLeft
    result = {
        "levels": {item.code: item.level.number for item in items},
        "marks": {str(line.behaviour_id): line.mark for item in items for line in item.lines},
        "rater": str(by.id),
    }
    for kind, kept in (("rated", {}), ("finalised", result)):
        AssessmentEvent.objects.create(assessment=assessment, kind=kind, result=kept, by=by, at=at)
    _record_levels(assessment, items, by, at)
    for item in items:
        if item.level.needs_lesson:
            _assign_lesson(assessment, item, by, at)
    return assessment


def _record_levels(assessment: Assessment, items: list[queries.Item], by: User, at: datetime) -> None:
    facts = {
        "assessment": str(assessment.id),
        "framework": assessment.framework.code,
        "version": assessment.framework.version,
        "occasion": assessment.occasion,
        "mode": assessment.mode,
        "rater": str(by.id),
        "levels": {item.code: item.level.number for item in items},
        "critical": [item.code for item in items if item.critical],
        "items": len(items),
    }
    _record(assessment, "assessment.finalised", facts, by, at)


def _record(assessment: Assessment, kind: str, facts: dict[str, Any], by: User, at: datetime) -> None:
    ledger.record(
        key=_entry_key(assessment, kind),
        provider=assessment.provider,
        programme=assessment.programme,
        kind=kind,
        subject=None,
        facts=facts,
        happened_at=at,
        by=by,
        at=at,
    )


def _entry_key(assessment: Assessment, kind: str) -> UUID:
    return uuid5(assessment.id, f"{kind}:{assessment.provider_id}")


def _assign_lesson(assessment: Assessment, item: queries.Item, by: User, at: datetime) -> None:
    """A lesson that is not published (yet) cannot be assigned; the feedback page then says what to practise."""
    subject = subjects.subject_by_key(item.focus_lesson) if item.focus_lesson else None
    if subject is None or not subject.live:
        return
    programmes.assign(
        key=uuid5(assessment.id, f"focus:{item.code}"),
        provider=assessment.provider,
        subject=subject,
        by=by,
        at=at,
        due=None,
        reason=item.title,
        source=f"competency:{item.code}",
    )


@transaction.atomic
def feed_back(*, assessment: Assessment, what_worked: str, practise_next: str, by: User, at: datetime) -> Assessment:
    """Keep what was said in the talk about a finished rating; from now on the person can read her levels."""
    assessment = (
        Assessment.objects.select_for_update(of=("self",)).select_related("provider", "programme").get(id=assessment.id)
    )
    if not access.may_feed_back(by, assessment):
        raise rules.NotARater
    if assessment.state != "finalised":
        raise rules.AlreadyFedBack if assessment.state == "fed_back" else rules.NotFinalYet
    Feedback.objects.create(assessment=assessment, what_worked=what_worked, practise_next=practise_next, by=by, at=at)
    AssessmentEvent.objects.create(assessment=assessment, kind="fed_back", by=by, at=at)
    _record(assessment, "assessment.fed_back", {"assessment": str(assessment.id)}, by, at)
    return assessment


@transaction.atomic
def void(*, assessment: Assessment, reason: str, by: User, at: datetime) -> Assessment:
    """Take an assessment back, once; the entry about its levels is reversed, nothing is deleted. Who was rated hears
    why, if she had heard of it. A manager or supervisor in scope does this, never about herself.
    """
    if not access.may_take_back(by, assessment):
        raise rules.NotYoursToTakeBack
    held = Assessment.objects.select_for_update(of=("self",)).select_related("provider__user")
    assessment = held.get(pk=assessment.pk)
    state = assessment.state
    if state == "voided":
        raise rules.AlreadyTakenBack
    AssessmentEvent.objects.create(assessment=assessment, kind="voided", result={"reason": reason}, by=by, at=at)
    if state in ("finalised", "fed_back"):
        key = _entry_key(assessment, "assessment.finalised")
        entry = next(
            entry for entry in entries.entries_of(assessment.provider, assessment.programme) if entry.key == key
        )
        ledger.reverse(entry=entry, reason=reason, by=by, at=at)
    if state == "fed_back":
        _tell_taken_back(assessment, at)
    return assessment


def _tell_taken_back(assessment: Assessment, at: datetime) -> None:
    """Without the reason: a message is read by others. It stands on the page."""
    person = assessment.provider.user
    with translation.override(person.language):
        notify(
            key=uuid5(assessment.pk, "taken back"),
            person=person,
            kind="rating.taken_back",
            subject=gettext("A rating of your skills does not count any more"),
            text=gettext("It was taken back. Open the rating to read why."),
            link=reverse("competency:result", args=[assessment.pk]),
            at=at,
        )
