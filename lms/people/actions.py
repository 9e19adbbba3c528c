"""Changes to people: each keyword-only, atomic, with `by` and `at`."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction

from lms.people.models import Card, Consent, OrgUnit, Provider, SignIn, SignInEvent, User
from lms.people.queries import cards_in_use, open_cards
from lms.people.rules import (
    CARD_LENGTH,
    CARD_LETTERS,
    PIN_LENGTH,
    STARTING_DAYS,
    CardNotWaiting,
    PinTooEasy,
    browser_of,
    check_pin,
    device_of,
    plain_card_code,
)


@transaction.atomic
def add_user(
    *, username: str, name: str, password: str | None, at: datetime, card_code: str = "", **fields: str | bool
) -> User:
    """A person who may sign in. `fields` are further columns of User."""
    code = plain_card_code(card_code) or None
    return User.objects.create_user(username, password, name=name, card_code=code, date_joined=at, **fields)


@transaction.atomic
def add_unit(*, name: str, kind: str, above: OrgUnit | None = None, dhis2_uid: str | None = None) -> OrgUnit:
    """A place below another, or the root of a country."""
    fields = {"name": name, "kind": kind, "dhis2_uid": dhis2_uid}
    if above is None:
        return OrgUnit.add_root(**fields)
    return OrgUnit.objects.get(pk=above.pk).add_child(**fields)


@transaction.atomic
def add_provider(*, user: User, cadre: str, sex: str, org_unit: OrgUnit, languages: Sequence[str]) -> Provider:
    """Makes a provider of a person; a person is at most one. Who only supervised stays the same to the ledger."""
    told = {"cadre": cadre, "sex": sex, "org_unit": org_unit, "languages": list(languages)}
    return Provider.objects.update_or_create(user=user, cadre="", defaults=told)[0]


@transaction.atomic
def make_known(*, person: User, org_unit: OrgUnit) -> Provider:
    """What the ledger knows a person by who never learned here: a provider without cadre, made once."""
    told = {"cadre": "", "org_unit": org_unit, "languages": [person.language]}
    return Provider.objects.get_or_create(user=person, defaults=told)[0]


@transaction.atomic
def consent(*, user: User, kind: str, version: str, at: datetime) -> Consent:
    """Keeps that a person agreed; agreeing again to the same version changes nothing."""
    kept, _ = Consent.objects.get_or_create(user=user, kind=kind, version=version, defaults={"at": at})
    return kept


@transaction.atomic
def choose_language(*, person: User, language: str) -> User:
    """Remembers the language a person reads in."""
    User.objects.filter(pk=person.pk).update(language=language)
    person.language = language
    return person


@transaction.atomic
def set_contact(*, person: User, email: str, phone: str) -> User:
    """Where a person is written to, as she says herself."""
    User.objects.filter(pk=person.pk).update(email=email, phone=phone)
    person.email, person.phone = email, phone
    return person


def new_card_code() -> str:
    """Eight letters by chance: 40 random bits."""
    return "".join(secrets.choice(CARD_LETTERS) for _ in range(CARD_LENGTH))


def new_starting_pin() -> str:
    """Six digits by chance, none of those that others try first."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(PIN_LENGTH))
        try:
            check_pin(pin)
        except PinTooEasy:
            continue
        return pin


@transaction.atomic
def make_cards(*, people: Collection[UUID], sheet: UUID, by: User, at: datetime) -> list[Card]:
    """A card for each of these people. Who signs in with a secret of her own keeps it; the others get a starting PIN.

    A card that nobody used yet is replaced; somebody whose card is in use is left out: hers is replaced by its own
    action, which ends her sessions.
    """
    rows = User.objects.select_for_update().filter(pk__in=people, is_active=True)
    in_use = set(cards_in_use().filter(user__in=people).values_list("user_id", flat=True))
    chosen = [person for person in rows.order_by("name", "id") if person.pk not in in_use]
    open_cards().filter(user__in=chosen).update(ended_at=at, starting_pin="")
    cards = [_new_card(person, sheet, by, at, starts=not person.has_usable_password()) for person in chosen]
    Card.objects.bulk_create(cards)
    User.objects.bulk_update(chosen, ["card_code"])
    made = SignInEvent.Kind.CARD_MADE
    SignInEvent.objects.bulk_create(
        SignInEvent(user_id=card.user_id, kind=made, card=card, by=by, at=at) for card in cards
    )
    return cards


def _new_card(person: User, sheet: UUID, by: User, at: datetime, *, starts: bool) -> Card:
    """The unsaved card; its code is set on the person, who is not saved either."""
    person.card_code = new_card_code()
    card = Card(user=person, code=person.card_code, sheet=sheet, made_at=at, made_by=by)
    if starts:
        card.starting_pin, card.starting_until = new_starting_pin(), at + STARTING_DAYS
    else:
        card.used_at = at
    return card


@transaction.atomic
def replace_card(*, person: User, sheet: UUID, by: User, at: datetime) -> Card:
    """A lost card: the old code, the old PIN and every session end at once. The new card brings a starting PIN."""
    row = User.objects.select_for_update().get(pk=person.pk)
    open_cards().filter(user=row).update(ended_at=at, starting_pin="")
    card = _new_card(row, sheet, by, at, starts=True)
    row.set_unusable_password()
    row.save(update_fields=["card_code", "password"])
    card.save()
    end_sign_ins(person=row, at=at)
    SignInEvent.objects.create(user=row, kind=SignInEvent.Kind.CARD_REPLACED, card=card, by=by, at=at)
    return card


@transaction.atomic
def note_printed(*, cards: Collection[Card], by: User, at: datetime) -> None:
    """Keeps who saw the starting PINs of these cards."""
    printed = SignInEvent.Kind.CARD_PRINTED
    SignInEvent.objects.bulk_create(
        SignInEvent(user_id=card.user_id, kind=printed, card=card, by=by, at=at) for card in cards
    )


def choose_first_pin(*, card: Card, pin: str, at: datetime) -> User:
    """Her own PIN in the place of the starting PIN, once. The hash is made before the lock is taken: it is slow."""
    person = card.user
    check_pin(pin, phone=person.phone)
    person.password = make_password(pin)
    with transaction.atomic():
        waiting = open_cards().filter(pk=card.pk, used_at__isnull=True, starting_until__gt=at)
        if not waiting.update(used_at=at, starting_pin=""):
            raise CardNotWaiting
        User.objects.filter(pk=person.pk).update(password=person.password)
        SignInEvent.objects.create(user=person, kind=SignInEvent.Kind.PIN_CHOSEN, card=card, by=person, at=at)
    return person


def change_pin(*, person: User, pin: str, session_key: str, at: datetime) -> User:
    """Another PIN; every other phone of hers is signed out, this one stays."""
    check_pin(pin, phone=person.phone)
    person.password = make_password(pin)
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(password=person.password)
        end_sign_ins(person=person, at=at, but=session_key)
        SignInEvent.objects.create(user=person, kind=SignInEvent.Kind.PIN_CHANGED, by=person, at=at)
    return person


@transaction.atomic
def remember_phone(*, person: User, session_key: str, agent: str, at: datetime) -> SignIn:
    """Keeps that this phone is signed in."""
    said = {"device": device_of(agent), "browser": browser_of(agent)}
    return SignIn.objects.create(user=person, session_key=session_key, at=at, seen_at=at, **said)


def see_phone(*, session_key: str, at: datetime, was: str = "") -> None:
    """This phone was used today; `was` is the key of its session before Django gave it another."""
    SignIn.objects.filter(session_key=was or session_key).update(session_key=session_key, seen_at=at)


@transaction.atomic
def sign_out_phone(*, sign_in: SignIn, by: User, at: datetime) -> None:
    """Ends one session; ending it again changes nothing."""
    if not SignIn.objects.filter(pk=sign_in.pk, ended_at__isnull=True).update(ended_at=at):
        return
    Session.objects.filter(session_key=sign_in.session_key).delete()
    SignInEvent.objects.create(user_id=sign_in.user_id, kind=SignInEvent.Kind.PHONE_OUT, by=by, at=at)


def forget_phone(*, session_key: str, at: datetime) -> None:
    """She signed out on this phone herself."""
    SignIn.objects.filter(session_key=session_key, ended_at__isnull=True).update(ended_at=at)


def end_sign_ins(*, person: User, at: datetime, but: str = "") -> None:
    """Ends every session of a person, or every other; called within the change that makes it necessary."""
    ending = SignIn.objects.filter(user=person, ended_at__isnull=True).exclude(session_key=but)
    Session.objects.filter(session_key__in=list(ending.values_list("session_key", flat=True))).delete()
    ending.update(ended_at=at)


@transaction.atomic
def forget_starting_pins(*, at: datetime) -> int:
    """Empties the starting PINs whose time is over; how many there were."""
    over = open_cards().filter(used_at__isnull=True, starting_until__lte=at).exclude(starting_pin="")
    return over.update(starting_pin="")
