"""The page on which a programme writes down its cut-offs."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.outbox.actions import once
from lms.programmes.models import Programme
from lms.programmes.queries import programmes_of

from . import access, actions, queries, rules
from .forms import CutOffForm


def _address(programme: Programme) -> str:
    return f"{reverse('supervision:cut-offs')}?programme={programme.pk}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def cut_offs(request: HttpRequest) -> HttpResponse:
    programme = access.get_programme_to_manage(request.user, request.GET.get("programme", ""))
    form = CutOffForm(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        answer = _write_once(request, programme, form)
        if answer.counted:
            return redirect(_address(programme))
        refused = answer.detail
    facts = {
        "programme": programme,
        "programmes": programmes_of(request.user, "manager"),
        "rows": queries.cut_offs_of([programme]),
        "form": form,
        "key": uuid4(),
        "usual": rules.USUAL_VERSIONS,
        "refused": refused,
    }
    return render(request, "supervision/cutoffs/cut_offs.html", facts, status=409 if refused else 200)


def _write_once(request: HttpRequest, programme: Programme, form: CutOffForm):
    values = {name: form.cleaned_data[name] for name in ("tool", "version", "language", "cut_off", "source")}
    at = timezone.now()

    def act() -> dict[str, str]:
        return {"cut_off": str(actions.write_cut_off(programme=programme, **values, by=request.user, at=at).pk)}

    body = {"programme": programme.pk, **values}
    return once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)


@login_required
@require_POST
def cut_off_remove(request: HttpRequest, cut_off_id: UUID) -> HttpResponse:
    programme = access.get_programme_to_manage(request.user, request.POST.get("programme", ""))
    actions.remove_cut_off(programme=programme, cut_off_id=cut_off_id, by=request.user)
    return redirect(_address(programme))
