"""Changes about certificates: publish rules, sign, issue, suspend, reinstate, take back, keep stages true."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.cache import cache
from django.db import transaction

from lms.certification import access, queries, registry
from lms.certification.models import (
    Certificate,
    CertificateEvent,
    EventReason,
    Review,
    Scheme,
    SchemeVersion,
    Serial,
    Signature,
)
from lms.certification.rules import refusals
from lms.certification.rules.codes import new_code, new_token
from lms.certification.rules.standing import Standing, refusal_to_sign
from lms.certification.rules.status import REVOKED, SUSPENDED, Decision, dates_from, stage_of
from lms.ledger import actions as ledger
from lms.people.models import Provider, User
from lms.programmes import actions as programmes
from lms.programmes.models import Enrolment, Programme


@transaction.atomic
def publish_scheme(
    *,
    programme: Programme,
    code: str,
    title: str,
    requirements: list[Mapping[str, Any]],
    valid_months: int,
    grace_days: int,
    at: datetime,
) -> SchemeVersion:
    """Publish rules; the same rules again are the same version, other rules the next number.
    Old ones stay as they are; first signatures by them end, for other rules were looked at.
    """
    kept = registry.cleaned(requirements)
    scheme = _locked_scheme(programme, code, title)
    newest = scheme.versions.order_by("number").last()
    if newest and (newest.requirements, newest.valid_months, newest.grace_days) == (kept, valid_months, grace_days):
        return newest
    number = newest.number + 1 if newest else 1
    transaction.on_commit(lambda: cache.delete(queries.kept_under(programme.pk)))
    Review.objects.filter(queries.OPEN, version__scheme=scheme).update(closed_at=at)
    return SchemeVersion.objects.create(
        scheme=scheme,
        number=number,
        requirements=kept,
        valid_months=valid_months,
        grace_days=grace_days,
        published_at=at,
    )


def _locked_scheme(programme: Programme, code: str, title: str) -> Scheme:
    """The programme's one scheme under its row lock, so that nobody signs while its rules change."""
    Scheme.objects.get_or_create(programme=programme, defaults={"code": code, "title": title})
    scheme = Scheme.objects.select_for_update().get(programme=programme)
    if scheme.code != code:
        raise refusals.OneScheme
    return scheme


@transaction.atomic
def sign(
    *, key: UUID, provider: Provider, version: SchemeVersion, position: int, by: User, at: datetime
) -> Certificate | None:
    """
    Give the first or the second signature; the second gives the certificate, which is returned.

    The standing is computed anew under a lock: what was met yesterday may be taken back today.
    """
    Scheme.objects.select_for_update().get(pk=version.scheme_id)
    place = queries.place_of(provider, version, at.date())
    review = _signable(provider, version, position, place.standing, by, at)
    proof = [str(entry.key) for entry in place.standing.proof]
    Signature.objects.create(id=key, review=review, position=position, by=by, at=at, proof=proof)
    facts = {"scheme": version.scheme.code, "position": position}
    _record(
        provider,
        version.scheme.programme,
        "certificate.signed",
        facts,
        by,
        at,
        uuid5(review.id, f"certificate.signed:{position}"),
    )
    return _issue(review, place.standing, by, at) if position == Signature.Position.MANAGER else None


def _signable(
    provider: Provider, version: SchemeVersion, position: int, standing: Standing, by: User, at: datetime
) -> Review:
    """The review that this signature belongs to, opened by the first; or the refusal. Under the scheme's lock."""
    programme = version.scheme.programme
    if not queries.is_newest(version):
        raise refusals.RulesReplaced
    held = queries.newest_of([provider.pk], programme.pk, at.date()).get(provider.pk)
    if held and held.is_open:
        raise refusals.CertifiedAlready
    review = queries.open_review(provider, version)
    is_stale = review is not None and standing.is_complete and queries.is_stale(review, standing)
    signed = {} if is_stale else {place: user.id for place, user in queries.signed_by(review).items()}
    if is_stale and position == Signature.Position.MANAGER:
        raise refusals.ProofChanged
    takes_part = queries.takes_part(provider, programme)
    signer = access.signer_of(by, provider, programme)
    refusal = refusal_to_sign(signer, position, standing, signed, takes_part=takes_part)
    if refusal:
        raise refusal
    if is_stale:
        Review.objects.filter(pk=review.pk).update(closed_at=at)
    if review is None or is_stale:
        return Review.objects.create(provider=provider, version=version, opened_at=at)
    return review


@transaction.atomic
def close_stale_review(*, provider: Provider, programme: Programme, at: datetime) -> bool:
    """End a first signature whose proof no longer stands, so that a supervisor is asked anew; says whether."""
    version = queries.version_for(programme)
    review = queries.open_review(provider, version) if version else None
    if review is None or not queries.is_stale(review, queries.place_of(provider, version, at.date()).standing):
        return False
    return bool(Review.objects.filter(queries.OPEN, pk=review.pk).update(closed_at=at))


def _issue(review: Review, standing: Standing, by: User, at: datetime) -> Certificate:
    """Only ever from `sign`, in its transaction."""
    version, programme = review.version, review.version.scheme.programme
    dates = dates_from(at.date(), version.valid_months, version.grace_days)
    certificate = Certificate.objects.create(
        review=review,
        provider=review.provider,
        programme=programme,
        version=version,
        number=_next_number(programme, at.year),
        code=new_code(),
        token=new_token(),
        evidence=evidence_of(standing, version),
        issued_on=dates.issued_on,
        valid_until=dates.valid_until,
        grace_until=dates.grace_until,
    )
    Review.objects.filter(pk=review.pk).update(issued_at=at)
    CertificateEvent.objects.create(certificate=certificate, kind="issued", by=by, at=at)
    facts = {"scheme": version.scheme.code, "number": certificate.number, "valid_until": dates.valid_until.isoformat()}
    _record(
        review.provider, programme, "certificate.issued", facts, by, at, uuid5(certificate.id, "certificate.issued")
    )
    return certificate


def evidence_of(standing: Standing, version: SchemeVersion) -> dict[str, Any]:
    """What the signers saw, as it stays: keys of entries and verdicts, no name."""
    lines = [
        {
            "kind": line.kind,
            "label": line.label,
            "have": line.verdict.have,
            "need": line.verdict.need,
            "sentence": line.verdict.sentence,
            "entries": [str(entry.key) for entry in line.verdict.proof],
        }
        for line in standing.lines
    ]
    return {"scheme": version.scheme.code, "version": version.number, "requirements": lines}


def _next_number(programme: Programme, year: int) -> str:
    """Gapless per programme and year: given under a row lock in the transaction that issues."""
    Serial.objects.bulk_create([Serial(programme=programme, year=year)], ignore_conflicts=True)
    serial = Serial.objects.select_for_update().get(programme=programme, year=year)
    serial.last += 1
    serial.save(update_fields=["last"])
    return f"{programme.slug.upper()}-{year}-{serial.last:04d}"


def _record(
    provider: Provider, programme: Programme, kind: str, facts: dict[str, Any], by: User, at: datetime, key: UUID
) -> None:
    ledger.record(key=key, provider=provider, programme=programme, kind=kind, facts=facts, happened_at=at, by=by, at=at)


@transaction.atomic
def revoke(*, certificate: Certificate, reason: str, by: User, at: datetime) -> Certificate:
    """Take back for ever; the public page says so with the next request."""
    certificate = _changeable(certificate, reason, by, at)
    _add_event(certificate, "revoked", reason, by, at)
    facts = {"number": certificate.number}
    _record(
        certificate.provider,
        certificate.programme,
        "certificate.revoked",
        facts,
        by,
        at,
        uuid5(certificate.id, "certificate.revoked"),
    )
    return certificate


@transaction.atomic
def suspend(*, certificate: Certificate, reason: str, by: User, at: datetime) -> Certificate:
    """For a time; a suspended one can come back."""
    certificate = _changeable(certificate, reason, by, at)
    if queries.held(certificate, at.date()).status == SUSPENDED:
        raise refusals.SuspendedAlready
    _add_event(certificate, "suspended", reason, by, at)
    keep_stage(provider=certificate.provider, programme=certificate.programme, at=at)
    return certificate


@transaction.atomic
def reinstate(*, certificate: Certificate, reason: str, by: User, at: datetime) -> Certificate:
    """End a suspension; what ran out meanwhile stays out."""
    certificate = _changeable(certificate, reason, by, at)
    if queries.held(certificate, at.date()).status != SUSPENDED:
        raise refusals.NotSuspended
    _add_event(certificate, "reinstated", reason, by, at)
    keep_stage(provider=certificate.provider, programme=certificate.programme, at=at)
    return certificate


def _changeable(certificate: Certificate, reason: str, by: User, at: datetime) -> Certificate:
    """The certificate under a lock, if this person may change what it is worth and says why."""
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("provider", "programme")
        .get(pk=certificate.pk)
    )
    if not access.may_manage(by, certificate.provider, certificate.programme):
        raise refusals.NotTheManager
    if not reason.strip():
        raise refusals.ReasonMissing
    if queries.held(certificate, at.date()).status == REVOKED:
        raise refusals.TakenBackAlready
    return certificate


def _add_event(certificate: Certificate, kind: str, reason: str, by: User, at: datetime) -> None:
    event = CertificateEvent.objects.create(certificate=certificate, kind=kind, by=by, at=at)
    EventReason.objects.create(event=event, text=reason.strip())


@transaction.atomic
def keep_stage(*, provider: Provider, programme: Programme, at: datetime) -> str:
    """Write the stage that follows from decisions, standing and certificate; empty for somebody not enrolled."""
    enrolment = provider.enrolments.filter(programme=programme).first()
    return stages_kept(enrolments=[enrolment], programme=programme, at=at)[enrolment.id] if enrolment else ""


def stages_kept(*, enrolments: list[Enrolment], programme: Programme, at: datetime) -> dict[UUID, str]:
    """Enrolment -> its stage, written where it moved; a few queries for all of them."""
    version = queries.version_for(programme)
    if version is None:
        return {enrolment.id: enrolment.stage for enrolment in enrolments}
    places = queries.places_of([enrolment.provider_id for enrolment in enrolments], version, at.date())
    certificates = queries.newest_of(places, programme, at.date())
    decisions = queries.decisions_on(enrolments)
    stages = {}
    for enrolment in enrolments:
        key = enrolment.provider_id
        stages[enrolment.id] = _stage(decisions[enrolment.id], places[key], certificates.get(key))
        programmes.move_stage(enrolment=enrolment, stage=stages[enrolment.id], at=at)
    return stages


def _stage(decisions: list[Decision], place: queries.Place, held: queries.Held | None) -> str:
    training = [line for line in place.standing.lines if registry.kinds[line.kind].is_training]
    trained = bool(training) and all(line.verdict.met for line in training)
    status, ended_at = (held.status, held.ended_at) if held else (None, None)
    return stage_of(decisions, status, ended_at, trained=trained, started=place.has_begun)
