"""“Talk with”: a supervisor decides about a result between the bands."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses.quizzes.access import get_attempt_to_decide
from courses.quizzes.actions import decide
from courses.quizzes.forms import DecisionForm
from courses.quizzes.queries import questions_of, reviewed
from lms.outbox.actions import once


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: HttpRequest, attempt: UUID) -> HttpResponse:
    """What was answered, and the form: pass or try again, with the reason."""
    held = get_attempt_to_decide(request.user, attempt)
    form = DecisionForm(request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        at, said = timezone.now(), form.cleaned_data

        def act() -> dict[str, Any]:
            made = decide(attempt=held, outcome=said["outcome"], reason=said["reason"], by=request.user, at=at)
            return {"decision": str(made.pk)}

        body = {"kind": "quiz.decided", "attempt": str(held.pk), "outcome": said["outcome"], "reason": said["reason"]}
        answer = once(key=said["key"], person=request.user, body=body, at=at, act=act)
        if answer.counted:
            messages.success(request, _("Your decision is saved. %(name)s sees it now.") % {"name": held.provider.name})
            return redirect("home:home")
        form.add_error(None, answer.detail)
    status = 400 if form.errors else 200
    context = {
        "attempt": held,
        "form": form,
        "answers": reviewed(questions_of(held)),
        "decision": getattr(held, "decision", None),
    }
    return render(request, "courses/talk/decide.html", context, status=status)
