"""Changes to people: each keyword-only, atomic, with `by` and `at`."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lms.people.models import Consent, OrgUnit, Provider, User
from lms.people.rules import plain_card_code


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
    """Makes a provider of a person; a person is at most one."""
    return Provider.objects.create(user=user, cadre=cadre, sex=sex, org_unit=org_unit, languages=list(languages))


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
