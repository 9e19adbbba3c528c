"""Meetings in people's own calendars: a private feed that can be ended, and one meeting as a file.

An entry names the group and the day, never a client, a case or the meeting's own title, which is free text: calendars
are read by others and kept by others' servers.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar, Event

from lms.competency.queries import skills_of
from lms.people.models import User
from lms.programmes.models import Subject
from lms.programmes.queries import subjects_by_keys

from . import access, actions, queries
from .models import SupervisionSession
from .queries.planning import calendar_address_of, reader_of_calendar

KIND = "text/calendar; charset=utf-8"
BACK, MOST = timedelta(days=60), 300


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """Her private address: made when she asks for it, made anew or ended when she wants."""
    person, at, wish = request.user, timezone.now(), request.POST.get("wish", "")
    if request.method == "POST":
        if wish == "end":
            actions.end_address(person=person, at=at)
            messages.success(request, _("The address is ended. No calendar reads your meetings any more."))
        elif wish in {"make", "anew"}:
            actions.make_address(person=person, at=at, anew=wish == "anew")
        return redirect("supervision:calendar")
    held = calendar_address_of(person)
    address = settings.PUBLIC_URL + reverse("supervision:calendar-feed", args=[held.token]) if held else ""
    subscribe = f"webcal://{address.partition('://')[2]}" if address else ""
    facts = {"address": address, "subscribe": subscribe, "held": held}
    return render(request, "supervision/sessions/calendar.html", facts)


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program fetches, without a sign-in; an address that nobody has any more is a 404."""
    person = reader_of_calendar(sha256(token.encode()).hexdigest())
    if person is None:
        raise Http404
    since = timezone.now() - BACK
    sessions = list(queries.sessions_for(person).filter(starts_at__gt=since).order_by("starts_at", "id")[:MOST])
    with translation.override(person.language):
        body = calendar_of(sessions, person)
    return HttpResponse(body, content_type=KIND)


@login_required
@require_safe
def one_meeting(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One meeting as a file for any calendar."""
    session = access.get_session_for(request.user, session_id)
    body = calendar_of([session], request.user)
    return HttpResponse(body, content_type=KIND, headers={"Content-Disposition": 'attachment; filename="meeting.ics"'})


def calendar_of(sessions: Iterable[SupervisionSession], person: User) -> bytes:
    """The meetings as iCalendar, in the language of now. Lessons and skills are asked once for all.

    Without a METHOD: this is what stands in our calendar, no message from an organizer to somebody invited. So nobody's
    address is in it, and a stamp says when a meeting was last revised (RFC 5545, 3.7.2 and 3.8.7.2).
    """
    sessions = list(sessions)
    lessons = {lesson.key: lesson for lesson in subjects_by_keys({session.lesson for session in sessions})}
    programmes = {session.programme_id: session.programme for session in sessions if session.focus}
    skills = {key: skills_of(programme) for key, programme in programmes.items()}
    held = Calendar()
    held.add("prodid", "-//Tandem//Meetings//EN")
    held.add("version", "2.0")
    held.add("x-wr-calname", _("My group meetings"))
    held.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    held.add("x-published-ttl", "PT6H")
    for session in sessions:
        held.add_component(event_of(session, lessons, skills.get(session.programme_id, {})))
    return held.to_ical()


def event_of(session: SupervisionSession, lessons: Mapping[UUID, Subject], skills: Mapping[str, str]) -> Event:
    """One meeting under an id that never changes, wherever the server moves; `sequence` grows with each change, so that
    calendars take it.
    """
    address = settings.PUBLIC_URL + reverse("supervision:session", args=[session.pk])
    event = Event()
    event.add("uid", f"{session.pk}@tandem")
    event.add("dtstamp", stamp_of(session))
    event.add("last-modified", stamp_of(session))
    event.add("sequence", session.sequence)
    event.add("dtstart", session.starts_at)
    event.add("dtend", session.starts_at + timedelta(minutes=session.minutes))
    name = session.group.name if session.group else ""
    event.add("summary", _("Group meeting: %(group)s") % {"group": name} if name else _("Group meeting"))
    event.add("status", "CANCELLED" if session.state in {"cancelled", "no_quorum"} else "CONFIRMED")
    event.add("url", address)
    event.add("description", "\n".join([*said_of(session, lessons, skills), address]))
    event.add("class", "PRIVATE")
    return event


def stamp_of(session: SupervisionSession) -> datetime:
    """When what calendars show of it was last changed: planned, moved, cancelled. The same bytes until it is again."""
    return session.revised_at or session.moved_at or session.created_at


def said_of(session: SupervisionSession, lessons: Mapping[UUID, Subject], skills: Mapping[str, str]) -> list[str]:
    """The skill and the lesson to read before; both are titles of our own content."""
    lines = []
    if session.focus in skills:
        lines.append(_("Skill: %(skill)s") % {"skill": skills[session.focus]})
    lesson = lessons.get(session.lesson) if session.lesson else None
    if lesson is not None:
        lines.append(_("Read before: %(lesson)s") % {"lesson": lesson.title})
        lines.append(settings.PUBLIC_URL + lesson.url)
    return lines
