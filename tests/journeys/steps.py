"""What the people of a journey do on the screen, in their own words; each step is one function."""

import re
import tomllib
from pathlib import Path
from time import monotonic

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import Watch, check

ROOT = Path(__file__).resolve().parent.parent.parent
COURSE = tomllib.loads((ROOT / "courses/starter/first_steps.toml").read_text(encoding="utf-8"))
RIGHT_ANSWERS = {
    question["text"].strip(): [choice["text"].strip() for choice in question["choices"] if choice["correct"]]
    for module in COURSE["module"]
    for question in module["quiz"]["question"]
}
CASE_WORDS = {
    "question": "How can I help a young man who sleeps badly since the harvest failed?",
    "problem": "He lies awake, worries about food and has stopped meeting his friends.",
    "risk_note": "I asked him straight. He has no wish to die.",
    "functioning": "He still works in the field, but slower than before.",
    "supports": "His aunt eats with him in the evening.",
    "tried": "I listened twice and we wrote down his day.",
    "help_wanted": "I would like ideas for small steps in the evening.",
}
CASE_CHOICES = {
    "age_band": "adult",
    "sex": "male",
    "setting": "village",
    "duration": "months",
    "risk_asked": "none",
    "consent_basis": "person",
}


def foot_button(page: Page) -> Locator:
    """The one next action of the screen."""
    return page.locator(".foot-bar .btn-now:visible")


def press(page: Page, button: Locator) -> None:
    """Presses what leads to another page, and waits for its heading: what goes through the outbox takes a moment."""
    heading = page.locator("h1").first
    before = heading.inner_text()
    button.click()
    expect(heading).not_to_have_text(before, timeout=20_000)
    page.wait_for_load_state()


def finish_lessons(page: Page, watching: Watch) -> int:
    """From the next step of the front page through every lesson that is left; says how many."""
    page.goto("/home/")
    check(page, watching)
    page.locator(".next .btn-now").click()
    done = 0
    while not page.locator("form#quiz").count():
        expect(page.locator("h1")).to_be_visible()
        check(page, watching)
        press(page, foot_button(page))
        done += 1
        assert done < 10, f"no quiz after {done} lessons, now at {page.url}"
    return done


def answer_quiz(page: Page, *, right: bool) -> None:
    """Marks every question, all right or all wrong, screen after screen (without script: on one page), and sends."""
    for question in page.locator("form#quiz fieldset.choices").all():
        text = question.locator("legend .strong").inner_text().strip()
        wanted = RIGHT_ANSWERS[text]
        for choice in question.locator("label.choice").all():
            if (choice.inner_text().strip() in wanted) == right:
                choice.locator("input").check()
                if question.locator("input[type=radio]").count():
                    break
        if page.locator(".foot-bar [data-word=next]:visible").count():
            foot_button(page).click()
    foot_button(page).click()


def write_case(page: Page, watching: Watch) -> str:
    """The guided form to its end; gives the address of the case."""
    page.goto("/supervision/")
    check(page, watching)
    prepare = page.get_by_role("link", name=re.compile("case", re.I)).filter(has_text=re.compile("Prepare|Write|Bring"))
    press(page, prepare.first)
    for _ in range(12):
        check(page, watching)
        fill_step(page)
        press(page, foot_button(page))
        if not page.locator("#case-form").count():
            break
    expect(page.get_by_text("It is sent.")).to_be_visible()
    check(page, watching)
    return page.url


def fill_step(page: Page) -> None:
    """Whatever the step asks."""
    for name, words in CASE_WORDS.items():
        field = page.locator(f"#case-form [name={name}]")
        if field.count():
            field.fill(words)
    for name, value in CASE_CHOICES.items():
        field = page.locator(f"#case-form [name={name}][value={value}]")
        if field.count():
            field.check()
    for name in ("no_identifiers", "stays_responsible"):
        field = page.locator(f"#case-form [name={name}]")
        if field.count():
            field.check()


def accept_and_plan(page: Page, watching: Watch, address: str) -> None:
    """The supervisor reads the case in her queue, accepts it and plans it for the coming meeting."""
    page.goto("/supervision/")
    check(page, watching)
    page.goto(address)
    check(page, watching)
    page.get_by_role("button", name="Accept and plan a meeting").click()
    page.wait_for_load_state()
    check(page, watching)
    page.locator("main form input[type=radio]").first.check()
    page.locator("main form .btn-now, .foot-bar .btn-now").first.click()
    page.wait_for_load_state()


def enter_room(page: Page, watching: Watch) -> None:
    """Through the lobby, with the promise of confidence."""
    if page.locator("#agree").count():
        check(page, watching)
        page.locator("#agree").check()
        foot_button(page).click()
    page.locator("#room[data-state=live]").wait_for()
    check(page, watching)


def say(page: Page, words: str) -> None:
    """Writes to the group and sends."""
    page.locator("#composer #text").fill(words)
    page.locator("#composer .btn-now").click()


def heard(page: Page, words: str) -> None:
    """The message stands in the log, sent."""
    expect(page.locator("#log .said", has_text=words)).to_have_count(1, timeout=20_000)


def said_by_all(page: Page) -> list[tuple[str, str]]:
    """(number, words) of every message of the log, as they stand on the page."""
    return [
        (said.get_attribute("data-seq") or "", said.locator(".what").inner_text())
        for said in page.locator("#log .said").all()
    ]


def tab(page: Page, name: str) -> None:
    """A part of the room; on a desk they all stand side by side."""
    link = page.locator(f"[data-tab-link={name}]")
    if link.is_visible():
        link.click()


def rate_all_well(page: Page, watching: Watch) -> None:
    """Marks every line of every skill: no harm, all basic and advanced skills seen; finishes and gives feedback."""
    for _ in range(20):
        check(page, watching)
        for line in page.locator(".beh").all():
            mark = "not_observed" if line.get_attribute("data-kind") == "harmful" else "observed"
            line.locator(f"input[value={mark}]").check(force=True)
        press(page, page.locator(".foot-bar .btn-now"))
        if page.get_by_role("button", name="Finish this rating").count():
            break
    check(page, watching)
    page.get_by_role("button", name="Finish this rating").click()
    page.wait_for_load_state()
    page.locator("[name=what_worked]").fill("He talked freely because you did not hurry him.")
    page.locator("[name=practise_next]").fill("Leave one more silence before your next question.")
    page.get_by_role("button", name="Save the feedback").click()
    page.wait_for_load_state()
    check(page, watching)


def wait_until(page: Page, moment: float) -> None:
    """Lets the page live until this moment of the monotonic clock."""
    page.wait_for_timeout(max(0.0, moment - monotonic()) * 1000)
