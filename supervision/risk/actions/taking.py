"""Words about a person go out of the notes of urgent calls too, once nobody is being looked for by them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lms.people.models import User
from supervision.guard.rules import has_words, without_words
from supervision.risk.models import RiskNote


@transaction.atomic
def take_words(*, case: UUID, words: str, by: User, at: datetime) -> int:
    """Out of the notes of this case's calls that are closed; says in how many they stood.

    Of a call that goes on nothing is taken: who is on duty may be on the way to the place that it names.
    """
    notes = RiskNote.objects.select_for_update(of=("self",)).filter(
        event__escalation__case=case, event__escalation__state="closed"
    )
    told = [note for note in notes if has_words(note.text, words)]
    for note in told:
        note.text = without_words(note.text, words)
        note.save(update_fields=["text"])
    return len(told)
