"""The page behind the red button: whom to call, what to do, and the press itself. It opens for everybody."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lms.outbox.actions import once
from lms.outbox.rules import Answer
from lms.people.rules import LOCKED
from lms.programmes.queries import all_programmes, numbers_of, programmes_of
from lms.programmes.registry import Number
from supervision.risk import actions, queries, rules
from supervision.risk.forms import read_raised, uuid_or_none


@require_http_methods(["GET", "HEAD", "POST"])
def urgent(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in sees who is on call now and can press; a visitor sees the programmes' own numbers, and who
    was signed out meanwhile reads that nobody was told and keeps what she typed."""
    at, refused, status = timezone.now(), "", 200
    if request.method == "POST" and not request.user.is_authenticated:
        status = 401
    elif request.method == "POST":
        answer = _raised(request, at)
        if answer.counted:
            return redirect("/urgent/?sent=1" if request.session.get(LOCKED) else answer.data["url"])
        refused, status = answer.detail, 409
    facts = _facts(request, at, refused) | {"signed_out": status == 401}
    return render(request, "supervision/risk/urgent.html", facts, status=status)


def _raised(request: HttpRequest, at: datetime) -> Answer:
    """The same body as the phone's outbox sends: pressed once and sent through both doors, it is one."""
    data = {name: request.POST[name] for name in request.POST if name not in {"csrfmiddlewaretoken", "key"}}
    key = uuid_or_none(request.POST.get("key")) or uuid4()

    def act() -> dict[str, Any]:
        raised = actions.raise_risk(key=key, by=request.user, happened_at=at, at=at, **read_raised(data))
        return queries.told_words(raised)

    body = {"kind": "risk.raised", "subject": "", "data": data}
    return once(key=key, person=request.user, body=body, at=at, act=act)


def _facts(request: HttpRequest, at: datetime, refused: str) -> dict[str, Any]:
    signed_in = request.user.is_authenticated
    programmes = programmes_of(request.user) if signed_in else list(all_programmes())
    mine = queries.open_for(request.user).filter(raised_by=request.user, state__in=queries.BUSY) if signed_in else []
    locked = bool(request.session.get(LOCKED))
    return {
        "numbers": numbers_of(programmes, at=at) if signed_in else _fixed(programmes),
        "at": at,
        "may_raise": signed_in and bool(programmes),
        "key": request.POST.get("key") or uuid4(),
        "case": _case_asked(request),
        "whats": rules.WHAT.items(),
        "places": rules.PLACES.items(),
        "mine": [] if locked else list(mine),
        "sent": request.GET.get("sent") == "1",
        "refused": refused,
        "typed": {name: request.POST.get(name, "") for name in ("note", "place", "programme")},
    }


def _case_asked(request: HttpRequest) -> UUID | str:
    return uuid_or_none(request.POST.get("case") or request.GET.get("case")) or ""


def _fixed(programmes: list) -> list[tuple[Any, list[Number]]]:
    """Whoever comes by sees no phone of somebody on the rota."""
    return [
        (
            one,
            [
                Number(name, phone)
                for name, phone in ((one.oncall_name, one.oncall_phone), (one.oncall2_name, one.oncall2_phone))
                if phone
            ],
        )
        for one in programmes
    ]
