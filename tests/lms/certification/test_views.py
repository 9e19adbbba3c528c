"""A provider's own page, the paper, signing and taking back through forms."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from lms.certification.actions import revoke
from lms.certification.exports import certificate_pdf, verify_url
from lms.certification.models import Certificate, CertificateEvent, SchemeVersion, Signature
from lms.certification.queries import find_public
from lms.people.models import Provider, User

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)


def sign_address(provider: Provider, scheme: SchemeVersion) -> str:
    return reverse("certification:sign", args=[provider.id, scheme.id])


def person_address(provider: Provider) -> str:
    return reverse("manage:person", args=[provider.id])


# one's own page


def test_a_provider_sees_each_requirement_with_what_to_do_next(
    scheme: SchemeVersion, amina: User, client_of: Browser
) -> None:
    page = client_of(amina).get("/certificate/").content.decode()

    assert "0 of 6 are met." in page
    for words in ("Finish the course “First steps”.", "Join 2 more group meetings.", "Show 1 case to your group."):
        assert words in page


def test_who_is_no_provider_has_no_such_page(grace: User, client_of: Browser) -> None:
    assert client_of(grace).get("/certificate/").status_code == 404


def test_without_a_scheme_the_page_says_so(amina: User, client_of: Browser) -> None:
    assert "No certificate in your programme yet" in client_of(amina).get("/certificate/").content.decode()


def test_the_person_reads_why_it_was_taken_back(
    certificate: Certificate, amina: User, joseph: User, client_of: Browser, now: datetime
) -> None:
    revoke(certificate=certificate, reason="A client was put in danger.", by=joseph, at=now)

    assert "A client was put in danger." in client_of(amina).get("/certificate/").content.decode()


# signing


def test_the_way_from_proof_to_certificate(
    ready: Provider, scheme: SchemeVersion, grace: User, joseph: User, client_of: Browser
) -> None:
    supervisor, manager = client_of(grace), client_of(joseph)
    first = supervisor.get(person_address(ready)).content.decode()
    supervisor.post(sign_address(ready, scheme), {"key": uuid4(), "position": 1})
    second = manager.get(person_address(ready)).content.decode()
    manager.post(sign_address(ready, scheme), {"key": uuid4(), "position": 2})

    assert "Sign as supervisor" in first
    assert "Sign and give the certificate" in second
    assert Certificate.objects.get().code in manager.get(person_address(ready)).content.decode()


def test_signing_twice_with_one_key_signs_once(
    ready: Provider, scheme: SchemeVersion, grace: User, client_of: Browser
) -> None:
    client, form = client_of(grace), {"key": uuid4(), "position": 1}

    for _ in range(2):
        answer = client.post(sign_address(ready, scheme), form, follow=True)
        assert "Signed. Now a programme manager looks at the proof and signs too." in answer.content.decode()

    assert Signature.objects.count() == 1


def test_a_refused_signature_says_why(ready: Provider, scheme: SchemeVersion, joseph: User, client_of: Browser) -> None:
    answer = client_of(joseph).post(sign_address(ready, scheme), {"key": uuid4(), "position": 1}, follow=True)

    assert "The first signature is for a supervisor of this person." in answer.content.decode()
    assert Signature.objects.count() == 0


@pytest.mark.parametrize("who", ["stranger", "brian", "amina", "samuel", "lena"])
def test_who_does_not_follow_her_finds_no_page_to_sign(
    ready: Provider, scheme: SchemeVersion, who: str, request: pytest.FixtureRequest, client_of: Browser
) -> None:
    client = client_of(request.getfixturevalue(who))

    assert client.post(sign_address(ready, scheme), {"key": uuid4(), "position": 1}).status_code == 404
    assert client.get(person_address(ready)).status_code == 404


# taking back


def test_taking_back_needs_a_reason_and_a_tick(certificate: Certificate, joseph: User, client_of: Browser) -> None:
    client, address = client_of(joseph), reverse("certification:change", args=[certificate.id])

    without_tick = client.post(address, {"key": uuid4(), "reason": "A client was put in danger."})
    without_reason = client.post(address, {"key": uuid4(), "sure": "on"})

    assert (without_tick.status_code, without_reason.status_code) == (400, 400)
    assert "A client was put in danger." in without_tick.content.decode()
    assert CertificateEvent.objects.count() == 1


def test_taking_back_twice_with_one_key_happens_once(
    certificate: Certificate, joseph: User, client_of: Browser
) -> None:
    client, form = client_of(joseph), {"key": uuid4(), "reason": "A client was put in danger.", "sure": "on"}

    answers = [client.post(reverse("certification:change", args=[certificate.id]), form) for _ in range(2)]

    assert [answer.url for answer in answers] == [person_address(certificate.provider)] * 2
    assert CertificateEvent.objects.filter(kind="revoked").count() == 1


@pytest.mark.parametrize("who", ["grace", "amina", "stranger", "samuel"])
def test_only_a_manager_in_scope_finds_the_form(
    certificate: Certificate, who: str, request: pytest.FixtureRequest, client_of: Browser
) -> None:
    client = client_of(request.getfixturevalue(who))

    assert client.get(reverse("certification:change", args=[certificate.id])).status_code == 404
    assert client.get(reverse("certification:change", args=[uuid4()])).status_code == 404


# the paper


def test_the_paper_is_one_a4_page_with_name_code_and_signers(certificate: Certificate) -> None:
    [page] = PdfReader(BytesIO(certificate_pdf(certificate))).pages

    words = re.sub(r"\s+", " ", page.extract_text())
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (842, 595)
    for told in (
        "Amina Odhiambo",
        certificate.code,
        "First steps in helping",
        "Grace Achieng",
        "Joseph Mwangi",
        "17 March 2028",
    ):
        assert told in words


def test_the_longest_name_stays_on_the_page(certificate: Certificate, amina: User) -> None:
    certificate.provider.user.name = "Wilhelmina " * 10

    assert len(PdfReader(BytesIO(certificate_pdf(certificate))).pages) == 1


def test_the_qr_leads_to_the_public_check_by_the_long_token(certificate: Certificate, today: object) -> None:
    address = verify_url(certificate)

    assert address == f"{settings.PUBLIC_URL}/verify/{certificate.token}/"
    assert find_public(certificate.token, today).certificate == certificate


@pytest.mark.parametrize(
    ("who", "status"),
    [("amina", 200), ("grace", 200), ("joseph", 200), ("brian", 404), ("stranger", 404), ("samuel", 404)],
)
def test_who_may_print(
    certificate: Certificate, who: str, status: int, request: pytest.FixtureRequest, client_of: Browser
) -> None:
    answer = client_of(request.getfixturevalue(who)).get(f"/certificate/{certificate.code}.pdf")

    assert answer.status_code == status


def test_the_paper_is_a_download_that_nobody_keeps(certificate: Certificate, amina: User, client_of: Browser) -> None:
    answer = client_of(amina).get(f"/certificate/{certificate.code}.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{certificate.code}.pdf"'
    assert "no-store" in answer["Cache-Control"]


def test_what_was_taken_back_is_not_printed(
    certificate: Certificate, amina: User, joseph: User, client_of: Browser, now: datetime
) -> None:
    revoke(certificate=certificate, reason="Harm.", by=joseph, at=now)

    answer = client_of(amina).get(f"/certificate/{certificate.code}.pdf")

    assert answer.status_code == 410
    assert "it cannot be printed" in answer.content.decode()


def test_printing_asks_for_a_sign_in(client: Client, certificate: Certificate) -> None:
    assert client.get(f"/certificate/{certificate.code}.pdf").url.startswith("/login/")


def test_the_arabic_paper_has_letters_for_all_its_words(certificate: Certificate, amina: User) -> None:
    amina.name = certificate.provider.user.name = "أمينة أوديامبو"

    with translation.override("ar"):
        [page] = PdfReader(BytesIO(certificate_pdf(certificate))).pages

    fonts = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert any("Arabic" in font for font in fonts)


# suspending


def test_a_manager_suspends_and_ends_the_suspension_with_a_reason(
    certificate: Certificate, joseph: User, client_of: Browser, today: object, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    client, address = client_of(joseph), reverse("certification:suspension", args=[certificate.id])
    assert address in client.get(person_address(certificate.provider)).content.decode()

    without_reason = client.post(address, {"key": uuid4(), "change": "suspend"})
    told = {"key": uuid4(), "change": "suspend", "reason": "Under review."}
    answers = [client.post(address, told) for _ in range(2)]
    suspended = find_public(certificate.code, today).status
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=1))
    client.post(address, {"key": uuid4(), "change": "reinstate", "reason": "Cleared."})

    assert (without_reason.status_code, [answer.status_code for answer in answers]) == (400, [302, 302])
    assert (suspended, find_public(certificate.code, today).status) == ("suspended", "active")


@pytest.mark.parametrize("who", ["grace", "amina", "stranger", "samuel"])
def test_only_a_manager_in_scope_suspends(
    certificate: Certificate, who: str, request: pytest.FixtureRequest, client_of: Browser
) -> None:
    told = {"key": uuid4(), "change": "suspend", "reason": "x"}
    address = reverse("certification:suspension", args=[certificate.id])

    assert client_of(request.getfixturevalue(who)).post(address, told).status_code == 404
