"""The manager's board, the list of people, one person's page, and the cards by which people sign in."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.outbox.actions import once
from lms.outbox.rules import Answer
from lms.people import actions as people_actions
from lms.programmes.access import get_provider_for_card, has_role, may_decide
from lms.programmes.models import Enrolment, Programme
from lms.programmes.queries import programmes_of
from lms.reporting import queries, registry
from lms.reporting.forms import CARDS_AT_ONCE, CardsForm, KeyForm
from lms.reporting.rules import CardsInUse, biggest_drop

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
        "lines": registry.lines_for(request.user, programme, at=at),
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
        "manages": has_role(request.user, "manager", programme=programme),
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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cards(request: HttpRequest) -> HttpResponse:
    """Who needs a card, 40 on a page; those who have none yet are ticked, so that one press makes them all."""
    programme, offered = programme_asked(request, "manager")
    rows = queries.without_card_in_use(request.user, programme)
    if request.method == "POST":
        form = CardsForm(request.POST, offered=queries.keys_for_cards(request.user, programme))
        if form.is_valid():
            return _made(request, form, programme)
    else:
        form = CardsForm(offered=[])
    page = Paginator(rows, CARDS_AT_ONCE).get_page(request.GET.get("page"))
    ticked = set(request.POST.getlist("people")) if form.is_bound else None
    people = [(row, not row.waits if ticked is None else str(row.provider.user_id) in ticked) for row in page]
    context = {
        "page": page, "people": people, "form": form, "key": request.POST.get("key") or uuid4(),
        "programme": programme, "programmes": offered, "query": _query_without_page(request),
    }  # fmt: skip
    return render(request, "lms/reporting/cards.html", context)


def _made(request: HttpRequest, form: CardsForm, programme: Programme) -> HttpResponse:
    """The sheet has the key of the form: pressed twice, the same sheet."""
    key, chosen, at = form.cleaned_data["key"], sorted(set(form.cleaned_data["people"])), timezone.now()

    def act() -> dict[str, str]:
        if not people_actions.make_cards(people=[UUID(one) for one in chosen], sheet=key, by=request.user, at=at):
            raise CardsInUse
        return {"sheet": str(key)}

    body = {"cards": chosen, "programme": str(programme.pk)}
    return _to_sheet(request, once(key=key, person=request.user, body=body, at=at, act=act), "manage:cards")


def _to_sheet(request: HttpRequest, answer: Answer, otherwise: str, *args: object) -> HttpResponse:
    if answer.counted:
        return redirect("manage:sheet", answer.data["sheet"])
    messages.error(request, answer.detail)
    return redirect(otherwise, *args)


@require_POST
@login_required
def replace_card(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """A lost card: one tap ends the old code and its sessions, and leads to the new card."""
    provider = get_provider_for_card(request.user, provider_id)
    form, at = KeyForm(request.POST), timezone.now()
    if not form.is_valid():
        raise Http404
    key = form.cleaned_data["key"]

    def act() -> dict[str, str]:
        people_actions.replace_card(person=provider.user, sheet=key, by=request.user, at=at)
        return {"sheet": str(key)}

    answer = once(key=key, person=request.user, body={"replace": str(provider.pk)}, at=at, act=act)
    return _to_sheet(request, answer, "manage:person", provider_id)


@never_cache
@require_safe
@login_required
def sheet(request: HttpRequest, sheet: UUID) -> HttpResponse:
    """The cards that were made together, to print; those that were replaced since are named."""
    cards = queries.sheet_for(request.user, sheet)
    if not cards:
        raise Http404
    context = {
        "sheet": sheet,
        "cards": [card for card in cards if card.ended_at is None],
        "replaced": [card for card in cards if card.ended_at],
    }
    return render(request, "lms/reporting/sheet.html", context)
