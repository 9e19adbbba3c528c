"""Voice between real browsers with made-up microphones: who holds the button is heard, nobody else; nothing is kept."""

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.journeys.browser import ARGS, check, chromium, watch
from tests.journeys.server import Server
from tests.journeys.steps import enter_room
from tests.supervision.ui.test_room_in_browser import plan_meeting

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.xdist_group("voice-in-browser")]
MICROPHONE = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
# every line between phones stays in reach of the test
KEEP_LINES = """
window.lines = [];
const Made = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Made { constructor(...how) { super(...how); window.lines.push(this); } };
window.sounds = [];
const devices = navigator.mediaDevices ?? {}; // a page that is not ours yet has none
const take = devices.getUserMedia?.bind(devices);
devices.getUserMedia = async (how) => {
  const stream = await take(how);
  window.sounds.push(...stream.getTracks());
  return stream;
};
window.recorders = 0;
window.MediaRecorder = class { constructor() { window.recorders += 1; } };
"""
COUNT = """async (kind) => {
  let sum = 0;
  for (const line of window.lines.filter((one) => one.connectionState === "connected"))
    (await line.getStats()).forEach((one) => { if (one.type === kind) sum += one.bytesSent ?? one.bytesReceived; });
  return sum;
}"""
Joining = Callable[[str], Page]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    path = chromium()
    if path is None and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("REQUIRE_BROWSER=1, but there is no Chromium: set CHROMIUM or install chromium.")
    if path is None:
        pytest.skip("Browser journeys need a Chromium: set CHROMIUM or put chromium on the PATH.")
    with sync_playwright() as running:
        yield running


@pytest.fixture
def join(playwright: Playwright, server: Server, people: SimpleNamespace) -> Iterator[Joining]:
    """Brings somebody into the same room of a new meeting, each in a browser of her own: join("grace") comes first."""
    opened: list[Browser] = []
    room: list[str] = []

    def joining(username: str) -> Page:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*ARGS, *MICROPHONE])
        opened.append(browser)
        size = {"width": 1280, "height": 900} if username == "grace" else {"width": 360, "height": 640}
        context = browser.new_context(viewport=size, base_url=server.url, permissions=["microphone"])
        context.add_init_script(KEEP_LINES)
        watching = watch(context, server.url.removeprefix("http://"))
        page = context.new_page()
        page.watching = watching
        people.sign_in(page, username)
        if not room:
            room.append(plan_meeting(page))
        page.goto(room[0])
        enter_room(page, watching)
        return page

    yield joining
    for browser in opened:
        browser.close()


def begin_to_talk(page: Page) -> None:
    """Opens the people's pane, which holds the voice, and joins."""
    if page.viewport_size["width"] < 900:
        page.locator(".room-tabs [data-tab-link=people]").click()
    page.locator("[data-voice=join]").click()
    expect(page.locator("#voice")).to_have_attribute("data-state", "live", timeout=30_000)


def connected(page: Page, lines: int) -> None:
    """Until this page has a working line to so many others."""
    page.wait_for_function(
        "n => window.lines.filter((one) => one.connectionState === 'connected').length === n", arg=lines, timeout=45_000
    )


def heard_by(speaker: Page, name: str, hearers: list[Page], person: str) -> None:
    """Who holds the button is shown as speaking to all others, and to nobody any more afterwards."""
    talk = speaker.locator("#voice [data-voice=talk]")
    talk.scroll_into_view_if_needed()
    talk.focus()
    speaker.keyboard.down(" ")
    for page in hearers:
        expect(page.locator(f'#voice li[data-person="{person}"].speaks')).to_be_visible(timeout=20_000)
    speaker.keyboard.up(" ")
    for page in hearers:
        expect(page.locator(f'#voice li[data-person="{person}"].speaks')).to_have_count(0, timeout=20_000)


def of(page: Page) -> str:
    return page.locator("#room").get_attribute("data-person") or ""


def test_two_talk_and_only_who_holds_the_button_is_heard(join: Joining) -> None:
    grace, amina = join("grace"), join("amina")
    begin_to_talk(grace)
    begin_to_talk(amina)
    connected(grace, 1)
    connected(amina, 1)

    heard_by(amina, "Amina", [grace], of(amina))
    heard_by(grace, "Grace", [amina], of(grace))

    check(grace, grace.watching)
    check(amina, amina.watching)
    amina.locator("[data-voice=leave]").click()
    expect(grace.locator("#voice li")).to_have_count(1, timeout=20_000)
    assert [page.evaluate("window.recorders") for page in (grace, amina)] == [0, 0]
    assert [grace.watching.faults, amina.watching.faults] == [[], []]


def test_who_only_reads_sees_who_speaks(join: Joining) -> None:
    grace, amina, brian = join("grace"), join("amina"), join("brian")
    brian.locator(".room-tabs [data-tab-link=people]").click()
    begin_to_talk(grace)
    begin_to_talk(amina)
    connected(amina, 1)
    expect(brian.locator("#voice li")).to_have_count(2, timeout=20_000)

    heard_by(amina, "Amina", [brian], of(amina))

    assert brian.evaluate("window.lines.length") == 0


def test_a_microphone_that_may_not_be_used_is_said_and_writing_goes_on(join: Joining) -> None:
    grace = join("grace")
    grace.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )

    grace.locator("[data-voice=join]").click()

    expect(grace.locator("#voice")).to_have_attribute("data-state", "refused")
    expect(grace.locator("[data-voice=said]")).to_contain_text("You can go on writing.")
    expect(grace.locator("[data-voice=join]")).to_be_visible()


def test_four_talk_each_with_each_and_a_killed_server_does_not_end_it(join: Joining, server: Server) -> None:
    pages = {name: join(name) for name in ("grace", "amina", "brian", "chidi")}
    for page in pages.values():
        begin_to_talk(page)
    for page in pages.values():
        connected(page, 3)

    for name, page in pages.items():
        heard_by(page, name, [other for other in pages.values() if other is not page], of(page))

    for page in pages.values():
        page.watching.server_is_dead = True
    server.kill()
    for page in pages.values():
        page.locator("#room:not([data-state=live])").wait_for()
    server.start()
    for page in pages.values():
        page.locator("#room[data-state=live]").wait_for(timeout=45_000)
        expect(page.locator("#voice")).to_have_attribute("data-state", "live", timeout=45_000)
        connected(page, 3)
    heard_by(pages["amina"], "amina", [pages["grace"], pages["chidi"]], of(pages["amina"]))


def test_a_voice_is_light_on_the_wire(join: Joining) -> None:
    grace, amina = join("grace"), join("amina")
    begin_to_talk(grace)
    begin_to_talk(amina)
    connected(amina, 1)
    amina.locator("[data-voice=open]").check()
    expect(grace.locator(f'#voice li[data-person="{of(amina)}"].speaks')).to_be_visible(timeout=20_000)

    before = amina.evaluate(COUNT, "outbound-rtp")
    amina.wait_for_timeout(10_000)
    sent = amina.evaluate(COUNT, "outbound-rtp") - before

    assert 0 < sent <= 10 * 3_000, f"{sent} bytes of sound in 10 s; 16 kbit/s are 20,000"


def microphones(page: Page) -> list[str]:
    """The state of every sound that this page took from a microphone."""
    return page.evaluate("window.sounds.map((one) => one.readyState)")


@pytest.mark.parametrize("how", ["locked", "reading"])
def test_a_line_that_is_given_up_shuts_the_microphone_and_says_so(join: Joining, how: str) -> None:
    grace = join("grace")
    begin_to_talk(grace)
    grace.locator("[data-voice=open]").check()
    assert microphones(grace) == ["live"]

    if how == "locked":
        grace.evaluate("document.dispatchEvent(new CustomEvent('phone:lock', { detail: { shut: true } }))")
    else:
        grace.evaluate("document.querySelector('#reading').click()")

    expect(grace.locator("#voice")).to_have_attribute("data-state", "off")
    assert microphones(grace) == ["ended"]


def test_who_leaves_with_an_open_microphone_comes_back_with_a_shut_one(join: Joining) -> None:
    grace = join("grace")
    begin_to_talk(grace)
    grace.locator("[data-voice=open]").check()
    talk = grace.locator("#voice [data-voice=talk]")
    expect(talk).to_have_text("The group hears you")

    grace.locator("[data-voice=leave]").click()
    begin_to_talk(grace)

    expect(talk).to_have_text("Hold to talk")
    expect(talk).to_have_attribute("aria-pressed", "false")
    expect(grace.locator("[data-voice=open]")).not_to_be_checked()
