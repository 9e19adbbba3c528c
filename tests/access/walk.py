"""Which pages there are, and how each of the fixed people comes to them: by following links from their front page."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import BrowserContext

# named addresses that draw no page for a person to look at, and why
NOT_PAGES = {
    "certification:certificate-pdf": "paper",
    "competency:check": "POST only",
    "courses:files": "for the phone's scripts",
    "home:text-only": "POST only",
    "manage:replace-card": "POST only",
    "manage:sheet-pdf": "paper",
    "media": "a file",
    "outbox:sync": "for the phone's scripts",
    "people:lock": "POST only",
    "people:logout": "POST only",
    "people:phone-out": "POST only",
    "phone:key": "for the phone's scripts",
    "phone:manifest": "for the browser",
    "phone:proof": "for the phone's scripts",
    "phone:state": "for the phone's scripts",
    "phone:worker": "for the browser",
    "supervision:calendar-feed": "for calendars",
    "supervision:case-accept": "POST only",
    "supervision:case-autosave": "for the phone's scripts",
    "supervision:case-phone": "for the phone's scripts",
    "supervision:case-picture": "a file",
    "supervision:case-picture-remove": "POST only",
    "supervision:case-finish": "POST only",
    "supervision:case-redact": "POST only",
    "supervision:case-return": "POST only",
    "supervision:case-withdraw": "POST only",
    "supervision:cut-off-remove": "POST only",
    "supervision:events": "for the room's scripts",
    "supervision:flag-decide": "POST only",
    "supervision:group-agreement-text": "POST only",
    "supervision:group-end": "POST only",
    "supervision:identifier-decide": "POST only",
    "supervision:ice": "for the room's scripts",
    "supervision:on-call-end": "POST only",
    "supervision:on-call-minutes": "POST only",
    "supervision:poll-drop": "POST only",
    "supervision:poll-new": "POST only",
    "supervision:polls-csv": "a file",
    "supervision:recording-answer": "POST only",
    "supervision:risk-beside": "for the room's scripts",
    "supervision:risk-step": "POST only",
    "supervision:session-brief-agenda": "POST only",
    "supervision:session-call": "POST only",
    "supervision:session-cancel": "POST only",
    "supervision:session-enter": "POST only",
    "supervision:session-ics": "a file",
    "supervision:session-keep": "POST only",
    "supervision:session-note": "POST only",
    "supervision:session-parts": "for the room's scripts",
    "supervision:session-post": "POST only",
    "supervision:session-private": "POST only",
    "supervision:session-private-seen": "POST only",
    "supervision:session-too-few": "POST only",
}
VISITORS = ("/", "/login/", "/language/", "/verify/", "/verify/TND-0000-0000-0000-0000/", "/nowhere/")
ALSO = ("/phone/", "/phone/shell/", "/urgent/", "/language/", "/code-of-conduct/", "/nowhere/")


def names(patterns: list[URLPattern | URLResolver] | None = None, space: str = "") -> Iterator[str]:
    """Every named address of ours; Wagtail's admin and its catch-all are not ours to draw."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name and not pattern.name.startswith("wagtail"):
                yield f"{space}{pattern.name}"
        elif str(pattern.pattern) != "admin/" and pattern.app_name != "wagtailcore":
            within = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names(pattern.url_patterns, space + within)


def is_id(text: str) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


def kind_of(path: str) -> str:
    """Pages of one kind look alike: the name of the address, with what in it is no id. Of courses: how deep."""
    found = resolve(path)
    if found.view_name == "courses:page":
        parts = found.kwargs["path"].split("/")
        return f"courses:page {'quiz' if parts[-1] == 'quiz' else len(parts)}"
    rest = [str(value) for value in found.kwargs.values() if not is_id(value) and found.view_name != "wagtail_serve"]
    return " ".join([found.view_name, *rest]) if "certif" not in found.view_name else found.view_name


def reached(context: BrowserContext, start: tuple[str, ...]) -> dict[str, str]:
    """One address of every kind that can be reached from here by links."""
    found: dict[str, str] = {}
    read: dict[str, int] = {}
    waiting = list(start)
    known = set(waiting)
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        read[kind] = read.get(kind, 0) + 1
        if kind.split()[0] in NOT_PAGES or read[kind] > 3:
            continue
        answer = context.request.get(path)
        landed = urlsplit(answer.url).path
        found.setdefault(kind_of(landed), landed)
        links = [urlsplit(unescape(href)) for href in re.findall(r'<a [^>]*?href="(/[^"]*)"', answer.text())]
        new = [link.path for link in links if link.path not in known and not link.path.startswith("/admin/")]
        known.update(new)
        waiting += dict.fromkeys(new)
    return found
