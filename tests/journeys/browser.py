"""A real Chromium, watched: console, foreign requests, policy violations, WCAG 2.2 A and AA by axe."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# what Chromium itself writes into the console while the server is dead; looked for only then
CUT = (
    "net::ERR_CONNECTION_REFUSED",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_CONNECTION_RESET",
    "net::ERR_EMPTY_RESPONSE",
    "WebSocket connection to",
)
NOTE_VIOLATIONS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(event.violatedDirective + " " + event.blockedURI);
});
"""


def chromium() -> str | None:
    """Where a Chromium is: $CHROMIUM, or on the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass
class Watch:
    """What went wrong on the pages of one browser context."""

    host: str
    faults: list[str] = field(default_factory=list)
    server_is_dead: bool = False

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if self.server_is_dead and any(sign in message.text for sign in CUT):
            return
        self.faults.append(f"console {message.type}: {message.text}")

    def on_error(self, error: Exception) -> None:
        self.faults.append(f"script error: {error}")

    def on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != self.host:
            self.faults.append(f"foreign request: {request.url}")


def watch(context: BrowserContext, host: str) -> Watch:
    """Watches every page that this context opens from now on."""
    watching = Watch(host)
    context.add_init_script(NOTE_VIOLATIONS)

    def attend(page: Page) -> None:
        page.on("console", watching.on_console)
        page.on("pageerror", watching.on_error)
        page.on("request", watching.on_request)
        page.on("websocket", lambda socket: watching.on_request(socket))

    context.on("page", attend)
    return watching


@contextmanager
def lengthened(page: Page) -> Iterator[None]:
    """The whole page in one view: a control half under a sticky bar would count as too small."""
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height + 200)})
    yield
    page.set_viewport_size(size)


def check(page: Page, watching: Watch) -> None:
    """Adds what axe and the content policy say of the page as it stands."""
    where = urlsplit(page.url).path
    watching.faults += [f"policy on {where}: {said}" for said in page.evaluate("window.__violations || []")]
    with lengthened(page):
        result = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    for violation in result.response["violations"]:
        places = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
        watching.faults.append(f"axe on {where}: {violation['id']}: {places}")
