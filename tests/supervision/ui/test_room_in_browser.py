"""The room in a real browser: two people, a dead server, a closed meeting, a line without sockets; nothing is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.browser import Watch, check
from tests.journeys.server import Server
from tests.journeys.steps import enter_room, heard, said_by_all, say

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("room-in-browser")]
NO_SOCKETS = """
window.WebSocket = class {
  static OPEN = 1;
  constructor() { setTimeout(() => this.onclose?.({ code: 1006 }), 10); }
  close() {}
  send() {}
};
"""
Opening = Callable[..., tuple]


def plan_meeting(page: Page) -> str:
    """Grace plans a meeting and opens the doors; gives its address."""
    page.goto("/supervision/sessions/new/")
    page.fill("[name=title]", "Room test")
    page.fill("[name=day]", f"{timezone.localdate() + timedelta(days=2):%Y-%m-%d}")
    page.fill("[name=clock]", "14:00")
    page.locator(".foot-bar .btn-now").click()
    page.get_by_role("button", name="Open the doors").click()
    page.locator("#agree").wait_for()
    return page.url.split("?")[0]


@pytest.fixture
def two(open_context: Opening, people: SimpleNamespace) -> SimpleNamespace:
    """Grace at a desk and Amina on a phone, both in the room of a new meeting."""
    (desk, graces), (phone, aminas) = open_context(1280, 800), open_context(360, 640, has_touch=True)
    grace, amina = desk.new_page(), phone.new_page()
    people.sign_in(grace, "grace")
    people.sign_in(amina, "amina")
    address = plan_meeting(grace)
    amina.goto(address)
    enter_room(amina, aminas)
    enter_room(grace, graces)
    return SimpleNamespace(
        grace=grace, amina=amina, graces=graces, aminas=aminas, address=address, phone=phone, context=open_context
    )


def faults(*watches: Watch) -> list[str]:
    return [fault for watching in watches for fault in watching.faults]


def test_two_people_write_and_a_dead_server_loses_nothing(two: SimpleNamespace, server: Server) -> None:
    say(two.amina, "Hello from Amina")
    say(two.grace, "Hello from Grace")
    heard(two.grace, "Hello from Amina")
    heard(two.amina, "Hello from Grace")

    two.graces.server_is_dead = two.aminas.server_is_dead = True
    server.kill()
    for page, words in ((two.amina, "Amina unsent"), (two.grace, "Grace unsent")):
        page.locator("#room:not([data-state=live])").wait_for()
        say(page, f"{words} 1")
        say(page, f"{words} 2")
        expect(page.locator(".said.waiting")).to_have_count(2)
        expect(page.locator("#lost")).to_contain_text("2 messages wait on this phone.")
    server.start()
    for page in (two.amina, two.grace):
        page.locator("#room[data-state=live]").wait_for(timeout=30_000)
        for words in ("Amina unsent 1", "Amina unsent 2", "Grace unsent 1", "Grace unsent 2"):
            heard(page, words)
        expect(page.locator(".said.waiting")).to_have_count(0)

    seen = said_by_all(two.amina)
    assert seen == said_by_all(two.grace)
    assert len(seen) == 6
    assert [words for _, words in seen if words.startswith("Amina")] == ["Amina unsent 1", "Amina unsent 2"]
    assert faults(two.graces, two.aminas) == []


def test_what_was_unsent_when_the_page_died_is_sent_by_the_next(two: SimpleNamespace, server: Server) -> None:
    two.graces.server_is_dead = two.aminas.server_is_dead = True
    server.kill()
    two.amina.locator("#room:not([data-state=live])").wait_for()
    say(two.amina, "Written before the crash")
    expect(two.amina.locator(".said.waiting")).to_have_count(1)
    two.amina.wait_for_timeout(300)
    two.amina.close()
    server.start()

    again = two.phone.new_page()
    again.goto(two.address)

    again.locator("#room[data-state=live]").wait_for()
    heard(again, "Written before the crash")
    two.grace.locator("#room[data-state=live]").wait_for(timeout=30_000)
    heard(two.grace, "Written before the crash")


def test_what_comes_too_late_is_explained_and_can_be_thrown_away(two: SimpleNamespace, server: Server) -> None:
    two.graces.server_is_dead = two.aminas.server_is_dead = True
    server.kill()
    two.amina.locator("#room:not([data-state=live])").wait_for()
    say(two.amina, "Too late")
    two.amina.wait_for_timeout(300)
    two.amina.close()
    server.start()
    two.grace.goto(two.address)
    two.grace.locator("#room[data-state=live]").wait_for()
    two.grace.locator("[data-part=lead] button", has_text="Close the meeting").click()
    expect(two.grace.get_by_role("heading", name="Minutes of the meeting")).to_be_visible(timeout=15_000)

    again = two.phone.new_page()
    again.goto(two.address)

    late = again.locator(".said.refused", has_text="Too late")
    expect(late).to_contain_text("The meeting was over before this could be sent.")
    check(again, two.aminas)
    late.get_by_role("button", name="Throw it away").click()
    expect(late).to_have_count(0)
    again.reload()
    expect(again.get_by_role("heading", name="Minutes of the meeting")).to_be_visible()
    expect(again.locator(".said.refused")).to_have_count(0)
    assert faults(two.graces, two.aminas) == []


def test_a_message_that_is_too_long_stays_in_the_field(two: SimpleNamespace) -> None:
    two.amina.locator("#text").fill("z" * 4001)
    two.amina.locator("#composer .btn-now").click()

    expect(two.amina.locator("#complaint")).to_contain_text("This is 4001 letters long.")
    expect(two.amina.locator("#text")).to_have_value("z" * 4001)
    expect(two.amina.locator(".said.waiting")).to_have_count(0)


def test_where_no_socket_gets_through_the_room_goes_on_over_http(two: SimpleNamespace, people: SimpleNamespace) -> None:
    context, watching = two.context(360, 640)
    context.add_init_script(NO_SOCKETS)
    brian = context.new_page()
    people.sign_in(brian, "brian")
    brian.goto(two.address)
    brian.locator("#agree").check()
    brian.locator(".foot-bar .btn-now").click()

    brian.locator("#room[data-state=http]").wait_for(timeout=20_000)
    say(brian, "Brian without a socket")
    say(two.grace, "Grace with one")

    heard(two.grace, "Brian without a socket")
    heard(brian, "Grace with one")
    expect(two.amina.locator("[data-here-count]").first).to_have_text(re.compile("^3 of"), timeout=10_000)
    assert faults(watching) == []


def test_the_reader_is_not_pulled_away_by_new_messages(two: SimpleNamespace) -> None:
    for number in range(12):
        say(two.grace, f"Line {number} " + "words " * 20)
    heard(two.amina, "Line 11")
    two.amina.evaluate("document.querySelector('#stream').scrollTop = 0")
    two.amina.wait_for_timeout(200)

    say(two.grace, "One more")
    say(two.grace, "And another")

    expect(two.amina.locator("#news")).to_contain_text("2 new messages")
    assert two.amina.evaluate("document.querySelector('#stream').scrollTop") == 0
    two.amina.locator("#news").click()
    expect(two.amina.locator("#news")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_the_pages_have_no_fault(scheme: str, open_context: Opening, people: SimpleNamespace) -> None:
    (desk, graces), (phone, aminas) = (
        open_context(1280, 800, color_scheme=scheme),
        open_context(360, 640, color_scheme=scheme),
    )
    grace, amina = desk.new_page(), phone.new_page()
    people.sign_in(grace, "grace")
    people.sign_in(amina, "amina")
    for page, watching, path in (
        (grace, graces, "/supervision/"),
        (grace, graces, "/supervision/sessions/new/"),
        (amina, aminas, "/supervision/"),
        (amina, aminas, "/supervision/cases/new/"),
    ):
        page.goto(path)
        check(page, watching)
    amina.fill("[name=question]", "How can I help him?")
    amina.locator(".foot-bar .btn-now").click()
    amina.wait_for_url("**/write/person/")
    check(amina, aminas)
    amina.locator(".foot-bar .btn-now").click()
    amina.locator(".error").first.wait_for()
    check(amina, aminas)
    address = plan_meeting(grace)
    amina.goto(address)
    enter_room(amina, aminas)
    enter_room(grace, graces)
    for tab in ("case", "advice", "people"):
        amina.locator(f"[data-tab-link={tab}]").click()
        check(amina, aminas)

    assert faults(graces, aminas) == []
