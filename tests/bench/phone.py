"""The learner's pages on a slow 3G line: bytes, requests and the first paint; first, second and offline visit.

`measure(server)` -> rows of {"page", "visit", "bytes", "requests", "then_kept", "paint_ms"}. The line is 400 kbit/s
with 400 ms, the processor four times slower, as Chromium emulates them. On the first two visits the worker is kept
out, for a browser does not slow its fetches down; offline there is only the worker. Of three visits the middle one
counts.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect, sync_playwright

from tests.journeys.browser import ARGS, chromium
from tests.journeys.server import Server
from tests.served import sign_in

MODULE = "/learn/helping-kisumu/first-steps/module-2/"
PAGES = {
    "home": "/home/",
    "course": "/learn/helping-kisumu/first-steps/",
    "module": MODULE,
    "lesson": f"{MODULE}lesson-1/",
    "quiz": f"{MODULE}quiz/",
    "certificate": "/certificate/",
}
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
TIMES = 3
# when the words of the page were there: of a kept page that is when it was laid over the empty shell
NOTE = """
window.__laid = 0;
new MutationObserver(() => {
  const { laid } = document.documentElement.dataset;
  if (laid && !window.__laid) requestAnimationFrame(() => (window.__laid = performance.now()));
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-laid"] });
"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@contextmanager
def phone(
    browser: Browser, server: Server, state: Any, **options: Any
) -> Iterator[tuple[BrowserContext, Page, CDPSession]]:
    """A small screen with a slow processor."""
    size = {"width": 360, "height": 640}
    with browser.new_context(viewport=size, base_url=server.url, storage_state=state, **options) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        yield context, page, session


def visited(page: Page, session: CDPSession, path: str) -> dict[str, Any]:
    """What came over the line for the page itself, what its script fetched quietly afterwards to keep, and when the
    first words were painted."""
    quiet: dict[str, bool] = {}
    sizes: dict[bool, list[float]] = {False: [], True: []}

    def began(event: dict[str, Any]) -> None:
        quiet[event["requestId"]] = event.get("type") in {"Fetch", "XHR"}

    def finished(event: dict[str, Any]) -> None:
        if event["encodedDataLength"] > 0:
            sizes[quiet.get(event["requestId"], False)].append(event["encodedDataLength"])

    session.on("Network.responseReceived", began)
    session.on("Network.loadingFinished", finished)
    page.goto(path, wait_until="networkidle")
    session.remove_listener("Network.loadingFinished", finished)
    session.remove_listener("Network.responseReceived", began)
    own, kept = sizes[False], sizes[True]
    paint = page.evaluate(PAINT)
    return {"bytes": int(sum(own)), "requests": len(own), "then_kept": int(sum(kept)), "paint_ms": paint}


def online(browser: Browser, server: Server, state: Any, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A page that this phone never saw, and then the same page again."""
    with phone(browser, server, state, service_workers="block") as (_context, page, session):
        session.send("Network.emulateNetworkConditions", SLOW_3G)
        first = visited(page, session, path)
        page.goto("about:blank")
        return first, visited(page, session, path)


def middle(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The middle of each figure."""
    return {name: round(median(row[name] for row in rows)) for name in rows[0]}


def offline(browser: Browser, server: Server, state: Any) -> Iterator[dict[str, Any]]:
    """The module saved, the pages around the person kept, then no network at all."""
    with phone(browser, server, state) as (context, page, _session):
        context.add_init_script(NOTE)
        page.goto("/home/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.goto(MODULE)
        page.locator("[data-do=save]").click()
        expect(page.locator("[data-save] .chip-done").first).to_be_visible(timeout=60_000)
        for path in PAGES.values():
            page.goto(path, wait_until="networkidle")
        context.set_offline(True)
        for name, path in PAGES.items():
            paints = [laid(page, path) for _ in range(TIMES)]
            told = {"page": name, "visit": "offline", "bytes": 0, "requests": 0, "then_kept": 0}
            yield told | {"paint_ms": round(median(paints)) if all(paints) else "not kept"}


def laid(page: Page, path: str) -> float:
    """When the words of the page stood there; 0: they are not on this phone."""
    page.goto("about:blank")
    page.goto(path, wait_until="load")
    page.wait_for_timeout(1500)
    if page.locator("[data-shell]:visible").count():
        return 0
    return page.evaluate(f"window.__laid || ({PAINT})")


def said(row: dict[str, Any]) -> dict[str, Any]:
    """Each row at once: all of them take minutes."""
    print(f"bench: {row}", file=sys.stderr, flush=True)
    return row


def measure(server: Server) -> list[dict[str, Any]]:
    """All pages, first, second and offline."""
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        with browser.new_context(base_url=server.url) as context:
            sign_in(context.new_page(), "amina")
            state = {**context.storage_state(), "origins": []}
        for name, path in PAGES.items():
            visits = [online(browser, server, state, path) for _ in range(TIMES)]
            for place, visit in enumerate(("first", "second")):
                rows.append(said({"page": name, "visit": visit} | middle([pair[place] for pair in visits])))
        rows += map(said, offline(browser, server, state))
        browser.close()
    return sorted(rows, key=lambda row: list(PAGES).index(row["page"]))
