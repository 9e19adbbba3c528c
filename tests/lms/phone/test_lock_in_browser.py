"""The lock in a real browser: after idle minutes, with and without network; and leaving a phone that others share."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.browser import Watch, check

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PIN = "tandem-demo"
MINUTE = 60_000
# everything that lies in the phone's database and caches, as one text; sealed things as they lie there
ALL_KEPT = """async () => {
    const open = indexedDB.open("tandem-phone");
    const db = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
    const texts = [];
    const say = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder("latin1").decode(value) + new TextDecoder().decode(value)
        : value && typeof value === "object" ? Object.entries(value).map(([name, held]) => name + say(held)).join(" ")
        : String(value);
    for (const name of db.objectStoreNames)
        for (const asked of ["getAllKeys", "getAll"]) {
            const request = db.transaction(name).objectStore(name)[asked]();
            texts.push(say(await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))));
        }
    db.close();
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) texts.push(request.url, await (await cache.match(request)).text());
    }
    texts.push(JSON.stringify(localStorage), JSON.stringify(sessionStorage));
    return texts.join("\\n");
}"""
WITH_PHONE = """async ([act, told]) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const phone = await import(address);
    const acts = {
        put: () => phone.put(told),
        meta: () => phone.meta(told),
        shut: async () => {
            const { answer } = await phone.asked(8000);
            await fetch("/phone/lock/", { method: "POST", headers: { "X-CSRFToken": answer.csrf } });
        },
        part: async () => Boolean(await phone.part(told)),
        set: () => phone.setMeta(...told),
        lock: async () => phone.meta("lock:" + (await phone.me()).id),
        tries: async () => {
            const name = "lock:" + (await phone.me()).id;
            await phone.setMeta(name, { ...(await phone.meta(name)), ...told });
        },
        key: async () => Boolean(await phone.keyFor((await phone.me()).id)),
        waiting: async () => (await phone.waiting()).items.map(({ label, state }) => [label, state]),
        flush: () => phone.flush({ force: true }),
    };
    return acts[act]();
}"""


class Phone:
    """One phone: a browser that keeps its things."""

    def __init__(self, context: BrowserContext, watching: Watch) -> None:
        self.context, self.watching, self.page = context, watching, context.new_page()

    def do(self, act: str, told: Any = None) -> Any:
        return self.page.evaluate(WITH_PHONE, [act, told])

    def sign_in(self, name: str, pin: str = PIN) -> None:
        self.page.goto("/login/")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", pin)
        self.page.click("main form .btn-now")
        self.page.wait_for_url("**/home/")
        self.settle()

    def settle(self) -> None:
        """Until the worker runs and her state is here."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        wait_until(self.page, lambda: self.do("part", "state"))

    def lie(self, minutes: float) -> None:
        """As if nobody had touched it for so long, with the browser closed; then it is opened again."""
        self.do("set", ["active", self.page.evaluate("Date.now()") - int(minutes * MINUTE)])
        self.page.close()
        self.page = self.context.new_page()

    def cut(self) -> None:
        self.context.set_offline(True)

    def connect(self) -> None:
        self.context.set_offline(False)

    @property
    def lock(self) -> Any:
        return self.page.locator("dialog.lock[open]")

    @property
    def said(self) -> Any:
        """The one sentence about the last try."""
        return self.lock.locator("[data-why]:visible")

    def wait_idle(self) -> None:
        """Sixteen minutes in which nobody touches it; the page's clock must be installed."""

        def passed() -> int:
            self.page.clock.fast_forward(16 * MINUTE)
            return self.lock.count()

        wait_until(self.page, passed)

    def type_pin(self, pin: str) -> None:
        self.lock.locator("input").fill(pin)
        self.lock.get_by_role("button", name="Open").click()


def wait_until(page: Page, holds: Callable[[], Any], tries: int = 150) -> None:
    """Asks until it holds; each asking lets the page go on."""
    for _ in range(tries):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came to hold")


@pytest.fixture
def phone(open_context: Callable) -> Iterator[Phone]:
    context, watching = open_context(360, 640)
    yield Phone(context, watching)
    context.set_offline(False)


def work(label: str) -> dict[str, Any]:
    """A thing that somebody did; no server takes it, so it is refused when it arrives."""
    return {"kind": "lesson.completed", "subject": "not-a-lesson", "label": label, "data": {"note": f"{label} indeed"}}


def test_a_phone_that_lay_idle_is_locked_when_it_is_opened_again(phone: Phone) -> None:
    phone.sign_in("amina")

    phone.lie(16)
    phone.page.goto("/me/")

    expect(phone.lock.get_by_role("heading", name="Amina, type your PIN")).to_be_visible()
    expect(phone.lock.get_by_role("link", name="Call Dr Peter Ouma")).to_be_visible()
    assert phone.do("key") is False
    wait_until(phone.page, lambda: phone.do("lock")["told"])
    assert phone.page.request.get("/phone/state/").status == 423


@pytest.mark.long
@pytest.mark.parametrize("minutes", [10, 0])
def test_a_phone_in_use_is_not_locked(phone: Phone, minutes: float) -> None:
    phone.sign_in("amina")

    phone.lie(minutes)
    phone.page.goto("/me/")

    expect(phone.page.get_by_role("heading", name="How I sign in")).to_be_visible()
    expect(phone.lock).to_have_count(0)


@pytest.mark.long
def test_a_clock_that_went_back_locks(phone: Phone) -> None:
    phone.sign_in("amina")

    phone.lie(-60 * 24 * 365)
    phone.page.goto("/me/")

    expect(phone.lock).to_be_visible()


@pytest.mark.long
def test_the_pin_opens_with_network_and_the_server_opens_too(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.lie(16)
    phone.page.goto("/me/")
    wait_until(phone.page, lambda: (phone.do("lock") or {}).get("told"))

    phone.type_pin(PIN)

    expect(phone.lock).to_have_count(0)
    wait_until(phone.page, lambda: phone.page.request.get("/phone/state/").status == 200)
    assert phone.do("key") is True


@pytest.mark.long
def test_a_wrong_pin_does_not_open_and_says_so(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.lie(16)
    phone.page.goto("/me/")

    phone.type_pin("123123")

    expect(phone.said).to_contain_text("This is not the PIN or password with which you sign in.")
    phone.page.keyboard.press("Escape")
    phone.page.keyboard.press("Escape")
    expect(phone.lock).to_be_visible()
    assert phone.do("key") is False


def test_without_network_the_pin_opens_the_kept_page(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.lie(16)
    phone.cut()
    phone.page.goto("/home/")
    expect(phone.lock).to_be_visible()

    phone.type_pin("123123")
    expect(phone.said).to_contain_text("This is not the PIN")
    phone.type_pin(PIN)

    expect(phone.lock).to_have_count(0)
    expect(phone.page.get_by_role("heading", name="Amina")).to_be_visible()


@pytest.mark.long
def test_after_five_wrong_tries_without_network_one_waits_and_after_ten_needs_it(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.lie(16)
    phone.cut()
    phone.page.goto("/home/")
    expect(phone.lock).to_be_visible()

    for number in range(5):
        phone.type_pin(f"wrong {number}")
        wait_until(phone.page, lambda number=number: phone.do("lock").get("tries") == number + 1)
    phone.type_pin(PIN)
    expect(phone.said).to_contain_text("That was too many tries.")
    lock = phone.do("lock")
    phone.do("tries", {"tries": 10, "until": 0})
    phone.type_pin(PIN)

    expect(phone.said).to_contain_text("To open it we need network now.")
    assert 0 < lock["until"] - phone.page.evaluate("Date.now()") <= 30_000


@pytest.mark.long
def test_the_lock_passes_axe_and_hides_the_page(phone: Phone) -> None:
    phone.page.clock.install()
    phone.sign_in("amina")
    phone.page.goto("/me/")
    expect(phone.page.get_by_role("heading", name="How I sign in")).to_be_visible()

    phone.wait_idle()
    check(phone.page, phone.watching)

    assert [fault for fault in phone.watching.faults if fault.startswith(("axe", "foreign", "policy"))] == []
    assert phone.page.evaluate("document.elementFromPoint(180, 600).closest('dialog.lock') !== null")


@pytest.mark.long
def test_what_she_was_writing_is_there_when_the_lock_opens(phone: Phone) -> None:
    phone.page.clock.install()
    phone.sign_in("amina")
    phone.page.goto("/me/")
    phone.page.evaluate("""document.querySelector("main").append(document.createElement("textarea"))""")
    phone.page.fill("textarea", "She sleeps badly again.")

    phone.wait_idle()
    phone.type_pin(PIN)

    expect(phone.lock).to_have_count(0)
    expect(phone.page.locator("textarea")).to_have_value("She sleeps badly again.")


@pytest.mark.long
def test_one_page_locks_and_opens_all(phone: Phone) -> None:
    phone.page.clock.install()
    phone.sign_in("amina")
    other = phone.context.new_page()
    other.goto("/me/")
    expect(other.get_by_role("heading", name="How I sign in")).to_be_visible()

    phone.wait_idle()
    expect(other.locator("dialog.lock[open]")).to_be_visible()
    other.locator("dialog.lock input").fill(PIN)
    other.locator("dialog.lock").get_by_role("button", name="Open").click()

    expect(other.locator("dialog.lock")).to_have_count(0)
    expect(phone.lock).to_have_count(0)


@pytest.mark.long
def test_the_urgent_number_stays_within_reach(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.lie(16)
    phone.page.goto("/me/")
    expect(phone.lock).to_be_visible()

    phone.lock.get_by_role("link", name="Urgent").click()
    expect(phone.page.get_by_role("link", name="Grace Achieng")).to_be_visible()
    phone.cut()
    phone.page.goto("/urgent/")

    expect(phone.page.get_by_role("link", name="Call Grace Achieng")).to_be_visible()
    assert phone.do("key") is False


@pytest.mark.long
def test_opened_without_network_the_server_opens_when_it_is_back(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.lie(16)
    phone.page.goto("/me/")
    wait_until(phone.page, lambda: (phone.do("lock") or {}).get("told"))
    phone.cut()
    phone.type_pin(PIN)
    expect(phone.lock).to_have_count(0)
    assert phone.page.request.get("/phone/state/").status == 423

    phone.connect()

    wait_until(phone.page, lambda: phone.page.request.get("/phone/state/").status == 200)


@pytest.mark.long
def test_who_worked_on_while_the_server_heard_nothing_is_not_asked(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.do("shut")
    assert phone.page.request.get("/phone/state/").status == 423

    phone.page.goto("/me/")

    expect(phone.page.get_by_role("heading", name="How I sign in")).to_be_visible()
    assert phone.page.request.get("/phone/state/").status == 200


@pytest.mark.long
def test_an_idle_phone_does_not_open_itself_where_the_server_locked_first(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.do("shut")

    phone.lie(16)
    phone.page.goto("/me/")

    expect(phone.page.get_by_role("heading", name="Amina, type your PIN")).to_be_visible()
    phone.page.wait_for_load_state("networkidle")
    assert urlsplit(phone.page.url).path == "/phone/unlock/"
    phone.page.fill("main [name=password]", PIN)
    phone.page.get_by_role("button", name="Open").click()
    expect(phone.page.get_by_role("heading", name="How I sign in")).to_be_visible()
    expect(phone.lock).to_have_count(0)


@pytest.mark.long
def test_who_sits_in_a_meeting_is_not_locked(phone: Phone) -> None:
    phone.page.clock.install()
    phone.sign_in("amina")
    wait_until(phone.page, lambda: phone.do("meta", "numbers"))
    before = phone.do("meta", "active")
    phone.page.goto("/me/")
    wait_until(phone.page, lambda: phone.do("meta", "active") > before)
    phone.page.evaluate("document.querySelector('main').setAttribute('data-live', '')")

    for _ in range(3):
        phone.page.clock.run_for(MINUTE / 3)
        phone.page.clock.fast_forward(14 * MINUTE)

    assert phone.lock.count() == 0
    phone.page.evaluate("document.querySelector('main').removeAttribute('data-live')")
    phone.wait_idle()


def leave(phone: Phone) -> None:
    phone.page.goto("/me/")
    phone.page.get_by_role("button", name="Sign out", exact=True).click()


def words_of_amina(phone: Phone) -> list[str]:
    """What of hers can be read in this phone's store by whoever holds it."""
    kept = phone.page.evaluate(ALL_KEPT)
    return [word for word in ("Amina", "Odhiambo", "Lakeside", "Her own words") if word in kept]


@pytest.mark.long
def test_the_search_finds_what_is_not_sealed(phone: Phone) -> None:
    phone.sign_in("amina")

    phone.do("set", ["planted", {"deep": ["Her own words"]}])

    assert words_of_amina(phone) == ["Amina", "Odhiambo", "Her own words"]


@pytest.mark.long
def test_leaving_with_network_takes_everything_of_hers_away(phone: Phone) -> None:
    phone.sign_in("amina")

    leave(phone)
    phone.page.wait_for_url(lambda url: urlsplit(url).path == "/")

    phone.page.goto("/login/")
    assert words_of_amina(phone) == []
    assert phone.page.request.get("/phone/state/").status == 401


@pytest.mark.long
def test_leaving_without_network_shuts_the_door_and_is_made_good_first_of_all(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.cut()
    phone.do("put", work("Her own words"))
    leave(phone)
    expect(phone.page.get_by_role("heading", name="You are signed out, and there is no network")).to_be_visible()
    words = words_of_amina(phone)
    phone.page.goto("/home/")
    expect(phone.page.get_by_role("heading", name="You are signed out, and there is no network")).to_be_visible()

    phone.connect()
    phone.page.goto("/home/")

    phone.page.wait_for_url("**/login/**")
    assert words == []
    assert phone.page.request.get("/phone/state/").status == 401


@pytest.mark.long
def test_what_she_could_not_send_is_hers_alone_and_comes_back(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.cut()
    phone.do("put", work("Her own words"))
    leave(phone)
    phone.page.wait_for_url("**/login/")
    phone.connect()

    phone.sign_in("stranger")
    phone.do("flush")
    hers, seen = words_of_amina(phone), phone.do("waiting")
    phone.page.goto("/phone/")
    expect(phone.page.get_by_text("Everything is sent.")).to_be_visible()
    leave(phone)
    phone.page.wait_for_url(lambda url: "/me/" not in url)
    phone.sign_in("amina")
    wait_until(phone.page, lambda: [row[1] for row in phone.do("waiting")] == ["refused"])

    assert (hers, seen) == ([], [])
    assert phone.do("waiting") == [["Her own words", "refused"]]


@pytest.mark.long
def test_somebody_else_signing_in_puts_her_to_rest(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.context.clear_cookies()

    phone.sign_in("stranger")

    assert words_of_amina(phone) == []


@pytest.mark.long
def test_signed_out_elsewhere_she_is_at_rest_at_the_next_contact(phone: Phone) -> None:
    phone.sign_in("amina")
    phone.context.clear_cookies()

    phone.page.goto("/home/")
    phone.page.wait_for_url("**/login/**")

    wait_until(phone.page, lambda: words_of_amina(phone) == [])


PETRA = """
from datetime import UTC, datetime
from uuid import uuid4
from lms.people.actions import add_user, make_cards
at = datetime.now(UTC)
petra = add_user(username="petra", name="Petra with a card", password="tandem-demo", at=at)
made = make_cards(people=[petra.pk], sheet=uuid4(), by=None, at=at)
"""


@pytest.mark.long
def test_a_new_pin_opens_the_phone_without_network_and_the_old_one_does_not(phone: Phone, server: Any) -> None:
    server.manage("shell", "-c", PETRA)
    phone.sign_in("petra")
    phone.page.goto("/me/pin/")
    phone.page.fill("[name=password]", "tandem-demo")
    phone.page.fill("[name=new_password]", "123456")
    phone.page.fill("[name=new_password_again]", "123456")
    phone.page.click("main form .btn-now")
    expect(phone.page.get_by_text("This PIN is easy to guess.")).to_be_visible()
    phone.page.fill("[name=password]", "tandem-demo")
    phone.page.fill("[name=new_password]", "582039")
    phone.page.fill("[name=new_password_again]", "582039")
    phone.page.click("main form .btn-now")
    expect(phone.page.get_by_text("Your new PIN counts from now.")).to_be_visible()
    wait_until(phone.page, lambda: phone.do("meta", "wrapper") is None)

    phone.lie(16)
    phone.cut()
    phone.page.goto("/home/")
    phone.type_pin("tandem-demo")
    expect(phone.said).to_contain_text("This is not the PIN")
    phone.type_pin("582039")

    expect(phone.lock).to_have_count(0)
    assert phone.do("key") is True
