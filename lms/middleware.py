"""What every request passes: file answers under ASGI, the content policy, language, the person, refusals as pages."""

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import brotli
from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from csp.middleware import CSPMiddleware
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as picture_policy
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from lms.people.access import is_admin
from lms.people.actions import see_phone
from lms.people.api import shut
from lms.people.models import User
from lms.people.rules import ACTIVE, LOCKED, Refusal, is_idle

WORTH_IT = 200  # bytes; less is not worth compressing


@sync_and_async_middleware
def AsyncFilesMiddleware(  # noqa: N802 named as Django names middleware
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]:
    """Turns file answers into async iterators under ASGI, where Django and Whitenoise give synchronous ones."""
    if not iscoroutinefunction(get_response):
        return get_response

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        if response.streaming and not response.is_async:
            response.streaming_content = in_turn(response.streaming_content)
        return response

    return markcoroutinefunction(middleware)


async def in_turn(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Reads a synchronous iterator in a thread, part by part."""
    iterator = iter(parts)
    while (part := await sync_to_async(next, thread_sensitive=False)(iterator, None)) is not None:
        yield part


class BrotliMiddleware(GZipMiddleware):
    """Pages as brotli where the browser takes it, a tenth smaller than gzip; else as gzip.

    As Django does inside gzip, a random number of bytes hides how well a page that holds a secret was compressed: here
    they stand in the head of the answer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        takes = re.search(r"\bbr\b", request.headers.get("Accept-Encoding", ""))
        done = response.streaming or response.has_header("Content-Encoding")
        if not takes or done or len(response.content) < WORTH_IT:
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        response.content = brotli.compress(response.content, mode=brotli.MODE_TEXT, quality=6)
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "br"
        response.headers["X-Padding"] = "0" * secrets.randbelow(self.max_random_bytes)
        if response.get("ETag", "").startswith('"'):
            response.headers["ETag"] = "W/" + response["ETag"]
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere but under /admin/, which has its own written-down one."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith("/admin/"):
            response._csp_config = deepcopy(settings.ADMIN_CONTENT_SECURITY_POLICY)
        return super().process_response(request, response)


class LanguageMiddleware:
    """Answers in the person's language: the cookie of the language switch, else the browser's, else English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        if not response.get("Content-Language"):
            response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
        return response


class PersonMiddleware:
    """Shows times where the person lives, and pages that name a person are kept by nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signed_in = request.user.is_authenticated
        if signed_in:
            timezone.activate(request.user.time_zone)
            self.speak(request)
        else:
            timezone.deactivate()
        response = self.get_response(request)
        if signed_in:
            self.keep_signed_in(request)
        if signed_in and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def keep_signed_in(self, request: HttpRequest) -> None:
        """Thirty days count from the last day on which the phone was used: once a day the session begins anew."""
        seen, at = request.session.get("seen"), timezone.now()
        if seen and seen != f"{at:%Y-%m-%d}" and request.user.is_authenticated:
            request.session["seen"] = f"{at:%Y-%m-%d}"
            see_phone(session_key=request.session.session_key, at=at)

    def speak(self, request: HttpRequest) -> None:
        """The language a person chose wins on every device."""
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and translation.check_for_language(
            request.user.language
        ):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()


# what a locked phone still opens: the lock itself, what waits for sending, help in need, and what names nobody
PASSES_LOCK = re.compile(
    r"/(static/|sw\.js$|manifest\.webmanifest$|sync/$|logout/$|phone/(lock|unlock|proof|shell)/$|urgent/$|language/$|health/)"
)
MINUTE = 60  # seconds


class LockMiddleware:
    """A locked phone shows nothing of its person. It says itself when it locks; and the server locks when a page is
    asked for after fifteen minutes without any. What is sent then still arrives: the page after it is the lock. Who
    was at work without network meanwhile is not asked for her PIN: the phone proves that it is open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if PASSES_LOCK.match(request.path_info) or not request.user.is_authenticated:
            return self.get_response(request)
        return shut(request) if self.is_locked(request) else self.get_response(request)

    def is_locked(self, request: HttpRequest) -> bool:
        session, at = request.session, timezone.now()
        if session.get(LOCKED):
            return True
        if session.get(ACTIVE) is None:
            return False
        last = datetime.fromtimestamp(session[ACTIVE], UTC)
        idle = is_idle(last, at) and not re.match(settings.NEVER_IDLE, request.path_info)
        if idle and request.method in {"GET", "HEAD"}:
            session[LOCKED] = True
        elif not idle and (at - last).total_seconds() >= MINUTE:
            session[ACTIVE] = int(at.timestamp())
        return bool(session.get(LOCKED))


class RefusalMiddleware:
    """A refusal that a view let fly becomes a page with its sentence and a way back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        context = {"sentence": str(exception), "back": self.way_back(request)}
        return render(request, "lms/errors/refusal.html", context, status=exception.status)

    def way_back(self, request: HttpRequest) -> str:
        """The page of ours that the person came from, never the refused one itself."""
        came_from = request.headers.get("Referer", "")
        ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
        return came_from if ours and came_from != request.build_absolute_uri() else ""


# reports and lists of Wagtail's admin that name things of every programme, and that no permission of Wagtail's narrows
OVER_ALL = frozenset(
    {
        "wagtailadmin_reports:page_types_usage",
        "wagtailadmin_reports:page_types_usage_results",
        "wagtail_localize:snippets_api_listing",
        "wagtail_localize:snippets_api_detail",
    }
)


class AdminDoorMiddleware:
    """Shuts what Wagtail's admin leaves open: to who may not enter it there is no /admin/, and whoever may enter
    finds nothing of another programme by its number. Documents are offered to nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> None:
        path = request.path_info
        if not path.startswith("/admin/") or path == "/admin/login/" or not request.user.is_authenticated:
            return
        if path.startswith("/admin/documents/") or not self.may_pass(request, kwargs):
            raise Http404

    def may_pass(self, request: HttpRequest, kwargs: dict[str, Any]) -> bool:
        person, name = request.user, request.resolver_match.view_name
        if is_admin(person):
            return True
        if not person.has_perm("wagtailadmin.access_admin") or name in OVER_ALL:
            return False
        if name == "wagtailadmin_choose_page_child":
            return may_walk_through(person, kwargs["parent_page_id"])
        if name == "wagtailadmin_choose_page_chosen_multiple":
            return all_within(Page, within_reach(person, Page), request.GET)
        if name == "wagtail_bulk_action":
            return may_act_on_all(person, kwargs["app_label"], kwargs["model_name"], request.GET)
        return True


def may_walk_through(person: User, page_id: int) -> bool:
    """Whether a page is the person's to work on, or stands above one."""
    page = Page.objects.filter(pk=page_id).first()
    return (
        page is not None
        and page_permission_policy.explorable_instances(person).filter(path__startswith=page.path).exists()
    )


def may_act_on_all(person: User, app: str, model_name: str, asked: QueryDict) -> bool:
    """Whether every row that a bulk action names is the person's: Wagtail shows the names of those that are not."""
    try:
        model = apps.get_model(app, model_name)
    except LookupError:
        return False
    reach = within_reach(person, model)
    return reach is not None and all_within(model, reach, asked)


def within_reach(person: User, model: type[Model]) -> QuerySet[Any] | None:
    """The rows of a model that a person works on in the admin; None: that is nobody's but the administrator's."""
    if model is Page:
        return page_permission_policy.explorable_instances(person)
    if model is get_image_model():
        return picture_policy.instances_user_has_any_permission_for(person, ["change", "delete", "choose"])
    viewset = getattr(model, "snippet_viewset", None)
    if viewset is None:
        return None
    return viewset.permission_policy.instances_user_has_any_permission_for(person, ["change", "delete"])


def all_within(model: type[Model], reach: QuerySet[Any], asked: QueryDict) -> bool:
    """Whether the named rows, or with `all` every row (of one branch, for pages), lie within reach."""
    named = asked.getlist("id")
    rows = model._default_manager.all()
    try:
        if "all" not in named:
            rows = rows.filter(pk__in=named)
        elif model is Page and "childOf" in asked:
            rows = Page.objects.descendant_of(Page.objects.get(pk=asked["childOf"]))
        return not rows.exclude(pk__in=reach.values("pk")).exists()
    except (Page.DoesNotExist, ValidationError, ValueError):
        return False
