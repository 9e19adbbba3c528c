"""Joins the phone's scripts into one module, so that a page asks for one, not for seven."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from lms.phone.queries import texts_of
from lms.phone.rules import joined

# in order: each may import from those before it
PAGE = (
    "store",
    "counter",
    "outbox_rules",
    "outbox",
    "modules",
    "lock_key",
    "leave",
    "keep",
    "forms",
    "idle",
    "lock",
    "page",
)


class Command(BaseCommand):
    help = "Joins the phone's scripts into lms/phone.js among the built files."

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.VAR) / "built" / "lms" / "phone.js"
        target.parent.mkdir(parents=True, exist_ok=True)
        script = joined(texts_of(PAGE), module=True)
        if not target.exists() or target.read_text("utf-8") != script:
            target.write_text(script, "utf-8")
        self.stdout.write(f"Joined the phone's scripts: {len(script.encode()):,} bytes.")
