"""Who may see a standing, sign, take back, and print."""

from uuid import UUID

from django.http import Http404

from lms.certification.models import Certificate
from lms.certification.queries import with_events
from lms.certification.rules.codes import read_code
from lms.certification.rules.standing import Signer
from lms.people.models import Provider, User
from lms.programmes import access as programmes
from lms.programmes.models import Programme

FOLLOWS = ("supervisor", "manager")


def signer_of(person: User, provider: Provider, programme: Programme) -> Signer:
    """What somebody is to a person, as the rule of signing asks it."""
    return Signer(
        id=person.id,
        is_the_provider=provider.user_id == person.id,
        supervises=programmes.may_act_on(person, provider, "supervisor", programme=programme),
        manages=programmes.may_act_on(person, provider, "manager", programme=programme),
    )


def may_manage(person: User, provider: Provider, programme: Programme) -> bool:
    """Taking back, suspending: a manager in scope, never on one's own certificate."""
    return provider.user_id != person.id and programmes.may_act_on(person, provider, "manager", programme=programme)


def may_print(person: User, certificate: Certificate) -> bool:
    """The person herself, and who supervises or manages her."""
    if certificate.provider.user_id == person.id:
        return True
    return programmes.may_act_on(person, certificate.provider, *FOLLOWS, programme=certificate.programme)


def get_certificate_to_print(person: User, code: str) -> Certificate:
    """By its printed code, or 404."""
    certificate = with_events(Certificate.objects.filter(code=read_code(code) or "")).first()
    if certificate is None or not may_print(person, certificate):
        raise Http404
    return certificate


def get_certificate_to_manage(person: User, certificate_id: UUID) -> Certificate:
    """Or 404."""
    certificate = with_events(Certificate.objects.filter(id=certificate_id)).first()
    if certificate is None or not may_manage(person, certificate.provider, certificate.programme):
        raise Http404
    return certificate
