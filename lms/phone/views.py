"""The installable app, the state that a phone keeps, and the key that seals it there."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.people.rules import ACTIVE, LOCKED, Refusal
from lms.phone.actions import key_for
from lms.phone.queries import etag_of, manifest, sealed_word, state_of, worker_text

PROOF = "proof"


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: unhashed, asked for anew each time, for the whole site."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(worker_text(), content_type="text/javascript; charset=utf-8", headers=headers)


@require_safe
def app_manifest(request: HttpRequest) -> HttpResponse:
    body = json.dumps(manifest())
    return HttpResponse(body, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


def without_person(template: str) -> HttpResponse:
    """A page on which nobody stands: every phone may keep it, whoever asked for it."""
    return HttpResponse(render_to_string(template), headers={"Cache-Control": "no-cache"})


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The empty page that kept pages are laid over."""
    return without_person("lms/phone/shell.html")


@require_safe
def on_phone(request: HttpRequest) -> HttpResponse:
    """What lies on this phone; the phone itself fills it in."""
    return without_person("lms/phone/on_phone.html")


def signed_out() -> JsonResponse:
    return JsonResponse({"code": "signed_out", "detail": _("Sign in to go on.")}, status=401)


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """The person's state; unchanged, it costs a line (the phone names the ETag that it has)."""
    if not request.user.is_authenticated:
        return signed_out()
    answer = JsonResponse(state_of(request.user, at=timezone.now()))
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["ETag"] = etag_of(answer.content)
    return get_conditional_response(request, etag=answer.headers["ETag"], response=answer) or answer


@never_cache
@require_POST
def key(request: HttpRequest) -> JsonResponse:
    """The key of this person on this phone."""
    if not request.user.is_authenticated:
        return signed_out()
    try:
        device = UUID(request.POST.get("device", ""))
        given = key_for(person=request.user, device=device, at=timezone.now())
    except ValueError:
        return JsonResponse({"code": "invalid", "detail": _("This phone did not say which one it is.")}, status=400)
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "detail": str(refusal)}, status=refusal.status)
    return JsonResponse({"key": given})


def ask_proof(request: HttpRequest) -> JsonResponse:
    sealed = sealed_word(request.user, request.POST.get("device", ""))
    if sealed is None:
        return JsonResponse({"code": "not_opened", "detail": _("Open this phone with your PIN.")}, status=404)
    request.session[PROOF] = sealed.word
    return JsonResponse({"iv": sealed.iv, "challenge": sealed.text})


@never_cache
@require_POST
def proof(request: HttpRequest) -> HttpResponse:
    """The phone is open and the server holds it shut: she opened it without network, or asked for no page for long.
    Who can read what was sealed under the phone's key has typed the PIN there: the first question gives a sealed
    word, the second brings it back, once.
    """
    if not request.user.is_authenticated:
        return signed_out()
    said, asked = request.POST.get("proof"), request.session.pop(PROOF, None)
    if said is None:
        return ask_proof(request)
    if not asked or not constant_time_compare(said, asked):
        return JsonResponse({"code": "not_opened", "detail": _("Open this phone with your PIN.")}, status=400)
    request.session[LOCKED], request.session[ACTIVE] = False, int(timezone.now().timestamp())
    return HttpResponse(status=204)
