"""Pages about words that could show who somebody is: what waits for a decision, and the words to look for."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.people.rules import Refusal

from . import access, actions, queries, registry
from .forms import WatchForm

SHOWN = 50


@login_required
@require_GET
@never_cache
def incident_list(request: HttpRequest) -> HttpResponse:
    return _list_page(request)


def _list_page(request: HttpRequest, *, refused: str = "") -> HttpResponse:
    """For supervisors what they decide about; for managers how many there are, and their lists."""
    if not queries.may_have_some(request.user):
        raise Http404
    rows = list(queries.incidents_shown_to(request.user)[:SHOWN])
    managed = queries.programmes_managed(request.user)
    facts = {
        "rows": [(row, registry.link_to(row)) for row in rows],
        "managed": managed,
        "counts": queries.counts_in(managed, timezone.now()) if managed else None,
        "refused": refused,
    }
    return render(request, "supervision/guard/incidents.html", facts, status=409 if refused else 200)


@login_required
@require_POST
def incident_decide(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """It shows nobody, or the words go."""
    incident = access.get_incident_for(request.user, incident_id)
    harmless = request.POST.get("harmless") == "1"
    try:
        actions.decide(incident=incident, harmless=harmless, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _list_page(request, refused=str(refusal))
    return redirect("supervision:identifiers")


@login_required
@never_cache
def watched(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """The manager's own names and places of one programme."""
    programme = access.get_programme_to_watch(request.user, programme_id)
    if request.method == "POST":
        form = WatchForm(request.POST)
        if form.is_valid():
            actions.watch_words(programme=programme, **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect(f"{reverse('supervision:watched-words', args=[programme.pk])}?kept=1")
    else:
        held = queries.watched_words(programme)
        form = WatchForm(initial={"names": "\n".join(held["name"]), "places": "\n".join(held["place"])})
    facts = {"programme": programme, "form": form, "kept": request.GET.get("kept")}
    return render(request, "supervision/guard/watched.html", facts)
