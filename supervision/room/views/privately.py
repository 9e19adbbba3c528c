"""Words that are not the group's: a note for oneself, and a line between a member and who leads."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from lms.outbox.actions import once
from supervision.room.actions import see_privately, write_privately
from supervision.room.forms import WordsForm
from supervision.room.views.holding import held_page, held_words
from supervision.room.views.pages import back_to, page
from supervision.sessions import access
from supervision.sessions.actions import write_private_note
from supervision.sessions.models import SupervisionSession

Act = Callable[[dict[str, Any]], dict[str, str]]


@login_required
@require_POST
def session_keep(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A note that only its writer reads, during the meeting and afterwards."""
    session, at = access.get_session_for(request.user, session_id), timezone.now()

    def act(values: dict[str, Any]) -> dict[str, str]:
        return {"note": str(write_private_note(session=session, text=values["text"], by=request.user, at=at).pk)}

    return _answered(request, session, "note", act)


@login_required
@require_POST
def session_private(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """To those who lead, or their answer to `member`."""
    session, at = access.get_session_for(request.user, session_id), timezone.now()
    held = held_words(request, session, ("text",), "confirmed_text")
    if held:
        return held_page(request, session, ("text",), held, "confirmed_text")

    def act(values: dict[str, Any]) -> dict[str, str]:
        told = {"text": values["text"], "member": values["member"], "confirmed": values["confirmed_text"]}
        return {"message": str(write_privately(session=session, **told, by=request.user, at=at).pk)}

    return _answered(request, session, "private", act)


@login_required
@require_POST
def session_seen(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What the other side wrote was read: the number beside it goes away."""
    session = access.get_session_for(request.user, session_id)
    leads = access.may_facilitate(request.user, session)
    see_privately(session=session, by=request.user, leads=leads, at=timezone.now())
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"type": "ack", "key": None, "seq": None})
    return back_to(session, "me")


def _answered(request: HttpRequest, session: SupervisionSession, door: str, act: Act) -> HttpResponse:
    """Once per key. A script hears `ack` or `refused` as from the room; a page goes back to where the form stood."""
    form = WordsForm(request.POST)
    json = "json" in request.headers.get("Accept", "")
    if not form.is_valid():
        detail = next(iter(form.errors.values()))[0]
        return _refused(request, session, "invalid", detail, json=json)
    values = form.cleaned_data
    body = {"door": door, "session": session.pk, "text": values["text"], "member": values["member"]}
    answer = once(key=values["key"], person=request.user, body=body, at=timezone.now(), act=lambda: act(values))
    if not answer.counted:
        return _refused(request, session, answer.code, answer.detail, json=json)
    if json:
        return JsonResponse({"type": "ack", "key": str(values["key"]), "seq": None})
    return back_to(session, "me")


def _refused(request: HttpRequest, session: SupervisionSession, code: str, detail: str, *, json: bool) -> HttpResponse:
    if json:
        return JsonResponse({"type": "refused", "key": None, "code": code, "detail": detail})
    return page(request, session, refused=detail)
