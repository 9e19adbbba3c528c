"""Words about a person go out of minutes too, signed or not, out of every wording that they had."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from supervision.guard import actions as guard
from supervision.guard.rules import has_words, without_words
from supervision.minutes.models import MinutesVersion


@transaction.atomic
def take_words(*, case: UUID, words: str, by: User, at: datetime) -> int:
    """Out of the minutes of every meeting that saw the case; says in how many wordings they stood."""
    versions = list(MinutesVersion.objects.select_for_update().filter(minutes__session__seen_cases__case=case))
    told = [version for version in versions if has_words(version.words, words)]
    for version in told:
        version.words = without_words(version.words, words)
        version.save(update_fields=["words"])
    for minutes in {version.minutes_id for version in told}:
        guard.forget_gone(subject=minutes, left=[one.words for one in versions if one.minutes_id == minutes])
    return len(told)
