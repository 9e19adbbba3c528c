"""Correcting who was there, what one gave oneself, and looking back at what was advised."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.ledger.queries import own_entries
from lms.ledger.registry import kinds, link_of
from lms.people.models import User
from lms.people.queries import person_by_id
from lms.people.rules import Refusal
from lms.programmes.access import has_role
from supervision.cases import access as case_access
from supervision.cases import actions as case_actions
from supervision.guard import actions as guard
from supervision.guard.rules import Register
from supervision.sessions import access, actions, queries, rules
from supervision.sessions.forms.after import CorrectionForm, LookBackForm
from supervision.sessions.models import AdviceFollowUp, Recommendation, SupervisionSession
from supervision.sessions.queries.corrections import corrections_of, there_lines
from supervision.sessions.queries.following import advice_to_look_at, follow_ups_in
from supervision.sessions.queries.going import meetings_held_by
from supervision.sessions.queries.guarding import register_in

GIVEN, PER_PAGE = "supervision.given", 30


@login_required
@never_cache
def attendance_correct(request: HttpRequest, session_id: UUID, person_id: UUID) -> HttpResponse:
    """How long one person really was there."""
    person = person_by_id(person_id)
    session = access.get_session_to_correct(request.user, session_id, person)
    back = _back_from(request.user, session)
    if session.state not in {"closed", "signed_off"} or session.live_at is None:
        return redirect(back)
    held = next((one for one in queries.presences_of(session) if one.person.pk == person.pk), None)
    minutes = held.seconds // 60 if held else 0
    form = CorrectionForm(request.POST or None, initial={"minutes": minutes}, register=register_in(session))
    refused = ""
    if request.method == "POST" and form.is_valid():
        refused = _corrected(request, session, person, form)
        if not refused:
            return redirect(back)
    facts = {
        "session": session,
        "person": person,
        "form": form,
        "refused": refused,
        "back": back,
        "minutes": minutes,
        "first": (held.counted or 0) // 60 if held else 0,
        "longest": rules.longest_minutes(session.live_at, session.closed_at),
        "correction": corrections_of(session).get(person.pk),
    }
    return render(request, "supervision/sessions/correct.html", facts, status=409 if refused else 200)


def _back_from(person: User, session: SupervisionSession) -> str:
    """The meeting, or for who does not belong to it the list of who was there."""
    if access.is_in(person, session.pk):
        return reverse("supervision:session", args=[session.pk])
    return f"{reverse('supervision:peers-attendance', args=[session.group_id])}?meeting={session.pk}"


@login_required
@require_safe
@never_cache
def peers_attendance(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Who was in the meetings of peers, for who may correct it: names and minutes, no word of what was said."""
    group, asked = access.get_peers_to_correct(request.user, group_id), request.GET.get("meeting", "")
    page = Paginator(meetings_held_by(group), PER_PAGE).get_page(request.GET.get("page"))
    session = next((one for one in page if str(one.pk) == asked), page[0] if page else None)
    there = []
    if session:
        told = queries.presences_of(session), queries.members_of(session), request.user.pk
        there = there_lines(session, *told, supervises=True)
    facts = {"group": group, "page": page, "session": session, "there": there}
    return render(request, "supervision/sessions/peers.html", facts)


@login_required
@require_safe
@never_cache
def given(request: HttpRequest) -> HttpResponse:
    """What the ledger keeps of the supervision that she gave herself."""
    entries = [entry for entry in own_entries(request.user) if entry.kind == GIVEN]
    if not entries and not has_role(request.user, "supervisor"):
        raise Http404
    page = Paginator(entries[::-1], PER_PAGE).get_page(request.GET.get("page"))
    minutes = sum(entry.facts["seconds"] for entry in entries) // 60
    rows = [(entry, kinds[GIVEN].sentence(entry.facts), link_of(entry, in_group=True)) for entry in page]
    facts = {"meetings": len(entries), "hours": minutes // 60, "minutes": minutes % 60, "page": page, "rows": rows}
    return render(request, "supervision/sessions/given.html", facts)


def _corrected(request: HttpRequest, session: SupervisionSession, person: User, form: CorrectionForm) -> str:
    """Why it was refused, or nothing; the same minutes twice are one correction."""
    told = {"minutes": form.cleaned_data["minutes"], "reason": form.cleaned_data["reason"]}
    try:
        at = timezone.now()
        row = actions.correct_attendance(session=session, person=person, **told, by=request.user, at=at)
        guard.keep_reasons(subject=row.pk, left=form.left, by=request.user, at=at)
    except Refusal as refusal:
        return str(refusal)
    return ""


@login_required
@never_cache
def look_back(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The advice that the people of this meeting took on before, and how it went; written by who leads."""
    session = access.get_session_to_lead(request.user, session_id)
    advice, register = list(advice_to_look_at(session)), register_in(session)
    bound, refused = None, ""
    if request.method == "POST":
        bound = next((one for one in advice if str(one.pk) == request.POST.get("advice")), None)
        if bound is None:
            raise Http404
        form = LookBackForm(request.POST, prefix=str(bound.pk), register=register)
        refused = _looked_back(request, session, bound, form, timezone.now()) if form.is_valid() else ""
        if form.is_valid() and not refused:
            return redirect("supervision:look-back", session.pk)
    held = follow_ups_in(session)
    forms = {one.pk: _form_for(one, held.get(one.pk), register) for one in advice} | ({bound.pk: form} if bound else {})
    rows = [(one, held.get(one.pk), forms[one.pk]) for one in advice]
    facts = {"session": session, "rows": rows, "refused": refused, "open": session.state in rules.OPEN_STATES}
    return render(request, "supervision/sessions/look_back.html", facts, status=409 if refused else 200)


def _form_for(advice: Recommendation, row: AdviceFollowUp | None, register: Register) -> LookBackForm:
    initial = {"outcome": row.outcome, "note": row.note} if row else {}
    return LookBackForm(prefix=str(advice.pk), initial=initial, register=register)


def _looked_back(
    request: HttpRequest, session: SupervisionSession, advice: Recommendation, form: LookBackForm, at: datetime
) -> str:
    """Why it was refused, or nothing."""
    try:
        row = actions.look_back(session=session, advice=advice, **form.cleaned_data, by=request.user, at=at)
        guard.keep_reasons(subject=row.pk, left=form.left, by=request.user, at=at)
    except Refusal as refusal:
        return str(refusal)
    return ""


@login_required
@require_POST
def case_finish(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Nothing more is to do about a case."""
    case = case_access.get_case_to_review(request.user, case_id)
    case_actions.finish(case=case, by=request.user, at=timezone.now())
    return redirect("supervision:case", case.pk)
