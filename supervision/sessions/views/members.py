"""Who meets: for who leads, to ask somebody in for one meeting, or to take somebody out of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from lms.people.models import User
from lms.people.queries import person_by_id
from lms.people.rules import Refusal
from supervision.sessions import access, actions, queries, rules
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries.inviting import first_to_invite, taken_out
from supervision.sessions.rules.inviting import NotToInvite


@login_required
@never_cache
def session_members(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Pressed twice it is done once; a meeting that is over shows its minutes."""
    session = access.get_session_to_lead(request.user, session_id)
    if session.state in rules.OVER_STATES:
        return redirect("supervision:session", session.pk)
    refused = ""
    if request.method == "POST":
        refused = _changed(request, session)
        if not refused:
            return redirect("supervision:session-members", session.pk)
    named = " ".join(request.GET.get("name", "").split())[:80]
    offered, more = first_to_invite(session, request.user, named)
    facts = {
        "session": session,
        "members": queries.members_of(session),
        "out": taken_out(session),
        "offered": offered,
        "more": more,
        "named": named,
        "refused": refused,
    }
    return render(request, "supervision/sessions/members.html", facts, status=409 if refused else 200)


def _changed(request: HttpRequest, session: SupervisionSession) -> str:
    """Why it was refused, or nothing."""
    person, told = _chosen(request), {"session": session, "by": request.user, "at": timezone.now()}
    if person is None:
        return str(NotToInvite.sentence)
    try:
        if request.POST.get("do") == "out":
            actions.remove_member(person=person, **told)
            messages.success(request, _("%(name)s is taken out of this meeting.") % {"name": person.name})
        else:
            actions.invite(person=person, **told)
            messages.success(request, _("%(name)s is asked to come and is told.") % {"name": person.name})
    except Refusal as refusal:
        return str(refusal)
    return ""


def _chosen(request: HttpRequest) -> User | None:
    try:
        return person_by_id(UUID(request.POST.get("person", "")))
    except ValueError:
        return None
