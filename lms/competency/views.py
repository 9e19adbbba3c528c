"""Pages of raters, and the page on which a provider reads her levels."""

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lms.competency import access, actions, queries, rules
from lms.competency.forms import FeedbackForm, FinishForm, StartForm, TakeBackForm, marks_in
from lms.competency.models import Assessment, Rating
from lms.outbox.actions import once
from lms.outbox.rules import Answer
from lms.people.queries import provider_of
from lms.programmes import queries as programmes
from lms.programmes.access import has_role

PEOPLE_PER_PAGE = 30


@require_GET
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """A rater's people and unfinished ratings; a provider's own feedback. Nobody gets both empty:
    one of them says why.
    """
    today = timezone.localdate()
    people = Paginator(queries.people_to_rate(request.user, today), PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    provider = provider_of(request.user)
    rated = queries.last_rated([person.id for person in people])
    asked = {
        "people": people,
        "rows": [(person, rated.get(person.id)) for person in people],
        "open_ratings": queries.open_ratings(request.user),
        "waiting": queries.waiting_for_feedback(request.user),
        "follows": has_role(request.user, *access.READS),
        "provider": provider,
        "feedback": queries.fed_back_to(provider) if provider else [],
    }
    return render(request, "lms/competency/index.html", asked)


@require_http_methods(["GET", "POST"])
@login_required
def start(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """Begin a rating of somebody in scope."""
    at = timezone.now()
    provider = access.get_provider_to_rate(request.user, provider_id)
    frameworks = queries.frameworks_to_rate(request.user, provider, at.date())
    asked = {"frameworks": frameworks}
    form = (
        StartForm(request.POST, **asked)
        if request.method == "POST"
        else StartForm(initial=_first_choices(frameworks), **asked)
    )
    if request.method == "POST" and form.is_valid():
        answer = _started(request, form, provider.id, at)
        if answer.counted:
            return redirect("competency:rate", answer.data["assessment"])
        form.add_error(None, answer.detail)
    context = {"form": form, "provider": provider, "frameworks": frameworks, "key": uuid4()}
    return render(request, "lms/competency/start.html", context, status=400 if form.errors else 200)


def _first_choices(frameworks: list) -> dict[str, str]:
    return {"framework": str(frameworks[0].id) if frameworks else "", "occasion": "supervision", "mode": "role_play"}


def _started(request: HttpRequest, form: StartForm, provider_id: UUID, at: datetime) -> Answer:
    told = form.cleaned_data
    provider = access.get_provider_to_rate(request.user, provider_id)
    body = {
        "start": str(provider.id),
        "framework": str(told["framework"].id),
        "occasion": told["occasion"],
        "mode": told["mode"],
    }

    def act() -> dict[str, str]:
        rating = actions.start_assessment(
            key=told["key"],
            provider=provider,
            framework=told["framework"],
            occasion=told["occasion"],
            mode=told["mode"],
            by=request.user,
            at=at,
        )
        return {"assessment": str(rating.assessment_id)}

    return once(key=told["key"], person=request.user, body=body, at=at, act=act)


@require_http_methods(["GET", "POST"])
@login_required
def rate(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """One competency per screen. Each step saves; coming back goes on at the first blank."""
    rating = access.get_rating_for(request.user, assessment_id)
    if request.method == "POST":
        actions.save_marks(rating=rating, marks=marks_in(request.POST), by=request.user, at=timezone.now())
        return _after_saving(request, rating)
    if rating.assessment.state not in ("draft", "rated"):
        return redirect("competency:result", assessment_id)
    items = queries.items_in(rating)
    number = _asked_item(request, items)
    context = {
        "rating": rating,
        "assessment": rating.assessment,
        "items": items,
        "item": items[number - 1],
        "blank_words": [rules.blank_sentence(count) for count in range(1, len(items[number - 1].lines) + 1)],
        "level_words": {case: words % {"lines": "{lines}"} for case, words in rules.sentences().items()},
    }
    return render(request, "lms/competency/rate.html", context)


def _asked_item(request: HttpRequest, items: list[queries.Item]) -> int:
    """The item in the address, else the first with a blank line, else the first."""
    asked = request.GET.get("item", "")
    if asked.isdecimal() and 1 <= int(asked) <= len(items):
        return int(asked)
    return next((item.number for item in items if item.level.number is None), 1)


def _after_saving(request: HttpRequest, rating: Rating) -> HttpResponse:
    go = request.POST.get("go", "")
    if go == "stay":
        return HttpResponse(status=204)
    if not go.isdecimal():
        return redirect("competency:check", rating.assessment_id)
    return HttpResponseRedirect(f"{reverse('competency:rate', args=[rating.assessment_id])}?item={int(go)}")


@require_http_methods(["GET", "POST"])
@login_required
def check(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Before finishing: what is blank, and each level. No average."""
    rating = access.get_rating_for(request.user, assessment_id)
    refused = ""
    if request.method == "POST":
        answer = _finished(request, rating)
        if answer.counted:
            messages.success(
                request,
                _("The rating is finished. Talk about it with %(name)s, then write down the feedback.")
                % {"name": rating.assessment.provider.name},
            )
            return redirect("competency:result", assessment_id)
        refused = answer.detail
    elif rating.assessment.state not in ("draft", "rated"):
        return redirect("competency:result", assessment_id)
    items = queries.items_in(rating)
    context = {
        "rating": rating,
        "assessment": rating.assessment,
        "items": items,
        "ready": [item for item in items if item.level.number],
        "refused": refused,
        "key": uuid4(),
    }
    context["first_blank"] = next((item for item in items if item.level.number is None), None)
    return render(request, "lms/competency/check.html", context, status=409 if refused else 200)


def _finished(request: HttpRequest, rating: Rating) -> Answer:
    form = FinishForm(request.POST)
    if not form.is_valid():
        return Answer("refused", "invalid", str(rules.UnknownMark.sentence))
    at = timezone.now()

    def act() -> dict[str, str]:
        return {"assessment": str(actions.finalise(rating=rating, by=request.user, at=at).id)}

    return once(key=form.cleaned_data["key"], person=request.user, body={"finish": str(rating.id)}, at=at, act=act)


@require_http_methods(["GET", "POST"])
@login_required
def result(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """A finished rating: levels as words with reasons; its rater writes the feedback here."""
    assessment = access.get_assessment_for(request.user, assessment_id)
    is_rater = access.may_feed_back(request.user, assessment)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _fed_back(request, assessment, form)
        if answer.counted:
            messages.success(
                request, _("The feedback is saved. %(name)s can read it now.") % {"name": assessment.provider.name}
            )
            return redirect("competency:result", assessment_id)
        form.add_error(None, answer.detail)
    return _shown_result(request, assessment, form, is_rater)


def _fed_back(request: HttpRequest, assessment: Assessment, form: FeedbackForm) -> Answer:
    at = timezone.now()
    told = {name: form.cleaned_data[name] for name in ("what_worked", "practise_next")}

    def act() -> dict[str, str]:
        actions.feed_back(assessment=assessment, by=request.user, at=at, **told)
        return {}

    body = {"feedback": str(assessment.id), **told}
    return once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)


def _shown_result(request: HttpRequest, assessment: Assessment, form: FeedbackForm, is_rater: bool) -> HttpResponse:
    items = queries.items_final(assessment)
    before = {code: rules.level_word(level) for code, level in queries.levels_before(assessment).items()}
    is_mine = assessment.provider.user_id == request.user.id
    context = {
        "assessment": assessment,
        "items": [(item, before.get(item.code)) for item in items],
        "is_mine": is_mine,
        "form": form,
        "key": uuid4(),
        "rating": assessment.ratings.all()[0],
        "feedback": getattr(assessment, "feedback", None),
        "waits_for_feedback": is_rater and assessment.state == "finalised",
        "lessons": programmes.subjects_by_keys([item.focus_lesson for item in items if item.level.needs_lesson]),
        "taken_back": next((event for event in assessment.events.all() if event.kind == "voided"), None),
        "may_follow": not is_mine and access.may_follow(request.user, assessment.provider, assessment.programme),
    }
    return render(request, "lms/competency/result.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def take_back(request: HttpRequest, assessment_id: UUID) -> HttpResponse:
    """Why a finished rating does not count; pressed twice it is done once."""
    if queries.is_taken_back(assessment_id):
        return redirect("competency:result", assessment_id)
    assessment, at = access.get_assessment_to_take_back(request.user, assessment_id), timezone.now()
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.void(assessment=assessment, reason=form.cleaned_data["reason"], by=request.user, at=at)
        told = {"name": assessment.provider.name}
        messages.success(request, _("The rating is taken back. It does not count for %(name)s any more.") % told)
        return redirect("manage:person", assessment.provider_id)
    return render(request, "lms/competency/take_back.html", {"assessment": assessment, "form": form})
