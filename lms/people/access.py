"""Who may sign in, and what a person may do about themself."""

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from lms.people import registry
from lms.people.models import User
from lms.people.queries import starting_card_of, user_named
from lms.people.rules import address_of


def client_address(request: HttpRequest) -> str:
    """The address of the person's device, for limits: never that of our own proxy."""
    peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
    return address_of(peer, forwarded, settings.TRUSTED_PROXIES)


class CardOrNameBackend(ModelBackend):
    """Signs in by username or card code, and PIN or password; an unknown name costs as long as a wrong PIN."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if not username or password is None:
            return None
        user = user_named(username)
        if user is None:
            User().set_password(password)
            return None
        if not user.check_password(password) and not self.starts_with(user, password):
            return None
        return user if self.user_can_authenticate(user) else None

    def starts_with(self, user: User, password: str) -> bool:
        """Whether this is the starting PIN of a card that waits; the card is then `user.starting_card`, and whoever
        signs the person in has to let her choose a PIN first.
        """
        if user.has_usable_password():
            return False
        card = starting_card_of(user)
        pin = card.starting_pin if card else ""
        if not pin or not constant_time_compare(pin, re.sub(r"\s", "", password)):
            return False
        user.starting_card = card
        return True

    def get_user(self, user_id: UUID) -> User | None:
        """Whoever is signed in, with what other parts want known at once; one query."""
        return User.objects.annotate(**registry.signs).filter(pk=user_id, is_active=True).first()


def is_admin(person: User) -> bool:
    """The administrator of the installation."""
    return person.is_authenticated and person.is_active and person.is_superuser
