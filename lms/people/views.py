"""Signing in and out, one's own PIN, page, phones and language, and what a form says that was open too long."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.people import actions
from lms.people.actions import choose_language
from lms.people.forms import ChangePinForm, LanguageForm, LoginForm, PinForm
from lms.people.models import Card, User
from lms.people.queries import card_of, phones_of, provider_of, sign_in_of, user_named, waiting_card
from lms.people.rules import (
    ACTIVE,
    TIME_TO_CHOOSE,
    TRIES_A_DAY,
    Refusal,
    StartingPinTooOld,
    is_card_code,
    is_starting_pin_over,
    plain_card_code,
    shown_card_code,
)

CHOSE_LANGUAGE = "chose_language"
FIRST_PIN = "first_pin"
SEEN = "seen"
PIN_KEY = "pin_key"
BACKEND = "lms.people.access.CardOrNameBackend"
TRIES_WORTH_SAYING = 5


def way_on(request: HttpRequest, otherwise: str) -> str:
    """The `next` address if it is a safe one of this site, else `otherwise`."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if is_our_path(asked) else otherwise


def is_our_path(asked: str) -> bool:
    return asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)


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
    """The door. The QR of a card leads here with `?card=`, which fills in the code."""
    onward = way_on(request, settings.LOGIN_REDIRECT_URL)
    card = plain_card_code(request.GET.get("card", ""))
    if request.user.is_authenticated:
        return already_in(request, card, onward)
    form = LoginForm(request.POST or None, initial={"username": shown_card_code(card)} if is_card_code(card) else None)
    if not form.is_valid():
        return login_page(request, form)
    username = form.cleaned_data["username"]
    if tries_today(username) >= TRIES_A_DAY:
        return login_page(request, form, status=429, locked=True, today=True)
    person = authenticate(request, **form.cleaned_data)
    if person is None:
        count_try(username)
        form.add_error(None, sorry(request, username))
        return login_page(request, form)
    starting = getattr(person, "starting_card", None)
    return enter(request, person, onward) if starting is None else ask_for_pin(request, starting, form, onward)


def already_in(request: HttpRequest, card: str, onward: str) -> HttpResponse:
    """Somebody scans a card on a phone where another person is signed in: her page says who, and how to leave."""
    if not is_card_code(card) or card == request.user.card_code:
        return redirect(onward)
    words = _("This phone is signed in as %(name)s. Is that not you? Sign out below, then scan your card again.")
    messages.info(request, words % {"name": request.user.name})
    return redirect("people:me")


def tries_key(username: str) -> str:
    """Counted from all addresses together, by day. A new card starts anew."""
    person = user_named(username)
    name = f"{person.pk}:{person.card_code}" if person else plain_card_code(username).encode().hex()
    return f"tries:{timezone.now():%Y%m%d}:{name}"


def tries_today(username: str) -> int:
    return cache.get(tries_key(username), 0)


def count_try(username: str) -> None:
    key = tries_key(username)
    cache.add(key, 0, timeout=24 * 3600)
    with suppress(ValueError):  # the cache dropped the key in between
        cache.incr(key)


def ask_for_pin(request: HttpRequest, card: Card, form: LoginForm, onward: str) -> HttpResponse:
    """A starting PIN signs nobody in: it opens the page where she chooses her own, for a quarter of an hour."""
    at = timezone.now()
    if is_starting_pin_over(card.starting_until, at):
        form.add_error(None, str(StartingPinTooOld()))
        return login_page(request, form)
    request.session[FIRST_PIN] = {"card": str(card.pk), "until": (at + TIME_TO_CHOOSE).isoformat(), "next": onward}
    request.session.cycle_key()
    return redirect("people:first-pin")


@never_cache
@sensitive_post_parameters("new_password", "new_password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def first_pin(request: HttpRequest) -> HttpResponse:
    """She chooses her PIN, and only then is signed in."""
    asked, at = request.session.get(FIRST_PIN), timezone.now()
    card = waiting_card(asked["card"]) if asked and datetime.fromisoformat(asked["until"]) > at else None
    if request.user.is_authenticated or card is None:
        return redirect("people:login")
    form = PinForm(request.POST or None, person=card.user, starting_pin=card.starting_pin)
    if form.is_valid():
        try:
            person = actions.choose_first_pin(card=card, pin=form.cleaned_data["new_password"], at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            del request.session[FIRST_PIN]
            messages.success(request, _("Your PIN is set. Keep it in your head, not on the card."))
            return enter(request, person, asked["next"])
    return render(request, "lms/people/pin.html", {"form": form, "person": card.user, "is_first": True})


def enter(request: HttpRequest, person: User, onward: str) -> HttpResponse:
    """Signs in: every session begins here, and here a second factor will stand. A language chosen at the door is kept
    for the person; else the person's own is taken up again.
    """
    at = timezone.now()
    chosen = request.session.pop(CHOSE_LANGUAGE, None)
    login(request, person, backend=BACKEND)
    request.session[SEEN], request.session[ACTIVE] = f"{at:%Y-%m-%d}", int(at.timestamp())
    request.session.save()
    agent = request.headers.get("User-Agent", "")
    actions.remember_phone(person=person, session_key=request.session.session_key, agent=agent, at=at)
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


def login_page(
    request: HttpRequest, form: LoginForm, *, status: int = 200, locked: bool = False, today: bool = False
) -> HttpResponse:
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    has_card = is_card_code(plain_card_code(str(form["username"].value() or "")))
    context = {"form": form, "next": way_on(request, ""), "locked": locked, "minutes": minutes}
    context |= {"today": today, "has_card": has_card}
    return render(request, "lms/people/login.html", context, status=status)


def locked_out(request: HttpRequest, *_others: object) -> HttpResponse:
    """Called by axes in the place of our answer when a name was tried too often from one address."""
    count_try(request.POST.get("username", "") or request.user.get_username())
    form = LoginForm(initial={"username": request.POST.get("username", "")})
    return login_page(request, form, status=429, locked=True)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    key = request.session.session_key
    logout(request)
    actions.forget_phone(session_key=key or "", at=timezone.now())
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
        "phones": phones_of(person, timezone.now()),
        "this_phone": request.session.session_key,
        "until": request.session.get_expiry_date(),
        "has_pin": card_of(person) is not None,
        "provider": provider_of(person),
        "card_code": shown_card_code(person.card_code) if person.card_code else "",
        "language_name": dict(settings.LANGUAGES).get(person.language, person.language),
    }
    return render(request, "lms/people/me.html", context)


@never_cache
@sensitive_post_parameters("password", "new_password", "new_password_again")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """Another PIN. Who signs in by password alone has no card, and keeps her password."""
    person, key = request.user, request.POST.get("key", "")
    if card_of(person) is None:
        raise Http404
    if key and key == request.session.get(PIN_KEY):
        return redirect("people:me")
    form = ChangePinForm(request.POST or None, person=person)
    if form.is_valid():
        told = {"username": person.username, "password": form.cleaned_data["password"]}
        if authenticate(request, **told) is None:
            form.add_error("password", _("This is not the PIN or password of now. Look at it again."))
        else:
            return changed_pin(request, form.cleaned_data["new_password"], key)
    return render(request, "lms/people/pin.html", {"form": form, "person": person, "key": key or uuid4()})


def changed_pin(request: HttpRequest, chosen: str, key: str) -> HttpResponse:
    """The session gets another key and goes on; the key of the form is kept, so that a second press counts once."""
    was, at = request.session.session_key, timezone.now()
    person = actions.change_pin(person=request.user, pin=chosen, session_key=was, at=at)
    update_session_auth_hash(request, person)
    request.session[PIN_KEY] = key
    request.session.save()
    actions.see_phone(session_key=request.session.session_key, was=was, at=at)
    messages.success(request, _("Your new PIN counts from now. Your other phones are signed out."))
    return redirect("people:me")


@require_POST
@login_required
def phone_out(request: HttpRequest, sign_in: UUID) -> HttpResponse:
    """Signs out one of one's own phones; pressed twice, it says the same."""
    found = sign_in_of(request.user, sign_in)
    if found is None:
        raise Http404
    if found.session_key == request.session.session_key:
        return sign_out(request)
    actions.sign_out_phone(sign_in=found, by=request.user, at=timezone.now())
    messages.success(request, _("That phone is signed out."))
    return redirect("people:me")


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
