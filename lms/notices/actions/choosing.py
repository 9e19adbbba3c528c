"""How somebody wants to be told."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from lms.notices.models import NoticeChoice
from lms.notices.rules import CHANNELS, clean_hours, plain_number
from lms.people.actions import set_contact
from lms.people.models import User
from lms.people.rules import Invalid


@transaction.atomic
def choose(*, person: User, channel: str, hours: Iterable[int], email: str, phone: str, at: datetime) -> dict[str, str]:
    """Keeps by which way, how long before, and to which address; choosing the same again changes nothing."""
    if channel not in CHANNELS:
        raise Invalid
    number = phone if not phone or phone == person.phone else plain_number(phone)
    set_contact(person=person, email=email, phone=number)
    kept = {"channel": channel, "hours": clean_hours(hours), "changed_at": at}
    NoticeChoice.objects.update_or_create(person=person, defaults=kept)
    return {"channel": channel}
