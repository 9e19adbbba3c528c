"""An evening without network: a module is saved, the line dies in every way it can, and everything arrives once."""

import contextlib
import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.journeys import line, steps
from tests.journeys.browser import ARGS, check, chromium, watch
from tests.journeys.line import Line, line_to
from tests.journeys.server import Server, served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(420)]
TOLD = """
import json
from lms.ledger.models import Entry
from lms.outbox.models import Receipt
from supervision.cases.models import CasePresentation
entries = Entry.objects.filter(provider__user__username="NAME").order_by("number")
print(json.dumps({
    "entries": [[entry.kind, entry.facts.get("title", "")] for entry in entries],
    "cases": [[case.state, case.question] for case in CasePresentation.objects.filter(provider__user__username="NAME")],
    "receipts": [kept.answer["status"] for kept in Receipt.objects.filter(person__username="NAME").order_by("at")],
}))
"""


def told(server: Server, name: str) -> dict[str, list]:
    """What the server knows of somebody."""
    return json.loads(server.manage("shell", "-v0", "-c", TOLD.replace("NAME", name)).strip().splitlines()[-1])


class Phone:
    """A phone with a disk of its own, on a line that may fail; `die` is a pulled battery."""

    def __init__(self, browser: Browser, folder: Path, bad_line: Line) -> None:
        self.browser, self.folder, self.line = browser, folder, bad_line
        self.start()

    def start(self) -> None:
        self.context: BrowserContext = self.browser.browser_type.launch_persistent_context(
            str(self.folder),
            executable_path=chromium(),
            args=ARGS,
            viewport={"width": 360, "height": 640},
            base_url=self.line.url,
        )
        self.watch = watch(self.context, self.line.url.removeprefix("http://"))
        self.watch.server_is_dead = True  # what Chromium says about a dead line is no fault of ours
        self.page: Page = self.context.new_page()

    def die(self) -> None:
        """SIGKILL to the browser that keeps its things in this folder, as when the battery is taken out."""
        for place in (one for one in Path("/proc").iterdir() if one.name.isdigit()):
            with contextlib.suppress(OSError):  # others come and go
                words = (place / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if f"--user-data-dir={self.folder}" in words and not any(word.startswith("--type=") for word in words):
                    os.kill(int(place.name), signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these journeys' own: they use its people up."""
    with served(tmp_path_factory.mktemp("offline")) as running:
        yield running


@pytest.fixture
def phone_on(browser: Browser, tmp_path: Path) -> Iterator[Callable[[Line, str], Phone]]:
    phones: list[Phone] = []

    def opening(bad_line: Line, name: str) -> Phone:
        phones.append(Phone(browser, tmp_path / name, bad_line))
        return phones[-1]

    yield opening
    for phone in phones:
        phone.context.close()


@contextmanager
def bad_line_to(server: Server) -> Iterator[Line]:
    with line_to(server.port) as bad_line:
        yield bad_line


def save_module(page: Page, name: str) -> None:
    """On the course's page, until it says so; gives the worker the time to take over."""
    page.goto("/learn/")
    page.get_by_role("link", name="First steps in helping").first.click()
    card = page.locator("li", has=page.get_by_role("link", name=name)).locator("[data-save]")
    card.get_by_role("button", name="Save on this phone").click()
    card.get_by_role("button", name=re.compile("Save on this phone, ")).click()
    expect(card.get_by_text("On this phone")).to_be_visible(timeout=30_000)
    expect(card).to_have_attribute("data-now", "kept", timeout=30_000)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def kept_on(page: Page, address: str) -> None:
    """Until the page lies on the phone as it is now."""
    names = "async () => (await import(document.querySelector('script[src*=\"lms/phone.\"]').src)).partNames()"
    for _ in range(300):
        if f"page:{address}" in page.evaluate(names):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{address} is not on the phone")


def one_of(*places: Locator) -> None:
    """Until one of these is shown."""
    shown = places[0]
    for place in places[1:]:
        shown = shown.or_(place)
    expect(shown.filter(visible=True)).not_to_have_count(0, timeout=60_000)


def send_everything(page: Page, people: SimpleNamespace, name: str) -> None:
    """On the page about this phone, until nothing waits. A browser that was killed may have forgotten who is signed in
    (Chromium writes its cookies twice a minute): then she signs in again, and it is the same store."""
    page.goto("/phone/")
    send, gone = page.get_by_role("button", name="Send now"), page.get_by_text("Everything is sent.")
    asked = page.locator("main").get_by_role("link", name="Sign in")
    for _ in range(60):
        page.wait_for_timeout(1000)
        if gone.is_visible():
            return
        if asked.is_visible():
            page.wait_for_timeout(1500)  # what an earlier try found out may still stand there
            if asked.is_visible():
                page.goto("/login/")
                if page.locator(
                    "input[name=username]"
                ).count():  # else she is signed in, and the front page stands here
                    people.sign_in(page, name)
                page.goto("/phone/")
        elif send.is_visible():
            with contextlib.suppress(Error):  # by then it may be sent by itself, and the button gone
                send.click(timeout=2000)
    raise AssertionError(page.locator("main").inner_text())


def test_an_evening_without_network(
    server: Server, people: SimpleNamespace, phone_on: Callable[[Line, str], Phone]
) -> None:
    with bad_line_to(server) as bad_line:
        phone = phone_on(bad_line, "hers")
        page = phone.page
        people.sign_in(page, "amina")
        save_module(page, "Finding out and taking steps")
        for address in ("/supervision/", "/supervision/cases/phone/", "/home/"):
            page.goto(address)
            kept_on(page, address)
        before = told(server, "amina")

        bad_line.state = line.CUT
        page.goto("/home/")
        expect(page.get_by_text("You see this page as it was at")).to_be_visible()
        check(page, phone.watch)
        page.locator(".next .btn-now").click()
        expect(page.locator("h1")).to_have_text("One small step, together")
        steps.foot_button(page).click()
        expect(page.locator("form#quiz")).to_be_visible()
        expect(page.get_by_text("Waiting to be sent: 1")).to_be_visible()
        check(page, phone.watch)
        bad_line.state = line.HANG
        steps.answer_quiz(page, right=True)
        expect(page.get_by_text("Your answers are saved on this phone.")).to_be_visible()
        expect(page.get_by_text("Waiting to be sent: 2")).to_be_visible(timeout=15_000)
        check(page, phone.watch)

        page.goto("/supervision/")
        write = page.get_by_role("link", name=re.compile("Prepare another case"))
        write.click()
        page.locator("#case-form [name=question]").fill(steps.CASE_WORDS["question"])
        expect(page.locator("[data-case-line]")).to_contain_text("phone")
        phone.die()

        bad_line.state = line.CUT
        phone.start()
        page = phone.page
        page.goto("/supervision/")
        page.get_by_role("link", name=re.compile("How can I help a young man")).first.click()
        expect(page.locator("#case-form [name=question]")).to_have_value(steps.CASE_WORDS["question"])
        for _ in range(8):
            fill_visible(page)
            page.locator("[data-go=next]").click()
        fill_visible(page)
        check(page, phone.watch)
        page.locator("[data-go=send]").click()
        expect(page.get_by_text("Your supervisor gets your case as soon as this phone has network.")).to_be_visible()
        still = told(server, "amina")

        for state in (line.BROKEN, line.LOSE):
            bad_line.state = state
            page.goto("/phone/")
            page.get_by_role("button", name="Send now").click()
            failed = page.get_by_text("We tried to send, but there is no network now.")
            one_of(failed, page.get_by_text("Sign in again, then it is sent."))
        bad_line.state = line.PASS
        send_everything(page, people, "amina")
        after = told(server, "amina")
        page.goto("/certificate/")
        # what Chromium itself says of the broken line, and of a session whose cookie died with the battery
        faults = [fault for fault in phone.watch.faults if not re.search("status of (500|401)|code 500", fault)]

    assert still == before
    assert [kind for kind, _title in after["entries"][len(before["entries"]) :]] == [
        "lesson.completed",
        "quiz.answered",
        "module.completed",
        "course.completed",
    ]
    assert len(after["cases"]) == len(before["cases"]) + 1
    assert ["submitted", steps.CASE_WORDS["question"]] in after["cases"]
    assert set(after["receipts"][len(before["receipts"]) :]) == {"applied"}
    assert faults == []
    assert server.manage("verify_ledger").strip() == "The ledger is whole."


def fill_visible(page: Page) -> None:
    """Whatever the shown step of the offline form asks."""
    for name, words in steps.CASE_WORDS.items():
        field = page.locator(f"#case-form [name={name}]:visible")
        if field.count():
            field.fill(words)
    for name, value in steps.CASE_CHOICES.items():
        field = page.locator(f"#case-form [name={name}][value={value}]:visible")
        if field.count():
            field.check()
    for name in ("no_identifiers", "stays_responsible"):
        field = page.locator(f"#case-form [name={name}]:visible")
        if field.count():
            field.check()


@pytest.mark.long
def test_two_phones_of_one_person_answer_the_same_quiz_once(
    server: Server, people: SimpleNamespace, phone_on: Callable[[Line, str], Phone]
) -> None:
    with bad_line_to(server) as first_line, bad_line_to(server) as second_line:
        first, second = phone_on(first_line, "first"), phone_on(second_line, "second")
        for phone in (first, second):
            people.sign_in(phone.page, "chidi")
            save_module(phone.page, "Finding out and taking steps")
            phone.page.goto("/home/")
        before = told(server, "chidi")

        for phone, right in ((first, True), (second, False)):
            phone.line.state = line.CUT
            learn_offline(phone.page, right=right)
        first.line.state = line.PASS
        send_everything(first.page, people, "chidi")
        second.line.state = line.PASS
        second.page.goto("/phone/")
        refused = second.page.locator("[data-list=open] li", has_text="Could not be taken")
        expect(refused).to_have_count(1, timeout=60_000)
        expect(refused).to_contain_text("Your first answers count.")
        refused.get_by_role("button", name="Take it back").click()
        refused.get_by_role("button", name="Yes, take it back").click()
        expect(second.page.get_by_text("Everything is sent.")).to_be_visible()
        after = told(server, "chidi")

    assert [kind for kind, _title in after["entries"][len(before["entries"]) :]] == [
        "lesson.completed",
        "lesson.completed",
        "quiz.answered",
        "module.completed",
    ]
    assert after["receipts"].count("refused") == before["receipts"].count("refused") + 1


def learn_offline(page: Page, *, right: bool) -> None:
    """From the front page as it was through every lesson of the module to the answers, all kept on the phone."""
    page.goto("/home/")
    page.locator(".next .btn-now").click()
    for _ in range(5):
        expect(page.locator("main[data-saved]")).to_be_visible()
        if page.locator("main[data-saved=quiz]").count():
            break
        title = page.locator("h1").inner_text()
        steps.foot_button(page).click()
        expect(page.locator("h1")).not_to_have_text(title)
    expect(page.locator("form#quiz")).to_be_visible()
    steps.answer_quiz(page, right=right)
    expect(page.get_by_text("Your answers are saved on this phone.")).to_be_visible()
    page.goto("/home/")
    expect(page.locator(".next h2")).to_have_text("First steps in helping")
