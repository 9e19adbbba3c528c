"""Writing down a cut-off and taking it away."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from lms.programmes.models import Programme

from . import access, queries, rules
from .models import CutOff


@transaction.atomic
def write_cut_off(
    *, programme: Programme, tool: str, version: str, language: str, cut_off: int, source: str, by: User, at: datetime
) -> CutOff:
    """A second one for the same list, version and language takes the place of the first."""
    if not access.may_write_for(by, programme):
        raise rules.NotItsManager
    if queries.cut_offs_of([programme]).count() >= rules.MOST:
        raise rules.EnoughCutOffs
    told = {"cut_off": cut_off, "source": source, "by": by, "at": at}
    row, _ = CutOff.objects.update_or_create(
        programme=programme, tool=tool, version=version, language=language, defaults=told
    )
    return row


@transaction.atomic
def remove_cut_off(*, programme: Programme, cut_off_id: UUID, by: User) -> None:
    """Scores keep the cut-off that was used: nothing else changes."""
    if not access.may_write_for(by, programme):
        raise rules.NotItsManager
    queries.cut_offs_of([programme]).filter(pk=cut_off_id).delete()
