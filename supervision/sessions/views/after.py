"""Correcting who was there, and looking back at what was advised."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lms.people.models import User
from lms.people.queries import person_by_id
from lms.people.rules import Refusal
from supervision.cases import access as case_access
from supervision.cases import actions as case_actions
from supervision.guard import actions as guard
from supervision.guard.rules import Register
from supervision.sessions import access, actions, queries, rules
from supervision.sessions.forms.after import CorrectionForm, LookBackForm
from supervision.sessions.models import AdviceFollowUp, Recommendation, SupervisionSession
from supervision.sessions.queries.corrections import corrections_of
from supervision.sessions.queries.following import advice_to_look_at, follow_ups_in
from supervision.sessions.queries.guarding import register_in


def _person_to_correct(request: HttpRequest, session: SupervisionSession, person_id: UUID) -> User:
    """A member other than oneself and who led; 404 for anybody else."""
    person = person_by_id(person_id)
    away = person is None or person.pk in (request.user.pk, session.facilitator_id)
    if away or not access.may_supervise(request.user, session) or queries.member_of(session, person) is None:
        raise Http404
    return person


@login_required
@never_cache
def attendance_correct(request: HttpRequest, session_id: UUID, person_id: UUID) -> HttpResponse:
    """How long one person really was there."""
    session = access.get_session_for(request.user, session_id)
    person = _person_to_correct(request, session, person_id)
    if session.state not in {"closed", "signed_off"} or session.live_at is None:
        return redirect("supervision:session", session.pk)
    counted = next((one for one in queries.presences_of(session) if one.person.pk == person.pk), None)
    minutes = counted.seconds // 60 if counted else 0
    form = CorrectionForm(request.POST or None, initial={"minutes": minutes}, register=register_in(session))
    refused = ""
    if request.method == "POST" and form.is_valid():
        refused = _corrected(request, session, person, form)
        if not refused:
            return redirect("supervision:session", session.pk)
    facts = {
        "session": session,
        "person": person,
        "form": form,
        "refused": refused,
        "minutes": minutes,
        "longest": rules.longest_minutes(session.live_at, session.closed_at),
        "correction": corrections_of(session).get(person.pk),
    }
    return render(request, "supervision/sessions/correct.html", facts, status=409 if refused else 200)


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
