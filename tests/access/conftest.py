"""A server and a browser for the tests of this folder alone, so that no journey changes what they look at."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.browser import Watch, watch
from tests.journeys.server import Server, served
from tests.served import sign_in


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with the demo's people, as a process of its own."""
    with served(Path(tmp_path_factory.mktemp("access"))) as running:
        yield running


@pytest.fixture(scope="module")
def contexts(browser: Browser, server: Server) -> Iterator[Callable[..., tuple[BrowserContext, Watch]]]:
    """Opens a context for a person, once per file and kind: contexts("amina", 360, 640, color_scheme="dark")."""
    opened: dict[tuple, tuple[BrowserContext, Watch]] = {}
    states: dict[str, object] = {}

    def opening(who: str, width: int, height: int, **options: object) -> tuple[BrowserContext, Watch]:
        asked = (who, width, height, *sorted(options.items()))
        if asked not in opened:
            if who and who not in states:
                first = browser.new_context(base_url=server.url)
                sign_in(first.new_page(), who)
                states[who] = {**first.storage_state(), "origins": []}
                first.close()
            size = {"width": width, "height": height}
            state = states.get(who)
            context = browser.new_context(viewport=size, base_url=server.url, storage_state=state, **options)
            opened[asked] = context, watch(context, server.url.removeprefix("http://"))
        return opened[asked]

    yield opening
    for context, _watching in opened.values():
        context.close()


def at(page: Page, path: str) -> Page:
    """The page at this address, drawn."""
    page.goto(path, wait_until="load")
    return page
