"""The front page of a person who is signed in, and the switch of the shell that spares a weak line."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lms.home.forms import TextOnlyForm
from lms.home.queries import panels_of, places_of
from lms.home.rules import TEXT_ONLY, greeting


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


@never_cache
@require_POST
def text_only(request: HttpRequest) -> HttpResponse:
    """Pictures and sound on or off, on this phone, for whoever uses it; script reads it too."""
    form = TextOnlyForm(request.POST)
    form.is_valid()
    response = redirect(form.cleaned_data.get("next") or reverse("people:me"))
    if form.cleaned_data["text_only"]:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(TEXT_ONLY, "1", max_age=365 * 24 * 3600, samesite="Lax", secure=secure)
    else:
        response.delete_cookie(TEXT_ONLY)
    return response
