"""The page that is one touch away from everywhere: who is on call, and the first three steps."""

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lms.outbox.actions import once
from lms.programmes.actions import agree_to_conduct
from lms.programmes.forms import ConductForm
from lms.programmes.queries import all_programmes, held_enrolments, programmes_of
from lms.programmes.rules import CODE_OF_CONDUCT


@require_safe
def urgent(request: HttpRequest) -> HttpResponse:
    """Names and numbers of the person's programmes; without a sign-in, of all that there are."""
    programmes = programmes_of(request.user) if request.user.is_authenticated else list(all_programmes())
    return render(request, "lms/programmes/urgent.html", {"programmes": programmes})


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
