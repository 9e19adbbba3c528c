"""The public check of a certificate, a provider's own page, and the forms of signing and taking back."""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.certification import access, actions, queries
from lms.certification.forms import ChangeForm, ReasonForm, SignForm
from lms.certification.models import Certificate, SchemeVersion
from lms.certification.rules.codes import TOKEN_LETTERS, read_code
from lms.outbox.actions import once
from lms.outbox.rules import Answer
from lms.people.access import client_address
from lms.people.models import Provider
from lms.people.queries import provider_of
from lms.programmes.access import get_provider_for
from lms.programmes.queries import held_enrolments

CHECKS_PER_MINUTE = 30
SUSPENSION_WORDS = {
    "suspend": gettext_lazy("The certificate %(code)s is suspended. The public page says so now."),
    "reinstate": gettext_lazy("The suspension of %(code)s is ended. The public page says so now."),
}


def is_too_fast(request: HttpRequest, at: datetime) -> bool:
    """More than 30 checks a minute from one address: somebody is guessing codes."""
    key = f"verify:{client_address(request)}:{at:%Y%m%d%H%M}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > CHECKS_PER_MINUTE
    except ValueError:  # the cache dropped the key in between
        return False


@never_cache
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """The form; a typed code leads to its own address, so that it can be passed on."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return render(request, "lms/certification/verify.html", {"state": "ask"})
    code = read_code(typed)
    return redirect("certification:verify-code", code) if code else _not_found(request, typed)


@never_cache
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """Status and dates, never a reason; asked anew each time, so that taking back shows at once."""
    at = timezone.now()
    if is_too_fast(request, at):
        answer = render(request, "lms/certification/verify.html", {"state": "too_fast"}, status=429)
        answer["Retry-After"] = "60"
        return answer
    found = queries.find_public(code, timezone.localdate(at))
    if found is None:
        return _not_found(request, code)
    context = {"state": found.status, "held": found, "certificate": found.certificate, "at": at}
    return render(request, "lms/certification/verify.html", context)


def _not_found(request: HttpRequest, typed: str) -> HttpResponse:
    """The same for what cannot be a code and for what is none. A token of the QR is not repeated on the page."""
    is_token = len(read_code(typed) or "") == TOKEN_LETTERS
    context = {"state": "none", "typed": "" if is_token else typed[:40]}
    return render(request, "lms/certification/verify.html", context, status=404)


@never_cache
@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """A provider's requirements with proof and next step, and the certificates she was given."""
    provider = provider_of(request.user)
    if provider is None:
        raise Http404
    today = timezone.localdate()
    programmes = {enrolment.programme_id: enrolment.programme for enrolment in held_enrolments(request.user)}
    versions = queries.current_versions(programmes)
    rows = [(version, queries.place_of(provider, version, today)) for version in versions.values()]
    subjects = queries.subjects_in(version for version, place in rows)
    certificates = queries.certificates_of(provider, today)
    given = {held.certificate.programme_id for held in certificates if held.is_open}
    context = {
        "rows": [
            (
                version,
                place.standing,
                queries.shown_lines(place.standing, subjects),
                version.scheme.programme_id in given,
            )
            for version, place in rows
        ],
        "certificates": certificates,
    }
    return render(request, "lms/certification/mine.html", context)


@require_POST
@login_required
def sign(request: HttpRequest, provider_id: UUID, version_id: UUID) -> HttpResponse:
    """The first or the second signature, from the person's page; a refusal is said there."""
    provider = get_provider_for(request.user, provider_id, *access.FOLLOWS)
    version = queries.version_by_id(version_id)
    form = SignForm(request.POST)
    if version is None or not form.is_valid():
        raise Http404
    answer = _signed(request, form, provider, version)
    _tell(request, answer, _given_words(answer))
    return redirect("manage:person", provider_id)


def _signed(request: HttpRequest, form: SignForm, provider: Provider, version: SchemeVersion) -> Answer:
    told, at = form.cleaned_data, timezone.now()

    def act() -> dict[str, str]:
        certificate = actions.sign(
            key=told["key"], provider=provider, version=version, position=told["position"], by=request.user, at=at
        )
        return {"code": certificate.code if certificate else ""}

    body = {"sign": str(provider.id), "version": str(version.id), "position": told["position"]}
    return once(key=told["key"], person=request.user, body=body, at=at, act=act)


def _given_words(answer: Answer) -> str:
    if answer.data.get("code"):
        return _("Signed. The certificate %(code)s is given.") % answer.data
    return _("Signed. Now a programme manager looks at the proof and signs too.")


def _tell(request: HttpRequest, answer: Answer, words: str) -> None:
    if answer.counted:
        messages.success(request, words)
    else:
        messages.error(request, answer.detail)


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def change(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Take a certificate back: a reason, a tick, one button. What was typed stays when something is missing."""
    certificate = access.get_certificate_to_manage(request.user, certificate_id)
    form = ChangeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _taken_back(request, form, certificate)
        if answer.counted:
            messages.success(
                request,
                _("The certificate %(code)s is taken back. The public page says so now.") % {"code": certificate.code},
            )
            return redirect("manage:person", certificate.provider_id)
        form.add_error(None, answer.detail)
    context = {"certificate": certificate, "held": queries.held(certificate, _today()), "form": form, "key": uuid4()}
    return render(request, "lms/certification/change.html", context, status=400 if form.errors else 200)


def _taken_back(request: HttpRequest, form: ChangeForm, certificate: Certificate) -> Answer:
    told, at = form.cleaned_data, timezone.now()

    def act() -> dict[str, str]:
        actions.revoke(certificate=certificate, reason=told["reason"], by=request.user, at=at)
        return {"code": certificate.code}

    body = {"revoke": str(certificate.id), "reason": told["reason"]}
    return once(key=told["key"], person=request.user, body=body, at=at, act=act)


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def suspension(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Suspend a certificate for a time, or end the suspension: the page offers what is possible now."""
    certificate = access.get_certificate_to_manage(request.user, certificate_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _suspension_changed(request, form, certificate)
        if answer.counted:
            words = SUSPENSION_WORDS[answer.data["change"]]
            messages.success(request, words % {"code": certificate.code})
            return redirect("manage:person", certificate.provider_id)
        form.add_error(None, answer.detail)
    context = {"certificate": certificate, "held": queries.held(certificate, _today()), "form": form, "key": uuid4()}
    return render(request, "lms/certification/suspension.html", context, status=400 if form.errors else 200)


def _suspension_changed(request: HttpRequest, form: ReasonForm, certificate: Certificate) -> Answer:
    told, at = form.cleaned_data, timezone.now()
    change = "reinstate" if request.POST.get("change") == "reinstate" else "suspend"

    def act() -> dict[str, str]:
        change_it = {"suspend": actions.suspend, "reinstate": actions.reinstate}[change]
        change_it(certificate=certificate, reason=told["reason"], by=request.user, at=at)
        return {"change": change}

    body = {change: str(certificate.id), "reason": told["reason"]}
    return once(key=told["key"], person=request.user, body=body, at=at, act=act)


def _today() -> date:
    return timezone.localdate()
