"""Polls before the meeting: prepared, thrown away. In the meeting they are posts like others."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from lms.outbox.actions import once
from lms.people.rules import Refusal
from supervision.room.actions import drop_poll, prepare_poll
from supervision.room.forms import poll_data
from supervision.room.rules import clean_data, key_of
from supervision.room.views.pages import back_to, page
from supervision.sessions import access
from supervision.sessions.models import SupervisionSession


@login_required
@require_POST
def poll_new(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Keeps a poll to be asked later; its key is the one under which it is opened."""
    session, at = access.get_session_to_lead(request.user, session_id), timezone.now()
    try:
        key = key_of(request.POST.get("key"))
        told = clean_data("poll.open", poll_data(request.POST))
        told.pop("confirmed", None)  # it is said again when the group is asked
    except Refusal as refusal:
        return refused(request, session, refusal.code, str(refusal))

    def act() -> dict[str, str]:
        return {"poll": str(prepare_poll(key=key, session=session, **told, by=request.user, at=at).pk)}

    answer = once(key=key, person=request.user, body={"session": session.pk, **told}, at=at, act=act)
    if not answer.counted:
        return refused(request, session, answer.code, answer.detail)
    return done(request, session, key)


@login_required
@require_POST
def poll_drop(request: HttpRequest, session_id: UUID, poll_id: UUID) -> HttpResponse:
    """Throws a prepared poll away."""
    session = access.get_session_to_lead(request.user, session_id)
    drop_poll(session=session, poll_id=poll_id, by=request.user)
    return done(request, session, poll_id)


def done(request: HttpRequest, session: SupervisionSession, key: UUID) -> HttpResponse:
    """A script hears `ack` as from the room, for what is being typed beside it must stay; a page goes back."""
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"type": "ack", "key": str(key), "seq": None})
    return back_to(session, "people")


def refused(request: HttpRequest, session: SupervisionSession, code: str, detail: str) -> HttpResponse:
    """Why not, in the same two ways."""
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"type": "refused", "key": None, "code": code, "detail": detail})
    return page(request, session, refused=detail)
