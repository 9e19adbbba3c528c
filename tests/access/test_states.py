"""Pages that are there only in the middle of something: words that are asked about, a room, what is corrected."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.access.looks import cut, targets
from tests.journeys import steps
from tests.journeys.browser import Watch, check, watch
from tests.journeys.server import Server, served
from tests.served import sign_in

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.timeout(900)]
NAMED = "Her husband James Otieno of Kadibo village shouts. Call 0712 345 678."
Seen = Callable[[str, Page], None]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: what is done here would change what others look at."""
    with served(Path(tmp_path_factory.mktemp("states"))) as running:
        yield running


def send_plainly(page: Page, form: Locator) -> None:
    """As a phone without script does."""
    with page.expect_navigation():
        form.evaluate("form => form.submit()")


def a_case_that_names_somebody(amina: Page, seen: Seen) -> str:
    """Written until the last step, held, mended, sent; gives its address."""
    amina.goto("/supervision/")
    prepare = amina.get_by_role("link", name=re.compile("case", re.I)).filter(
        has_text=re.compile("Prepare|Write|Bring")
    )
    steps.press(amina, prepare.first)
    for _ in range(12):
        steps.fill_step(amina)
        problem = amina.locator("#case-form [name=problem]")
        if problem.count():
            problem.fill(NAMED)
            amina.locator("[data-guarded=problem]").wait_for()
            seen("case: found while writing", amina)
        steps.press(amina, steps.foot_button(amina))
        if not amina.locator("#case-form").count():
            break
    expect(amina.get_by_role("heading", level=1)).to_contain_text("known by these words")
    seen("case-words", amina)
    key = re.search(r"/cases/([0-9a-f-]{36})/", amina.url)[1]
    amina.goto(f"/supervision/cases/{key}/pictures/")
    amina.locator("[name=alt]").fill(NAMED)
    send_plainly(amina, amina.locator("form#picture"))
    seen("case-pictures: asked", amina)
    amina.goto(f"/supervision/cases/{key}/words/")
    for stay in amina.locator("input[value=stay]").all():
        stay.check()
    for reason in amina.locator("select").all():
        reason.select_option("needed")
    steps.foot_button(amina).click()
    amina.wait_for_load_state()
    expect(amina.get_by_text("It is sent.")).to_be_visible()
    return f"/supervision/cases/{key}/"


def a_return_that_names_somebody(grace: Page, case: str, seen: Seen) -> None:
    """Held on the page; then without script by the server."""
    grace.goto(case)
    seen("case with confirmed words", grace)
    grace.get_by_text("Send it back for a change").click()
    reason = grace.locator("[name=reason]")
    reason.fill(NAMED)
    grace.get_by_role("button", name="Send it back").click()
    grace.locator("[data-held-for=reason]").wait_for()
    seen("return: held", grace)
    send_plainly(grace, grace.locator("form", has=reason))
    grace.locator("[name=confirmed_reason]").wait_for()
    seen("return: asked by the server", grace)
    grace.goto(case)


def a_room_with_flags(amina: Page, grace: Page, seen: Seen) -> None:
    """Somebody is asked in, words are held and sent all the same, marked, looked at."""
    grace.goto("/supervision/")
    grace.get_by_role("link", name=re.compile("See the meeting|Open the meeting|Open the room")).first.click()
    grace.wait_for_load_state()
    grace.get_by_role("link", name="Ask somebody in or take somebody out").click()
    grace.wait_for_load_state()
    grace.locator("summary", has_text="Take out").first.click()
    seen("session-members", grace)
    grace.go_back()
    grace.get_by_role("button", name=re.compile("doors", re.I)).click()
    grace.wait_for_load_state()
    for page in (grace, amina):
        page.goto(grace.url)
        page.locator("#agree").check()
        steps.foot_button(page).click()
        page.locator("#room[data-state=live]").wait_for()
    steps.say(amina, NAMED)
    amina.locator("#held .notice").wait_for()
    seen("room: held", amina)
    amina.locator("#held summary").last.click()
    amina.locator("#held [data-all] [data-stays=needed]").click()
    steps.heard(grace, "James Otieno")
    steps.tab(grace, "people")
    grace.locator("[data-flag]").wait_for()
    seen("room: flags", grace)
    grace.goto(f"{grace.url.split('?')[0]}words/{grace.locator('#log .said').last.get_attribute('data-seq')}/")
    seen("line-words", grace)


def what_is_corrected(grace: Page, seen: Seen) -> None:
    """A past meeting: attendance with a reason that names somebody, a closing note that does."""
    grace.goto("/supervision/")
    meetings = grace.locator("main a[href*='/supervision/sessions/']").evaluate_all("links => links.map((a) => a.href)")
    for over in [address for address in meetings if re.search(r"/sessions/[0-9a-f-]{36}/$", address)]:
        grace.goto(over)
        if grace.locator("a[href*='/attendance/']").count():
            break
    note = grace.locator("textarea[name=note]")
    if note.count():
        note.fill(NAMED)
        send_plainly(grace, grace.locator("form", has=note))
        grace.locator("[name=confirmed_note]").wait_for()
        seen("note: asked", grace)
        grace.goto(over)
    grace.locator("a[href*='/attendance/']").first.click()
    grace.wait_for_load_state()
    seen("attendance-correct", grace)
    grace.locator("[name=minutes]").fill("10")
    grace.locator("[name=reason]").fill(NAMED)
    send_plainly(grace, grace.locator("form#correct"))
    grace.locator("[name=confirmed_reason]").wait_for()
    seen("attendance-correct: asked", grace)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_in_the_middle_of_something(browser: Browser, server: Server, scheme: str) -> None:
    faults: list[str] = []
    pages: dict[str, tuple[Page, Watch]] = {}
    for who, size in (("amina", (360, 640)), ("grace", (1280, 800) if scheme == "light" else (360, 640))):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=server.url, color_scheme=scheme
        )
        pages[who] = context.new_page(), watch(context, server.url.removeprefix("http://"))
        sign_in(pages[who][0], who)
    (amina, hers), (grace, graces) = pages["amina"], pages["grace"]

    def seen(name: str, page: Page) -> None:
        check(page, hers if page is amina else graces)
        faults.extend(f"{name}: {fault}" for fault in cut(page))
        if page.viewport_size["width"] == 360:
            faults.extend(f"{name}: {fault}" for fault in targets(page))

    case = a_case_that_names_somebody(amina, seen)
    a_return_that_names_somebody(grace, case, seen)
    what_is_corrected(grace, seen)
    if scheme == "light":
        a_room_with_flags(amina, grace, seen)

    assert faults == []
    assert [fault for fault in hers.faults + graces.faults if "409" not in fault and "400" not in fault] == []
