"""The manager's board, the list of people, and one person's page."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.programmes.access import may_decide
from lms.programmes.models import Enrolment, Programme
from lms.programmes.queries import programmes_of
from lms.reporting import queries, registry
from lms.reporting.rules import biggest_drop

PEOPLE_PER_PAGE = 30


def programme_asked(request: HttpRequest, *roles: str) -> tuple[Programme, list[Programme]]:
    """The programme in the address, else the first of those where one holds such a role; none at all is a 404."""
    offered = programmes_of(request.user, *roles)
    if not offered:
        raise Http404
    asked = request.GET.get("programme", "")
    return next((programme for programme in offered if str(programme.id) == asked), offered[0]), offered


def uuid_or_nothing(text: str) -> str:
    """A filter that is not a UUID filters nothing."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


@never_cache
@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """How the group is doing: figures, the funnel, and who is stuck and why."""
    programme, offered = programme_asked(request, "manager")
    at = timezone.now()
    chosen = {name: uuid_or_nothing(request.GET.get(name, "")) for name in ("cohort", "district")}
    found = queries.board(request.user, programme, at=at, **chosen)
    context = {
        "board": found, "programme": programme, "programmes": offered, "chosen": chosen, "at": at,
        "drop": biggest_drop(found.funnel), "stage_names": dict(Enrolment.Stage.choices),
    }  # fmt: skip
    return render(request, "lms/reporting/board.html", context)


@never_cache
@require_safe
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Everybody in scope, the longest wait first, 30 on a page."""
    programme, offered = programme_asked(request, "manager", "supervisor")
    at = timezone.now()
    asked = {"search": request.GET.get("q", "").strip()[:100], "stage": request.GET.get("stage", "")}
    asked["wait"] = request.GET.get("wait", "")
    rows = queries.people(request.user, programme, at=at, **asked)
    page = Paginator(rows, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "rows": queries.waiting(list(page), programme, at), "programme": programme, "programmes": offered,
        "stages": Enrolment.Stage.choices, "query": _query_without_page(request), **asked,
    }  # fmt: skip
    return render(request, "lms/reporting/people.html", context)


def _query_without_page(request: HttpRequest) -> str:
    """The filters as they stand in the address, for the links to other pages."""
    told = request.GET.copy()
    told.pop("page", None)
    return told.urlencode()


@never_cache
@require_safe
@login_required
def person(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """One person, made of sections that each part of the product offers."""
    enrolment = queries.enrolment_within(request.user, provider_id, request.GET.get("programme", ""))
    if enrolment is None:
        raise Http404
    at = timezone.now()
    provider, programme = enrolment.provider, enrolment.programme
    shown = {"main": [], "side": []}
    for section in registry.in_order():
        facts = section.context(request.user, provider, programme, at=at)
        if facts is not None:
            shown[section.column].append(registry.Shown(section.template, {**facts, "provider": provider}))
    context = {
        "provider": provider,
        "enrolment": enrolment,
        "programme": programme,
        "days": (at - enrolment.stage_since).days,
        "decides": may_decide(request.user, enrolment),
        **shown,
    }
    return render(request, "lms/reporting/person.html", context)
