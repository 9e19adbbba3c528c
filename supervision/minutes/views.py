"""The page of the minutes: read by the group, worded and signed by who led the meeting."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.outbox.actions import once
from lms.outbox.rules import Answer
from supervision.guard import actions as guard
from supervision.guard.rules import NOTHING
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import cases_seen
from supervision.sessions.queries.corrections import there_lines
from supervision.sessions.queries.guarding import register_in

from . import access, actions, queries, rules
from .forms import WordsForm
from .models import Minutes

SHOWN = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def minutes(request: HttpRequest, session_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return _write(request, access.get_meeting_to_write(request.user, session_id))
    return _page(request, access.get_meeting_for(request.user, session_id))


def _write(request: HttpRequest, session: SupervisionSession) -> HttpResponse:
    """Keeps the words, or keeps and signs them; what cannot be kept comes back as it was typed."""
    form = _form(request, session)
    if not form.is_valid():
        return _page(request, session, status=400)
    answer = _write_once(request, session, form, timezone.now())
    if not answer.counted:
        return _page(request, access.get_meeting_to_write(request.user, session.pk), refused=answer.detail, status=409)
    signed = answer.data["signed"]
    messages.success(request, _("The minutes are signed. The group is told.") if signed else _("The words are kept."))
    return redirect("supervision:minutes", session.pk)


def _form(request: HttpRequest, session: SupervisionSession) -> WordsForm:
    found = actions.make(session_id=session.pk, at=timezone.now())
    words, register = queries.newest(found).wording, register_in(session)
    return WordsForm(request.POST, cases=cases_seen(session), words=words, register=register)


def _write_once(request: HttpRequest, session: SupervisionSession, form: WordsForm, at: datetime) -> Answer:
    words, base, signs = form.told(), form.cleaned_data["base"], request.POST.get("do") == "sign"
    told = {"session": session, "base": base, "words": words, "by": request.user, "at": at}

    def act() -> dict[str, bool]:
        actions.sign(**told) if signs else actions.edit(**told)
        minutes = queries.minutes_for(session.pk)
        guard.keep_reasons(subject=minutes.pk, left=form.left, by=request.user, at=at)
        return {"signed": signs}

    body = {"minutes": session.pk, "base": base, "words": words.packed(), "signs": signs}
    return once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)


def _page(request: HttpRequest, session: SupervisionSession, *, refused: str = "", status: int = 200) -> HttpResponse:
    at = timezone.now()
    found = queries.minutes_for(session.pk) or actions.make(session_id=session.pk, at=at)
    facts = queries.facts_of(session, request.user, found.signed_at)
    lead = access.may_write(request.user, session)
    shown = {
        "session": session,
        "facts": facts,
        "there": there_lines(session, facts.there, [], request.user.pk, supervises=False, until=found.signed_at),
        "signer": _signer(session, found, facts),
        "note": mark_safe(session.closing_note),  # cleaned by sessions.rules.clean_note before it was stored
        "minutes": found,
        "lead": lead,
        "refused": refused,
        **_wording(request, session, found, facts, lead),
        **_times(session, found, at),
    }
    return render(request, "supervision/minutes/minutes.html", shown, status=status)


def _wording(
    request: HttpRequest, session: SupervisionSession, found: Minutes, facts: queries.Facts, lead: bool
) -> dict[str, Any]:
    """The newest words: beside their cases, and in a form for who may change them; all of them for who leads."""
    versions = list(queries.versions_of(found)[: SHOWN if lead else 1]) if lead or found.signed_at else []
    words = versions[0].wording if versions else rules.Wording()
    register = register_in(session) if lead and not found.signed_at else NOTHING
    form = WordsForm(request.POST or None, cases=facts.cases, words=words, register=register)
    return {
        "words": words,
        "lines": [(seen, words.cases.get(str(seen.pk), "")) for seen in facts.cases],
        "versions": versions,
        "base": versions[0].number if versions else 0,
        "form": form,
        "new_key": uuid4(),
    }


def _signer(session: SupervisionSession, found: Minutes, facts: queries.Facts) -> str:
    """What is to be known of who signed."""
    if found.signed_by is None:
        return ""
    there = any(held.person.pk == found.signed_by_id and held.seconds for held in facts.there)
    return rules.said_signer(found.signed_by.name, led=found.signed_by_id == session.facilitator_id, there=there)


def _times(session: SupervisionSession, found: Minutes, at: datetime) -> dict[str, Any]:
    """Whether and when it was signed, or how long there is."""
    when = found.signed_at or at
    return {
        "late": rules.is_late(session.closed_at, when),
        "days": rules.days_after(session.closed_at, when),
        "hours": rules.hours_left(session.closed_at, at),
    }
