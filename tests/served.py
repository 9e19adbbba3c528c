"""A running server and a browser as fixtures; without a Chromium their tests are skipped with one plain sentence.

The browser lives as long as one file of tests: its loop would stand in the way of tests that run a loop of their own.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.browser import ARGS, Watch, chromium, watch
from tests.journeys.server import Server, served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = chromium()
    if path is None and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("REQUIRE_BROWSER=1, but there is no Chromium: set CHROMIUM or install chromium.")
    if path is None:
        pytest.skip("Browser journeys need a Chromium: set CHROMIUM or put chromium on the PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with the demo's people, as a process of its own."""
    with served(Path(tmp_path_factory.mktemp("served"))) as running:
        yield running


@pytest.fixture
def open_context(browser: Browser, server: Server) -> Iterator[Callable[..., tuple[BrowserContext, Watch]]]:
    """Opens a watched browser context: open_context(360, 640)."""
    opened: list[BrowserContext] = []

    def opening(width: int, height: int, **options: object) -> tuple[BrowserContext, Watch]:
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=server.url, **options)
        opened.append(context)
        return context, watch(context, server.url.removeprefix("http://"))

    yield opening
    for context in opened:
        context.close()


def sign_in(page: Page, username: str) -> None:
    """Through the form, as a person does."""
    page.goto("/login/")
    page.get_by_label("user", exact=False).first.wait_for()
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill("tandem-demo")
    page.locator("main form button[type=submit], main form .btn-now").first.click()
    page.wait_for_url("**/home/")


@pytest.fixture
def people() -> SimpleNamespace:
    """Signs people in: people.sign_in(page, "amina")."""
    return SimpleNamespace(sign_in=sign_in)
