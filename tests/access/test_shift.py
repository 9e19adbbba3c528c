"""Nothing jumps: what comes late finds its place kept. Measured as the browser measures it, on a slow line."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.access.conftest import at

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("access")]
COURSE = "/learn/helping-kisumu/first-steps/"
PAGES = ["/home/", COURSE, f"{COURSE}module-1/", f"{COURSE}module-1/lesson-1/", f"{COURSE}module-2/quiz/", "/me/"]
SAVED = [f"{path}?saved=1" for path in PAGES if path.startswith("/learn/") and "quiz" not in path]
MOST = 0.02
NOTE = """
window.__shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => { window.__shift += one.value; }))
  .observe({ type: "layout-shift", buffered: true });
const late = [{ lang: "en-KE", name: "Near", localService: true }];
speechSynthesis.getVoices = () => performance.now() > 700 ? late : [];
setTimeout(() => speechSynthesis.dispatchEvent(new Event("voiceschanged")), 800);
"""
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 100_000, "uploadThroughput": 100_000}


@pytest.fixture(scope="module")
def page(contexts: Callable) -> Page:
    context, _ = contexts("amina", 360, 640, service_workers="block")
    context.add_init_script(NOTE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return page


def shift(page: Page) -> float:
    """Down the page as a reader goes, once everything is there."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(900)
    page.mouse.wheel(0, 1200)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)
    return page.evaluate("window.__shift")


@pytest.mark.parametrize("path", [*PAGES, *SAVED])
def test_nothing_jumps(page: Page, path: str) -> None:
    at(page, path)

    assert shift(page) <= MOST


def test_a_planted_jump_is_found(page: Page) -> None:
    at(page, "/home/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('afterbegin', '<p>late</p>'.repeat(5))")

    assert shift(page) > MOST
