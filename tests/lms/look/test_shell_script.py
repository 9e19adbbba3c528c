"""What the shell's script does in a real browser: one press sends once, and the line on top tells the truth."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FORM = "/language/"


class Door:
    """Counts what the form sends and lets nothing through, so that the page stays; `shut` is a dead server."""

    def __init__(self) -> None:
        self.posts: list[str | None] = []
        self.shut = False

    def answer(self, route: Route, request: Request) -> None:
        if self.shut:
            route.abort()
        elif request.method == "POST" and request.url.endswith(FORM):
            self.posts.append(request.post_data)
            route.fulfill(status=204)
        else:
            route.continue_()


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def context(open_context: Callable) -> BrowserContext:
    return open_context(360, 640)[0]


@pytest.fixture
def page(context: BrowserContext, people: SimpleNamespace, door: Door) -> Iterator[Page]:
    page = context.new_page()
    people.sign_in(page, "stranger")
    page.route("**/*", door.answer)
    page.goto(FORM)
    yield page
    context.set_offline(False)


def line(page: Page) -> str:
    return page.inner_text("[data-sync]").strip()


def test_two_presses_send_once(page: Page, door: Door) -> None:
    page.evaluate("""() => { const form = document.querySelector("main form");
        form.requestSubmit(); form.requestSubmit(); }""")
    expect(page.locator("main form button")).to_have_attribute("aria-disabled", "true")
    page.wait_for_timeout(200)

    assert len(door.posts) == 1
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
    page: Page, context: BrowserContext, door: Door
) -> None:
    context.set_offline(True)
    door.shut = True

    page.click("main form button")
    page.wait_for_timeout(200)

    assert door.posts == []
    assert page.url.endswith(FORM)
    assert line(page).startswith("No network.")


def test_a_browser_that_only_believes_to_be_off_line_sends_all_the_same(
    page: Page, context: BrowserContext, door: Door
) -> None:
    page.evaluate("Object.defineProperty(navigator, 'onLine', { value: false })")

    page.click("main form button")
    expect(page.locator("main form button")).to_have_attribute("aria-disabled", "true")
    page.wait_for_timeout(200)

    assert len(door.posts) == 1


def test_signed_out_the_line_shows_only_when_there_is_something_to_know(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/login/")
    assert page.is_hidden("[data-sync]")

    context.set_offline(True)
    page.wait_for_selector("[data-sync]:not([hidden])")

    assert line(page).startswith("No network.")
