"""The checks on pages find a planted fault: a check that finds nothing must first have found something."""

from collections.abc import Callable

import pytest

from tests.journeys.browser import check
from tests.journeys.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PLANTED = """<!doctype html><html><head><title>x</title></head><body><img src="/none.png">
<script>console.error("planted")</script><script src="http://foreign.example/x.js"></script>
<script>setTimeout(() => { throw new Error("thrown") })</script></body></html>"""


def test_planted_faults_are_found(server: Server, open_context: Callable) -> None:
    context, watching = open_context(360, 640)
    page = context.new_page()
    page.route("**/planted", lambda route: route.fulfill(body=PLANTED, content_type="text/html"))
    page.route("http://foreign.example/*", lambda route: route.abort())

    page.goto("/planted")
    check(page, watching)

    kinds = {fault.split(":")[0] for fault in watching.faults}
    assert {"console error", "script error", "foreign request"} <= kinds
    assert {"axe on /planted"} <= kinds


def test_a_planted_inline_script_violates_the_policy(server: Server, open_context: Callable) -> None:
    context, watching = open_context(360, 640)
    page = context.new_page()

    def with_inline_script(route: object) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", "<script>1</script></main>"))

    page.route("**/login/", with_inline_script)
    page.goto("/login/")
    check(page, watching)

    assert [fault for fault in watching.faults if fault.startswith("policy")] == [
        "policy on /login/: script-src-elem inline"
    ]


def test_every_page_of_the_demo_is_served_with_the_strict_policy(server: Server, open_context: Callable) -> None:
    context, _ = open_context(360, 640)

    answer = context.new_page().goto("/login/")

    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
