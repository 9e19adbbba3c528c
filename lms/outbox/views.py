"""`/sync/`: who am I, and take what waits on this phone."""

import logging
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.outbox.actions import apply_item
from lms.outbox.forms import clean_batch, clean_item
from lms.outbox.rules import MAX_BYTES, Answer, TooLarge
from lms.people.models import User
from lms.people.rules import Refusal

log = logging.getLogger("tandem.outbox")
RETRY_AFTER = 60  # seconds
PUT_OFF = Answer(
    "later", detail=gettext_lazy("Something went wrong on our side. It stays on this phone and is sent again.")
)


@never_cache
@require_http_methods(["GET", "POST"])
def sync(request: HttpRequest) -> JsonResponse:
    """GET tells person and token; POST applies the items in order, each in its own transaction."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "signed_out", "detail": _("Sign in to send what waits.")}, status=401)
    if request.method == "GET":
        return JsonResponse({"person": str(request.user.pk), "csrf": get_token(request)})
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            raise TooLarge
        batch = clean_batch(request.body)
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "detail": str(refusal)}, status=refusal.status)
    if batch["person"] != str(request.user.pk):
        detail = _("Another person is signed in. What waits here stays with the person who wrote it.")
        return JsonResponse({"code": "other_person", "detail": detail}, status=409)
    return JsonResponse({"results": results(batch["items"], request.user)})


def results(items: list[Any], person: User) -> list[dict[str, Any]]:
    """One answer per item, in order. After one that was put off, everything on its subject is: order holds there."""
    answers, put_off = [], set()
    for item in items:
        at = timezone.now()
        try:
            clean = clean_item(item, at)
        except Refusal as refusal:
            key = str(item.get("key")) if isinstance(item, dict) else None
            answers.append({"key": key, "status": "refused", "code": refusal.code, "detail": str(refusal), "data": {}})
            continue
        answer = PUT_OFF if clean["subject"] in put_off else applied(clean, person, at)
        if answer.status == "later":
            put_off.add(clean["subject"])
        answers.append(
            {
                "key": str(clean["key"]),
                "status": answer.status,
                "code": answer.code,
                "detail": str(answer.detail),
                "data": answer.data,
            }
            | ({"retry_after": RETRY_AFTER} if answer.status == "later" else {})
        )
    return answers


def applied(clean: dict[str, Any], person: User, at: datetime) -> Answer:
    """One item; what goes wrong on our side decides nothing and harms no other item: the phone keeps it for later."""
    try:
        return apply_item(item=clean, person=person, at=at)
    except Exception:
        log.exception("an item of the outbox met something unforeseen")
        return PUT_OFF
