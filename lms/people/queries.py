"""Questions about people."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from lms.people.models import Card, Consent, OrgUnit, Provider, SignIn, SignInEvent, User
from lms.people.rules import plain_card_code


def user_named(typed: str) -> User | None:
    """The active person with this username (any case) or card code (any case, with or without dashes)."""
    asked = Q(username__iexact=typed.strip()) | Q(card_code=plain_card_code(typed) or None)
    return User.objects.filter(asked, is_active=True).order_by("username").first()


def provider_of(person: User | AnonymousUser) -> Provider | None:
    """The learner that this person is, asked once per request; who only supervises is none."""
    if not person.is_authenticated:
        return None
    if not hasattr(person, "_provider"):
        found = Provider.objects.filter(user=person).exclude(cadre="")
        person._provider = found.select_related("org_unit").first()
        if person._provider:
            person._provider.user = person
    return person._provider


def units_below(unit: OrgUnit) -> QuerySet[OrgUnit]:
    """A unit and everything below it."""
    return OrgUnit.objects.filter(path__startswith=unit.path)


def districts() -> QuerySet[OrgUnit]:
    """Every district, by name."""
    return OrgUnit.objects.filter(kind=OrgUnit.Kind.DISTRICT).order_by("name")


def consents_of(person: User) -> QuerySet[Consent]:
    """What a person agreed to, the newest first."""
    return Consent.objects.filter(user=person).order_by("-at")


def has_consented(person: User, kind: str, version: str) -> bool:
    """Whether this person agreed to this version."""
    return Consent.objects.filter(user=person, kind=kind, version=version).exists()


def users() -> QuerySet[User]:
    """People who may sign in."""
    return User.objects.filter(is_active=True)


def providers() -> QuerySet[Provider]:
    """Every provider with person and place."""
    return Provider.objects.select_related("user", "org_unit")


def unit_named(name: str) -> OrgUnit | None:
    """The place of this name, freshly read (a tree node that was kept goes stale when the tree grows)."""
    return OrgUnit.objects.filter(name=name).first()


def root_unit() -> OrgUnit | None:
    """The country: the first place of the tree."""
    return OrgUnit.get_first_root_node()


def unit_names() -> list[str]:
    """The names of all places but countries."""
    return list(OrgUnit.objects.exclude(kind=OrgUnit.Kind.COUNTRY).values_list("name", flat=True).order_by("name"))


def is_there_anybody() -> bool:
    """Whether the installation has any person yet."""
    return User.objects.exists()


def person_by_id(person: UUID) -> User | None:
    """The active person of this id, fresh: nothing that an earlier request remembered."""
    return User.objects.filter(pk=person, is_active=True).first()


def people_by_ids(people: Collection[UUID]) -> dict[UUID, User]:
    """The active people of these ids."""
    return {user.pk: user for user in User.objects.filter(pk__in=people, is_active=True)}


def passwords_of(people: Collection[UUID]) -> dict[UUID, str]:
    """The stored password hash of each active person: a long connection ends when it changes."""
    return dict(User.objects.filter(pk__in=people, is_active=True).values_list("pk", "password"))


def open_cards() -> QuerySet[Card]:
    """Cards that work: one for each person at most."""
    return Card.objects.filter(ended_at__isnull=True)


def cards_in_use() -> QuerySet[Card]:
    """Cards with which somebody signs in by a secret of her own."""
    return open_cards().filter(used_at__isnull=False)


def card_of(person: User) -> Card | None:
    """The card that a person holds."""
    return open_cards().filter(user=person).first()


def starting_card_of(person: User) -> Card | None:
    """The card whose starting PIN nobody used yet."""
    return open_cards().filter(user=person, used_at__isnull=True, starting_until__isnull=False).first()


def waiting_card(key: str) -> Card | None:
    """A card, by its id, with which a PIN can still be chosen."""
    found = open_cards().filter(pk=key, used_at__isnull=True, user__is_active=True)
    return found.select_related("user").first()


def cards_of_sheet(sheet: UUID) -> QuerySet[Card]:
    """The cards that were made together, in order of name."""
    return Card.objects.filter(sheet=sheet).select_related("user").order_by("user__name", "id")


def phones_of(person: User, at: datetime) -> QuerySet[SignIn]:
    """Where a person is signed in now, the newest first."""
    living = Session.objects.filter(expire_date__gt=at).values("session_key")
    return SignIn.objects.filter(user=person, ended_at__isnull=True, session_key__in=living).order_by("-seen_at", "-at")


def sign_in_of(person: User, key: UUID) -> SignIn | None:
    """One of a person's own sign-ins, over or not."""
    return SignIn.objects.filter(user=person, pk=key).first()


def sign_in_events_of(person: User) -> QuerySet[SignInEvent]:
    """Who changed how this person signs in, the newest first."""
    return SignInEvent.objects.filter(user=person).select_related("by").order_by("-at", "-id")
