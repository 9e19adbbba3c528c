"""The pages around meetings: the front page of supervision, planning, a case's place in a meeting, the closing note."""

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from lms.competency.queries import skills_of
from lms.competency.rules.chain import RATED, TOLD
from lms.ledger.queries import entries_of
from lms.outbox.actions import once
from lms.outbox.rules import Answer
from lms.people.queries import provider_of
from lms.people.rules import Refusal
from lms.programmes.access import has_role
from lms.programmes.queries import held_enrolments, programmes_of
from supervision.cases import access as case_access
from supervision.cases import actions as case_actions
from supervision.cases import queries as case_queries
from supervision.cases.rules import WRITABLE
from supervision.groups.queries import groups_of
from supervision.guard import actions as guard
from supervision.guard.queries import words_on_page
from supervision.pictures.queries import image_of
from supervision.sessions import access, actions, queries, registry, rules
from supervision.sessions.forms import KeyForm, NoteForm, PlanForm, ReportForm, marks_of
from supervision.sessions.forms.planning import ChangeForm, ScheduleForm
from supervision.sessions.forms.search import SearchForm, older_than
from supervision.sessions.models import Recommendation, SupervisionSession
from supervision.sessions.queries.guarding import register_in
from supervision.sessions.queries.planning import sessions_to_plan_in
from supervision.sessions.queries.search import MOST, search

SHOWN = 50
RATINGS = (RATED, TOLD)


@login_required
@require_GET
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """What is next: for learners the meeting, cases and advice; for supervisors the queue and the meetings."""
    person, at = request.user, timezone.now()
    learns, supervises = bool(held_enrolments(person)), has_role(person, "supervisor")
    asked = request.GET.get("queue", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    queue_page = case_queries.queue_page(person, number=number, size=SHOWN) if supervises else None
    queue = queue_page.cases if queue_page else []
    for case in queue:
        case.waited = case_queries.waiting_days(case, at)
    provider = provider_of(person) if learns else None
    cases = list(case_queries.cases_of(person)[:SHOWN]) if learns else []
    for case in cases:
        case.is_open = case.state in WRITABLE
    facts = {
        "learns": learns,
        "supervises": supervises,
        "groups": groups_of(person),
        "plans_groups": supervises or has_role(person, "manager"),
        "coming": list(queries.coming_sessions(person, at)[:SHOWN]),
        "past": list(queries.past_sessions(person, at)[:10]),
        "cases": cases,
        "advice": list(queries.agreed_advice_for(provider)[:SHOWN]) if provider else [],
        "queue": queue,
        "queue_page": queue_page,
        "new_key": uuid4,
        "today": timezone.localdate(at),
        "parts": registry.shown_to(person, at=at),
        "guard": words_on_page(),
    }
    return render(request, "supervision/sessions/index.html", facts)


@login_required
@never_cache
def session_new(request: HttpRequest) -> HttpResponse:
    """Planning one meeting or a series, of a group or of everybody in a cohort."""
    at, asked = timezone.now(), request.POST if request.method == "POST" else None
    form = ScheduleForm(asked, by=request.user, at=at, chosen=request.GET.get("group", ""))
    if form.target is None:
        raise rules.NotTheFacilitator
    refused = ""
    if asked is not None and form.is_valid():
        answer = _schedule_once(request, form, at)
        if answer.counted and access.is_in(request.user, answer.data["session"]):
            return redirect("supervision:session", answer.data["session"])
        if answer.counted:
            return redirect("supervision:group", form.group.pk)
        refused = answer.detail
    facts = {"form": form, "key": uuid4(), "refused": refused}
    return render(request, "supervision/sessions/new.html", facts, status=409 if refused else 200)


def _schedule_once(request: HttpRequest, form: ScheduleForm, at: datetime) -> Answer:
    told = form.told()

    def act() -> dict[str, str]:
        return {"session": str(actions.plan(**told, by=request.user, at=at)[0].pk)}

    rows = {name: told[name].pk if told[name] else None for name in ("cohort", "group", "facilitator")}
    return once(key=form.cleaned_data["key"], person=request.user, body={**told, **rows}, at=at, act=act)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def session_change(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Another time, leader or agenda for a planned meeting, alone or with all after it."""
    session, at = access.get_session_to_lead(request.user, session_id), timezone.now()
    if session.state != "scheduled":
        return redirect("supervision:session", session.pk)
    form, refused = ChangeForm(request.POST or None, session=session, by=request.user, at=at), ""
    if request.method == "POST" and form.is_valid():
        answer = _change_once(request, form, session, at)
        if answer.counted:
            messages.success(request, _("The meeting is changed. If the time is another, all are told."))
            return redirect("supervision:session", session.pk)
        refused = answer.detail
    taken = sum(box["minutes"] for box in rules.agenda_boxes(session.agenda))
    facts = {"form": form, "key": uuid4(), "refused": refused, "session": session, "boxes_sum": taken}
    return render(request, "supervision/sessions/change.html", facts, status=409 if refused else 200)


def _change_once(request: HttpRequest, form: ChangeForm, session: SupervisionSession, at: datetime) -> Answer:
    told = form.told()

    def act() -> dict[str, int]:
        return {"changed": len(actions.change(session=session, **told, by=request.user, at=at))}

    body = {**told, "facilitator": told["facilitator"].pk, "change": session.pk}
    return once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)


@login_required
@require_POST
def session_call(request: HttpRequest, session_id: UUID, person_id: UUID) -> HttpResponse:
    """Sends a text to somebody who is not here yet; who pressed twice sent one."""
    session, at = access.get_session_to_lead(request.user, session_id), timezone.now()
    form = KeyForm(request.POST)
    if not form.is_valid():
        return redirect("supervision:session", session.pk)

    def act() -> dict[str, str]:
        return actions.call_in(session=session, person=person_id, by=request.user, at=at)

    body = {"call": session.pk, "person": person_id}
    answer = once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)
    if "json" in request.headers.get("Accept", ""):
        key = str(form.cleaned_data["key"])
        refused = {"type": "refused", "key": key, "code": answer.code, "detail": answer.detail}
        return JsonResponse({"type": "ack", "key": key, "seq": None} if answer.counted else refused)
    back = redirect("supervision:session", session.pk)
    back["Location"] += f"?tab=people&told={person_id}" if answer.counted else "?tab=people"
    return back


@login_required
@never_cache
def case_plan(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Which coming meeting a case goes into."""
    case, at = case_access.get_case_to_review(request.user, case_id), timezone.now()
    sessions = sessions_to_plan_in(request.user, case, at)
    ratings = entries_of(case.provider, case.programme_id, kinds=RATINGS)
    skills = case_queries.skills_to_practise(case.programme_id, ratings, mine=False)
    initial = {"session": case.session_id, "focus": case.focus_competency}
    form = PlanForm(request.POST or None, sessions=sessions, skills=skills, initial=initial)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            told = {"case": case, "by": request.user, "at": at}
            if skills and "focus" in request.POST:
                case_actions.set_focus(competency=form.cleaned_data["focus"], **told)
            case_actions.schedule(session=form.cleaned_data["session"], **told)
            return redirect("supervision:case", case.pk)
        except Refusal as refusal:
            refused = str(refusal)
    facts = {"case": case, "form": form, "refused": refused, "any": form.fields["session"].queryset.exists()}
    return render(request, "supervision/sessions/plan.html", facts, status=409 if refused else 200)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def advice_report(request: HttpRequest, advice_id: UUID) -> HttpResponse:
    """Who took an advice on says what became of it; a missing reason is asked for on a page of its own."""
    advice = access.get_own_advice(request.user, advice_id)
    form = ReportForm(request.POST if request.method == "POST" else None, register=register_in(advice.session))
    refused = ""
    if form.is_valid():
        answer = _report_once(request, advice, form)
        if answer.counted:
            return redirect("home:home" if form.cleaned_data["back"] == "home" else "supervision:index")
        refused = answer.detail
    facts = {"advice": advice, "form": form, "key": uuid4(), "refused": refused}
    return render(request, "supervision/sessions/report.html", facts, status=409 if refused else 200)


def _report_once(request: HttpRequest, advice: Recommendation, form: ReportForm):
    values, at = form.cleaned_data, timezone.now()

    def act() -> dict[str, str]:
        if values["became"] == "done":
            return {"advice": str(actions.finish(key=advice.key, by=request.user, at=at).pk)}
        told = {"why": values["why"], "confirmed": form.reason_for("why") if form.left else ""}
        return {"advice": str(actions.leave_undone(key=advice.key, **told, by=request.user, at=at).pk)}

    body = {"advice": advice.pk, "became": values["became"], "why": values["why"]}
    return once(key=values["key"], person=request.user, body=body, at=at, act=act)


@login_required
@require_POST
def session_note(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Keeps the closing note; a note that cannot be kept comes back with its words on the minutes page."""
    session = access.get_session_to_lead(request.user, session_id)
    initial = {"note": marks_of(session.closing_note)}
    form = NoteForm(request.POST, initial=initial, register=register_in(session))
    refused = ""
    if form.is_valid():
        try:
            at = timezone.now()
            actions.add_closing_note(session=session, html=form.html(), by=request.user, at=at)
            guard.keep_reasons(subject=session.pk, left=form.left, by=request.user, at=at)
            return redirect("supervision:session", session.pk)
        except Refusal as refusal:
            refused = str(refusal)
    return render(
        request,
        "supervision/sessions/note.html",
        {"session": session, "form": form, "refused": refused},
        status=409 if refused else 200,
    )


@login_required
@require_GET
@never_cache
def case_search(request: HttpRequest) -> HttpResponse:
    """Past cases within one's reach; that a member of staff saw passages of them is kept."""
    person = request.user
    skills = {code: title for programme in programmes_of(person) for code, title in skills_of(programme).items()}
    form = SearchForm(request.GET or None, skills=skills, groups=groups_of(person))
    found = search(person, form.wanted()) if form.is_valid() else None
    if found and found.hits:
        case_actions.log_reads(cases=[hit.case for hit in found.hits], by=person, at=timezone.now())
    facts = {"form": form, "found": found, "most": MOST, "older": older_than(found) if found else ""}
    return render(request, "supervision/sessions/search.html", facts, status=400 if form.errors else 200)


@login_required
@require_safe
def case_picture(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """A picture of a case, as we wrote it; asked anew each time, kept nowhere."""
    picture = access.get_picture_for(request.user, picture_id)
    response = HttpResponse(image_of(picture), content_type="image/webp")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
