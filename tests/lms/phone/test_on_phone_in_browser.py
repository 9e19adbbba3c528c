"""The page about this phone: what waits and why, with network and without, and the saved lessons."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys.browser import Watch, check

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("browser")]
PUT = """async (item) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const phone = await import(address);
    await phone.put(item);
}"""
SAVE = """async ([name, list]) => {
    const cache = await caches.open(name);
    await cache.put("/learn/phone/aa/", new Response(list));
}"""
PUT_OFF = """async (times) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const phone = await import(address);
    const [item] = (await phone.waiting()).items;
    const answer = { status: "later", detail: "Something went wrong on our side." };
    const late = { run: times, since: Date.now(), tries: times };
    await phone.putItem({ ...item, state: "sending", tries: times, answer, late });
}"""
REFUSED = {"kind": "lesson.completed", "subject": "not-a-lesson", "data": {}, "label": "Lesson 3: Listening"}
NOT_KNOWN = {"kind": "nonsense", "subject": "x", "data": {}}


@pytest.fixture
def phone(open_context: Callable, people: Any) -> Iterator[tuple[Page, BrowserContext, Watch]]:
    """Amina's phone, with the worker at work."""
    context, watching = open_context(360, 640)
    page = context.new_page()
    people.sign_in(page, "amina")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    yield page, context, watching
    context.set_offline(False)


def cards(page: Page) -> Locator:
    return page.locator("[data-list=open] > li")


def test_nothing_waits_and_nothing_is_saved(phone: tuple) -> None:
    page, _, watching = phone

    page.goto("/phone/")

    expect(page.get_by_text("Everything is sent.")).to_be_visible()
    expect(page.get_by_text("No lessons are saved here yet.")).to_be_visible()
    check(page, watching)
    assert watching.faults == []


def test_without_network_the_page_opens_and_says_what_waits(phone: tuple) -> None:
    page, context, _ = phone
    context.set_offline(True)
    page.evaluate(PUT, REFUSED)

    page.goto("/phone/")

    expect(cards(page)).to_have_count(1)
    expect(cards(page).get_by_text("Lesson 3: Listening")).to_be_visible()
    expect(cards(page).get_by_text("Saved on this phone", exact=True)).to_be_visible()
    expect(page.get_by_text("Waiting to be sent: 1").first).to_be_visible()
    expect(page.get_by_role("button", name="Send now")).to_be_visible()


def test_what_waits_can_be_taken_back_after_being_asked(phone: tuple) -> None:
    page, context, _ = phone
    context.set_offline(True)
    page.evaluate(PUT, REFUSED)
    page.goto("/phone/")

    page.get_by_role("button", name="Take it back", exact=True).click()
    page.get_by_role("button", name="No, keep it").click()
    expect(cards(page)).to_have_count(1)
    page.get_by_role("button", name="Take it back", exact=True).click()
    page.get_by_role("button", name="Yes, take it back").click()

    expect(cards(page)).to_have_count(0)
    expect(page.get_by_text("Everything is sent.")).to_be_visible()


def test_what_could_not_be_taken_says_why_and_is_sent_again_or_taken_back(phone: tuple) -> None:
    page, _, watching = phone
    page.evaluate(PUT, REFUSED)
    page.evaluate(PUT, NOT_KNOWN)
    page.goto("/phone/")
    expect(page.get_by_text("Could not be taken", exact=True)).to_have_count(2)
    expect(page.get_by_text("This server does not know what was sent.")).to_be_visible()
    check(page, watching)

    with page.expect_request(lambda request: request.url.endswith("/sync/") and request.method == "POST") as sent:
        page.get_by_role("button", name="Send it again").first.click()
    expect(page.get_by_text("Could not be taken", exact=True)).to_have_count(2)
    for left in (1, 0):
        page.get_by_role("button", name="Take it back", exact=True).first.click()
        page.get_by_role("button", name="Yes, take it back").click()
        expect(cards(page)).to_have_count(left)

    assert [item["kind"] for item in json.loads(sent.value.post_data)["items"]] == ["lesson.completed"]
    assert watching.faults == []


def test_a_saved_module_says_its_size_and_goes_when_it_is_removed(phone: tuple) -> None:
    page, _, _ = phone
    told = {"module": "aa", "title": "Module 1: Helping", "url": "/learn/", "bytes": 2_412_345}
    page.evaluate(SAVE, ["tandem-module-aa-1", json.dumps(told)])
    page.goto("/phone/")
    expect(page.get_by_role("link", name="Module 1: Helping")).to_have_attribute("href", "/learn/")
    expect(page.get_by_text("2.4 MB")).to_be_visible()

    page.get_by_role("button", name="Remove from this phone").click()

    expect(page.get_by_text("No lessons are saved here yet.")).to_be_visible()
    assert [name for name in page.evaluate("caches.keys()") if name.startswith("tandem-module-")] == []


def test_signed_out_it_says_so_and_shows_nothing_of_hers(phone: tuple) -> None:
    page, context, _ = phone
    context.set_offline(True)
    page.evaluate(PUT, REFUSED)
    page.goto("/me/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/login/")

    page.goto("/phone/")

    expect(page.get_by_text("Nobody is signed in on this phone.")).to_be_visible()
    expect(page.get_by_text("Lesson 3: Listening")).to_have_count(0)


def test_the_line_on_top_leads_here(phone: tuple) -> None:
    page, context, _ = phone
    context.set_offline(True)
    page.evaluate(PUT, REFUSED)

    page.get_by_role("link", name="Waiting to be sent: 1").click()

    page.wait_for_url("**/phone/")
    expect(cards(page)).to_have_count(1)


@pytest.mark.parametrize(("name", "said"), [("grace", "Go to the ratings"), ("joseph", "Go to the start")])
def test_who_does_not_learn_reads_nothing_of_modules(open_context: Callable, people: Any, name: str, said: str) -> None:
    context, watching = open_context(1280, 800)
    page = context.new_page()
    people.sign_in(page, name)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    page.goto("/phone/")

    expect(page.get_by_role("main").get_by_role("link", name=said)).to_be_visible()
    expect(page.get_by_role("heading", name="Lessons on this phone")).to_have_count(0)
    expect(page.get_by_role("link", name="Go to the modules")).to_have_count(0)
    expect(page.get_by_role("link", name="Urgent")).to_have_count(1)
    check(page, watching)
    assert watching.faults == []


def test_what_the_server_puts_off_for_ever_can_be_taken_back(phone: tuple) -> None:
    page, context, watching = phone
    context.set_offline(True)
    page.evaluate(PUT, REFUSED)
    page.evaluate(PUT_OFF, 4)
    page.goto("/phone/")
    expect(cards(page).get_by_text("Saved on this phone, not taken yet")).to_be_visible()
    expect(page.get_by_role("button", name="Take it back", exact=True)).to_have_count(0)

    page.evaluate(PUT_OFF, 5)
    page.reload()
    expect(page.get_by_text("We tried for long.")).to_be_visible()
    check(page, watching)
    page.get_by_role("button", name="Take it back", exact=True).click()
    page.get_by_role("button", name="Yes, take it back").click()

    expect(cards(page)).to_have_count(0)
