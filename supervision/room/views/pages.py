"""The room's own page: the way in, the room itself, what is left of it; and the forms that post into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.people.rules import Refusal
from supervision.calls import queries as call_queries
from supervision.guard.queries import words_on_page
from supervision.guard.rules import Finding
from supervision.room import queries
from supervision.room.actions import heard_by_poll, post_now
from supervision.room.forms import posted_data
from supervision.room.rules import Answer, Event, Post, Unreadable, key_of
from supervision.room.views.facts import (
    Scene,
    boxes_facts,
    call_facts,
    facts_of,
    polls_facts,
    private_facts,
    risk_facts,
    scene_of,
)
from supervision.room.views.holding import FIELDS, HELD, held_page, held_words
from supervision.sessions import access
from supervision.sessions import queries as session_queries
from supervision.sessions.actions import cancel, cancel_following, keep_silence
from supervision.sessions.forms import NoteForm, marks_of
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries.corrections import there_lines
from supervision.sessions.queries.guarding import register_in
from supervision.sessions.queries.planning import following, next_after, plan_of
from supervision.sessions.rules import OPEN_STATES, OVER_STATES, NotAgreed

LAST = 50
ALL = 2000
TABS = ("talk", "case", "advice", "people", "me")
TAB_OF = {
    "hand.lower": "people",
    "agenda": "people",
    "poll.open": "people",
    "poll.close": "people",
    "case.open": "case",
    "case.close": "case",
    "recommendation.propose": "advice",
    "recommendation.agree": "advice",
    "call": "people",
}
BEFORE_AGREEING = {"phase", "agenda"}
"""With a link: what who leads gets ready before she comes in. A question about recording is asked in the room."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the log as the page shows it, with the line that it answers."""

    event: Event
    quote: Event | None


@login_required
@require_GET
@never_cache
def session_page(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.get_session_for(request.user, session_id)
    return page(request, session)


def page(
    request: HttpRequest,
    session: SupervisionSession,
    *,
    refused: str = "",
    typed: str = "",
    held: Sequence[Finding] = (),
) -> HttpResponse:
    """The page that fits the meeting's state; the room only after she has agreed that what is said stays there."""
    at = timezone.now()
    if session.state in {"closed", "signed_off"}:
        return _minutes(request, session, at, refused=refused)
    if session.state not in OPEN_STATES or not session_queries.has_agreed(session.pk, request.user.pk):
        return _lobby(request, session, at, refused=refused)
    heard_by_poll(session_id=session.pk, person=request.user.pk, at=at)
    scene = scene_of(request, session, at)
    events = queries.last_events(session, ALL if request.GET.get("all") else LAST)
    tab = request.GET.get("tab") or TAB_OF.get(request.POST.get("kind", ""), "talk")
    facts = {
        **facts_of(scene),
        **risk_facts(scene),
        "lines": _lines(session, events),
        "answers": _answered(session, request),
        "seq": events[-1].seq if events else 0,
        "earlier": bool(events) and events[0].seq > 1,
        "promised": session.agreements.count(),
        "tab": tab if tab in TABS else "talk",
        "refused": refused,
        "typed": typed,
        "held": held,
        "guard": words_on_page(),
    }
    return render(request, "supervision/room/room.html", facts, status=409 if refused else 200)


def _lines(session: SupervisionSession, events: list[Event]) -> list[ShownLine]:
    """The lines with what they answer; what stands further up is fetched in one go."""
    known = {event.seq: event for event in events}
    wanted = {event.data["reply_to"] for event in events if event.data and event.data.get("reply_to")}
    known |= queries.events_by_seq(session, wanted - known.keys())
    return [ShownLine(event, known.get((event.data or {}).get("reply_to"))) for event in events]


def _answered(session: SupervisionSession, request: HttpRequest) -> Event | None:
    """The message that she chose to answer, on a page without script."""
    chosen = request.POST.get("reply_to") or request.GET.get("reply_to", "")
    if not chosen.isascii() or not chosen.isdigit() or len(chosen) > 9:
        return None
    return queries.events_by_seq(session, {int(chosen)}).get(int(chosen))


def _lobby(request: HttpRequest, session: SupervisionSession, at: datetime, *, refused: str = "") -> HttpResponse:
    scene = scene_of(request, session, at)
    facts = {
        "session": session,
        "lead": scene.lead,
        "supervises": scene.supervises,
        "members": scene.members,
        "here": scene.here,
        "cases": scene.openable,
        **plan_of(session, scene.skills if session.focus else {}),
        **call_facts(scene),
        "later": following(session).count() if scene.lead and session.series_id else 0,
        "new_key": uuid4,
        "refused": refused,
        "next": next_after(session, request.user, at) if session.state in OVER_STATES else None,
        **_prepared(scene),
    }
    return render(request, "supervision/room/lobby.html", facts, status=409 if refused else 200)


def _prepared(scene: Scene) -> dict[str, object]:
    """What who leads gets ready before the meeting: agenda and polls."""
    return {**boxes_facts(scene.session), **polls_facts(scene)} if scene.lead else {}


def _minutes(request: HttpRequest, session: SupervisionSession, at: datetime, *, refused: str = "") -> HttpResponse:
    scene = scene_of(request, session, at)
    minutes = session_queries.minutes_of(session, scene.skills)
    there = there_lines(session, minutes.presences, scene.members, request.user.pk, supervises=scene.supervises)
    later = [{"name": held.person.name, "minutes": max(1, held.seconds // 60)} for held in queries.read_later(session)]
    facts = {
        **private_facts(scene),
        **plan_of(session, scene.skills),
        "recordings": call_queries.recordings_of(session),
        "session": session,
        "lead": scene.lead,
        "minutes": minutes,
        "there": there,
        "was_there": not scene.lead and any(one.id == request.user.pk for one in there),
        "later": later,
        "polls": [poll for poll in scene.polls if poll.state == "closed"],
        "missed": queries.part_missed(session, request.user),
        "said": session.events.filter(kind="message").count(),
        "note": mark_safe(session.closing_note),  # cleaned by sessions.rules.clean_note before it was stored
        "form": NoteForm(initial={"note": marks_of(session.closing_note)}, register=register_in(session)),
        "new_key": uuid4,
        "refused": refused,
    }
    return render(request, "supervision/room/minutes.html", facts, status=409 if refused else 200)


@login_required
@require_POST
def session_enter(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Keeps that she agreed to keep what she hears: every door of the room asks for it."""
    session = access.get_session_for(request.user, session_id)
    if request.POST.get("agree") != "1":
        return page(request, session, refused=str(NotAgreed.sentence))
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
        return page(request, session, refused=_("Tick that you are sure, then cancel the meeting."))
    try:
        if request.POST.get("following") == "1":
            cancel_following(session=session, by=request.user, at=timezone.now())
        else:
            cancel(session=session, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return page(request, access.get_session_for(request.user, session_id), refused=str(refusal))
    return redirect("supervision:session", session.pk)


@login_required
@require_POST
def session_too_few(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Ends a meeting that did not begin because too few came, as a line of the room, so that who waits there sees it;
    a second press finds it done.
    """
    session = access.get_session_to_lead(request.user, session_id)
    if session.state == "no_quorum":
        return redirect("supervision:session", session.pk)
    if request.POST.get("sure") != "1":
        return page(request, session, refused=_("Tick that you are sure, then end the meeting."))
    try:
        key = key_of(request.POST.get("key"))
    except Unreadable as refusal:
        return page(request, session, refused=str(refusal))
    post = Post(session=session.pk, person=request.user.pk, key=key, kind="phase", data={"state": "no_quorum"})
    answer = post_now(post=post, at=timezone.now())
    if answer.seq is None:
        return page(request, access.get_session_for(request.user, session_id), refused=answer.detail)
    return redirect("supervision:session", session.pk)


@login_required
@require_POST
def session_post(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One post from a form: a script gets the answer as over the socket, a page goes back to the room."""
    session = access.get_session_for(request.user, session_id)
    kind = request.POST.get("kind", "")
    held = held_words(request, session, FIELDS.get(kind, ()))
    if held and kind == "message":
        return page(request, session, refused=str(HELD), typed=request.POST.get("text", ""), held=held)
    if held:
        return held_page(request, session, FIELDS[kind], held)
    answer = _posted(request, session)
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse(answer.wire())
    if answer.seq is None:
        return page(
            request,
            access.get_session_for(request.user, session_id),
            refused=answer.detail,
            typed=request.POST.get("text", ""),
        )
    return back_to(session, TAB_OF.get(kind, "talk"))


def back_to(session: SupervisionSession, tab: str) -> HttpResponse:
    """The room again, at the tab where the form stood."""
    response = redirect("supervision:session", session.pk)
    response["Location"] += f"?tab={tab}"
    return response


def _posted(request: HttpRequest, session: SupervisionSession) -> Answer:
    kind = request.POST.get("kind", "")
    try:
        key = key_of(request.POST.get("key"))
    except Unreadable as refusal:
        return Answer(None, None, refusal.code, str(refusal))
    data = posted_data(request.POST)
    prepares = kind in BEFORE_AGREEING or (kind == "call" and set(data) == {"link"})
    if not prepares and not session_queries.has_agreed(session.pk, request.user.pk):
        return Answer(key, None, NotAgreed.code, str(NotAgreed.sentence))
    post = Post(session=session.pk, person=request.user.pk, key=key, kind=kind, data=data)
    return post_now(post=post, at=timezone.now())
