"""What a phone keeps of a module: its pages without the person, the list of their files, and each quiz as it was given
out."""

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from courses.pages.queries import found_at
from courses.pages.rules import Course, Module
from courses.quizzes.models import Attempt, AttemptQuestion
from courses.quizzes.queries import reviewed
from courses.serving.access import get_module_for
from courses.serving.queries import Seen, editions
from courses.serving.rules import edition_for
from lms.home.rules import is_text_only, tabs_for

SAVED = "?saved=1"
USED = re.compile(r'(?:<link rel="stylesheet" href|<link rel="icon"[^>]* href|src|<use href)="([^"#]+)')
IMPORTED = re.compile(r"""(?:from|import)\s*["'](\.[^"']+)["']""")


def page_of(here: Seen, *, text_only: bool) -> str:
    """The rendering that a phone may keep: drawn without the request, so no name, progress or token can be on it."""
    context = {**here.shared(), "saved": True, "text_only": text_only, "shell": learners_shell()}
    return render_to_string(here.found.page.template, context)


def learners_shell() -> dict[str, Any]:
    """What stands around every saved page: the places of somebody who learns, whoever it is."""
    tabs = [
        {"name": tab.name, "url": address, "icon": tab.icon, "label": tab.label, "current": tab.name == "learn"}
        for tab in tabs_for((), enrolled=True)
        if (address := address_of(tab.address))
    ]
    return {"signed_in": True, "person": None, "front_url": address_of("home:home"), "tabs": tabs}


def address_of(name: str) -> str:
    """Empty where that part is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def asking_part(attempt: Attempt, questions: list[AttemptQuestion]) -> str:
    """The form of an open attempt, without any word that tells which answers are right."""
    lines = [(str(held.pk), held.position, held.asked, (), False) for held in questions]
    context = {"attempt": attempt, "lines": lines, "saved": True}
    return render_to_string("courses/quizzes/_asking.html", context)


def result_part(attempt: Attempt, questions: list[AttemptQuestion], name: str, **more: Any) -> str:
    """The result of an answered attempt, with the feedback to what was picked and nothing else."""
    context = {"attempt": attempt, "answers": reviewed(questions), "name": name, "saved": True, **more}
    return render_to_string("courses/quizzes/_result.html", context)


@login_required
@require_safe
def files(request: HttpRequest, module: UUID) -> JsonResponse:
    """Everything that a phone fetches to keep this module; 404 for who does not learn here."""
    course, held = get_module_for(request.user, module)
    text_only = is_text_only(request.COOKIES)
    listed = list(files_of(course, held, text_only=text_only))
    response = JsonResponse(
        {
            "module": str(held.key),
            "title": held.title,
            "url": held.url,
            "language": get_language(),
            "hash": edition_for(editions([course])[held.key], text_only=text_only),
            "bytes": sum(file["bytes"] for file in listed),
            "files": listed,
        }
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


def files_of(course: Course, module: Module, *, text_only: bool) -> Iterator[dict[str, Any]]:
    """The course's page, the module's, each lesson's and quiz's; then what these pages are drawn with."""
    used: dict[str, None] = {}
    for url in (course.url, module.url, *(step.url for step in module.steps)):
        found = found_at(url, get_language() or "")
        if found is None:
            continue
        kind = found.page.specific_class.__name__.removesuffix("Page").lower()
        html = page_of(Seen(found, kind, course, None, None), text_only=text_only)
        used |= dict.fromkeys(USED.findall(html))
        yield entry(url + SAVED, html.encode())
    for url in with_imports(url for url in used if url.startswith(settings.STATIC_URL)):
        yield entry(url, static_bytes(url))
    for url in used:
        if url.startswith(settings.MEDIA_URL):
            with default_storage.open(url.removeprefix(settings.MEDIA_URL)) as kept:
                yield entry(url, kept.read())


def entry(url: str, body: bytes) -> dict[str, Any]:
    """One line of the list: the phone compares what it received with it."""
    return {"url": url, "bytes": len(body), "sha256": sha256(body).hexdigest()}


def with_imports(urls: Iterator[str]) -> list[str]:
    """Static files with the scripts that they import, and these with theirs; one that is not there is left out."""
    found: dict[str, None] = {}
    waiting = list(urls)
    while waiting:
        url = waiting.pop(0)
        if url in found or static_bytes(url) is None:
            continue
        found[url] = None
        if url.endswith(".js"):
            waiting += [urljoin(url, name) for name in IMPORTED.findall(static_bytes(url).decode())]
    return list(found)


def static_bytes(url: str) -> bytes | None:
    """A static file as it is sent."""
    name = url.removeprefix(settings.STATIC_URL)
    path = staticfiles_storage.path(name) if settings.STATIC_HASHED else finders.find(name)
    if not path or not Path(path).is_file():
        return None
    return _read(str(path), Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: str, _changed: int) -> bytes:
    return Path(path).read_bytes()
