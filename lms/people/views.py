"""Signing in and out, one's own page, the language, and what a form says that was open too long."""

from collections.abc import Iterable

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.people.actions import choose_language
from lms.people.forms import LanguageForm, LoginForm
from lms.people.models import User
from lms.people.queries import provider_of
from lms.people.rules import shown_card_code

CHOSE_LANGUAGE = "chose_language"
TRIES_WORTH_SAYING = 5


def way_on(request: HttpRequest, otherwise: str) -> str:
    """The `next` address if it is a safe one of this site, else `otherwise`."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if safe else otherwise


def remember_language(response: HttpResponse, language: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    onward = way_on(request, settings.LOGIN_REDIRECT_URL)
    if request.user.is_authenticated:
        return redirect(onward)
    form = LoginForm(request.POST or None)
    if form.is_valid():
        person = authenticate(request, **form.cleaned_data)
        if person is not None:
            return enter(request, person, onward)
        form.add_error(None, sorry(request, form.cleaned_data["username"]))
    return login_page(request, form)


def enter(request: HttpRequest, person: User, onward: str) -> HttpResponse:
    """Signs in. A language chosen at the door is kept for the person; else the person's own is taken up again."""
    chosen = request.session.pop(CHOSE_LANGUAGE, None)
    login(request, person)
    if chosen:
        choose_language(person=person, language=chosen)
    return remember_language(redirect(onward), person.language)


def sorry(request: HttpRequest, username: str) -> str:
    """Never says which part was not right, nor whether the name is known."""
    left = settings.AXES_FAILURE_LIMIT - AxesProxyHandler.get_failures(request, {"username": username})
    if left > TRIES_WORTH_SAYING:
        return _("We do not know this name and PIN together. Look at both again.")
    return translation.ngettext(
        "We do not know this name and PIN together. Look at both again. You can try %(left)d more time.",
        "We do not know this name and PIN together. Look at both again. You can try %(left)d more times.",
        max(left, 1),
    ) % {"left": max(left, 1)}


def login_page(request: HttpRequest, form: LoginForm, *, status: int = 200, locked: bool = False) -> HttpResponse:
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    context = {"form": form, "next": way_on(request, ""), "locked": locked, "minutes": minutes}
    return render(request, "lms/people/login.html", context, status=status)


def locked_out(request: HttpRequest, *_others: object) -> HttpResponse:
    """Called by axes in the place of our answer when a name was tried too often from one address."""
    form = LoginForm(initial={"username": request.POST.get("username", "")})
    return login_page(request, form, status=429, locked=True)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Choosing a language: kept with the person, and on this phone for the page before signing in."""
    onward = way_on(request, reverse("people:me") if request.user.is_authenticated else reverse("people:login"))
    form = LanguageForm(request.POST or None, initial={"language": translation.get_language()})
    if not form.is_valid():
        return render(request, "lms/people/language.html", {"form": form, "next": onward})
    chosen = form.cleaned_data["language"]
    if request.user.is_authenticated:
        choose_language(person=request.user, language=chosen)
    else:
        request.session[CHOSE_LANGUAGE] = chosen
    return remember_language(redirect(onward), chosen)


@never_cache
@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    person = request.user
    context = {
        "person": person,
        "provider": provider_of(person),
        "card_code": shown_card_code(person.card_code) if person.card_code else "",
        "language_name": dict(settings.LANGUAGES).get(person.language, person.language),
    }
    return render(request, "lms/people/me.html", context)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form with a token that is too old: nothing changed, and what was typed comes back.

    Only to a form of our own pages: sending back what a foreign page posted would let it act with one more press.
    """
    if request.content_type == "application/json":
        detail = _("This page is too old. Load it again; what you wrote stays on this phone.")
        return JsonResponse({"code": "csrf", "detail": detail}, status=403)
    typed = request.POST if came_from_here(request) else QueryDict()
    names = [name for name in typed if name != "csrfmiddlewaretoken"]
    secret = [name for name in names if "password" in name]
    kept = [(name, value) for name in names if name not in secret for value in typed.getlist(name)]
    context = {"path": request.get_full_path(), "kept": kept, "secret": secret, "texts": texts_of(kept)}
    return render(request, "lms/errors/stale_form.html", context, status=403)


def came_from_here(request: HttpRequest) -> bool:
    here = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    return origin == here if origin else request.headers.get("Referer", "").startswith(here + "/")


def texts_of(kept: Iterable[tuple[str, str]]) -> list[str]:
    """What a person wrote in words, to be shown; choices and keys are only carried along."""
    return [value for _name, value in kept if " " in value.strip()]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same for what does not exist and for what is not this person's to see."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Drawn without the person: what broke may be the database."""
    return HttpResponse(render_to_string("500.html"), status=500)
