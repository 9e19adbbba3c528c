"""Words in the log that could show who somebody is: a member says so, the writer or who leads takes them away."""

from uuid import UUID, uuid5

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lms.people.rules import Refusal
from supervision.guard import actions as guard
from supervision.guard.access import get_incident_for
from supervision.room import queries
from supervision.room.actions import post_now, report_words
from supervision.room.rules import REDACTABLE, Event, Post, guarded_text
from supervision.room.views.pages import back_to
from supervision.sessions import access
from supervision.sessions import queries as session_queries
from supervision.sessions.models import SupervisionSession


@login_required
@never_cache
def line_words(request: HttpRequest, session_id: UUID, seq: int) -> HttpResponse:
    """One line: take its words away (the writer, who leads), or tell who leads that they show somebody."""
    session = access.get_session_for(request.user, session_id)
    if not session_queries.has_agreed(session.pk, request.user.pk):
        return redirect("supervision:session", session.pk)
    event = _line_or_404(session, seq)
    may_take = event.by == request.user.pk or access.may_facilitate(request.user, session)
    refused = ""
    if request.method == "POST":
        refused = _taken(request, session, event) if may_take else _reported(request, session, event)
        if not refused:
            return back_to(session, "talk")
    words = guarded_text(event.kind, event.data or {})
    facts = {"session": session, "event": event, "words": words, "may_take": may_take, "refused": refused}
    return render(request, "supervision/room/words.html", facts, status=409 if refused else 200)


def _line_or_404(session: SupervisionSession, seq: int) -> Event:
    event = queries.events_by_seq(session, {seq}).get(seq)
    if event is None or event.kind not in REDACTABLE:
        raise Http404
    return event


def _taken(request: HttpRequest, session: SupervisionSession, event: Event) -> str:
    """Why it was refused, or nothing. The key is made of line and person: pressed twice, it is one event."""
    key = uuid5(event.key, f"redact:{request.user.pk}")
    post = Post(session.pk, request.user.pk, key, "redact", {"seq": event.seq})
    return post_now(post=post, at=timezone.now()).detail


def _reported(request: HttpRequest, session: SupervisionSession, event: Event) -> str:
    try:
        report_words(session=session, seq=event.seq, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return str(refusal)
    return ""


@login_required
@require_POST
def flag_decide(request: HttpRequest, session_id: UUID, incident_id: UUID) -> HttpResponse:
    """Who leads looked at flagged words: they go, or they show nobody."""
    session = access.get_session_for(request.user, session_id)
    incident = get_incident_for(request.user, incident_id)
    if incident.session != session.pk:
        raise Http404
    detail = ""
    try:
        harmless = request.POST.get("harmless") == "1"
        guard.decide(incident=incident, harmless=harmless, by=request.user, at=timezone.now())
    except Refusal as refusal:
        detail = str(refusal)
    if "json" in request.headers.get("Accept", ""):
        kind = "refused" if detail else "ack"
        return JsonResponse({"type": kind, "key": None, "seq": None, "detail": detail})
    return back_to(session, "people")
