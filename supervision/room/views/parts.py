"""Single parts of the room's page, for a page that stands open: less than a whole page, and the same templates."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from supervision.room.rules import Unreadable
from supervision.room.views.facts import PARTS, facts_of, scene_of
from supervision.sessions import access, queries
from supervision.sessions.rules import OPEN_STATES, NotAgreed


@login_required
@require_GET
@never_cache
def session_parts(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """`?names=hands,agenda`: those parts. After the meeting's end none, and `data-room-state` says so."""
    session = access.get_session_for(request.user, session_id)
    names = [name for name in request.GET.get("names", "").split(",") if name]
    if any(name not in PARTS for name in names):
        raise Unreadable
    if not queries.has_agreed(session.pk, request.user.pk):
        raise NotAgreed
    if session.state not in OPEN_STATES:
        return render(request, "supervision/room/parts.html", {"session": session, "parts": []})
    facts = facts_of(scene_of(request, session, timezone.now()), names)
    parts = [(name, f"supervision/room/_{name}.html") for name in names]
    return render(request, "supervision/room/parts.html", {**facts, "parts": parts})
