"""Without a script a page of its own holds words that could show who somebody is, until their writer looked at them."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from supervision.guard.queries import words_on_page
from supervision.guard.rules import Finding
from supervision.room.actions import found_in
from supervision.sessions.models import SupervisionSession

HELD = _("This could show who somebody is. It is not sent yet: write it in other words, or say why it can stay.")
FIELDS = {
    "message": ("text",),
    "recommendation.propose": ("text",),
    "poll.open": ("question", "choices"),
    "call": ("purpose",),
}


def held_words(
    request: HttpRequest, session: SupervisionSession, fields: Sequence[str], reason: str = "confirmed"
) -> list[Finding]:
    """What the writer has to look at before it is sent: once, then it goes with a reason. A script asks by itself."""
    if "json" in request.headers.get("Accept", "") or request.POST.get(reason):
        return []
    return found_in(session, "\n".join(text for name in fields for text in request.POST.getlist(name)))


def held_page(
    request: HttpRequest,
    session: SupervisionSession,
    fields: Sequence[str],
    held: Sequence[Finding],
    reason: str = "confirmed",
) -> HttpResponse:
    """Her words to be changed, and why they may stay; what else was sent goes along unseen."""
    own = {"csrfmiddlewaretoken", reason, *fields}
    facts = {
        "session": session,
        "held": held,
        "refused": HELD,
        "reason": reason,
        "reasons": words_on_page()["reasons"],
        "typed": [(name, text) for name in fields for text in request.POST.getlist(name) if text.strip()],
        "rest": [(name, value) for name, values in request.POST.lists() if name not in own for value in values],
    }
    return render(request, "supervision/room/held.html", facts, status=409)
