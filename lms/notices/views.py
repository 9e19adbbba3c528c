"""The page on which somebody says how she wants to be reminded."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.notices import actions, queries, rules
from lms.notices.forms import ChoiceForm
from lms.outbox.actions import once
from lms.outbox.rules import Answer


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """By text message, by mail or not at all, how long before, and to which address."""
    person, kept = request.user, queries.choice_of(request.user)
    found = rules.ways(kept.channel, email=person.email, phone=person.phone)
    now = kept.channel or (found[0] if found else rules.SMS)
    initial = {"channel": now, "hours": kept.hours, "phone": person.phone, "email": person.email}
    form = ChoiceForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _chosen(request, form)
        if answer.counted:
            messages.success(request, _("Kept. We remind you as you chose."))
            return redirect("people:me")
        form.add_error("phone", answer.detail)
    context = {"form": form, "key": uuid4(), "reached": bool(found)}
    return render(request, "lms/notices/reminders.html", context, status=400 if form.errors else 200)


def _chosen(request: HttpRequest, form: ChoiceForm) -> Answer:
    told, at = {name: form.cleaned_data[name] for name in ("channel", "hours", "email", "phone")}, timezone.now()

    def act() -> dict[str, str]:
        return actions.choose(person=request.user, at=at, **told)

    return once(key=form.cleaned_data["key"], person=request.user, body={"kind": "reminders", **told}, at=at, act=act)
