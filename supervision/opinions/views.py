"""The page on which somebody says how a meeting was, and what who led may see of it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lms.people.rules import Refusal
from lms.programmes.access import has_role
from supervision.sessions import access
from supervision.sessions.queries.guarding import register_in

from . import actions, queries, rules
from .forms import OpinionForm


@login_required
@never_cache
def rate(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Four questions about a meeting that one was in."""
    session, at = access.get_session_for(request.user, session_id), timezone.now()
    if session.state not in queries.OVER or not queries.was_there(session, request.user):
        raise Http404
    mine = queries.opinion_of(session, request.user)
    initial = {name: getattr(mine, name) for name in (*rules.QUESTIONS, "comment")} if mine else None
    form, refused = OpinionForm(request.POST or None, initial=initial, register=register_in(session)), ""
    if request.method == "POST" and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in rules.QUESTIONS}
        told = {"answers": answers, "comment": form.cleaned_data["comment"], "happened_at": at}
        told["confirmed"] = form.reason_for("comment") if form.left else ""
        try:
            actions.rate_session(session=session, **told, by=request.user, at=at)
            return redirect("supervision:session", session.pk)
        except Refusal as refusal:
            refused = str(refusal)
    facts = {"session": session, "form": form, "refused": refused, "mine": mine}
    return render(request, "supervision/opinions/rate.html", facts, status=409 if refused else 200)


@login_required
@require_GET
@never_cache
def told(request: HttpRequest) -> HttpResponse:
    """For a supervisor: what people say about the meetings that she led, never who."""
    if not has_role(request.user, "supervisor"):
        raise Http404
    facts = {"told": queries.told_to(request.user, timezone.now()), "from": rules.SHOWN_FROM}
    return render(request, "supervision/opinions/told.html", facts)
