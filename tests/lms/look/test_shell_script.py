"""What the shell's script does in a real browser: one press sends once, and the line on top tells the truth."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import BrowserContext, Page, Route, sync_playwright

from lms.home.panels import Shell
from lms.management.commands.join_css import joined

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STATIC = Path(settings.BASE_DIR) / "lms" / "static"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class FakeServer:
    """Answers for the site from templates and files; `down` is a server that cannot be reached."""

    def __init__(self) -> None:
        self.posts: list[str | None] = []
        self.down = False
        form = {"path": "/send/", "kept": [("answer", "a long answer")], "texts": ["a long answer"], "csrf_token": "t"}
        self.pages = {
            "/form/": render_to_string("lms/errors/stale_form.html", {**form, "shell": Shell(signed_in=True)}),
            "/signed-out/": render_to_string("lms/errors/stale_form.html", form),
        }

    def answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if self.down:
            route.abort()
        elif route.request.method == "POST":
            self.posts.append(route.request.post_data)
            route.fulfill(status=204)
        elif path == "/static/lms/site.css":
            route.fulfill(body=joined(), content_type="text/css")
        elif path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        else:
            route.fulfill(body=self.pages.get(path, "ok"), content_type="text/html")


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium and os.environ.get("REQUIRE_BROWSER") != "1":
        pytest.skip("No Chromium here: set CHROMIUM to its path to run the browser tests.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser.new_context()
        browser.close()


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def page(context: BrowserContext, server: FakeServer) -> Iterator[Page]:
    page = context.new_page()
    page.route("**/*", server.answer)
    page.goto("http://tandem.test/form/")
    page.wait_for_function("document.readyState === 'complete'")
    yield page
    context.set_offline(False)
    page.close()


def line(page: Page) -> str:
    return page.inner_text("[data-sync]").strip()


def test_two_presses_send_once(page: Page, server: FakeServer) -> None:
    page.evaluate("""() => { const form = document.querySelector("main form");
        form.requestSubmit(); form.requestSubmit(); }""")
    page.wait_for_function("document.querySelector('main form button').ariaDisabled === 'true'")
    page.wait_for_timeout(200)

    assert server.posts == ["csrfmiddlewaretoken=t&answer=a+long+answer"]
    assert line(page) == "Sending"


def test_a_form_that_answers_for_itself_is_left_alone(page: Page) -> None:
    page.evaluate("""() => { const form = document.querySelector("main form");
        form.dataset.live = ""; form.requestSubmit(); }""")
    page.wait_for_timeout(200)

    assert page.get_attribute("main form button", "aria-disabled") is None


def test_typing_is_not_called_saved(page: Page) -> None:
    page.evaluate("""document.querySelector("main form").append(document.createElement("textarea"))""")
    assert line(page) == "All saved"

    page.fill("textarea", "something new")

    assert line(page) == "Not sent yet"


def test_without_network_the_form_stays_with_all_that_was_typed(
    page: Page, context: BrowserContext, server: FakeServer
) -> None:
    context.set_offline(True)
    server.down = True

    page.click("main form button")
    page.wait_for_timeout(200)

    assert server.posts == []
    assert page.url == "http://tandem.test/form/"
    assert line(page).startswith("No network.")


def test_a_browser_that_only_believes_to_be_off_line_sends_all_the_same(
    page: Page, context: BrowserContext, server: FakeServer
) -> None:
    page.evaluate("Object.defineProperty(navigator, 'onLine', { value: false })")

    page.click("main form button")
    page.wait_for_function("document.querySelector('main form button').ariaDisabled === 'true'")
    page.wait_for_timeout(200)

    assert len(server.posts) == 1


def test_signed_out_the_line_shows_only_when_there_is_something_to_know(page: Page, context: BrowserContext) -> None:
    page.goto("http://tandem.test/signed-out/")
    assert page.is_hidden("[data-sync]")

    context.set_offline(True)
    page.wait_for_selector("[data-sync]:not([hidden])")

    assert line(page).startswith("No network.")
