"""The front page of a person who is signed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.home.queries import panels_of, places_of
from lms.home.rules import greeting


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    places = places_of(request.user)
    context = {
        "greeting": greeting(request.user.get_short_name(), timezone.localtime(at).hour),
        "belongs": places.enrolled or bool(places.roles),
        "main": panels_of(request.user, "main", at=at),
        "side": panels_of(request.user, "side", at=at),
    }
    return render(request, "lms/home/home.html", context)
