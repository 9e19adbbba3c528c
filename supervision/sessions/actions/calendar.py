"""The private address of a person's meetings: made by chance, shown to her alone, gone when she wants another."""

import secrets
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from lms.people.models import User
from supervision.sessions.models import CalendarAddress
from supervision.sessions.queries.planning import calendar_address_of


@transaction.atomic
def make_address(*, person: User, at: datetime, anew: bool = False) -> CalendarAddress:
    """The address that counts; `anew` ends it and makes another, so that nobody reads by the old one any more."""
    kept = calendar_address_of(person)
    if kept is not None and not anew:
        return kept
    end_address(person=person, at=at)
    token = secrets.token_urlsafe(32)
    return CalendarAddress.objects.create(
        person=person, digest=sha256(token.encode()).hexdigest(), token=token, made_at=at
    )


@transaction.atomic
def end_address(*, person: User, at: datetime) -> None:
    """No calendar reads her meetings any more."""
    CalendarAddress.objects.filter(person=person, ended_at=None).update(ended_at=at)
