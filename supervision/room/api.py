"""The room over HTTP: the same rows as on the socket, for lines on which no socket lives."""

import json
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lms.people.rules import Refusal
from supervision.calls.rules import RELAY_SECONDS, ice_servers
from supervision.room.actions import heard_by_poll, post_now
from supervision.room.queries import Waits, events_after, waits_among
from supervision.room.rules import (
    FRAME_BYTES,
    PAGE,
    Answer,
    BeyondTheEnd,
    Post,
    TooLong,
    Unreadable,
    key_of,
    number_of,
    parsed,
    refusal_answer,
)
from supervision.sessions.access import get_session_for, may_facilitate
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import has_agreed
from supervision.sessions.rules import NotAgreed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def events(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """401 signed out, 404 not a member, 403 not agreed to keep what is said; else events (GET), or an ack or a refusal
    (POST), both with 200.

    A refused post is an answer of the room, not a failed request, so that a client reads it as it would on the socket.
    """
    session = let_in(request, session_id)
    if isinstance(session, HttpResponse):
        return session
    heard_by_poll(session_id=session.pk, person=request.user.pk, at=timezone.now())
    if request.method == "POST":
        return JsonResponse(posted(request, session).wire())
    return page(request, session)


def let_in(request: HttpRequest, session_id: UUID) -> SupervisionSession | HttpResponse:
    """The meeting for a member who agreed to keep what she hears; else the answer that says why not."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "signed_out"}, status=401)
    try:
        session = get_session_for(request.user, session_id)
    except Http404:
        return JsonResponse({"code": "not_member"}, status=404)
    if not has_agreed(session.pk, request.user.pk):
        return JsonResponse({"code": NotAgreed.code, "detail": str(NotAgreed.sentence)}, status=NotAgreed.status)
    return session


def page(request: HttpRequest, session: SupervisionSession) -> HttpResponse:
    """Up to 200 events after the cursor, and what waits in private, for no frame tells of it here. A cursor beyond the
    end: 409, the client starts again at 0.
    """
    try:
        after = cursor_of(request)
        found = events_after(session.pk, after, PAGE + 1)
        session.refresh_from_db(fields=["log_head"])
        if after > session.log_head:
            raise BeyondTheEnd
    except Refusal as refusal:
        status = 409 if isinstance(refusal, BeyondTheEnd) else 400
        return JsonResponse(refusal_answer(None, refusal).wire(), status=status)
    told = found[:PAGE]
    last = told[-1].seq if told else after
    rows = {"events": [event.wire() for event in told], "seq": last, "more": len(found) > PAGE}
    return JsonResponse(rows | waiting(request, session))


def waiting(request: HttpRequest, session: SupervisionSession) -> dict[str, int]:
    """How many private words and, for who leads, flags wait; who she is here is asked only where something does."""
    waits = waits_among([session.pk]).get(session.pk, Waits())
    leads = waits != Waits() and may_facilitate(request.user, session)
    words, flags = waits.of(request.user.pk, leads=leads)
    return {"private": words, "flags": flags}


def posted(request: HttpRequest, session: SupervisionSession) -> Answer:
    """One post in the body; read as a frame of the socket is."""
    key = None
    try:
        body = parsed(body_of(request))
        key = key_of(body.get("key"))
        post = Post(session.pk, request.user.pk, key, body.get("kind", ""), body.get("data"))
    except Refusal as refusal:
        return refusal_answer(key, refusal)
    return post_now(post=post, at=timezone.now())


def body_of(request: HttpRequest) -> str:
    """The body as text; raises TooLong, Unreadable."""
    if len(request.body) > FRAME_BYTES:
        raise TooLong
    try:
        return request.body.decode()
    except UnicodeDecodeError as error:
        raise Unreadable from error


def cursor_of(request: HttpRequest) -> int:
    """`after` of the address, 0 without one; raises Unreadable."""
    given = request.GET.get("after", "0")
    try:
        return number_of(json.loads(given))
    except ValueError as error:
        raise Unreadable from error


@never_cache
@require_safe
def ice(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """How a phone of a member finds the others for voice: `{"iceServers": [...]}` with a relay login that runs out.

    401, 404 and 403 as for the events.
    """
    session = let_in(request, session_id)
    if isinstance(session, HttpResponse):
        return session
    until = int(timezone.now().timestamp()) + RELAY_SECONDS
    servers = ice_servers(settings.TURN_URL, settings.TURN_SECRET, request.user.pk, until)
    return JsonResponse({"iceServers": servers})
