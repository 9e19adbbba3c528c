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
LOCK = """async () => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const phone = await import(address);
    const { answer } = await phone.asked(8000);
    await phone.shutHere((await phone.me()).id);
    await fetch("/phone/lock/", { method: "POST", headers: { "X-CSRFToken": answer.csrf } });
    phone.tell({ lock: true });
}"""
MINUTE = 60_000
SIGHT = """(state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
# as if nobody had touched the phone for so many minutes
WITH_PHONE = """async (minutes) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    await (await import(address)).setMeta("active", Date.now() - minutes * 60000);
}"""
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


@pytest.mark.long
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


@pytest.mark.long
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
    expect(two.grace.get_by_role("heading", name="The meeting is over")).to_be_visible(timeout=15_000)

    again = two.phone.new_page()
    again.goto(two.address)

    late = again.locator(".said.refused", has_text="Too late")
    expect(late).to_contain_text("The meeting was over before this could be sent.")
    check(again, two.aminas)
    late.get_by_role("button", name="Throw it away").click()
    expect(late).to_have_count(0)
    again.reload()
    expect(again.get_by_role("heading", name="The meeting is over")).to_be_visible()
    expect(again.locator(".said.refused")).to_have_count(0)
    assert faults(two.graces, two.aminas) == []


@pytest.mark.long
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


@pytest.mark.long
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
@pytest.mark.long
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


def lock_elsewhere(two: SimpleNamespace) -> Page:
    """Amina's second page, on which the phone locks: she left it to somebody."""
    other = two.phone.new_page()
    other.goto("/me/")
    other.evaluate(LOCK)
    return other


def open_again(page: Page) -> None:
    page.locator("dialog.lock input").fill("tandem-demo")
    page.locator("dialog.lock").get_by_role("button", name="Open").click()
    expect(page.locator("dialog.lock")).to_have_count(0)


@pytest.mark.long
def test_a_phone_that_locks_ends_its_line_and_goes_on_when_it_is_opened(two: SimpleNamespace) -> None:
    sockets: list[str] = []
    two.amina.on("websocket", lambda one: sockets.append(one.url))
    two.amina.fill("#composer [name=text]", "Half a thought")

    lock_elsewhere(two)

    expect(two.amina.locator("dialog.lock[open]")).to_be_visible()
    two.amina.locator("#room[data-state=reconnecting]").wait_for()
    say(two.grace, "Said while her phone was locked")
    heard(two.grace, "Said while her phone was locked")
    two.amina.evaluate("dispatchEvent(new Event('online'))")
    expect(two.amina.get_by_text("Said while her phone was locked")).to_have_count(0)
    assert sockets == []

    open_again(two.amina)
    two.amina.locator("#room[data-state=live]").wait_for(timeout=30_000)
    heard(two.amina, "Said while her phone was locked")
    expect(two.amina.locator("#composer [name=text]")).to_have_value("Half a thought")
    say(two.amina, "Back again")
    heard(two.grace, "Back again")
    assert faults(two.graces) == []


def test_words_that_show_who_it_is_are_held_and_who_leads_takes_them_away(two: SimpleNamespace) -> None:
    say(two.amina, "Grace, her number is 0712 345 678")
    held = two.amina.locator("#held [data-found]")
    expect(held).to_have_count(1)
    expect(held.locator("mark")).to_have_text("0712 345 678")
    assert said_by_all(two.grace) == []

    two.amina.locator("#held summary").click()
    two.amina.get_by_role("button", name="The group must know it, for safety").click()
    heard(two.grace, "Grace, her number is 0712 345 678")
    flag = two.grace.locator("[data-flag]")
    expect(flag).to_contain_text("The group must know it, for safety")
    flag.get_by_role("button", name="Take the words away").click()

    for page in (two.grace, two.amina):
        heard(page, "This was taken away.")
        expect(page.get_by_text("0712 345 678")).to_have_count(0)
    expect(flag).to_have_count(0)
    assert faults(two.graces, two.aminas) == []


@pytest.mark.long
def test_a_question_that_shows_who_it_is_is_held_asked_and_taken_away(two: SimpleNamespace) -> None:
    two.grace.locator("summary", has_text="Ask a new question").click()
    two.grace.fill("#poll-question", "Should Wanjiku call her aunt?")
    two.grace.fill("#poll-choice-1", "Yes")
    two.grace.fill("#poll-choice-2", "Later, on 0712 345 678")
    ask = two.grace.get_by_role("button", name="Ask it now").last
    held = two.grace.locator("[data-held] mark")
    ask.click()
    expect(held).to_have_text("Wanjiku")
    ask.click()  # pressed again, nothing goes either
    expect(held).to_have_text("Wanjiku")
    for words in ("Wanjiku", "0712 345 678"):
        expect(held).to_have_text(words)
        expect(two.amina.locator(".poll")).to_have_count(0)
        two.grace.locator("[data-held] summary").last.click()
        two.grace.locator("[data-held] [data-all] [data-stays=needed]").click()
    two.amina.locator(".poll-choice").first.click()
    expect(two.amina.locator(".poll-choice.is-mine")).to_have_text("Yes")

    two.grace.locator("#log .event [data-words]").last.click()
    two.grace.get_by_role("button", name="Take the words away").click()

    two.grace.locator("#room[data-state=live]").wait_for()
    for page in (two.grace, two.amina):
        expect(page.locator(".poll h2")).to_have_text("This was taken away.")
        expect(page.locator(".poll-choice")).to_have_count(0)
        expect(page.get_by_text("Wanjiku")).to_have_count(0)
    assert faults(two.graces, two.aminas) == []


@pytest.mark.long
def test_a_prepared_question_is_held_when_it_is_asked(two: SimpleNamespace) -> None:
    two.grace.locator("summary", has_text="Ask a new question").click()
    two.grace.fill("#poll-question", "Is Wanjiku safe at home?")
    two.grace.fill("#poll-choice-1", "Yes")
    two.grace.fill("#poll-choice-2", "No")
    two.grace.fill("#text", "Half a thought")
    two.grace.get_by_role("button", name="Keep it for later").click()
    expect(two.grace.locator(".chip", has_text="Prepared")).to_be_visible()
    expect(two.grace.locator("#text")).to_have_value("Half a thought")

    two.grace.get_by_role("button", name="Ask it now").first.click()
    two.grace.get_by_role("button", name="Write “this person”").click()
    two.grace.get_by_role("button", name="Ask it now").first.click()

    expect(two.amina.locator(".poll h2")).to_have_text("Is this person safe at home?")
    assert faults(two.graces, two.aminas) == []


@pytest.mark.long
def test_who_leads_sees_without_a_touch_that_somebody_took_a_yes_back(two: SimpleNamespace) -> None:
    two.amina.locator('[data-tab-link="people"]').click()
    part = two.grace.locator('[data-part="call"]')
    part.get_by_text("More than 6 people: add a link").click()
    part.locator("#call-link").fill("https://meet.jit.si/Lakeside-Tuesday")
    part.get_by_role("button", name="Use this link").click()
    part.get_by_text("Ask the group: may we record there?").click()
    part.locator("#call-why").fill("For who is ill today.")
    part.get_by_role("button", name="Ask everybody").click()

    two.amina.locator("#call-yes").click()
    expect(part).to_contain_text("Everybody who is here said yes.")
    two.amina.locator("#call-no").click()

    expect(part).to_contain_text("Not everybody agrees. Nobody may record.")
    assert faults(two.graces, two.aminas) == []


@pytest.mark.parametrize("minutes", [16, -600], ids=["reopened", "clock went back"])
def test_a_room_that_is_opened_again_waits_for_the_lock(two: SimpleNamespace, minutes: int) -> None:
    two.amina.evaluate(WITH_PHONE, minutes)
    two.amina.close()
    again = two.phone.new_page()
    sockets: list[str] = []
    again.on("websocket", lambda one: sockets.append(one.url))

    again.goto(two.address)

    expect(again.locator("dialog.lock[open]")).to_be_visible()
    assert sockets == []
    open_again(again)
    again.locator("#room[data-state=live]").wait_for(timeout=30_000)


@pytest.mark.long
def test_who_sits_in_the_room_is_not_idle_and_who_comes_back_to_it_is_asked(two: SimpleNamespace) -> None:
    two.amina.close()
    page = two.phone.new_page()
    page.clock.install()
    page.goto(two.address)
    page.locator("#room[data-state=live]").wait_for()

    page.clock.fast_forward(16 * MINUTE)
    expect(page.locator("dialog.lock")).to_have_count(0)
    page.evaluate(SIGHT, "hidden")
    page.clock.set_system_time(page.evaluate("Date.now()") + 16 * MINUTE)
    page.evaluate(SIGHT, "visible")

    expect(page.locator("dialog.lock[open]")).to_be_visible()
