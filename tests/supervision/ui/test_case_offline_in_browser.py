"""Writing a case, reporting advice and rating without network, in a real browser: the phone loses nothing."""

import contextlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.journeys.browser import ARGS, check, chromium
from tests.journeys.server import Server, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("case-offline")]
FORM = "/supervision/cases/phone/"
TYPED_EARLY = """addEventListener("%(moment)s", () => {
    const field = document.readyState === "interactive" && document.querySelector("[data-case-form] [name=question]");
    if (!field || field.value) return;
    field.value = %(words)s;
    field.dispatchEvent(new Event("input", { bubbles: true }));
}, true)"""
PHONE = {"width": 360, "height": 640}
Opening = Callable[..., tuple]
KEPT = """async (wanted) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const phone = await import(address);
    const missing = async () => {
        const names = await phone.partNames();
        return wanted.some((page) => !names.includes(`page:${page}`));
    };
    await navigator.serviceWorker.ready;
    if (await missing()) await phone.refresh({ force: true });
    return missing();
}"""
STATES = """async (kind) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const { items } = await (await import(address)).waiting();
    return items.filter((item) => item.kind === kind).map((item) => item.state);
}"""

DROP = """async (name) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    await (await import(address)).dropPart(name);
}"""
TAKE_BACK = """async (kind) => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const { waiting, withdraw } = await import(address);
    const open = (await waiting()).items.filter((item) => item.kind === kind && item.state !== "applied");
    for (const item of open) await withdraw(item.key);
    return open.length;
}"""
FLUSH = """async () => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    await (await import(address)).flush({ force: true, patience: 60000 });
}"""


@pytest.fixture
def question() -> str:
    """Words that stand in no other case; letters only, for a number would look like that of a card."""
    letters = "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex[:8])
    return f"How can I help a mother, {letters}?"


def have(page: Page, *pages: str) -> None:
    """Until these pages lie on the phone."""
    while page.evaluate(KEPT, list(pages)):
        page.wait_for_timeout(200)


def saved(page: Page) -> None:
    expect(page.locator("[data-case-line]")).to_contain_text("Saved on this phone")


def go(page: Page, where: str, step: str) -> None:
    page.locator(f"[data-go={where}]").click()
    expect(page.locator(f"[data-step={step}]")).to_be_visible()


def choose(page: Page, *values: str) -> None:
    """Taps these lines of the step that is shown."""
    for value in values:
        page.locator(f"[data-step]:not([hidden]) input[value={value}]").check()


def write_until_problem(page: Page, question: str, problem: str) -> None:
    """The first steps, as she taps them."""
    page.fill("[name=question]", question)
    go(page, "next", "person")
    choose(page, "adult", "female", "village")
    go(page, "next", "problem")
    page.fill("[name=problem]", problem)


def write_the_rest(page: Page) -> None:
    choose(page, "months")
    go(page, "next", "screening")
    page.fill("[name=form-0-tool]", "PHQ-9")
    page.fill("[name=form-0-score]", "14")
    go(page, "next", "risk")
    choose(page, "none")
    go(page, "next", "daily")
    page.fill("[name=functioning]", "She cooks, but sells nothing.")
    go(page, "next", "tried")
    page.fill("[name=tried]", "I listened, twice.")
    go(page, "next", "help")
    page.fill("[name=help_wanted]", "A first step.")
    go(page, "next", "check")
    choose(page, "person")
    page.check("[name=no_identifiers]")
    page.check("[name=stays_responsible]")


def kill_browser_of(folder: Path) -> None:
    """SIGKILL to the browser that keeps its things in this folder, as when the battery is taken out."""
    for place in Path("/proc").iterdir():
        words = (place / "cmdline").read_bytes().decode(errors="replace").split("\0") if place.name.isdigit() else []
        if f"--user-data-dir={folder}" in words and not any(word.startswith("--type=") for word in words):
            os.kill(int(place.name), signal.SIGKILL)
            return
    raise AssertionError("the browser is not there")


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own: dead, it is a cut for pages and worker alike."""
    with served(tmp_path / "server") as server:
        yield server


@pytest.fixture
def pocket(browser: Browser, far: Server, tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """A phone whose browser can be killed and started again."""
    opened: list[BrowserContext] = []
    folder = tmp_path / "browser"

    def start() -> BrowserContext:
        for lock in folder.glob("Singleton*"):
            lock.unlink()
        context = browser.browser_type.launch_persistent_context(
            folder, executable_path=chromium(), args=ARGS, base_url=far.url, viewport=PHONE
        )
        opened.append(context)
        return context

    yield start
    opened[-1].close()


@pytest.fixture
def phone(open_context: Opening, people: SimpleNamespace) -> Callable[..., tuple]:
    """A phone that has been online once: phone("amina", FORM)."""

    def ready(username: str, *pages: str) -> tuple[BrowserContext, Page]:
        context, _watching = open_context(**PHONE)
        page = context.new_page()
        people.sign_in(page, username)
        have(page, "/home/", *pages)
        return context, page

    return ready


def test_a_case_written_without_network_survives_a_killed_browser_and_arrives_once(
    pocket: Callable[[], BrowserContext], far: Server, people: SimpleNamespace, tmp_path: Path, question: str
) -> None:
    context = pocket()
    page = context.pages[0]
    people.sign_in(page, "amina")
    have(page, "/supervision/", FORM)
    far.kill()
    page.goto("/supervision/")
    page.locator("a[data-write]").click()
    write_until_problem(page, question, "Sad since the shop closed.")
    saved(page)

    cookies = context.cookies()
    kill_browser_of(tmp_path / "browser")
    with contextlib.suppress(Error):
        context.close()
    context = pocket()
    context.add_cookies(cookies)  # Chromium writes them down every 30 seconds only
    page = context.pages[0]
    page.goto("/supervision/")
    row = page.locator("[data-cases] li").filter(has_text=question)
    expect(row).to_contain_text("Saved on this phone")
    row.get_by_role("link").click()
    expect(page.locator("[data-step=question]")).to_be_visible()
    page.goto(f"{page.url}/problem")
    expect(page.locator("[name=problem]")).to_have_value("Sad since the shop closed.")
    write_the_rest(page)
    page.locator("[data-go=send]").click()
    expect(page.locator("[data-leaving]")).to_be_visible()
    assert page.evaluate(STATES, "case.submitted") == ["waiting"]
    page.get_by_role("link", name="Back to my cases").last.click()
    expect(row.locator("[data-here=sending]")).to_be_visible()
    far.start()
    page.evaluate(FLUSH)

    page.goto("/supervision/")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Sent, waiting for the supervisor")
    row.get_by_role("link").click()
    for told in ("Sad since the shop closed.", "1 to 6 months", "PHQ-9: 14", "I listened, twice.", "A first step."):
        expect(page.locator(".facts")).to_contain_text(told)
    expect(page.locator(".story li")).to_have_count(3)


@pytest.mark.long
def test_where_two_phones_wrote_both_texts_are_readable_and_she_chooses(
    phone: Callable[..., tuple], question: str
) -> None:
    (first_line, first), (_line, second) = phone("amina", FORM), phone("amina", FORM)
    first.goto(FORM)
    write_until_problem(first, question, "Words of the first phone.")
    expect(first.locator("[data-case-line]")).to_contain_text("All saved", timeout=15000)
    draft = first.url.split("#")[1].split("/")[0]
    first_line.set_offline(True)
    first.fill("[name=problem]", "Changed on the first phone.")
    saved(first)

    second.goto(f"{FORM}#{draft}/problem")
    expect(second.locator("[name=problem]")).to_have_value("Words of the first phone.")
    second.fill("[name=problem]", "Changed on the second phone.")
    expect(second.locator("[data-case-line]")).to_contain_text("All saved", timeout=15000)
    first_line.set_offline(False)
    torn = first.locator("[data-conflict=problem]")
    expect(torn).to_contain_text("Changed on the second phone.", timeout=20000)
    expect(first.locator("[name=problem]")).to_have_value("Changed on the first phone.")

    first_line.set_offline(True)
    first.reload()
    expect(first.locator("[data-conflict=problem]")).to_contain_text("Changed on the second phone.")
    expect(first.locator("[name=problem]")).to_have_value("Changed on the first phone.")
    first_line.set_offline(False)
    first.get_by_role("button", name="Keep mine").click()
    expect(torn).to_have_count(0)
    expect(first.locator("[data-case-line]")).to_contain_text("All saved", timeout=15000)
    second.reload()
    expect(second.locator("[name=problem]")).to_have_value("Changed on the first phone.", timeout=15000)


@pytest.mark.long
def test_the_other_text_can_be_kept_too(phone: Callable[..., tuple], question: str) -> None:
    (first_line, first), (_line, second) = phone("amina", FORM), phone("amina", FORM)
    first.goto(FORM)
    write_until_problem(first, question, "Words of the first phone.")
    expect(first.locator("[data-case-line]")).to_contain_text("All saved", timeout=15000)
    first_line.set_offline(True)
    first.fill("[name=problem]", "Changed on the first phone.")
    saved(first)
    second.goto(f"{FORM}#{first.url.split('#')[1]}")
    expect(second.locator("[name=problem]")).to_have_value("Words of the first phone.")
    second.fill("[name=problem]", "Changed on the second phone.")
    expect(second.locator("[data-case-line]")).to_contain_text("All saved", timeout=15000)

    first_line.set_offline(False)
    first.get_by_role("button", name="Keep the other one").click(timeout=20000)

    expect(first.locator("[data-conflict=problem]")).to_have_count(0)
    expect(first.locator("[name=problem]")).to_have_value("Changed on the second phone.")
    expect(first.locator("[data-case-line]")).to_contain_text("All saved")
    assert "refused" not in first.evaluate(STATES, "case.drafted")


@pytest.mark.long
@pytest.mark.parametrize(
    "moment", ["readystatechange", "DOMContentLoaded"], ids=["before the script", "while it opens"]
)
def test_what_is_typed_before_the_store_is_open_is_kept(
    phone: Callable[..., tuple], question: str, moment: str
) -> None:
    """The page is read to its end, then come the scripts, then the store: a slow phone leaves time between them."""
    _, page = phone("amina", FORM)
    page.add_init_script(TYPED_EARLY % {"moment": moment, "words": json.dumps(question)})

    page.goto("/supervision/cases/new/")

    expect(page.locator("[data-case-sync]")).to_have_attribute("data-state", "saved", timeout=15000)
    page.goto("/supervision/")
    expect(page.locator("[data-cases] li").filter(has_text=question)).to_be_visible()


@pytest.mark.long
def test_the_skill_that_a_link_brought_goes_along_from_the_first_word(
    phone: Callable[..., tuple], question: str
) -> None:
    _, page = phone("amina", FORM)
    page.goto("/supervision/cases/new/?focus=listening")
    page.fill("[name=question]", question)
    expect(page.locator("[data-case-sync]")).to_have_attribute("data-state", "saved", timeout=15000)
    page.wait_for_url("**/write/question/")

    page.goto(page.url.replace("/question/", "/help/"))

    expect(page.locator("[name=focus_competency][value=listening]")).to_be_checked()


@pytest.mark.long
def test_the_step_form_goes_on_without_network(phone: Callable[..., tuple], question: str) -> None:
    line, page = phone("amina", FORM)
    page.goto("/supervision/cases/new/")
    page.fill("[name=question]", question)
    expect(page.locator("[data-case-sync]")).to_have_attribute("data-state", "saved", timeout=15000)
    page.locator(".foot-bar .btn-now").click()
    page.wait_for_url("**/write/person/")
    choices = page.locator("input[value=adult], input[value=female], input[value=village]")
    line.set_offline(True)
    for number in range(3):
        choices.nth(number).check()

    page.locator(".foot-bar .btn-now").click()

    page.wait_for_url(f"**{FORM}#*/problem")
    page.fill("[name=problem]", "Sad since the shop closed.")
    saved(page)
    line.set_offline(False)
    expect(page.locator("[data-case-line]")).to_contain_text("All saved", timeout=20000)
    page.goto("/supervision/")
    row = page.locator("[data-cases] li").filter(has_text=question)
    expect(row).to_have_count(1)
    row.get_by_role("link").click()
    expect(page.locator(".facts")).to_contain_text("Sad since the shop closed.")
    expect(page.locator(".facts")).to_contain_text("Adult, 18 to 39")


@pytest.mark.long
def test_a_case_that_waits_to_be_sent_can_be_changed_again(phone: Callable[..., tuple], question: str) -> None:
    line, page = phone("amina", FORM)
    page.goto(FORM)
    line.set_offline(True)
    write_until_problem(page, question, "Sad.")
    write_the_rest(page)
    page.locator("[data-go=send]").click()

    page.get_by_role("button", name="Change it again").click()

    expect(page.locator("[data-step=check]")).to_be_visible()
    assert page.evaluate(STATES, "case.submitted") == []


@pytest.mark.long
def test_words_come_back_from_the_outbox_when_all_else_went_with_the_sign_out(
    phone: Callable[..., tuple], question: str
) -> None:
    line, page = phone("amina", FORM)
    page.goto(FORM)
    line.set_offline(True)
    write_until_problem(page, question, "Sad since the shop closed.")
    draft = page.url.split("#")[1].split("/")[0]
    page.locator("[data-go=save]").click()
    page.wait_for_url("**/supervision/")

    page.evaluate(DROP, f"draft:{draft}")
    page.goto(f"{FORM}#{draft}/problem")

    expect(page.locator("[name=problem]")).to_have_value("Sad since the shop closed.")
    expect(page.locator("[name=question]")).to_have_value(question)
    saved(page)


@pytest.mark.long
def test_words_that_were_taken_back_from_the_line_are_not_called_sent(
    phone: Callable[..., tuple], question: str
) -> None:
    line, page = phone("amina", FORM)
    page.goto(FORM)
    line.set_offline(True)
    write_until_problem(page, question, "Sad since the shop closed.")
    page.locator("[data-go=save]").click()
    page.wait_for_url("**/supervision/")
    row = page.locator("[data-cases] li").filter(has_text=question)
    expect(row).to_have_count(1)
    assert page.evaluate(TAKE_BACK, "case.drafted") == 1
    line.set_offline(False)

    page.goto("/supervision/")
    row.get_by_role("link").click()

    expect(page.locator("[name=question]")).to_have_value(question)
    go(page, "next", "person")
    expect(page.locator("[data-case-line]")).to_contain_text("All saved", timeout=15000)
    page.goto("/supervision/")
    expect(row.locator("[data-here]")).to_have_count(0)
    expect(row).to_have_count(1)


@pytest.mark.long
def test_what_is_missing_is_named_without_network(phone: Callable[..., tuple], question: str) -> None:
    line, page = phone("amina", FORM)
    page.goto(FORM)
    expect(page.locator("[data-step=question]")).to_be_visible()
    line.set_offline(True)

    page.locator("[data-go=next]").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_have_text("Write a few words, then go on.")
    page.fill("[name=question]", "She is sad. She does not eat. How can I help?")
    page.locator("[data-go=next]").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("only one question")
    page.goto(f"{page.url.split('/question')[0]}/check")
    expect(page.locator("[data-undone] a")).to_have_count(6)
    page.locator("[data-undone] a").first.click()
    expect(page.locator("[data-step=person] h1")).to_be_focused()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_on_the_phone_is_accessible(open_context: Opening, people: SimpleNamespace, scheme: str) -> None:
    context, watching = open_context(**PHONE, color_scheme=scheme)
    page = context.new_page()
    people.sign_in(page, "amina")
    page.goto(FORM)
    expect(page.locator("[data-writing]").first).to_be_visible()
    draft = page.url.split("#")[1].split("/")[0]
    for step in ("question", "person", "problem", "screening", "risk", "daily", "tried", "help", "check"):
        page.goto(f"{FORM}#{draft}/{step}")
        expect(page.locator(f"[data-step={step}]")).to_be_visible()
        check(page, watching)

    assert watching.faults == []
    expect(page.locator(".btn-urgent")).to_be_visible()


@pytest.mark.long
def test_the_urgent_link_stands_on_the_risk_step(phone: Callable[..., tuple]) -> None:
    line, page = phone("amina", FORM, "/urgent/")
    line.set_offline(True)
    page.goto(f"{FORM}#{uuid4()}/risk")

    page.locator("[data-step=risk] .btn-danger-fill").click()

    page.wait_for_url("**/urgent/")
    expect(page.locator("main a[href^='tel:']").first).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize(("path", "way"), [("/home/", "I did this"), ("/supervision/", "It was not possible")])
def test_what_became_of_an_advice_is_said_without_network(phone: Callable[..., tuple], path: str, way: str) -> None:
    line, page = phone("chidi", path)
    line.set_offline(True)
    page.goto(path)
    box = page.locator("[data-advice]").first
    advice = box.get_attribute("data-advice")
    shown = "Saved on this phone: done" if way == "I did this" else "Saved on this phone: not possible"

    if way == "I did this":
        box.get_by_role("button", name=way).click()
    else:
        box.get_by_text(way).click()
        box.get_by_label("Why was it not possible?").fill("The clinic was shut.")
        box.get_by_role("button", name="Keep this reason").click()

    expect(box.locator("[data-advice-said]")).to_have_text(shown)
    expect(box.locator("form").first).to_be_hidden()
    page.reload()
    expect(page.locator(f"[data-advice='{advice}'] [data-advice-said]")).to_have_text(shown)
    line.set_offline(False)
    said = page.locator(f"[data-advice='{advice}'] [data-advice-said]")
    expect(said).to_have_text(shown.replace("Saved on this phone", "Sent"), timeout=20000)
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(f"[data-advice='{advice}']")).to_have_count(0)


@pytest.mark.long
def test_marks_made_without_network_stay_on_the_pages_and_arrive(phone: Callable[..., tuple]) -> None:
    line, page = phone("grace")
    page.goto("/competency/")
    page.get_by_role("link", name="New rating").first.click()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/competency/rate/*/")
    here = page.url.split("/competency")[1]
    have(page, *(f"/competency{here}{tail}" for tail in ("?item=1", "?item=2", "check/")))
    line.set_offline(True)
    page.goto(f"/competency{here}?item=1")
    page.locator(".beh").nth(0).locator("[value=not_observed]").check()
    page.locator(".foot-bar .btn-now").click()
    page.wait_for_url("**?item=2")
    page.locator(".beh").nth(1).locator("[value=observed]").check()
    page.locator(".foot-bar .btn").first.click()
    page.wait_for_url("**?item=1")
    expect(page.locator(".beh").nth(0).locator("[value=not_observed]")).to_be_checked()
    page.goto(f"/competency{here}check/")
    expect(page.locator("[data-needs-network]")).to_be_visible()
    expect(page.locator("[data-marks-wait]")).to_be_visible()
    assert page.evaluate(STATES, "rating.marked") == ["waiting"]

    line.set_offline(False)
    expect(page.locator("[data-marks-wait]")).to_be_hidden(timeout=20000)
    page.goto(f"/competency{here}?item=2")

    expect(page.locator(".beh").nth(1).locator("[value=observed]")).to_be_checked()
    page.goto(f"/competency{here}?item=1")
    expect(page.locator(".beh").nth(0).locator("[value=not_observed]")).to_be_checked()


def test_no_case_of_others_is_kept_on_a_supervisors_phone(phone: Callable[..., tuple], server: Server) -> None:
    line, page = phone("grace", "/supervision/")
    page.goto("/supervision/")
    expect(page.locator("[data-never-kept] #queue")).to_be_visible()
    line.set_offline(True)

    page.reload()

    expect(page.locator("[data-kept-only]")).to_contain_text("Cases of others are never kept on a phone.")
    expect(page.locator("#queue")).to_have_count(0)


ALL_HERE = """async () => {
    const address = [...document.scripts].map((one) => one.src).find((one) => /\\/phone\\./.test(one));
    const phone = await import(address);
    const names = await phone.partNames();
    const parts = await Promise.all(names.map((name) => phone.part(name)));
    return JSON.stringify([names, parts, (await phone.waiting()).items]);
}"""


def waits_until(page: Page, holds: Callable[[], object]) -> None:
    for _ in range(150):
        if holds():
            return
        page.wait_for_timeout(200)
    raise AssertionError("it never came to hold")


def write(page: Page, question: str) -> None:
    """A case that is begun on the phone's page."""
    page.goto(f"{FORM}#{uuid4()}")
    expect(page.locator("[data-case-line]")).to_contain_text("Nothing written yet")
    page.fill("[name=question]", question)
    waits_until(page, lambda: page.evaluate(STATES, "case.drafted"))


@pytest.mark.long
def test_a_case_that_was_never_sent_is_deleted_without_network_and_leaves_nothing(
    phone: Callable[..., tuple], question: str
) -> None:
    context, page = phone("amina", "/supervision/", FORM)
    context.set_offline(True)
    write(page, question)
    page.goto("/supervision/")
    row = page.locator("[data-cases] li").filter(has_text=question)

    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="No, keep them").click()
    expect(row.get_by_role("link")).to_be_visible()
    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="Yes, delete them").click()

    expect(page.get_by_text("Your words are deleted from this phone.")).to_be_visible()
    expect(row).to_have_count(0)
    assert question not in page.evaluate(ALL_HERE)
    assert page.evaluate(STATES, "case.drafted") + page.evaluate(STATES, "case.withdrawn") == []
    context.set_offline(False)


@pytest.mark.long
def test_a_draft_that_the_server_has_is_withdrawn_there_when_it_is_deleted_on_the_page_about_this_phone(
    phone: Callable[..., tuple], question: str
) -> None:
    context, page = phone("amina", "/supervision/", FORM)
    write(page, question)
    page.evaluate(FLUSH)
    page.goto("/supervision/")
    row = page.locator("[data-cases] li").filter(has_text=question)
    expect(row).to_have_count(1)
    waits_until(page, lambda: "applied" in page.evaluate(STATES, "case.drafted"))
    context.set_offline(True)
    key = row.get_attribute("data-draft")
    page.goto(f"{FORM}#{key}")
    expect(page.locator("[name=question]")).to_have_value(question)
    page.fill("[name=question]", f"{question} More.")
    waits_until(page, lambda: "waiting" in page.evaluate(STATES, "case.drafted"))

    page.goto("/phone/")
    page.locator("[data-list=open]").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete them").click()

    expect(page.get_by_text("A case you deleted")).to_be_visible()
    assert question not in page.evaluate(ALL_HERE)
    page.goto("/supervision/")
    expect(row).to_have_count(0)
    context.set_offline(False)
    page.evaluate(FLUSH)
    assert page.evaluate(STATES, "case.withdrawn") == ["applied"]
    page.goto("/supervision/")
    expect(page.locator("[data-cases]")).to_be_visible()
    expect(row).to_have_count(0)


@pytest.mark.long
def test_words_that_show_who_it_is_are_found_without_network_and_asked_for_before_the_case_goes(
    phone: Callable[..., tuple], question: str
) -> None:
    line, page = phone("amina", FORM)
    line.set_offline(True)
    page.goto(FORM)
    write_until_problem(page, question, "Her husband James Otieno shouts. Lakeside Health Centre sent her.")
    panel = page.locator("[data-guarded=problem]")
    expect(panel.locator("[data-found]")).to_have_count(2)
    page.fill("[name=problem]", "Yesterday I met Wanjiku Otieno.")
    panel.get_by_role("button", name="Write “a woman of 18 to 39”").click()
    expect(page.locator("[name=problem]")).to_have_value("Yesterday I met a woman of 18 to 39.")
    page.fill("[name=problem]", "Her husband James Otieno shouts. Lakeside Health Centre sent her.")
    expect(panel.locator("[data-found]")).to_have_count(2)
    write_the_rest(page)
    page.locator("[data-go=send]").click()
    expect(page.locator("[data-undone] li")).to_have_count(1)
    assert page.evaluate(STATES, "case.submitted") == []

    page.locator("[data-undone] a").click()
    panel.get_by_role("button", name="Take it away").click()
    expect(page.locator("[name=problem]")).to_have_value("Her husband shouts. Lakeside Health Centre sent her.")
    panel.locator("summary").click()
    panel.get_by_role("button", name="The group must know it, for safety").click()
    expect(panel).to_have_count(0)
    page.goto(f"{page.url.split('/problem')[0]}/check")
    page.locator("[data-go=send]").click()
    expect(page.locator("[data-leaving]")).to_be_visible()
    line.set_offline(False)
    page.evaluate(FLUSH)

    page.goto("/supervision/")
    row = page.locator("[data-cases] li").filter(has_text=question)
    expect(row).to_contain_text("Sent, waiting for the supervisor")
