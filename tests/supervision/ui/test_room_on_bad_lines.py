"""The room on lines that hang: nothing waits for ever, nothing is sent twice, nothing that was typed is lost."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.server import Server
from tests.journeys.steps import enter_room, heard, said_by_all, say
from tests.supervision.ui.test_room_in_browser import NO_SOCKETS, plan_meeting

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.xdist_group("room-on-bad-lines")]
Opening = Callable[..., tuple]
SOCKETS_LATER = """
const Real = window.WebSocket;
window.through = sessionStorage.through === "1";
window.WebSocket = class {
  static OPEN = 1;
  constructor(...how) {
    if (window.through) return new Real(...how);
    setTimeout(() => this.onclose?.({ code: 1006 }), 10);
  }
  close() {}
  send() {}
};
"""
PATIENCE = 30_000
READS = "localStorage.setItem('tandem.room.reading', '1')"


OVER = """
from django.utils import timezone
from supervision.sessions.models import SupervisionSession
SupervisionSession.objects.filter(state="live").update(state="closed", closed_at=timezone.now())
"""


@pytest.fixture
def lead(server: Server, open_context: Opening, people: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """Grace at a desk in the room of a new meeting; `join(*scripts)` brings Amina in on a phone. One that was begun is
    over afterwards: a group is in one meeting at a time."""
    desk, graces = open_context(1280, 800)
    grace = desk.new_page()
    people.sign_in(grace, "grace")
    address = plan_meeting(grace)
    enter_room(grace, graces)

    def join(*scripts: str) -> Page:
        phone, _ = open_context(360, 640, has_touch=True)
        for script in scripts:
            phone.add_init_script(script)
        page = phone.new_page()
        people.sign_in(page, "amina")
        page.goto(address)
        page.locator("#agree").check()
        page.locator(".foot-bar .btn-now").click()
        return page

    yield SimpleNamespace(page=grace, join=join, address=address)
    if grace.locator("#room[data-room-state=live]").count():
        server.manage("shell", "-v0", "-c", OVER)


def says(page: Page, state: str) -> None:
    """The page's script runs, and this is how it names its line."""
    expect(page.locator("[data-line]").first).to_contain_text(state, timeout=PATIENCE)


def begin(page: Page) -> None:
    """Who leads begins the meeting."""
    page.get_by_role("button", name="Begin the meeting").first.click()
    expect(page.locator("#room")).to_have_attribute("data-room-state", "live", timeout=PATIENCE)


class Hang:
    """From now on such requests get no answer, until `over`; those that came stay dead."""

    def __init__(self, page: Page, path: str, method: str) -> None:
        self.method, self.over = method, False
        self.held: list[Route] = []
        page.route(path, self.heed)

    def heed(self, route: Route) -> None:
        if self.over or route.request.method != self.method:
            route.fallback()
        else:
            self.held.append(route)


def lose_answers(page: Page, path: str) -> list[int]:
    """What is posted reaches the server; its answer never reaches the phone."""
    statuses: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        statuses.append(route.fetch().status)
        return route.abort()

    page.route(path, lose)
    return statuses


def test_a_question_over_http_that_hangs_is_asked_again(lead: SimpleNamespace) -> None:
    amina = lead.join(READS)
    says(amina, "Reading mode")
    hung = Hang(amina, "**/events/?after=*", "GET")
    amina.wait_for_timeout(16_000)
    assert len(hung.held) == 1
    say(lead.page, "Said on a dead line")

    expect(amina.locator("#try-now")).to_be_visible(timeout=PATIENCE)
    hung.over = True

    heard(amina, "Said on a dead line")
    says(amina, "Reading mode")


def test_a_post_that_hangs_goes_out_over_the_socket_that_came_meanwhile(lead: SimpleNamespace) -> None:
    amina = lead.join(SOCKETS_LATER)
    says(amina, "Slow line")
    hung = Hang(amina, "**/events/", "POST")
    say(amina, "On the way")
    expect(amina.locator(".said.waiting")).to_have_count(1)
    amina.wait_for_timeout(500)
    assert len(hung.held) == 1

    amina.evaluate("window.through = true")

    amina.locator("#room[data-state=live]").wait_for(timeout=PATIENCE)
    heard(lead.page, "On the way")
    expect(amina.locator(".said.waiting")).to_have_count(0)
    say(amina, "And the next")
    heard(lead.page, "And the next")
    amina.wait_for_timeout(16_000)  # the dead request has been given up; the live line says nothing of it
    assert amina.locator("#room").get_attribute("data-state") == "live"
    assert [words for _, words in said_by_all(lead.page)] == ["On the way", "And the next"]


def test_a_part_that_did_not_come_is_fetched_again(lead: SimpleNamespace) -> None:
    amina = lead.join()
    says(amina, "Live")
    lost: list[str] = []
    amina.route("**/parts/*", lambda route: (lost.append(route.request.url), route.abort())[1])

    begin(lead.page)
    amina.wait_for_timeout(3000)
    assert len(lost) >= 1
    before = amina.locator("#room").get_attribute("data-room-state")
    amina.unroute("**/parts/*")

    expect(amina.locator("#room")).to_have_attribute("data-room-state", "live", timeout=PATIENCE)
    assert before == "lobby"


def test_an_older_copy_of_a_part_is_never_laid_over_a_newer_one(lead: SimpleNamespace) -> None:
    amina = lead.join()
    says(amina, "Live")
    hung = Hang(amina, "**/parts/*", "GET")
    amina.locator("[data-tab-link=people]").click()
    amina.wait_for_timeout(500)
    begin(lead.page)
    amina.wait_for_timeout(1000)
    assert len(hung.held) == 1  # one question at a time

    hung.over = True
    hung.held[0].continue_()

    expect(amina.locator("#room")).to_have_attribute("data-room-state", "live", timeout=PATIENCE)


@pytest.mark.parametrize("sockets", [True, False], ids=["note", "note without a socket"])
def test_a_note_whose_answer_was_lost_is_kept_once(lead: SimpleNamespace, sockets: bool) -> None:
    amina = lead.join(*([] if sockets else [NO_SOCKETS]))
    says(amina, "Live" if sockets else "Slow line")
    amina.locator("[data-tab-link=me]").first.click()
    amina.fill("#note-text", "Ask about her sleep")
    statuses = lose_answers(amina, "**/keep/")
    amina.get_by_role("button", name="Keep my note").click()
    expect(amina.locator("#complaint")).to_contain_text("this was not sent", timeout=PATIENCE)
    amina.unroute("**/keep/")
    with amina.expect_response("**/parts/*"):  # the part comes anew, with a new key in its form
        amina.evaluate("document.querySelector('.room-tabs [data-tab-link=me]').click()")
    amina.wait_for_timeout(300)

    expect(amina.locator("#note-text")).to_have_value("Ask about her sleep")
    amina.get_by_role("button", name="Keep my note").click()

    expect(amina.locator(".own-note")).to_have_count(1, timeout=PATIENCE)
    expect(amina.locator("#note-text")).to_have_value("")
    amina.fill("#note-text", "And about her child")
    amina.get_by_role("button", name="Keep my note").click()
    expect(amina.locator(".own-note")).to_have_count(2, timeout=PATIENCE)
    assert statuses == [200]


def test_a_question_to_the_group_whose_answer_was_lost_is_asked_once(lead: SimpleNamespace) -> None:
    page = lead.page
    begin(page)
    page.locator("summary", has_text="Ask a new question").click()
    page.fill("#poll-question", "Shall we go on?")
    page.fill("#poll-choice-1", "Yes")
    page.fill("#poll-choice-2", "No")
    statuses = lose_answers(page, "**/post/")

    page.locator("[data-part=polls] details").get_by_role("button", name="Ask it now").click()

    expect(page.locator("#log .event", has_text="Shall we go on?")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator("#poll-question")).to_have_value("")  # its own event says that it is stored
    expect(page.locator("#complaint")).to_be_hidden()
    assert statuses == [200]


def test_a_form_that_hangs_can_be_sent_again(lead: SimpleNamespace) -> None:
    amina = lead.join()
    says(amina, "Live")
    hung = Hang(amina, "**/post/", "POST")
    amina.locator("[data-part=hand] button").click()
    amina.wait_for_timeout(500)
    hung.over = True
    expect(amina.locator("#complaint")).to_contain_text("this was not sent", timeout=PATIENCE)

    amina.locator("[data-part=hand] button").click()

    expect(lead.page.locator("[data-hand]")).to_have_count(1, timeout=PATIENCE)
    assert len(hung.held) == 1


def talked(page: Page, first: int, last: int) -> None:
    """Who leads says so many long things."""
    for number in range(first, last):
        say(page, f"Line {number} " + "words " * 20)
    heard(page, f"Line {last - 1} ")


def cut(page: Page) -> Callable[[], None]:
    """The line breaks and none gets through, until the given function is called."""
    page.context.set_offline(True)
    page.evaluate("window.lines.forEach((one) => one.close())")
    expect(page.locator("#room:not([data-state=live])")).to_have_count(1, timeout=PATIENCE)
    return lambda: page.context.set_offline(False)


KEEP_SOCKETS = """
window.lines = [];
const Made = window.WebSocket;
window.WebSocket = class extends Made { constructor(...how) { super(...how); window.lines.push(this); } };
"""


def test_what_was_said_while_the_line_was_away_begins_at_a_mark_and_a_reload_keeps_it(lead: SimpleNamespace) -> None:
    amina = lead.join(KEEP_SOCKETS)
    says(amina, "Live")
    talked(lead.page, 0, 3)
    heard(amina, "Line 2 ")
    back = cut(amina)
    talked(lead.page, 3, 15)
    back()

    heard(amina, "Line 14 ")
    says(amina, "Live")

    mark = amina.locator("#read-until + .said")
    expect(mark).to_contain_text("Line 3 ")
    expect(amina.locator("#read-until")).to_be_in_viewport()
    expect(amina.locator("#news")).to_contain_text("12 new messages")
    amina.reload()
    says(amina, "Live")
    expect(mark).to_contain_text("Line 3 ")
    expect(amina.locator("#read-until")).to_be_in_viewport()
    amina.evaluate("document.querySelector('#stream').scrollTop = 100000")
    expect(amina.locator("#news")).to_be_hidden()
    amina.reload()
    says(amina, "Live")
    expect(amina.locator("#read-until")).to_have_count(0)


def test_a_half_written_note_outlives_the_end_of_the_meeting(lead: SimpleNamespace) -> None:
    amina = lead.join()
    says(amina, "Live")
    amina.locator("[data-tab-link=me]").first.click()
    amina.fill("#note-text", "Half a note")

    lead.page.locator("[data-part=lead] button", has_text="Close the meeting").click()

    expect(amina.locator("#over")).to_be_visible(timeout=PATIENCE)
    expect(amina.locator("#note-text")).to_have_value("Half a note")
    amina.locator("#over a").click()
    expect(amina.get_by_role("heading", name="The meeting is over")).to_be_visible(timeout=PATIENCE)


def test_a_text_is_sent_without_leaving_the_page(lead: SimpleNamespace) -> None:
    page = lead.page
    page.fill("#text", "Half a thought")

    page.get_by_role("button", name="Send a text").first.click()

    expect(page.locator("[data-part=people] .chip", has_text="Text is sent")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator("#text")).to_have_value("Half a thought")


def test_private_words_reach_who_leads_over_http_and_when_she_opens_their_tab(
    lead: SimpleNamespace, open_context: Opening, people: SimpleNamespace
) -> None:
    amina = lead.join()
    says(amina, "Live")
    context, _ = open_context(360, 640)
    context.add_init_script(READS)
    grace = context.new_page()
    people.sign_in(grace, "grace")
    grace.goto(lead.address)
    says(grace, "Reading mode")
    amina.locator("[data-tab-link=me]").first.click()
    amina.fill("#private-text", "I worry about him")
    amina.get_by_role("button", name="Send it in private").click()
    expect(amina.locator(".thread-words .said")).to_have_count(1, timeout=PATIENCE)

    expect(grace.locator("[data-count=private]")).to_have_text("1", timeout=PATIENCE)
    expect(grace.locator("[data-part=private]")).to_contain_text("I worry about him", timeout=PATIENCE)
    amina.fill("#private-text", "Please call me")
    amina.get_by_role("button", name="Send it in private").click()
    expect(amina.locator(".thread-words .said")).to_have_count(2, timeout=PATIENCE)
    grace.locator(".room-tabs [data-tab-link=me]").click()

    expect(grace.locator("[data-part=private]")).to_contain_text("Please call me", timeout=10_000)
