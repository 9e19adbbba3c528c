"""Text only: a lesson loads no picture until somebody asks for one; then it stands where its words stood."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("access")]
LESSON = "/learn/helping-kisumu/first-steps/module-1/lesson-1/"


@pytest.fixture
def asked(server: object, open_context: Callable, people: SimpleNamespace) -> SimpleNamespace:
    """The lesson on a phone with text only, and the media that were asked for."""
    context, _ = open_context(360, 640, service_workers="block")
    context.add_cookies([{"name": "text_only", "value": "1", "url": server.url}])
    page = context.new_page()
    media: list[str] = []
    people.sign_in(page, "amina")
    page.on("request", lambda request: media.append(request.url) if "/media/" in request.url else None)
    page.goto(LESSON, wait_until="networkidle")
    return SimpleNamespace(page=page, media=media)


def widths(page: Page) -> int:
    return page.locator("figure img").evaluate("(img) => img.decode().then(() => img.naturalWidth)")


def test_no_picture_is_loaded_until_it_is_asked_for(asked: SimpleNamespace) -> None:
    assert asked.media == []
    words = asked.page.locator("figure .unseen").inner_text()

    asked.page.get_by_role("link", name="Show this picture").click()

    expect(asked.page.get_by_role("img", name=words)).to_be_focused()
    assert widths(asked.page) == 640
    assert len(asked.media) == 1
    assert asked.page.url.endswith(LESSON)


def test_a_picture_that_does_not_come_leaves_its_words_and_the_link(asked: SimpleNamespace) -> None:
    asked.page.route("**/media/**", lambda route: route.abort())

    asked.page.get_by_role("link", name="Show this picture").click()

    expect(asked.page.locator("figure .unseen")).to_be_visible()
    expect(asked.page.get_by_role("link", name="Show this picture")).to_be_visible()
