"""The page of a danger for its raiser and for who works on it, the list of them, and the report of a follow-up."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lms.outbox.actions import once
from lms.outbox.rules import Answer
from lms.programmes.queries import numbers_of
from supervision.cases.access import may_read
from supervision.cases.actions import log_read
from supervision.cases.queries import facts_of
from supervision.risk import access, actions, forms, queries, rules
from supervision.risk.models import RiskEscalation

CLOSED_SHOWN = 20
SHOWN = 50
STEPS: dict[str, tuple[type[forms.StepForm], Callable[..., object]]] = {
    "acknowledged": (forms.TakeForm, actions.acknowledge),
    "passed_on": (forms.StepForm, actions.pass_on),
    "acting": (forms.StepForm, actions.act),
    "handed_over": (forms.HandOverForm, actions.hand_over),
    "plan_made": (forms.PlanForm, actions.make_plan),
    "follow_up_planned": (forms.FollowUpsForm, actions.plan_follow_ups),
    "closed": (forms.CloseForm, actions.close),
    "reopened": (forms.StepForm, actions.reopen),
    "words": (forms.WordsForm, actions.add_words),
}


@login_required
@require_GET
@never_cache
def risk_list(request: HttpRequest) -> HttpResponse:
    """What is open, unanswered first, and what was closed lately."""
    at = timezone.now()
    actions.keep_telling(at=at)
    facts = {
        "rows": list(queries.open_for(request.user)[:SHOWN]),
        "closed": list(queries.closed_for(request.user)[:CLOSED_SHOWN]),
        "today": timezone.localdate(at),
        "at": at,
        "new_key": uuid4,
    }
    return render(request, "supervision/risk/list.html", facts)


@login_required
@require_GET
@never_cache
def risk_beside(request: HttpRequest) -> HttpResponse:
    """What stands beside an open room, asked every few seconds by the page of who leads it."""
    at = timezone.now()
    actions.keep_telling(at=at)
    facts = {"risks": queries.beside_room(request.user), "at": at, "new_key": uuid4}
    return render(request, "supervision/room/_risk.html", facts)


@login_required
@require_GET
@never_cache
def risk_page(request: HttpRequest, risk_id: UUID) -> HttpResponse:
    at = timezone.now()
    actions.keep_telling(at=at)
    escalation = access.get_escalation_for(request.user, risk_id)
    actions.see(escalation=escalation, by=request.user, at=at)
    return _page(request, escalation, at)


def _page(
    request: HttpRequest,
    escalation: RiskEscalation,
    at: datetime,
    *,
    bound: tuple[str, forms.StepForm] | None = None,
    refused: str = "",
) -> HttpResponse:
    mine = escalation.raised_by_id == request.user.pk
    pressed = [] if mine else rules.may_press(escalation.state)
    events = queries.events_of(escalation)
    telling, follow_ups = queries.telling_of(events), queries.follow_ups_of(escalation)
    facts = {
        "risk": escalation,
        "mine": mine,
        "busy": escalation.state in queries.BUSY,
        **_case_facts(request, escalation, at),
        "late": escalation.raised_at - escalation.happened_at >= timezone.timedelta(minutes=2),
        "events": [_with_words(event) for event in events],
        "told": telling.told,
        "told_at": telling.last,
        "being_told": telling.being,
        "seen": next((event for event in events if event.kind == "seen"), None),
        "safe": any(event.kind in {"handed_over", "plan_made"} for event in events),
        "follow_ups": follow_ups,
        "open_days": sum(not row.became for row in follow_ups),
        "today": timezone.localdate(at),
        "forms": {kind: _form(kind, escalation, at) for kind in [*pressed, "words", "reopened"]}
        | (dict([bound]) if bound else {}),
        "pressed": pressed,
        "open_form": bound[0] if bound else "",
        "numbers": numbers_of([escalation.programme], at=at) if mine else [],
        "new_key": uuid4,
        "at": at,
        "refused": refused,
    }
    status = 409 if refused else 400 if bound else 200
    return render(request, "supervision/risk/risk.html", facts, status=status)


def _case_facts(request: HttpRequest, escalation: RiskEscalation, at: datetime) -> dict[str, Any]:
    """A link for who may read the case anyway; who was only told reads it here while it is urgent, and that is kept."""
    case = escalation.case
    if case is None or escalation.raised_by_id == request.user.pk:
        return {}
    if may_read(request.user, case):
        return {"case_url": reverse("supervision:case", args=[case.pk])}
    if case.state != "urgent":
        return {}
    log_read(case=case, by=request.user, at=at)
    return {"case_facts": facts_of(case)}


def _with_words(event: Any) -> Any:
    """The codes of a step as a person reads them."""
    names = {"service": rules.SERVICES, "outcome": rules.OUTCOMES, "what": rules.WHAT}
    event.said = {name: names[name].get(code, code) for name, code in event.facts.items() if name in names}
    event.said["items"] = [rules.PLAN.get(code, code) for code in event.facts.get("items", [])]
    event.said["days"] = len(event.facts.get("days", []))
    event.said["minutes"] = event.facts.get("minutes")
    event.text = event.note.text if hasattr(event, "note") else ""
    return event


def _form(kind: str, escalation: RiskEscalation, at: datetime, posted: Any = None) -> forms.StepForm:
    today = timezone.localdate(at)
    made = STEPS[kind][0]
    if made is forms.FollowUpsForm:
        day = queries.next_follow_up_day(escalation, today)
        return made(posted, today=today, initial={"first": day}, prefix=None)
    if made is forms.CloseForm:
        whole = rules.is_whole(queries.kinds_since(escalation))
        return made(posted, auto_id=f"{kind}-%s", whole=whole)
    return made(posted, auto_id=f"{kind}-%s")


@login_required
@require_POST
@never_cache
def risk_step(request: HttpRequest, risk_id: UUID, kind: str) -> HttpResponse:
    """One step, by form: a script in the meeting room gets the answer as the room gives it."""
    escalation, at = access.get_escalation_for(request.user, risk_id), timezone.now()
    if kind not in STEPS:
        raise Http404
    form = _form(kind, escalation, at, request.POST)
    if not form.is_valid():
        return _page(request, escalation, at, bound=(kind, form))
    answer = _stepped(request, escalation, kind, form, at)
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"type": "ack" if answer.counted else "refused", "detail": answer.detail})
    if not answer.counted:
        return _page(request, access.get_escalation_for(request.user, risk_id), at, refused=answer.detail)
    return redirect("supervision:risk", escalation.pk)


def _stepped(request: HttpRequest, escalation: RiskEscalation, kind: str, form: forms.StepForm, at: datetime) -> Answer:
    values = form.values()

    def act() -> dict[str, str]:
        STEPS[kind][1](escalation=escalation, by=request.user, at=at, **values)
        return {"risk": str(escalation.pk)}

    body = {"risk": escalation.pk, "step": kind, **values}
    return once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def follow_up(request: HttpRequest, follow_up_id: UUID) -> HttpResponse:
    """How the person was: the helper or who supervises writes it down."""
    kept, at, refused = access.get_follow_up_for(request.user, follow_up_id), timezone.now(), ""
    form = forms.ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("became", "note")}

        def act() -> dict[str, str]:
            actions.report_follow_up(follow_up=kept.pk, by=request.user, at=at, **told)
            return {"follow_up": str(kept.pk)}

        body = {"follow_up": kept.pk, **told}
        answer = once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)
        if answer.counted and form.cleaned_data["back"] == "home":
            return redirect("home:home")
        if answer.counted:
            return redirect("supervision:risk", kept.escalation_id)
        refused = answer.detail
    facts = {"follow_up": kept, "form": form, "key": uuid4(), "refused": refused}
    return render(request, "supervision/risk/follow_up.html", facts, status=409 if refused else 200)
