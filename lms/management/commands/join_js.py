"""Makes scripts ready for the wire: the phone's as one module, so that a page asks for one, not for seven; the others
without their remarks, which are for us.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from lms.phone.queries import texts_of
from lms.phone.rules import bare, joined

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

APPS = ("lms", "courses", "supervision")


class Command(BaseCommand):
    help = "Joins the phone's scripts into lms/phone.js among the built files, with bare copies of the others."

    def handle(self, *args: Any, **options: Any) -> None:
        built, script = Path(settings.VAR) / "built", joined(texts_of(PAGE), module=True)
        wanted = {built / "lms/phone.js": script}
        for app in APPS:
            for source in (settings.BASE_DIR / app / "static" / app / "js").glob("*.js"):
                wanted[built / app / "js" / source.name] = bare(source.read_text("utf-8"))
        for path in built.rglob("*.js"):
            if path not in wanted:
                path.unlink()
        for path, text in wanted.items():
            write(path, text)
        self.stdout.write(f"Joined the phone's scripts: {len(script.encode()):,} bytes.")


def write(path: Path, text: str) -> None:
    """Only what is new: a file that was not touched is not hashed and compressed again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
