"""That somebody read a case: kept, because the texts are about a person who cannot see who reads them."""

from collections.abc import Sequence
from datetime import datetime

from lms.people.models import User
from supervision.cases.models import CasePresentation, CaseRead


def log_read(*, case: CasePresentation, by: User, at: datetime) -> CaseRead:
    return CaseRead.objects.create(case=case, by=by, at=at)


def log_reads(*, cases: Sequence[CasePresentation], by: User, at: datetime) -> None:
    """Somebody saw passages of these; of one's own cases nothing is kept."""
    others = [case for case in cases if case.provider.user_id != by.pk]
    CaseRead.objects.bulk_create([CaseRead(case=case, by=by, at=at) for case in others])
