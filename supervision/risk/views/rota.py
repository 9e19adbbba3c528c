"""The rota: who is on call when, where nobody is, and how long one person has before the next one is told."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.outbox.actions import once
from lms.programmes.models import Programme
from supervision.risk import access, actions, queries
from supervision.risk.forms import MinutesForm, ShiftForm
from supervision.risk.rules import ALL_DAYS


def _programme_asked(request: HttpRequest) -> tuple[Programme, list[Programme]]:
    """The programme in the address, else the first that this manager staffs; none at all is a 404."""
    offered = access.programmes_to_staff(request.user)
    if not offered:
        raise Http404
    asked = request.GET.get("programme", "")
    return next((one for one in offered if str(one.pk) == asked), offered[0]), offered


def _back(programme: Programme) -> HttpResponse:
    return redirect(f"{reverse('supervision:on-call')}?programme={programme.pk}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def on_call(request: HttpRequest) -> HttpResponse:
    (programme, offered), at = _programme_asked(request), timezone.now()
    people, zone = queries.may_be_on_call(programme), queries.zone_of(programme)
    form = ShiftForm(request.POST if request.method == "POST" else None, people=people, zone=zone)
    if form.is_valid():
        refused = _added(request, programme, form, at)
        if not refused:
            return _back(programme)
        form.add_error(None, refused)
    return render(
        request,
        "supervision/risk/on_call.html",
        _facts(programme, offered, form, at),
        status=400 if form.errors else 200,
    )


def _added(request: HttpRequest, programme: Programme, form: ShiftForm, at: datetime) -> str:
    """Why it was refused, empty if it stands."""
    values = form.values()

    def act() -> dict[str, str]:
        return {"shift": str(actions.add_shift(programme=programme, by=request.user, at=at, **values).pk)}

    told = {name: str(value) for name, value in values.items()} | {"person": values["person"].pk}
    body = {"shift": programme.pk, **told}
    answer = once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)
    return "" if answer.counted else answer.detail


def _facts(programme: Programme, offered: list[Programme], form: ShiftForm, at: datetime) -> dict[str, Any]:
    rows = list(queries.rows_of([programme]).order_by("position", "begins", "starts_at", "person__name"))
    for row in rows:
        row.days = [WEEKDAYS_ABBR[int(day)] for day in row.weekdays]
        row.every_day = len(row.weekdays) == len(ALL_DAYS)
        row.whole_day = row.begins is not None and row.begins == row.ends
    return {
        "programme": programme,
        "programmes": offered,
        "rows": rows,
        "duty": queries.duty_of(programme, at=at),
        "form": form,
        "key": uuid4(),
        "minutes": queries.minutes_in(programme),
        "at": at,
    }


@login_required
@require_POST
def on_call_end(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Takes one line off the rota; a second press finds it gone."""
    shift = access.get_shift_for(request.user, shift_id)
    actions.end_shift(shift=shift, by=request.user, at=timezone.now())
    messages.success(request, _("This duty is taken off the list."))
    return _back(shift.programme)


@login_required
@require_POST
def on_call_minutes(request: HttpRequest) -> HttpResponse:
    programme, _offered = _programme_asked(request)
    form = MinutesForm(request.POST)
    if form.is_valid():
        actions.set_minutes(
            programme=programme, minutes=form.cleaned_data["minutes"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("Saved."))
    else:
        messages.error(request, form.errors["minutes"][0])
    return _back(programme)
