"""Signing, issuing and taking back: who may, in which order, and what never changes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from lms.certification import queries
from lms.certification.actions import publish_scheme, reinstate, revoke, sign, suspend
from lms.certification.models import Certificate, CertificateEvent, Review, SchemeVersion, Signature
from lms.certification.rules import refusals
from lms.certification.tasks import GUARDED, tick_stages
from lms.ledger.actions import reverse
from lms.ledger.queries import entries_of
from lms.people.models import Provider, User
from lms.programmes.access import is_enrolled
from lms.programmes.actions import decide, grant
from lms.programmes.models import Enrolment
from tests.lms.certification.conftest import REQUIREMENTS

Signed = Callable[..., Certificate | None]
Practise = Callable[..., None]


def stage(provider: Provider) -> str:
    return Enrolment.objects.get(provider=provider).stage


def test_two_signatures_give_a_certificate(ready: Provider, signed: Signed, grace: User, joseph: User) -> None:
    first = signed(ready, 1, grace)
    certificate = signed(ready, 2, joseph)

    assert first is None
    assert certificate.number == "HELPING-KISUMU-2026-0001"
    assert (certificate.issued_on, certificate.valid_until) == (date(2026, 3, 17), date(2028, 3, 17))
    assert certificate.grace_until == date(2028, 6, 15)
    assert [(row.position, row.by) for row in Signature.objects.all()] == [(1, grace), (2, joseph)]


def test_the_ledger_tells_of_signatures_and_certificate(certificate: Certificate) -> None:
    entries = entries_of(certificate.provider, kinds=("certificate.signed", "certificate.issued"))

    assert [(entry.kind, entry.facts) for entry in entries] == [
        ("certificate.signed", {"scheme": "helper-1", "position": 1}),
        ("certificate.signed", {"scheme": "helper-1", "position": 2}),
        ("certificate.issued", {"scheme": "helper-1", "number": certificate.number, "valid_until": "2028-03-17"}),
    ]


def test_the_evidence_names_the_proof_and_nobody(certificate: Certificate, amina: User) -> None:
    lines = certificate.evidence["requirements"]

    assert [line["kind"] for line in lines] == [item["kind"] for item in REQUIREMENTS]
    assert [len(line["entries"]) for line in lines] == [1, 1, 2, 2, 1, 1]
    assert amina.name not in str(certificate.evidence)


def refused(refusal: type, sign_it: Callable[[], Any]) -> None:
    with pytest.raises(refusal):
        sign_it()
    assert Certificate.objects.count() == 0


def test_the_manager_waits_for_the_supervisor(ready: Provider, signed: Signed, joseph: User) -> None:
    refused(refusals.FirstSignatureMissing, lambda: signed(ready, 2, joseph))


def test_a_manager_cannot_give_the_first_signature(ready: Provider, signed: Signed, joseph: User) -> None:
    refused(refusals.NotTheSupervisor, lambda: signed(ready, 1, joseph))


def test_a_supervisor_cannot_give_the_second(ready: Provider, signed: Signed, grace: User) -> None:
    signed(ready, 1, grace)

    refused(refusals.NotTheManager, lambda: signed(ready, 2, grace))


def test_one_person_with_both_roles_signs_once(
    ready: Provider, signed: Signed, grace: User, world: SimpleNamespace, now: datetime, fresh: Callable
) -> None:
    grant(user=grace, role="manager", programme=world.programme, by=None, at=now)
    grace = fresh(grace)
    signed(ready, 1, grace)

    refused(refusals.TwoPeople, lambda: signed(ready, 2, grace))


def test_the_database_refuses_the_same_person_twice(
    ready: Provider, signed: Signed, grace: User, now: datetime
) -> None:
    signed(ready, 1, grace)

    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(review=Review.objects.get(), position=2, by=grace, at=now)


def test_a_manager_who_rated_in_the_proof_cannot_sign(
    scheme: SchemeVersion, amina: User, grace: User, joseph: User, learn: Practise, practise: Practise, signed: Signed
) -> None:
    learn(amina.provider)
    practise(amina.provider, joseph)
    signed(amina.provider, 1, grace)

    refused(refusals.RatedTheEvidence, lambda: signed(amina.provider, 2, joseph))


def test_nobody_signs_for_themself(
    ready: Provider, signed: Signed, amina: User, world: SimpleNamespace, now: datetime, fresh: Callable
) -> None:
    grant(user=amina, role="supervisor", programme=world.programme, by=None, at=now)

    refused(refusals.NotYourOwn, lambda: signed(ready, 1, fresh(amina)))


@pytest.mark.parametrize("who", ["samuel", "lena", "ruth", "stranger"])
def test_others_sign_nothing(ready: Provider, signed: Signed, who: str, request: pytest.FixtureRequest) -> None:
    person = request.getfixturevalue(who)

    refused(refusals.NotTheSupervisor, lambda: signed(ready, 1, person))


def test_a_supervisor_of_another_cohort_cannot_sign(
    scheme: SchemeVersion,
    make_learner: Callable[..., User],
    learn: Practise,
    practise: Practise,
    signed: Signed,
    grace: User,
) -> None:
    elsewhere = make_learner("eve", "Eve Example", cohort="second_cohort").provider
    learn(elsewhere)
    practise(elsewhere)

    refused(refusals.NotTheSupervisor, lambda: signed(elsewhere, 1, grace))


def test_with_something_missing_nobody_signs(
    scheme: SchemeVersion, amina: User, learn: Practise, signed: Signed, grace: User
) -> None:
    learn(amina.provider)

    refused(refusals.NotComplete, lambda: signed(amina.provider, 1, grace))


def test_proof_that_was_taken_back_after_the_first_signature_stops_the_second(
    ready: Provider, signed: Signed, grace: User, joseph: User, now: datetime
) -> None:
    signed(ready, 1, grace)
    [rated] = entries_of(ready, kinds=("assessment.finalised",))
    reverse(entry=rated, reason="The wrong person was rated.", by=joseph, at=now)

    assert Review.objects.get().closed_at == now
    refused(refusals.FirstSignatureMissing, lambda: signed(ready, 2, joseph))


def test_a_signature_is_given_once(ready: Provider, signed: Signed, grace: User) -> None:
    signed(ready, 1, grace)

    refused(refusals.SignedBefore, lambda: signed(ready, 1, grace))


def test_who_holds_the_certificate_gets_no_second_one(certificate: Certificate, signed: Signed, grace: User) -> None:
    with pytest.raises(refusals.CertifiedAlready):
        signed(certificate.provider, 1, grace)


def test_numbers_have_no_gap(
    certificate: Certificate,
    make_learner: Callable[..., User],
    learn: Practise,
    practise: Practise,
    signed: Signed,
    grace: User,
    joseph: User,
) -> None:
    eve = make_learner("eve", "Eve Example").provider
    learn(eve)
    signed_early = None
    with pytest.raises(refusals.NotComplete):
        signed_early = signed(eve, 1, grace)
    practise(eve)
    signed(eve, 1, grace)

    assert signed_early is None
    assert signed(eve, 2, joseph).number == "HELPING-KISUMU-2026-0002"


def test_taking_back_is_final_and_told(certificate: Certificate, joseph: User, now: datetime, today: date) -> None:
    revoke(certificate=certificate, reason=" Harm to a client. ", by=joseph, at=now)

    [held] = queries.certificates_of(certificate.provider, today)
    assert (held.status, queries.last_reason(certificate)) == ("revoked", "Harm to a client.")
    assert entries_of(certificate.provider)[-1].facts == {"number": certificate.number}
    for change in (revoke, suspend, reinstate):
        with pytest.raises(refusals.TakenBackAlready):
            change(certificate=certificate, reason="Again.", by=joseph, at=now)


def test_a_reason_is_required(certificate: Certificate, joseph: User, now: datetime) -> None:
    with pytest.raises(refusals.ReasonMissing):
        revoke(certificate=certificate, reason="  ", by=joseph, at=now)

    assert CertificateEvent.objects.count() == 1


@pytest.mark.parametrize("who", ["grace", "samuel", "amina", "stranger", "lena"])
def test_only_a_manager_in_scope_takes_back(
    certificate: Certificate, who: str, request: pytest.FixtureRequest, now: datetime
) -> None:
    with pytest.raises(refusals.NotTheManager):
        revoke(certificate=certificate, reason="x", by=request.getfixturevalue(who), at=now)


def test_a_suspended_certificate_can_come_back(
    certificate: Certificate, joseph: User, now: datetime, today: date
) -> None:
    suspend(certificate=certificate, reason="Under review.", by=joseph, at=now)
    suspended = (queries.certificates_of(certificate.provider, today)[0].status, stage(certificate.provider))
    with pytest.raises(refusals.SuspendedAlready):
        suspend(certificate=certificate, reason="Again.", by=joseph, at=now)

    reinstate(certificate=certificate, reason="Cleared.", by=joseph, at=now + timedelta(hours=1))

    assert suspended == ("suspended", "supervised_practice")
    assert (queries.certificates_of(certificate.provider, today)[0].status, stage(certificate.provider)) == (
        "active",
        "certified",
    )
    with pytest.raises(refusals.NotSuspended):
        reinstate(certificate=certificate, reason="Again.", by=joseph, at=now + timedelta(hours=2))


def test_after_taking_back_old_proof_gives_no_new_certificate(
    certificate: Certificate, signed: Signed, grace: User, joseph: User, practise: Practise, now: datetime
) -> None:
    later = now + timedelta(days=1)
    revoke(certificate=certificate, reason="Harm to a client.", by=joseph, at=later)
    with pytest.raises(refusals.NotComplete):
        signed(certificate.provider, 1, grace, later)

    practise(certificate.provider, grace, later + timedelta(days=7))
    signed(certificate.provider, 1, grace, later + timedelta(days=8))
    again = signed(certificate.provider, 2, joseph, later + timedelta(days=8))

    assert again.number.endswith("0002")


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_given(certificate: Certificate, table: str, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_rules_are_published_in_versions(scheme: SchemeVersion, world: SimpleNamespace, now: datetime) -> None:
    told = {
        "programme": world.programme,
        "code": "helper-1",
        "title": "x",
        "valid_months": 24,
        "grace_days": 90,
        "at": now,
    }

    same = publish_scheme(requirements=REQUIREMENTS, **told)
    other = publish_scheme(requirements=REQUIREMENTS[:1], **told)

    assert (same, other.number, queries.version_for(world.programme)) == (scheme, 2, other)


@pytest.mark.parametrize("requirements", [[], [{"kind": "no-such-kind"}], [{"kind": "cases_presented", "params": {}}]])
def test_unreadable_rules_are_refused(world: SimpleNamespace, now: datetime, requirements: list) -> None:
    told = {"programme": world.programme, "code": "x", "title": "x", "valid_months": 24, "grace_days": 90, "at": now}

    with pytest.raises(refusals.SchemeUnclear):
        publish_scheme(requirements=requirements, **told)

    assert SchemeVersion.objects.count() == 0


def test_a_signature_under_new_rules_starts_anew(
    ready: Provider,
    scheme: SchemeVersion,
    signed: Signed,
    grace: User,
    joseph: User,
    world: SimpleNamespace,
    now: datetime,
) -> None:
    signed(ready, 1, grace)
    told = {
        "programme": world.programme,
        "code": "helper-1",
        "title": "x",
        "valid_months": 24,
        "grace_days": 90,
        "at": now,
    }
    newer = publish_scheme(requirements=REQUIREMENTS[:1], **told)

    refused(
        refusals.FirstSignatureMissing,
        lambda: sign(key=uuid4(), provider=ready, version=newer, position=2, by=joseph, at=now),
    )


# stages


def test_stages_follow_what_happens(
    scheme: SchemeVersion,
    amina: User,
    grace: User,
    joseph: User,
    happen: Callable,
    learn: Practise,
    practise: Practise,
    signed: Signed,
    now: datetime,
) -> None:
    provider, stages = amina.provider, [stage(amina.provider)]

    happen(provider, "lesson.completed", subject=uuid4(), title="Listen first")
    stages.append(stage(provider))
    learn(provider)
    stages.append(stage(provider))
    practise(provider, grace)
    signed(provider, 1, grace)
    stages.append(stage(provider))
    certificate = signed(provider, 2, joseph)
    stages.append(stage(provider))
    revoke(certificate=certificate, reason="Harm.", by=joseph, at=now)
    stages.append(stage(provider))

    assert stages == ["enrolled", "in_training", "supervised_practice", "supervised_practice", "certified", "lapsed"]


def test_time_alone_lets_a_certificate_lapse(certificate: Certificate, now: datetime) -> None:
    assert tick_stages(at=now) == 0

    moved = tick_stages(at=now + timedelta(days=366 * 3))

    assert (moved, stage(certificate.provider)) == (1, "lapsed")


def test_a_decision_holds_against_what_happens(
    scheme: SchemeVersion, amina: User, joseph: User, learn: Practise, now: datetime
) -> None:
    enrolment = Enrolment.objects.get(provider=amina.provider)
    decide(enrolment=enrolment, decision="pause", reason="A child was born.", by=joseph, at=now)

    learn(amina.provider, now + timedelta(days=1))

    assert stage(amina.provider) == "paused"


# rules and proof that change between two signatures


def strict(world: SimpleNamespace, at: datetime) -> SchemeVersion:
    """Newer rules of the same certificate: twenty meetings."""
    asked = [*REQUIREMENTS[:2], {"kind": "sessions_attended", "params": {"count": 20}}]
    told = {"programme": world.programme, "code": "helper-1", "title": "x", "valid_months": 24, "grace_days": 90}
    return publish_scheme(requirements=asked, at=at, **told)


def test_nobody_signs_by_rules_that_were_replaced(
    ready: Provider, signed: Signed, grace: User, world: SimpleNamespace, now: datetime
) -> None:
    strict(world, now)

    refused(refusals.RulesReplaced, lambda: signed(ready, 1, grace))


def test_new_rules_end_what_was_signed_by_the_old_ones(
    ready: Provider, signed: Signed, grace: User, joseph: User, world: SimpleNamespace, now: datetime
) -> None:
    signed(ready, 1, grace)
    strict(world, now)

    assert Review.objects.get().closed_at == now
    assert list(queries.open_reviews(world.programme)) == []
    refused(refusals.RulesReplaced, lambda: signed(ready, 2, joseph))


def test_a_programme_has_one_certificate(scheme: SchemeVersion, world: SimpleNamespace, now: datetime) -> None:
    told = {"programme": world.programme, "title": "x", "valid_months": 24, "grace_days": 90, "at": now}

    with pytest.raises(refusals.OneScheme):
        publish_scheme(code="aaa", requirements=REQUIREMENTS[:1], **told)

    assert queries.version_for(world.programme) == scheme


@pytest.mark.parametrize("is_followed", [True, False])
def test_a_first_signature_ends_with_its_proof(
    ready: Provider, signed: Signed, practise: Practise, grace: User, joseph: User, now: datetime, is_followed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if not is_followed:
        monkeypatch.setattr("lms.certification.tasks.REPLACING_KINDS", frozenset())
    signed(ready, 1, grace)
    [rated] = entries_of(ready, kinds=("assessment.finalised",))
    reverse(entry=rated, reason="The wrong person was rated.", by=joseph, at=now)
    later = now + timedelta(days=100)
    practise(ready, grace, later)

    refusal = refusals.FirstSignatureMissing if is_followed else refusals.ProofChanged
    refused(refusal, lambda: signed(ready, 2, joseph, later))
    signed(ready, 1, grace, later)
    certificate = signed(ready, 2, joseph, later)

    assert certificate.review.opened_at == later
    assert str(rated.key) not in str(certificate.evidence)


def test_more_proof_does_not_end_a_signature(
    ready: Provider, signed: Signed, happen: Callable, grace: User, joseph: User
) -> None:
    signed(ready, 1, grace)
    happen(ready, "case.presented", session=str(uuid4()), case=str(uuid4()))

    assert signed(ready, 2, joseph) is not None


# people who do not take part


@pytest.mark.parametrize("decision", ["withdraw", "leave", "suspend", "pause"])
@pytest.mark.parametrize("position", [1, 2])
def test_nobody_is_certified_who_does_not_take_part(
    ready: Provider, signed: Signed, grace: User, joseph: User, now: datetime, decision: str, position: int
) -> None:
    if position == 2:
        signed(ready, 1, grace)
    decide(enrolment=ready.enrolments.get(), decision=decision, reason="Harm.", by=joseph, at=now)

    refused(refusals.NotTakingPart, lambda: signed(ready, position, (grace, joseph)[position - 1]))


def test_a_suspended_certificate_does_not_shut_out_of_learning(
    certificate: Certificate, amina: User, grace: User, joseph: User, world: SimpleNamespace, now: datetime,
    today: date, fresh: Callable,
) -> None:  # fmt: skip
    suspend(certificate=certificate, reason="Under review.", by=joseph, at=now)

    assert is_enrolled(fresh(amina), world.programme)
    assert queries.ready_to_sign(grace, today) == []
