"""Joins the shared stylesheets into one file, so that a page asks for one, not for ten."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

# Tokens come first: they fix the order of the layers for every other file.
SHARED = ("tokens", "base", "shell", "button", "card", "chip", "notice", "progress", "form", "checklist")
FOLDER = Path(__file__).resolve().parents[2] / "static" / "lms" / "css"

_PARTS = re.compile(r"""(/\*.*?\*/)|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", re.S)


def minified(css: str) -> str:
    """Takes out comments and blank space: text in quotes stays, so do the blanks that `calc()` and selectors need."""
    kept: list[str] = []

    def set_aside(found: re.Match[str]) -> str:
        if found.group(1):
            return " "
        kept.append(found.group(2))
        return f"\0{len(kept) - 1}\0"

    bare = re.sub(r"\s+", " ", _PARTS.sub(set_aside, css))
    bare = re.sub(r" ?([{};,]) ?", r"\1", bare).replace(";}", "}")
    bare = re.sub(r"(?<=[\w)]): (?=\S)", ":", bare).strip()
    return re.sub("\0(\\d+)\0", lambda mark: kept[int(mark.group(1))], bare)


def joined() -> str:
    return "\n".join(minified((FOLDER / f"{name}.css").read_text("utf-8")) for name in SHARED) + "\n"


class Command(BaseCommand):
    help = "Joins the shared stylesheets into lms/site.css among the built files."

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.VAR) / "built" / "lms" / "site.css"
        target.parent.mkdir(parents=True, exist_ok=True)
        css = joined()
        if not target.exists() or target.read_text("utf-8") != css:
            target.write_text(css, "utf-8")
        self.stdout.write(f"Joined {len(SHARED)} stylesheets: {len(css.encode()):,} bytes.")
