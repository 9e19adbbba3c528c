"""The page that is one touch away from everywhere: who is on call, and the first three steps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.programmes.queries import all_programmes, programmes_of


@require_safe
def urgent(request: HttpRequest) -> HttpResponse:
    """Names and numbers of the person's programmes; without a sign-in, of all that there are."""
    programmes = programmes_of(request.user) if request.user.is_authenticated else list(all_programmes())
    return render(request, "lms/programmes/urgent.html", {"programmes": programmes})
