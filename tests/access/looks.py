"""What is asked of a page as it stands in the browser; the questions themselves are in looks.js."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

QUESTIONS = Path(__file__).with_name("looks.js").read_text("utf-8")


def asked(page: Page, question: str) -> Any:
    """The answer of one function of looks.js."""
    return page.evaluate(f"() => {{ {QUESTIONS}\nreturn {question}(); }}")


def targets(page: Page) -> list[str]:
    """Controls that are too small for a finger."""
    return asked(page, "targets")


def cut(page: Page) -> list[str]:
    """Words that cannot be read to their end."""
    return asked(page, "cut")


def stuck(page: Page) -> float:
    """The part of the screen that never scrolls away."""
    return asked(page, "stuck")


def moving(page: Page) -> list[str]:
    """What moves or fades."""
    return asked(page, "moving")


def unlined(page: Page) -> list[str]:
    """Boxes and controls that only a colour tells from the page."""
    return asked(page, "unlined")


def focus(page: Page) -> dict[str, Any] | None:
    """Where the keyboard stands."""
    return asked(page, "focus")
