"""What a phone is given: the person's state, the worker's text, the manifest."""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

from lms.people.models import User
from lms.phone import registry
from lms.phone.models import DeviceKey
from lms.phone.rules import joined

SCRIPTS = "lms/js/phone"
WORKER = ("store", "counter", "outbox_rules", "outbox", "modules", "leave", "worker")
PAGE_SCRIPT = "lms/phone.js"
# what the empty shell and the page about this phone are made of
SHELL_FILES = (
    "lms/site.css",
    PAGE_SCRIPT,
    "lms/js/shell.js",
    "lms/js/on_phone.js",
    "lms/js/erase.js",
    "lms/icons.svg",
    "lms/mark.svg",
)
SHELL_PAGES = ("/phone/shell/", "/phone/")
PAPER = "#f7f0e3"


def state_of(person: User, *, at: datetime) -> dict[str, Any]:
    """Everything that this person's phone keeps, by part, and the addresses that shall open without network."""
    offered = registry.parts.values()
    parts = {part.name: part.context(person, at=at) for part in offered if part.context}
    keep = [address for part in offered if part.keep for address in part.keep(person, at=at)]
    taken = [when for part in offered if part.since and (when := part.since(person, at=at))]
    return {
        "person": {"id": str(person.pk), "name": person.name, "language": person.language},
        "app": app_version(),
        "keep": list(dict.fromkeys(keep)),
        "since": max(taken).isoformat() if taken else "",
        "parts": {name: kept for name, kept in parts.items() if kept is not None},
    }


def app_version() -> str:
    """Names what runs on phones now: another text of the worker or another static file is another version. Empty where
    static files are not hashed: nothing that changes under one name may be kept, so no phone keeps anything.
    """
    if not settings.STATIC_HASHED:
        return ""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return ""
    return _version(str(manifest), manifest.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _version(manifest: str, _changed: int) -> str:
    """Read again only when the manifest was written anew."""
    listed = Path(manifest).read_text("utf-8")
    return version_of(worker_body(), listed) if f'"{PAGE_SCRIPT}"' in listed else ""


def version_of(*texts: str) -> str:
    """Twelve letters that change with any of these texts."""
    return sha256("\0".join(texts).encode()).hexdigest()[:12]


def worker_body() -> str:
    """The scripts of the service worker as one text."""
    return joined(texts_of(WORKER))


def texts_of(names: Iterable[str]) -> list[str]:
    """The texts of scripts of the phone, in this order; one that is not installed is left out."""
    found = [finders.find(f"{SCRIPTS}/{name}.js") for name in names]
    return [Path(path).read_text("utf-8") for path in found if path]


def worker_text() -> str:
    """What `/sw.js` answers: the version and what to keep at once, then the scripts."""
    body, files = worker_body(), [static(name) for name in SHELL_FILES]
    version = app_version() or version_of(body)
    return f"const VERSION = {json.dumps(version)};\nconst SHELL_FILES = {json.dumps([*SHELL_PAGES, *files])};\n{body}"


def manifest() -> dict[str, Any]:
    """What a phone needs to install the app; it names nobody."""
    icons = [(size, purpose) for purpose in ("icon", "maskable") for size in (192, 512)]
    return {
        "id": "/",
        "name": "Tandem",
        "short_name": "Tandem",
        "start_url": "/home/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {
                "src": static(f"lms/icons/{purpose}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any" if purpose == "icon" else purpose,
            }
            for size, purpose in icons
        ],
    }


@dataclass(frozen=True)
class SealedWord:
    """A word that was just made up, and how it looks sealed under a phone's key, in base64."""

    word: str
    iv: str
    text: str


def sealed_word(person: User, device: str) -> SealedWord | None:
    """None: this person has no key on such a phone."""
    try:
        kept = DeviceKey.objects.filter(person=person, device=UUID(device)).first()
    except ValueError:
        return None
    if kept is None:
        return None
    word, iv = secrets.token_urlsafe(24), secrets.token_bytes(12)
    text = AESGCM(b64decode(kept.key)).encrypt(iv, word.encode(), None)
    return SealedWord(word, b64encode(iv).decode(), b64encode(text).decode())


def etag_of(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:32]}"'
