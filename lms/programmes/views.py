"""The code of conduct; what managers decide about somebody's part."""

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.outbox.actions import once
from lms.outbox.rules import Answer
from lms.programmes import actions
from lms.programmes.access import get_enrolment_to_decide
from lms.programmes.actions import agree_to_conduct
from lms.programmes.forms import ConductForm, DecideForm
from lms.programmes.models import Enrolment
from lms.programmes.queries import held_enrolments
from lms.programmes.rules import CODE_OF_CONDUCT


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conduct(request: HttpRequest) -> HttpResponse:
    """The code of conduct, and the place to agree to it; agreed once per version, kept with its date."""
    enrolments = held_enrolments(request.user)
    form = ConductForm(request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        once(
            key=form.cleaned_data["key"],
            person=request.user,
            body={"kind": "conduct"},
            at=at,
            act=lambda: agree_to_conduct(person=request.user, at=at),
        )
        return redirect("home:home")
    waits = any(not enrolment.agreed for enrolment in enrolments)
    context = {"lines": CODE_OF_CONDUCT, "form": form, "waits": waits, "enrolments": enrolments}
    return render(request, "lms/programmes/conduct.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Pause, leave, withdraw, suspend or come back, with a reason; what was decided before stands below."""
    enrolment, at = get_enrolment_to_decide(request.user, enrolment_id), timezone.now()
    form = DecideForm(request.POST if request.method == "POST" else None, stage=enrolment.stage)
    if request.method == "POST" and form.is_valid():
        answer = _decided(request, form, enrolment, at)
        if answer.counted:
            messages.success(request, _("The decision is saved. The stage on this page follows from it."))
            return redirect("manage:person", enrolment.provider_id)
        form.add_error(None, answer.detail)
    context = {
        "enrolment": enrolment,
        "form": form,
        "key": uuid4(),
        "decided": enrolment.events.select_related("by").order_by("-at"),
    }
    return render(request, "lms/programmes/decide.html", context, status=400 if form.errors else 200)


def _decided(request: HttpRequest, form: DecideForm, enrolment: Enrolment, at: datetime) -> Answer:
    told = {name: form.cleaned_data[name] for name in ("decision", "reason")}

    def act() -> dict[str, str]:
        return {"event": str(actions.decide(enrolment=enrolment, by=request.user, at=at, **told).id)}

    body = {"decide": str(enrolment.id), **told}
    return once(key=form.cleaned_data["key"], person=request.user, body=body, at=at, act=act)
