"""The lock of a phone that lies idle: shut by its own script or by the server, opened by the PIN again."""

from urllib.parse import urlencode

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lms.people import views
from lms.people.forms import UnlockForm
from lms.people.rules import ACTIVE, LOCKED, TRIES_A_DAY

HELD = "held-"  # before the name of each field of a form that was sent to a locked phone
HELD_PATH = "held_path"


def asks_page(request: HttpRequest) -> bool:
    """Whether a page is asked for; a script names what it wants, or nothing."""
    return "text/html" in request.headers.get("Accept", "")


def signed_out() -> JsonResponse:
    return JsonResponse({"code": "signed_out", "detail": _("Sign in to go on.")}, status=401)


@never_cache
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """The phone lay idle: from now on its session opens nothing but the lock."""
    if not request.user.is_authenticated:
        return signed_out()
    request.session[LOCKED] = True
    return HttpResponse(status=204)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """The PIN again. What was sent to the locked phone comes back, to be sent with one more press."""
    person, onward = request.user, views.way_on(request, settings.LOGIN_REDIRECT_URL)
    if not person.is_authenticated:
        return redirect_to_login(onward) if asks_page(request) else signed_out()
    if request.method != "POST":
        return unlock_page(request, UnlockForm()) if request.session.get(LOCKED) else redirect(onward)
    form = UnlockForm(request.POST)
    if views.tries_today(person.username) >= TRIES_A_DAY:
        return shut_out(request, form, today=True)
    if not form.is_valid():
        return unlock_page(request, form)
    if authenticate(request, username=person.username, password=form.cleaned_data["password"]) != person:
        views.count_try(person.username)
        form.add_error("password", not_hers(request))
        return unlock_page(request, form)
    request.session[LOCKED], request.session[ACTIVE] = False, int(timezone.now().timestamp())
    return opened(request, onward)


def opened(request: HttpRequest, onward: str) -> HttpResponse:
    if not asks_page(request):
        return HttpResponse(status=204)
    kept, path = held_fields(request.POST), request.POST.get(HELD_PATH, "")
    if not kept or not views.is_our_path(path):
        return redirect(onward)
    context = {"path": path, "kept": kept, "texts": views.texts_of(kept)}
    return render(request, "lms/people/held_form.html", context)


def not_hers(request: HttpRequest) -> str:
    username = request.user.username
    left = settings.AXES_FAILURE_LIMIT - AxesProxyHandler.get_failures(request, {"username": username})
    if left > views.TRIES_WORTH_SAYING:
        return _("This is not the PIN or password with which you sign in. Look at it again.")
    return translation.ngettext(
        "This is not the PIN or password with which you sign in. You can try %(left)d more time.",
        "This is not the PIN or password with which you sign in. You can try %(left)d more times.",
        max(left, 1),
    ) % {"left": max(left, 1)}


def unlock_page(
    request: HttpRequest,
    form: UnlockForm,
    *,
    status: int = 200,
    held: list[tuple[str, str]] | None = None,
    **more: object,
) -> HttpResponse:
    """The lock as a page; to a script the first error as JSON."""
    if request.method == "POST" and not asks_page(request):
        said = " ".join(error for errors in form.errors.values() for error in errors)
        return JsonResponse({"code": "not_opened", "detail": said}, status=max(status, 400))
    is_here = request.path_info == reverse("people:unlock")
    context = {
        "form": form,
        "next": views.way_on(request, "") if is_here else request.get_full_path(),
        "held": held_fields(request.POST) if is_here else held or [],
        "held_path": request.POST.get(HELD_PATH, "") if is_here else request.get_full_path(),
        "minutes": round(settings.AXES_COOLOFF_TIME * 60),
    }
    return render(request, "lms/people/unlock.html", context | more, status=status)


def shut_out(request: HttpRequest, form: UnlockForm, *, today: bool = False) -> HttpResponse:
    if not asks_page(request):
        detail = _("That was too many tries. Wait, then try again, or ask your trainer for help.")
        return JsonResponse({"code": "too_many_tries", "detail": detail}, status=429)
    return unlock_page(request, form, status=429, locked=True, today=today)


def locked_out(request: HttpRequest, *others: object) -> HttpResponse:
    """Called by axes in the place of our answer when a name was tried too often from one address."""
    if request.path_info != reverse("people:unlock"):
        return views.locked_out(request, *others)
    return shut_out(request, UnlockForm())


def held_fields(typed: QueryDict) -> list[tuple[str, str]]:
    """What was typed into a form that met the lock, as the lock's own form carries it."""
    names = [name for name in typed if name.startswith(HELD)]
    return [(name.removeprefix(HELD), value) for name in names for value in typed.getlist(name)]


def shut(request: HttpRequest) -> HttpResponse:
    """The answer of a locked phone: to a page the lock, to a form the lock that carries what was typed, else 423."""
    if not asks_page(request):
        detail = _("This phone is locked. Open it with your PIN.")
        return JsonResponse({"code": "locked", "detail": detail}, status=423)
    if request.method in {"GET", "HEAD"}:
        return redirect(f"{reverse('people:unlock')}?{urlencode({'next': request.get_full_path()})}")
    if not views.came_from_here(request):
        return redirect("people:unlock")
    typed = [name for name in request.POST if name != "csrfmiddlewaretoken" and "password" not in name]
    held = [(name, value) for name in typed for value in request.POST.getlist(name)]
    return unlock_page(request, UnlockForm(), status=423, held=held)
