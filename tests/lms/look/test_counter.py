"""What came over the line this month: counted on the phone, by page and worker, each byte once."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("access")]
STORE = """(mode, act) => new Promise((done) => {
  const asked = indexedDB.open("tandem-phone");
  asked.onsuccess = () => done(act(asked.result.transaction("meta", mode).objectStore("meta"))); })"""
READ = f"""() => ({STORE})("readonly", (meta) => new Promise((done) => {{
  const asked = meta.get("came-over"); asked.onsuccess = () => done(asked.result); }}))"""
WRITE = f"""(held) => ({STORE})("readwrite", (meta) => new Promise((done) => {{
  meta.put(held, "came-over").onsuccess = () => done(null); }}))"""


def counted(page: Page) -> int:
    return (page.evaluate(READ) or {"bytes": 0})["bytes"]


def settled(page: Page) -> int:
    """What is counted once nothing is added any more."""
    page.wait_for_load_state("networkidle")
    before, now = -1, counted(page)
    while now != before:
        page.wait_for_timeout(300)
        before, now = now, counted(page)
    return now


@pytest.fixture
def context(open_context: Callable, people: SimpleNamespace) -> BrowserContext:
    """A phone without the worker: all that comes, comes to the page."""
    context = open_context(360, 640, service_workers="block")[0]
    people.sign_in(context.new_page(), "stranger")
    return context


def test_as_much_is_counted_as_the_browser_received(context: BrowserContext) -> None:
    page = context.pages[0]
    before = settled(page)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))

    page.goto("/me/")

    assert settled(page) - before == pytest.approx(sum(received), rel=0.15)
    assert sum(received) > 10_000


def test_the_page_says_it_in_its_own_language_and_counts_on(context: BrowserContext) -> None:
    page = context.pages[0]
    month = page.evaluate("new Date().toISOString().slice(0, 7)")
    settled(page)
    page.evaluate(WRITE, {"month": month, "bytes": 3_100_000})

    page.goto("/me/")
    expect(page.locator("[data-counter]")).to_have_text("This month on this phone: about 3.1 MB")
    assert settled(page) > 3_100_000


def test_a_new_month_begins_at_nothing(context: BrowserContext) -> None:
    page = context.pages[0]
    settled(page)
    page.evaluate(WRITE, {"month": "2020-01", "bytes": 900_000_000})

    page.goto("/me/")

    assert settled(page) < 1_000_000


def test_what_goes_through_the_worker_is_counted_once(open_context: Callable, people: SimpleNamespace) -> None:
    page = open_context(360, 640)[0].new_page()
    people.sign_in(page, "stranger")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.goto("/me/")
    before = settled(page)

    page.goto("/me/")
    grown = settled(page) - before

    whole = page.evaluate("performance.getEntriesByType('navigation')[0].decodedBodySize")
    assert 1_000 < grown < whole


def test_without_script_no_figure_is_promised(open_context: Callable, people: SimpleNamespace) -> None:
    page = open_context(360, 640, java_script_enabled=False)[0].new_page()
    people.sign_in(page, "stranger")

    page.goto("/me/")

    expect(page.locator("[data-counter]")).to_be_hidden()
