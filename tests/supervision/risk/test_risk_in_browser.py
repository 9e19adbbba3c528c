"""The red button in a real browser: pressed without network, sent when it can, answered beside the room."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import check
from tests.journeys.steps import enter_room
from tests.supervision.ui.test_case_offline_in_browser import FLUSH, STATES, have
from tests.supervision.ui.test_room_in_browser import plan_meeting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("risk-in-browser")]
Opening = Callable[..., tuple]


@pytest.fixture
def amina(open_context: Opening, people: SimpleNamespace) -> SimpleNamespace:
    """Amina's phone, with the red page on it."""
    context, watching = open_context(360, 640, has_touch=True)
    page = context.new_page()
    people.sign_in(page, "amina")
    have(page, "/urgent/")
    return SimpleNamespace(context=context, page=page, watching=watching)


def test_pressed_without_network_it_shouts_call_and_is_sent_when_it_can(amina: SimpleNamespace) -> None:
    page: Page = amina.page
    amina.watching.server_is_dead = True
    amina.context.set_offline(True)
    page.goto("/urgent/?case=00000000-0000-4000-8000-000000000000")
    expect(page.locator("main a[href='tel:+254700000011']").first).to_be_visible()

    page.get_by_role("button", name="There is violence").click()

    expect(page.locator("[data-risk-said]")).to_contain_text("Saved on this phone, not sent yet: CALL", timeout=30_000)
    assert page.evaluate(STATES, "risk.raised") == ["waiting"]
    check(page, amina.watching)
    amina.context.set_offline(False)
    page.evaluate(FLUSH)
    expect(page.locator("[data-risk-said]")).to_contain_text("Sent. Grace Achieng is being told.", timeout=30_000)
    page.get_by_role("link", name="See what happens now").click()
    expect(page.locator("h1")).to_contain_text("Sent. The team")
    assert amina.watching.faults == []


def test_from_a_case_on_a_line_that_hangs_the_numbers_stand_there_at_once(amina: SimpleNamespace) -> None:
    page, asked = amina.page, "/urgent/?case=00000000-0000-4000-8000-000000000000"
    amina.watching.server_is_dead = True
    amina.context.route(f"**{asked}", lambda route: None)

    page.goto(asked, timeout=10_000)

    expect(page.locator("main a[href='tel:+254700000011']").first).to_be_visible()
    expect(page.locator("form[data-outbox='risk.raised'] [name=case]")).to_have_value(asked[-36:])
    amina.context.unroute_all(behavior="ignoreErrors")


@pytest.mark.long
def test_beside_the_room_only_who_leads_sees_it_and_takes_it(
    amina: SimpleNamespace, open_context: Opening, people: SimpleNamespace
) -> None:
    (desk, graces), (other, brians) = open_context(1280, 800, color_scheme="dark"), open_context(360, 640)
    grace, brian = desk.new_page(), other.new_page()
    people.sign_in(grace, "grace")
    people.sign_in(brian, "brian")
    address = plan_meeting(grace)
    for page, watching in ((brian, brians), (amina.page, amina.watching)):
        page.goto(address)
        enter_room(page, watching)
    enter_room(grace, graces)

    amina.page.locator(".btn-urgent").first.click()
    amina.page.wait_for_url("**/urgent/")
    amina.page.get_by_role("button", name="The person may harm themself").click()
    panel = grace.locator(".private .notice").filter(has_text="The person may harm themself").first
    expect(panel).to_contain_text("Amina pressed Urgent", timeout=30_000)
    check(grace, graces)
    panel.get_by_role("button", name="I have it").click()

    expect(grace.locator(".private")).to_contain_text("Grace has it", timeout=30_000)
    expect(grace.locator("#room[data-state=live]")).to_be_visible()
    expect(brian.locator(".private")).to_have_count(0)
    assert "pressed Urgent" not in brian.content()
    amina.page.reload()
    expect(amina.page.locator("h1")).to_contain_text("Grace has it")
    for page, watching in ((amina.page, amina.watching), (grace, graces)):
        check(page, watching)
    grace.goto(amina.page.url)
    for summary in grace.locator("details.step summary").all():
        summary.click()
    check(grace, graces)
    assert [*graces.faults, *brians.faults, *amina.watching.faults] == []
