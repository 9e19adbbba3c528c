"""Changes to what is stored of phones."""

import secrets
from base64 import b64encode
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.people.rules import Refusal
from lms.phone.models import DeviceKey

KEY_LENGTH = 32  # bytes, for AES-256
MOST_PHONES = 200


class TooManyPhones(Refusal):
    """So many devices that somebody is making them up."""

    code = "too_large"
    status = 429
    sentence = _("You have used too many phones. Ask your trainer for help. You can go on, but only with network.")


@transaction.atomic
def key_for(*, person: User, device: UUID, at: datetime) -> str:
    """The key of this person on this phone, in base64; made at the first asking, the same ever after."""
    kept = DeviceKey.objects.filter(person=person, device=device).first()
    if kept is None:
        if DeviceKey.objects.filter(person=person).count() >= MOST_PHONES:
            raise TooManyPhones
        made = {"key": b64encode(secrets.token_bytes(KEY_LENGTH)).decode(), "made_at": at}
        kept, _made = DeviceKey.objects.get_or_create(person=person, device=device, defaults=made)
    return kept.key
