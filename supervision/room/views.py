"""The room's pages: the way in, the room itself, and what is left of it afterwards; and the forms that post into it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.competency.queries import skills_of
from lms.people.rules import Refusal
from supervision.cases import queries as case_queries
from supervision.cases.models import CasePresentation
from supervision.pictures.queries import pictures_of
from supervision.sessions import access
from supervision.sessions import queries as session_queries
from supervision.sessions.actions import cancel, keep_silence
from supervision.sessions.forms import NoteForm, marks_of
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import LEADING_ROLES, Member
from supervision.sessions.rules import OPEN_STATES, STEPS, TYPES, NotAgreed

from . import queries
from .actions import heard_by_poll, post_now
from .rules import Answer, Post, Unreadable, key_of

LAST = 50
ALL = 2000
TABS = ("talk", "case", "advice", "people")
FIELDS = {
    "message": ("text",),
    "phase": ("state", "step"),
    "case.open": ("case",),
    "case.close": ("case",),
    "recommendation.propose": ("case", "type", "text", "competency"),
    "recommendation.agree": ("recommendation", "owner", "due"),
}
TAB_OF = {
    "case.open": "case",
    "case.close": "case",
    "recommendation.propose": "advice",
    "recommendation.agree": "advice",
}
PARTS = ("lobby", "live", *STEPS, "wrap_up")


@dataclass(frozen=True)
class Phase:
    """A button of the facilitator: the field and value that it posts."""

    name: str
    value: str
    label: str | Promise


TO_STATE = {
    "lobby": Phase("state", "lobby", gettext_lazy("Open the doors")),
    "live": Phase("state", "live", gettext_lazy("Begin the meeting")),
    "wrap_up": Phase("state", "wrap_up", gettext_lazy("Last minutes")),
    "closed": Phase("state", "closed", gettext_lazy("Close the meeting")),
}
BACK_TO_LIVE = Phase("state", "live", gettext_lazy("Go back to the meeting"))


def next_phase(state: str, step: str) -> Phase | None:
    """What the facilitator will most likely press next."""
    steps = list(STEPS)
    if state == "live" and step in steps[:-1]:
        following = steps[steps.index(step) + 1]
        return Phase("step", following, STEPS[following])
    return {
        "scheduled": TO_STATE["lobby"],
        "lobby": TO_STATE["live"],
        "live": TO_STATE["wrap_up"],
        "wrap_up": TO_STATE["closed"],
    }.get(state)


def other_phases(state: str, *, case_open: bool) -> list[Phase]:
    """All that the facilitator may do now, the likely next one included."""
    steps = [Phase("step", name, label) for name, label in STEPS.items()] if case_open else []
    states = {
        "lobby": [TO_STATE["live"], TO_STATE["closed"]],
        "live": [TO_STATE["wrap_up"], TO_STATE["closed"]],
        "wrap_up": [BACK_TO_LIVE, TO_STATE["closed"]],
    }
    return steps + states.get(state, [])


def parts_done(state: str, step: str) -> tuple[list[str], int]:
    """The stitches of the agenda bar, and the number of the part we are in."""
    here = PARTS.index(step or state) if (step or state) in PARTS else 0
    return ["done" if n < here else "now" if n == here else "todo" for n in range(len(PARTS))], here + 1


@login_required
@require_GET
@never_cache
def session_page(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session_for(request.user, session_id)
    return _page(request, session)


def _page(request: HttpRequest, session: SupervisionSession, *, refused: str = "", typed: str = "") -> HttpResponse:
    """The page that fits the meeting's state; the room only after she has agreed that what is said stays there."""
    at = timezone.now()
    if session.state in {"closed", "signed_off"}:
        return _minutes(request, session, refused=refused)
    if session.state not in OPEN_STATES or not session_queries.has_agreed(session.pk, request.user.pk):
        return _lobby(request, session, at, refused=refused)
    heard_by_poll(session_id=session.pk, person=request.user.pk, at=at)
    members = session_queries.members_of(session)
    skills = skills_of(session.programme)
    limit = ALL if request.GET.get("all") else LAST
    events = queries.last_events(session, limit)
    tab = request.GET.get("tab") or TAB_OF.get(request.POST.get("kind", ""), "talk")
    facts = {
        **_lead_facts(request, session, members),
        **_case_facts(session),
        "session": session,
        "events": events,
        "seq": events[-1].seq if events else 0,
        "earlier": bool(events) and events[0].seq > 1,
        "members": members,
        "here": _here(session, at),
        "advice": session_queries.named_advice(session, skills),
        "skills": skills,
        "types": TYPES.items(),
        "today": timezone.localdate(at),
        "due": timezone.localdate(at) + timedelta(days=7),
        "tab": tab if tab in TABS else "talk",
        "new_key": uuid4,
        "refused": refused,
        "typed": typed,
    }
    return render(request, "supervision/room/room.html", facts, status=409 if refused else 200)


def _here(session: SupervisionSession, at: datetime) -> set[UUID]:
    return {lease.person_id for lease in queries.leases_of([session.pk], at)}


def _leads(request: HttpRequest, members: list[Member]) -> bool:
    """`access.may_facilitate`, answered from the members that the page asks for anyway."""
    return any(member.id == request.user.pk and member.role in LEADING_ROLES for member in members)


def _lead_facts(request: HttpRequest, session: SupervisionSession, members: list[Member]) -> dict[str, Any]:
    """The controls; for others only where the meeting is."""
    lead = _leads(request, members)
    parts, number = parts_done(session.state, session.step)
    cases, seen = _openable(session) if lead else [], session_queries.cases_seen(session)
    return {
        "lead": lead,
        "parts": parts,
        "part_number": number,
        "next_phase": next_phase(session.state, session.step),
        "case_first": session.state == "live" and bool(cases) and not seen and not session.current_case_id,
        "phases": other_phases(session.state, case_open=bool(session.current_case_id)),
        "cases": cases,
        "seen_cases": seen,
        "owners": [member for member in members if member.role == "provider"],
    }


def _openable(session: SupervisionSession) -> list[CasePresentation]:
    return list(
        case_queries.cases_to_open(
            session.programme, session.pk, session.cohort.enrolments.values("provider_id"), session.current_case_id
        )
    )


def _case_facts(session: SupervisionSession) -> dict[str, Any]:
    case = session.current_case
    if case is None:
        return {"facts": [], "presenter": None}
    shown = list(pictures_of(case.pk))
    return {"facts": case_queries.facts_of(case), "pictures": shown, "presenter": case.provider.user_id}


def _lobby(request: HttpRequest, session: SupervisionSession, at: datetime, *, refused: str = "") -> HttpResponse:
    members = session_queries.members_of(session)
    lead = _leads(request, members)
    facts = {
        "session": session,
        "lead": lead,
        "members": members,
        "here": _here(session, at),
        "cases": _openable(session) if lead else [],
        "new_key": uuid4,
        "refused": refused,
    }
    return render(request, "supervision/room/lobby.html", facts, status=409 if refused else 200)


def _minutes(request: HttpRequest, session: SupervisionSession, *, refused: str = "") -> HttpResponse:
    minutes = session_queries.minutes_of(session, skills_of(session.programme))
    there = [{"name": held.person.name, "minutes": held.seconds // 60} for held in minutes.presences]
    facts = {
        "session": session,
        "lead": access.may_facilitate(request.user, session),
        "minutes": minutes,
        "there": there,
        "said": session.events.filter(kind="message").count(),
        "note": mark_safe(session.closing_note),  # cleaned by sessions.rules.clean_note before it was stored
        "form": NoteForm(initial={"note": marks_of(session.closing_note)}),
        "refused": refused,
    }
    return render(request, "supervision/room/minutes.html", facts, status=409 if refused else 200)


@login_required
@require_POST
def session_enter(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Keeps that she agreed to keep what she hears: every door of the room asks for it."""
    session = access.get_session_for(request.user, session_id)
    if request.POST.get("agree") != "1":
        return _page(request, session, refused=str(NotAgreed.sentence))
    keep_silence(session=session, person=request.user, at=timezone.now())
    return redirect("supervision:session", session.pk)


@login_required
@require_POST
def session_cancel(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Calls a planned meeting off; a second press finds it done."""
    session = access.get_session_to_lead(request.user, session_id)
    if session.state == "cancelled":
        return redirect("supervision:session", session.pk)
    if request.POST.get("sure") != "1":
        return _page(request, session, refused=_("Tick that you are sure, then cancel the meeting."))
    try:
        cancel(session=session, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _page(request, access.get_session_for(request.user, session_id), refused=str(refusal))
    return redirect("supervision:session", session.pk)


@login_required
@require_POST
def session_post(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One post from a form: a script gets the answer as over the socket, a page goes back to the room."""
    session = access.get_session_for(request.user, session_id)
    answer = _posted(request, session)
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse(answer.wire())
    if answer.seq is None:
        return _page(
            request,
            access.get_session_for(request.user, session_id),
            refused=answer.detail,
            typed=request.POST.get("text", ""),
        )
    tab = TAB_OF.get(request.POST.get("kind", ""), "talk")
    response = redirect("supervision:session", session.pk)
    response["Location"] += f"?tab={tab}"
    return response


def _posted(request: HttpRequest, session: SupervisionSession) -> Answer:
    kind = request.POST.get("kind", "")
    data = {name: request.POST[name] for name in FIELDS.get(kind, ()) if request.POST.get(name)}
    try:
        key = key_of(request.POST.get("key"))
    except Unreadable as refusal:
        return Answer(None, None, refusal.code, str(refusal))
    if kind != "phase" and not session_queries.has_agreed(session.pk, request.user.pk):
        return Answer(key, None, NotAgreed.code, str(NotAgreed.sentence))
    post = Post(session=session.pk, person=request.user.pk, key=key, kind=kind, data=data)
    return post_now(post=post, at=timezone.now())
