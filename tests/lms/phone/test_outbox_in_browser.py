"""The outbox in a real browser against the real server: lines that hang, drop and break, a killed browser, two pages of
one phone, a full disk, a worker that is replaced. Nothing is lost, and everything arrives once and in order."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Request, Route, expect

from tests.journeys.browser import ARGS, Watch, chromium
from tests.journeys.line import CUT, PASS, Line
from tests.journeys.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WITH_PHONE = """async ([act, told]) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const phone = await import(address);
    const acts = {
        put: async () => (await phone.put(told)).key,
        flush: () => phone.flush({ force: true, patience: 60000, ...told }),
        states: async () => (await phone.waiting()).items.map((item) => item.state),
        answers: async () => (await phone.waiting()).items.map((item) => item.answer?.status ?? null),
        subjects: async () => (await phone.waiting()).items.map((item) => item.subject),
        withdraw: () => phone.withdraw(told),
        become: () => phone.become(told),
        part: () => phone.part(told),
        meta: () => phone.meta(told),
        setMeta: () => phone.setMeta(...told),
        dropKey: async () => phone.dropKey((await phone.me()).id),
        pages: async () => (await phone.partNames()).filter((name) => name.startsWith("page:")),
        putAndFlush: async () => {
            for (const subject of told) await phone.put({ kind: "module.removed", subject });
            await phone.flush({ force: true, patience: 60000 });
        },
    };
    return acts[act]();
}"""
# everything that lies in the phone's database, as one text; sealed things as they lie there
ALL_KEPT = """async () => {
    const open = indexedDB.open("tandem-phone");
    const db = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
    const texts = [];
    const say = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder("latin1").decode(value)
        : value && typeof value === "object" ? Object.entries(value).map(([name, held]) => name + say(held)).join(" ")
        : String(value);
    for (const name of ["items", "parts"])
        for (const asked of ["getAllKeys", "getAll"]) {
            const request = db.transaction(name).objectStore(name)[asked]();
            texts.push(say(await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)))));
        }
    db.close();
    return texts.join("\\n");
}"""
FULL_DISK = """() => {
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
FORM = """([kind, subject, then]) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: "/language/", id: "ours" });
    Object.assign(form.dataset, { outbox: kind, subject, label: "A module" }, then ? { then } : {});
    form.innerHTML = `<input name=key type=hidden value="${crypto.randomUUID()}"><textarea name=text>my words</textarea>
        <button class=btn>Send</button>`;
    document.querySelector("main").prepend(form);
}"""


def do(page: Page, act: str, told: Any = None) -> Any:
    """One act of the built phone.js in this page."""
    return page.evaluate(WITH_PHONE, [act, told])


def line(page: Page) -> str:
    return page.inner_text("[data-sync]").strip()


def settled(page: Page) -> None:
    """Until the worker runs and the pages around the person are kept."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    until = monotonic() + 30
    while "page:/me/" not in do(page, "pages"):
        assert monotonic() < until, do(page, "pages")
        page.wait_for_timeout(50)


class Sync:
    """Stands between the phone and `/sync/`: counts what is posted, and does to it what it is told."""

    def __init__(self, context: BrowserContext) -> None:
        self.posts: list[list[str]] = []
        self.fate = "pass"
        self.at_once = self.most_at_once = 0
        context.route("**/sync/", self.meet)

    def meet(self, route: Route, request: Request) -> None:
        if request.method == "GET":
            return route.continue_()
        self.posts.append([item["subject"] for item in request.post_data_json["items"]])
        if self.fate == "hang":
            return None
        if self.fate == "broken":
            return route.fulfill(status=500, body="<h1>Server Error</h1>", content_type="text/html")
        if self.fate == "lose":
            route.fetch()
            return route.abort()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        answer = route.fetch()
        self.at_once -= 1
        return route.fulfill(response=answer)


@pytest.fixture
def context(open_context: Callable[..., tuple[BrowserContext, Watch]]) -> Iterator[BrowserContext]:
    context = open_context(360, 640)[0]
    yield context
    context.set_offline(False)


@pytest.fixture
def page(context: BrowserContext, people: Any) -> Page:
    """Amina's front page on her phone, with the worker running."""
    page = context.new_page()
    people.sign_in(page, "amina")
    settled(page)
    return page


@pytest.fixture
def sync(context: BrowserContext, page: Page) -> Sync:
    return Sync(context)


@pytest.fixture
def module(page: Page) -> str:
    """The key of a module of hers."""
    return do(page, "part", "modules")["courses"][0]["modules"][0]["key"]


# --- a bad line ---


def test_a_request_that_hangs_is_ended_by_time_alone_and_sent_again(page: Page, sync: Sync, module: str) -> None:
    do(page, "put", {"kind": "module.removed", "subject": module})
    sync.fate = "hang"

    hung = do(page, "flush", {"limit": 2500})

    assert (hung["state"], do(page, "states")) == ("off", ["sending"])
    expect(page.locator("[data-sync]")).to_contain_text("Saved on this phone")

    sync.fate = "pass"
    assert do(page, "flush")["state"] == "sent"
    assert (do(page, "answers"), sync.posts) == (["applied"], [[module], [module]])
    expect(page.locator("[data-sync]")).to_have_text("All saved")


@pytest.mark.long
def test_who_waits_for_an_answer_waits_no_longer_than_she_said(page: Page, sync: Sync, module: str) -> None:
    do(page, "put", {"kind": "module.removed", "subject": module})
    sync.fate = "hang"

    assert do(page, "flush", {"patience": 100, "limit": 1500}) is None


def test_an_answer_that_was_lost_counts_once(page: Page, sync: Sync, module: str) -> None:
    do(page, "put", {"kind": "module.removed", "subject": module})
    sync.fate = "lose"
    do(page, "flush")
    assert do(page, "states") == ["sending"]

    sync.fate = "pass"
    do(page, "flush")

    assert do(page, "answers") == ["already"]


@pytest.mark.long
def test_a_broken_server_leaves_everything_where_it_is(page: Page, sync: Sync, module: str) -> None:
    for subject in (module, "nonsense"):
        do(page, "put", {"kind": "module.removed", "subject": subject})
    sync.fate = "broken"
    assert do(page, "flush")["state"] == "off"
    assert do(page, "states") == ["sending", "sending"]

    sync.fate = "pass"
    do(page, "flush")

    assert do(page, "answers") == ["applied", "refused"]
    expect(page.locator("[data-sync]")).to_contain_text("Could not be taken: 1")


@pytest.mark.long
def test_what_is_on_its_way_is_not_taken_back(page: Page, sync: Sync, module: str) -> None:
    key = do(page, "put", {"kind": "module.removed", "subject": module})
    sync.fate = "broken"
    do(page, "flush")

    assert do(page, "withdraw", key) is False
    assert do(page, "states") == ["sending"]


@pytest.mark.long
def test_it_is_sent_when_the_phone_comes_online(context: BrowserContext, page: Page, module: str) -> None:
    context.set_offline(True)
    do(page, "put", {"kind": "module.removed", "subject": module})
    do(page, "flush")
    expect(page.locator("[data-sync]")).to_contain_text("Waiting to be sent: 1")

    context.set_offline(False)

    expect(page.locator("[data-sync]")).to_have_text("All saved")
    assert do(page, "answers") == ["applied"]


@pytest.mark.long
def test_the_worker_sends_when_no_page_does(context: BrowserContext, page: Page, module: str) -> None:
    session = context.new_cdp_session(page)
    registered: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    do(page, "put", {"kind": "module.removed", "subject": module})
    with page.expect_event("console", lambda said: said.text == "answered"):
        page.evaluate("""async () => {
            const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
            const phone = await import(address);
            const { key } = (await phone.waiting()).items[0];
            phone.answerTo(key, 20000).then((answer) => console.info(answer ? "answered" : "nothing"));
        }""")
        origin = page.evaluate("location.origin")
        sending = {"origin": origin, "registrationId": registered[-1], "tag": "outbox", "lastChance": False}
        session.send("ServiceWorker.dispatchSyncEvent", sending)

    assert do(page, "answers") == ["applied"]


# --- pages and people ---


@pytest.mark.long
def test_two_pages_of_one_phone_send_each_thing_once_and_in_order(
    context: BrowserContext, page: Page, sync: Sync
) -> None:
    other = context.new_page()
    other.goto("/me/")
    start = f"async (told) => {{ ({WITH_PHONE})(told).then(() => document.body.append('#done')); }}"

    for one, name in ((page, "a"), (other, "b")):
        one.evaluate(start, ["putAndFlush", [f"{name}{n}" for n in range(6)]])
    for one in (page, other):
        expect(one.locator("body")).to_contain_text("#done")

    sent = [subject for post in sync.posts for subject in post]
    assert (sorted(sent), sync.most_at_once) == (sorted([f"a{n}" for n in range(6)] + [f"b{n}" for n in range(6)]), 1)
    assert sent == do(page, "subjects")
    assert [one for one in sent if one[0] == "a"] == [f"a{n}" for n in range(6)]


@pytest.mark.long
def test_a_page_of_somebody_who_left_keeps_nothing_under_another_name(page: Page, module: str) -> None:
    """Another page has just given the phone to Brian, and this one has not heard of it yet."""
    brian = {"id": "00000000-0000-4000-8000-000000000001", "name": "Brian", "language": "en"}
    do(page, "setMeta", ["person", brian])

    with pytest.raises(Error, match="Locked"):
        do(page, "put", {"kind": "module.removed", "subject": module})

    assert page.evaluate(ALL_KEPT).count("module.removed") == 0
    assert do(page, "pages") == []


@pytest.mark.long
def test_a_page_of_somebody_who_left_is_drawn_anew(context: BrowserContext, page: Page) -> None:
    other = context.new_page()
    other.goto("/certificate/")
    with page.expect_navigation():
        do(other, "become", {"id": "00000000-0000-4000-8000-000000000001", "name": "Brian", "language": "en"})


def test_what_waits_is_sealed(page: Page) -> None:
    do(
        page,
        "put",
        {"kind": "module.removed", "subject": "secret-subject", "label": "Secret label", "data": {"a": "b"}},
    )

    kept = page.evaluate(ALL_KEPT)

    assert re.search(r"page:/home/", kept)  # it does read what lies there
    assert re.findall(r"Secret label|secret-subject|module\.removed|Amina|Odhiambo", kept) == []


@pytest.mark.long
def test_another_person_finds_nothing_but_sealed_things_and_they_open_again_for_her(page: Page, module: str) -> None:
    do(page, "put", {"kind": "module.removed", "subject": module})
    me = do(page, "meta", "person")
    do(page, "become", {"id": "00000000-0000-4000-8000-000000000001", "name": "Brian", "language": "en"})
    assert (do(page, "states"), do(page, "pages")) == ([], [])

    do(page, "become", me)
    assert (do(page, "states"), do(page, "subjects")) == (["waiting"], [None])
    page.goto("/home/")  # the server gives her key again
    settled(page)

    assert do(page, "subjects") == [module]


# --- forms ---


@pytest.mark.long
def test_a_form_without_network_is_saved_and_says_so(context: BrowserContext, page: Page, module: str) -> None:
    page.evaluate(FORM, ["module.removed", module, ""])
    context.set_offline(True)
    page.click("#ours button")

    expect(page.locator("main [data-word=kept]")).to_contain_text("It is sent when there is network")
    expect(page.locator("#ours")).to_be_hidden()
    assert do(page, "states")[-1] in {"waiting", "sending"}


@pytest.mark.long
def test_a_form_goes_on_when_the_server_took_it(page: Page, module: str) -> None:
    page.evaluate(FORM, ["module.removed", module, "/me/"])
    page.click("#ours button")

    page.wait_for_url("**/me/")
    assert do(page, "answers") == ["applied"]


@pytest.mark.long
def test_a_refused_form_says_why_and_is_mended_in_place(page: Page, module: str) -> None:
    page.evaluate(FORM, ["module.removed", "nonsense", "/me/"])
    page.click("#ours button")
    expect(page.locator("main [data-word=refused]")).to_be_focused()
    assert page.input_value("#ours textarea") == "my words"

    page.evaluate("key => document.querySelector('#ours').dataset.subject = key", module)
    page.click("#ours button")
    expect(page.locator("#ours")).not_to_have_attribute("aria-busy", "true")

    assert do(page, "states") == ["refused"]  # one thing, mended, not two


@pytest.mark.long
def test_a_full_disk_says_so_and_keeps_what_was_typed(context: BrowserContext, page: Page, module: str) -> None:
    page.evaluate(FORM, ["module.removed", module, "/me/"])
    page.evaluate(
        """() => { IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); } }"""
    )
    context.set_offline(True)
    page.fill("#ours textarea", "all that I wrote")
    page.click("#ours button")

    expect(page.locator("main [data-word=full]")).to_be_visible()
    expect(page.locator("[data-sync]")).to_contain_text("No network")
    assert (page.input_value("#ours textarea"), do(page, "states")) == ("all that I wrote", [])


@pytest.mark.long
def test_a_locked_phone_sends_the_form_the_plain_way(page: Page, module: str) -> None:
    do(page, "dropKey")
    page.evaluate(FORM, ["module.removed", module, "/me/"])
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/language/")):
        page.click("#ours button")


# --- the worker ---


@pytest.mark.long
def test_the_front_page_opens_without_network_as_it_was(context: BrowserContext, page: Page) -> None:
    heading = page.inner_text("h1")
    context.set_offline(True)

    page.goto("/home/")

    expect(page.locator("[data-sync]")).to_contain_text("You see this page as it was at")
    assert page.inner_text("h1") == heading
    page.goto("/manage/people/")
    expect(page.locator("[data-shell=none]")).to_contain_text("This page is not on this phone")


@pytest.mark.long
def test_a_line_that_hangs_opens_the_kept_page_after_a_moment(context: BrowserContext, page: Page) -> None:
    heading = page.inner_text("h1")
    context.route("**/home/", lambda route: None)

    page.goto("/home/")

    expect(page.locator("[data-sync]")).to_contain_text("You see this page as it was at")
    assert page.inner_text("h1") == heading


@pytest.mark.parametrize("act", ["dropKey", "become"], ids=["locked", "signed out"])
def test_nothing_personal_opens_for_who_is_not_there(context: BrowserContext, page: Page, act: str) -> None:
    heading = page.inner_text("h1")
    do(page, act)
    context.set_offline(True)

    page.goto("/home/")

    expect(page.locator("[data-shell=door]")).to_be_visible()
    assert heading not in page.content()


def test_a_new_version_takes_over_and_the_outbox_stays(context: BrowserContext, page: Page, module: str) -> None:
    do(page, "put", {"kind": "module.removed", "subject": module})

    shells = page.evaluate("""async () => {
        const workers = navigator.serviceWorker;
        const change = () => new Promise((resolve) => workers.addEventListener("controllerchange", resolve));
        if (!workers.controller) await change();
        await caches.open("tandem-shell-yesterday");
        const taken = change();
        await workers.register("/sw.js?tomorrow"); // another worker for the same pages
        await taken;
        const { active } = await workers.ready; // it answers pages while it still tidies up
        if (active.state !== "activated") await new Promise((resolve) => (active.onstatechange = resolve));
        return (await caches.keys()).filter((name) => name.startsWith("tandem-shell-"));
    }""")

    assert (len(shells), "tandem-shell-yesterday" in shells) == (1, False)
    assert do(page, "subjects") == [module]
    context.set_offline(True)
    page.goto("/home/")
    expect(page.locator("[data-sync]")).to_contain_text("Waiting to be sent: 1")
    context.set_offline(False)
    expect(page.locator("[data-sync]")).to_have_text("All saved")
    assert do(page, "answers") == ["applied"]


# --- a killed browser ---


def browser_of(folder: Path) -> int:
    """The process of the browser that keeps its things in this folder."""
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            words = (place / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}" in words and not any(word.startswith("--type=") for word in words):
            return int(place.name)
    raise AssertionError("the browser is not there")


def test_a_killed_browser_loses_nothing_and_goes_on_without_network(
    server: Server, people: Any, tmp_path: Path, browser: Any
) -> None:
    """The browser dies at the very moment at which the screen says that it is saved."""
    line = Line(server.port)
    how = {
        "executable_path": chromium(),
        "args": ARGS,
        "base_url": line.url,
        "viewport": {"width": 360, "height": 640},
    }
    kind = browser.browser_type
    first = kind.launch_persistent_context(tmp_path, **how)
    page = first.pages[0]
    people.sign_in(page, "amina")
    settled(page)
    module = do(page, "part", "modules")["courses"][0]["modules"][0]["key"]
    line.state = CUT
    keys = [do(page, "put", {"kind": "module.removed", "subject": module, "label": f"Number {n}"}) for n in range(3)]
    cookies = first.cookies()  # young ones die with the browser
    with first.expect_event("close"):
        os.kill(browser_of(tmp_path), signal.SIGKILL)

    for lock in tmp_path.glob("Singleton*"):
        lock.unlink()
    again = kind.launch_persistent_context(tmp_path, **how)
    again.add_cookies(cookies)
    page = again.pages[0]
    page.goto("/home/")
    expect(page.locator("[data-sync]")).to_contain_text("Waiting to be sent: 3")
    line.state = PASS
    page.goto("/me/")
    do(page, "flush", {"force": True, "patience": 30_000})

    assert do(page, "answers") == ["applied"] * len(keys)
    again.close()
    line.close()
