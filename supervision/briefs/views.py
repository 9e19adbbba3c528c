"""The brief of a meeting, and my people at any time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.outbox.actions import once
from lms.people.rules import Refusal
from lms.programmes.access import get_provider_for
from lms.programmes.queries import cohorts_within
from supervision.cases.queries import cases_going_on
from supervision.sessions.actions import set_agenda
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries.signing import last_before
from supervision.sessions.rules import OVER_STATES

from . import access, queries, rules
from .forms import agenda_in, key_in

PER_PAGE = 30


def titled(parts: Sequence[rules.Part]) -> list[dict[str, Any]]:
    """The items as a meeting keeps them, in the words of who plans it."""
    words = {
        "advice": _("Look back: what became of the last advice?"),
        "case": _("Case of %(about)s"),
        "didactic": _("Practise together: %(about)s"),
        "other": _("Open questions of the group"),
        "wrap_up": _("What do we take with us?"),
    }
    return [
        {"kind": part.kind, "title": (words[part.kind] % {"about": part.about})[:120], "minutes": part.minutes}
        for part in parts
    ]


@login_required
@require_GET
@never_cache
def brief(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One screen before a meeting, for who leads it."""
    return _brief(request, access.get_session_to_brief(request.user, session_id))


def _brief(request: HttpRequest, session: SupervisionSession, *, refused: str = "") -> HttpResponse:
    at = timezone.now()
    found = queries.brief_of(session, by=request.user, at=at)
    items = titled(found.agenda)
    facts = {
        "brief": found,
        "session": session,
        "last": last_before(session, request.user),
        "people": found.people,
        "items": items,
        "in_use": session.agenda == items,
        "may_use": session.state not in OVER_STATES,
        "new_key": uuid4(),
        "today": timezone.localdate(at),
        "at": at,
        "refused": refused,
    }
    return render(request, "supervision/briefs/brief.html", facts, status=409 if refused else 200)


@login_required
@require_POST
def use_agenda(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Writes the agenda that stood on the page to the meeting; sent twice, it is written once."""
    session = access.get_session_to_brief(request.user, session_id)
    try:
        key, items = key_in(request.POST), agenda_in(request.POST)
    except Refusal as refusal:
        return _brief(request, session, refused=str(refusal))
    at = timezone.now()

    def act() -> dict[str, str]:
        return {"session": str(set_agenda(session=session, boxes=items, by=request.user, at=at).pk)}

    body = {"session": session.pk, "agenda": items}
    answer = once(key=key, person=request.user, body=body, at=at, act=act)
    if not answer.counted:
        return _brief(request, session, refused=answer.detail)
    return redirect("supervision:session-brief", session.pk)


@login_required
@require_GET
@never_cache
def my_people(request: HttpRequest) -> HttpResponse:
    """Everybody in a supervisor's scope, who is in danger first."""
    access.check_supervisor(request.user)
    person, at = request.user, timezone.now()
    groups = list(cohorts_within(person, "supervisor"))
    group = next((one for one in groups if str(one.pk) == request.GET.get("group")), None)
    cases = list(cases_going_on(person))
    risks = queries.open_risk_among(cases, by=person, at=at)
    reached = queries.risk_first(queries.supervised_by(person, group=group.pk if group else None), risks)
    page = Paginator(reached, PER_PAGE).get_page(request.GET.get("page"))
    facts = {
        "people": queries.people_among(list(page), cases=cases, risks=risks, by=person, at=at),
        "page": page,
        "groups": groups,
        "group": group,
        "today": timezone.localdate(at),
        "at": at,
    }
    return render(request, "supervision/briefs/people.html", facts)


@login_required
@require_GET
@never_cache
def person_cases(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """What one person has shown so far, for their supervisor."""
    provider = get_provider_for(request.user, provider_id, "supervisor")
    cases = queries.cases_of_person(request.user, provider.pk)
    page = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "supervision/briefs/cases.html", {"provider": provider, "page": page})
