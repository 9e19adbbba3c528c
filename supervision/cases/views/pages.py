"""The pages of a case: writing it step by step, reading it, and the supervisor's answer."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.competency.queries import known_skills
from lms.ledger.queries import own_entries
from lms.outbox.actions import once
from lms.people.queries import provider_of
from lms.people.rules import Refusal
from lms.programmes.models import Programme
from supervision.cases import access, actions, queries, rules
from supervision.cases.forms import ASK_FIRST, HALF_SCORE, ONE_SENTENCE, CaseStepForm, ReturnForm, ScoreSet
from supervision.cases.models import CasePresentation
from supervision.cutoffs.queries import cut_offs_of
from supervision.cutoffs.rules import USUAL_VERSIONS
from supervision.guard import actions as guard
from supervision.guard.queries import register_sparing, words_on_page
from supervision.pictures.forms import CasePictureForm
from supervision.pictures.queries import pictures_of
from supervision.pictures.rules import MOST

SERIES_SHOWN = 30
NOTHING_BROUGHT: Mapping[str, str] = MappingProxyType({})


def _programme_to_write_in(request: HttpRequest) -> Programme:
    """The programme asked for, or one that has the skill that is to be practised; 404 for people who write no cases."""
    wanted = request.POST.get("programme") or request.GET.get("programme")
    mine = access.programmes_to_write_in(request.user)
    found = [programme for programme in mine if str(programme.pk) == wanted] if wanted else mine
    if not found or provider_of(request.user) is None:
        raise Http404
    return next((programme for programme in found if _brought(request, programme)), found[0])


def _brought(request: HttpRequest, programme: Programme) -> dict[str, str]:
    """The skill that a new case is to practise, as the link to the form named it; nothing if it is none of these."""
    code = request.POST.get("focus_competency") or request.GET.get("focus", "")
    return {"focus_competency": code} if code and code in known_skills(programme.pk) else {}


def _key_of(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise rules.AnswerUnreadable from error


def _step_or_404(name: str) -> rules.Step:
    step = rules.step_named(name)
    if step is None:
        raise Http404
    return step


def _step_page(
    request: HttpRequest,
    step: rules.Step,
    form,
    *,
    case: CasePresentation | None,
    programme: Programme,
    key: UUID,
    refused: str = "",
    brought: Mapping[str, str] = NOTHING_BROUGHT,
) -> HttpResponse:
    before, after = rules.neighbours(step)
    number = rules.STEPS.index(step) + 1
    facts = {
        "step": step,
        "form": form,
        "case": case,
        "programme": programme,
        "key": key,
        "refused": refused,
        "before": before,
        "after": after,
        "number": number,
        "steps": rules.STEPS,
        "missing": rules.steps_missing(case.answers) if case and step is rules.LAST_STEP else [],
        "tools": USUAL_VERSIONS,
        "cut_offs": list(cut_offs_of([programme])) if step.name == "screening" else [],
        "returned": queries.last_return_of(case) if case and case.state == "returned" else "",
        "prints": json.dumps(queries.prints_of(case)) if case else "",
        "guard": words_on_page(),
        "persons": rules.PERSONS,
        "brought": brought,
        "to_practise": known_skills(programme.pk)[brought["focus_competency"]] if brought else "",
    }
    return render(request, "supervision/cases/step.html", facts, status=409 if refused else 200)


@login_required
@never_cache
def case_new(request: HttpRequest) -> HttpResponse:
    """The first step; nothing is stored until something was typed."""
    programme = _programme_to_write_in(request)
    step = rules.STEPS[0]
    brought = _brought(request, programme)
    if request.method != "POST":
        form = CaseStepForm(step=step)
        return _step_page(request, step, form, case=None, programme=programme, key=uuid4(), brought=brought)
    form = CaseStepForm(request.POST, step=step)
    key = _key_of(request)
    case = actions.save_draft(
        key=key,
        provider=provider_of(request.user),
        programme=programme,
        answers=form.keep() | brought,
        by=request.user,
        at=timezone.now(),
    )
    if request.POST.get("go") != "save" and not form.is_valid():
        return _step_page(request, step, form, case=case, programme=programme, key=key, brought=brought)
    return _onward(request, case, step)


@login_required
@never_cache
def case_write(request: HttpRequest, case_id: UUID, step_name: str) -> HttpResponse:
    """One step of an own case. Going back or stopping asks for nothing; going on asks for what the step needs."""
    step = _step_or_404(step_name)
    case = access.get_own_case(request.user, case_id)
    if case.state not in rules.WRITABLE:
        return redirect("supervision:case", case.pk)
    if step.name == "screening":
        return _screening(request, case, step)
    skills = _skills(request, [case.programme_id]) if "focus_competency" in step.fields else []
    if request.method != "POST":
        form = CaseStepForm.filled(step, case, skills)
        return _step_page(request, step, form, case=case, programme=case.programme, key=case.key)
    form = CaseStepForm(request.POST, step=step, skills=skills)
    case = actions.write_answers(case=case, answers=form.keep(), by=request.user, at=timezone.now())
    if request.POST.get("go") in {"back", "save"}:
        return _onward(request, case, step)
    if not form.is_valid():
        return _step_page(request, step, form, case=case, programme=case.programme, key=case.key)
    return _send(request, case, form) if step is rules.LAST_STEP else _onward(request, case, step)


def _skills(request: HttpRequest, programmes: Iterable[UUID]) -> list[tuple[str, str]]:
    """What can be practised in these programmes, the writer's own next steps first."""
    entries = own_entries(request.user)
    found = [skill for programme in programmes for skill in queries.skills_to_practise(programme, entries)]
    return list(dict(found).items())


def _screening(request: HttpRequest, case: CasePresentation, step: rules.Step) -> HttpResponse:
    if request.method != "POST":
        scores = queries.scores_of(case)
        return _step_page(request, step, ScoreSet(initial=scores), case=case, programme=case.programme, key=case.key)
    if request.POST.get("form-harm") == "yes":
        actions.write_answers(case=case, answers={"risk_asked": "thoughts"}, by=request.user, at=timezone.now())
    form = ScoreSet(request.POST)
    if not form.is_valid():
        if request.POST.get("go") == "back":
            return _onward(request, case, step)
        return _step_page(request, step, form, case=case, programme=case.programme, key=case.key)
    actions.write_scores(case=case, scores=form.scores(), by=request.user, at=timezone.now())
    return _onward(request, case, step)


def _onward(request: HttpRequest, case: CasePresentation, step: rules.Step) -> HttpResponse:
    """Where the pressed button leads: the step before, the step after, or out."""
    before, after = rules.neighbours(step)
    go = request.POST.get("go")
    if go == "save":
        return redirect("supervision:index")
    target = before if go == "back" else after
    return redirect("supervision:case-write", case.pk, (target or step).name)


def _send(request: HttpRequest, case: CasePresentation, form: CaseStepForm) -> HttpResponse:
    try:
        actions.submit(case=case, by=request.user, at=timezone.now())
    except rules.ShowsWho:
        return redirect("supervision:case-words", case.pk)
    except Refusal as refusal:
        return _step_page(
            request, rules.LAST_STEP, form, case=case, programme=case.programme, key=case.key, refused=str(refusal)
        )
    return redirect("supervision:case", case.pk)


@login_required
@require_POST
@never_cache
def case_autosave(request: HttpRequest) -> JsonResponse:
    """What is typed right now, sent by the page's script: the same action as the form."""
    step = _step_or_404(request.POST.get("step", ""))
    at = timezone.now()
    try:
        programme = _programme_to_write_in(request)
        skills = _skills(request, [programme.pk]) if "focus_competency" in step.fields else []
        answers = CaseStepForm(request.POST, step=step, skills=skills).keep() | _brought(request, programme)
        case = actions.save_draft(
            key=_key_of(request),
            provider=provider_of(request.user),
            programme=programme,
            answers=answers,
            by=request.user,
            at=at,
        )
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "detail": str(refusal)}, status=refusal.status)
    clock = time_format(timezone.localtime(at), "TIME_FORMAT")
    here = reverse("supervision:case-write", args=[case.pk, step.name])
    return JsonResponse({"saved": _("Saved at %(clock)s") % {"clock": clock}, "address": here})


@login_required
@require_GET
@never_cache
def case_phone(request: HttpRequest) -> HttpResponse:
    """The whole form on one page, without a word of any case: a phone keeps it, and fills it from its own store."""
    programmes = access.programmes_to_write_in(request.user)
    if not programmes or provider_of(request.user) is None:
        raise Http404
    skills = _skills(request, [programme.pk for programme in programmes])
    steps = [
        (step, ScoreSet() if step.name == "screening" else CaseStepForm(step=step, skills=skills))
        for step in rules.STEPS
    ]
    said = [
        ("question", ("one-sentence", ONE_SENTENCE)),
        ("screening", ("scores", HALF_SCORE)),
        ("check", ("ask-first", ASK_FIRST)),
    ]
    facts = {"steps": steps, "programmes": programmes, "tools": USUAL_VERSIONS, "said": said}
    facts["cut_offs"] = list(cut_offs_of(programmes))
    facts |= {"guard": words_on_page(), "persons": rules.PERSONS}
    return render(request, "supervision/cases/phone.html", facts)


@login_required
@require_GET
@never_cache
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = access.get_case_for(request.user, case_id)
    return _case_page(request, case, _return_form(case))


def _return_form(case: CasePresentation, told: QueryDict | None = None) -> ReturnForm:
    """The writer may be called by name in it."""
    return ReturnForm(told, register=register_sparing(case.programme_id, [case.provider.name]))


def _case_page(request: HttpRequest, case: CasePresentation, form: ReturnForm, *, refused: str = "") -> HttpResponse:
    mine, events = access.is_writer(request.user, case), list(queries.events_of(case))
    if not mine:
        actions.log_read(case=case, by=request.user, at=timezone.now())
    facts = {
        "case": case,
        "facts": queries.facts_of(case),
        "pictures": list(pictures_of(case.pk)),
        "series": list(queries.series_of(case)),
        "events": events,
        "mine": mine,
        "may_withdraw": mine and "withdrawn" in rules.MOVES[case.state],
        "may_return": not mine and "returned" in rules.MOVES[case.state],
        "may_accept": not mine and case.state == "submitted",
        "may_plan": not mine and case.state in {"submitted", "accepted", "scheduled"},
        "returned": queries.last_return_of(case) if case.state == "returned" else "",
        "given_back": queries.given_back(case, events),
        "form": form,
        "refused": refused,
        "advice": queries.advice_of(case) if case.state in rules.AFTER_ADVICE else [],
        "may_finish": not mine and "closed" in rules.MOVES[case.state],
        "confirmed": [] if mine else queries.confirmed_words(case),
        "may_redact": not mine and case.state not in rules.HIDDEN_FROM_STAFF,
        "first_missing": next(iter(rules.steps_missing(case.answers)), rules.LAST_STEP) if mine else None,
    }
    return render(request, "supervision/cases/case.html", facts, status=409 if refused else 200)


@login_required
@require_POST
def case_withdraw(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = access.get_own_case(request.user, case_id)
    actions.withdraw(case=case, by=request.user, at=timezone.now())
    return redirect("supervision:index")


@login_required
@require_POST
def case_accept(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = access.get_case_to_review(request.user, case_id)
    actions.accept(case=case, by=request.user, at=timezone.now())
    return redirect("supervision:case-plan", case.pk)


@login_required
@require_POST
def case_return(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = access.get_case_to_review(request.user, case_id)
    form = _return_form(case, request.POST)
    if not form.is_valid():
        return _case_page(request, case, form)
    try:
        at = timezone.now()
        told = {"reason": form.cleaned_data["reason"], "shows_who": form.cleaned_data["shows_who"]}
        actions.return_case(case=case, **told, by=request.user, at=at)
        guard.keep_reasons(subject=case.pk, left=form.left, by=request.user, at=at)
    except Refusal as refusal:
        return _case_page(request, case, form, refused=str(refusal))
    return redirect("supervision:index")


@login_required
@never_cache
def case_pictures(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The pictures of an own case: add one, take one away; only while the case can be written."""
    case = access.get_own_case(request.user, case_id)
    if case.state not in rules.WRITABLE:
        return redirect("supervision:case", case.pk)
    register = register_sparing(case.programme_id, [])
    form = CasePictureForm(request.POST or None, request.FILES or None, register=register)
    refused = ""
    if request.method == "POST" and form.is_valid():
        answer = _picture_once(request, case, form)
        if answer.counted:
            return redirect("supervision:case-pictures", case.pk)
        refused = answer.detail
    shown = list(pictures_of(case.pk))
    facts = {"case": case, "form": form, "pictures": shown, "full": len(shown) >= MOST, "refused": refused}
    facts["key"] = uuid4()
    return render(request, "supervision/pictures/pictures.html", facts, status=409 if refused else 200)


def _picture_once(request: HttpRequest, case: CasePresentation, form: CasePictureForm):
    values, at = form.cleaned_data, timezone.now()
    upload = values["picture"]
    print_of_file = sha256(upload.read()).hexdigest()

    def act() -> dict[str, str]:
        kept = actions.add_picture(case=case, upload=upload, alt=values["alt"], by=request.user, at=at)
        left = [replace(one, field=queries.picture_field(kept.pk)) for one in form.left]
        guard.keep_reasons(subject=case.pk, left=left, by=request.user, at=at)
        return {"picture": str(kept.pk)}

    body = {"case": case.pk, "alt": values["alt"], "file": print_of_file}
    return once(key=values["key"], person=request.user, body=body, at=at, act=act)


@login_required
@require_POST
def case_picture_remove(request: HttpRequest, case_id: UUID, picture_id: UUID) -> HttpResponse:
    case = access.get_own_case(request.user, case_id)
    actions.remove_picture(case=case, picture_id=picture_id, by=request.user, at=timezone.now())
    return redirect("supervision:case-pictures", case.pk)


@login_required
@never_cache
def case_series(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Whether an own case is about the same person as an earlier one."""
    case = access.get_own_case(request.user, case_id)
    if case.state not in rules.WRITABLE:
        return redirect("supervision:case", case.pk)
    earlier = list(queries.earlier_cases(case)[:SERIES_SHOWN])
    if request.method == "POST":
        chosen = next((one for one in earlier if str(one.pk) == request.POST.get("earlier")), None)
        if chosen is None and request.POST.get("earlier"):
            raise Http404
        actions.link_cases(case=case, earlier=chosen, by=request.user, at=timezone.now())
        return redirect("supervision:case-write", case.pk, rules.LAST_STEP.name)
    linked = {one.pk for one in queries.series_of(case)}
    chosen = next((one.pk for one in earlier if one.pk in linked), None)
    return render(request, "supervision/cases/series.html", {"case": case, "earlier": earlier, "chosen": chosen})
