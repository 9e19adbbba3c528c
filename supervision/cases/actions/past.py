"""Cases as they stood in the past, for demo programmes and load tests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import Provider, User
from lms.programmes.models import Programme
from supervision.cases import rules
from supervision.cases.actions.moving import tell
from supervision.cases.models import CasePresentation, ScreeningScore


@transaction.atomic
def create_past(
    *,
    key: UUID,
    provider: Provider,
    programme: Programme,
    answers: Mapping[str, object],
    state: str,
    scores: Sequence[Mapping[str, object]] = (),
    session=None,
    at: datetime,
    by: User | None,
) -> CasePresentation:
    """A case as it stood in the past, for demo programmes and load tests: no review, one audit row; once per key."""
    clean = rules.check_answers(answers)
    sent = state not in rules.HIDDEN_FROM_STAFF
    checks = (
        {"consent_basis": clean.get("consent_basis") or "person", "no_identifiers": True, "stays_responsible": True}
        if sent
        else {}
    )
    stamps = {
        "programme": programme,
        "session": session,
        "state": state,
        "created_at": at,
        "saved_at": at,
        "submitted_at": at if sent else None,
    }
    case, new = CasePresentation.objects.get_or_create(
        provider=provider, key=key, defaults={**clean, **checks, **stamps}
    )
    if new:
        tell(case, "loaded", "", state, by=by, at=at)
        ScreeningScore.objects.bulk_create(
            ScreeningScore(case=case, position=n, **score) for n, score in enumerate(scores, start=1)
        )
    return case
