"""A quiz on a phone: one question a screen, back and forth, what she wants to look at again, a look before sending."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import check

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("access")]


def at_quiz(page: Page) -> None:
    """From the front page through the lessons that are left to the next quiz."""
    page.goto("/home/")
    page.locator(".next .btn-now").click()
    for _ in range(6):
        page.wait_for_load_state()
        if page.locator("form#quiz").count():
            return
        before = page.url
        page.locator(".is-now a.btn-now, .foot-bar .btn-now:visible").first.click()
        page.wait_for_url(lambda url, before=before: url != before)


def forth(page: Page) -> None:
    page.locator("[data-word=next]").click()


def test_she_goes_back_and_forth_and_looks_over_all_before_she_sends(
    open_context: Callable, people: SimpleNamespace
) -> None:
    context, watching = open_context(360, 640)
    page = context.new_page()
    people.sign_in(page, "chidi")
    at_quiz(page)
    questions = page.locator("form#quiz fieldset")
    expect(questions.locator("visible=true")).to_have_count(1)
    expect(page.get_by_role("button", name="Send my answers")).to_be_hidden()
    expect(page.get_by_role("img", name="Question 1 of 8")).to_be_visible()
    check(page, watching)

    questions.nth(0).locator("input").first.check()
    forth(page)
    expect(questions.nth(1)).to_be_focused()
    questions.nth(1).locator("input").first.check()
    questions.nth(1).get_by_text("Look at this one again later").click()
    page.get_by_role("button", name="Question before").click()
    expect(questions.nth(0).locator("input").first).to_be_checked()
    expect(page.locator("form#quiz[data-kept='2']")).to_be_attached()
    page.reload()
    expect(questions.nth(0)).to_be_visible()
    for _ in range(8):
        forth(page)

    expect(page.get_by_role("heading", name="Look once before you send")).to_be_focused()
    expect(page.locator("[data-word=line-look]")).to_contain_text("Question 2")
    expect(page.locator("[data-word=line-open]")).to_have_count(6)
    expect(page.locator("[data-word=line-rest]")).to_contain_text("Other questions: 1")
    check(page, watching)
    page.locator("[data-word=line-open] a").last.click()
    expect(questions.nth(7)).to_be_visible()
    expect(page.get_by_role("img", name="Question 8 of 8")).to_be_visible()
    page.keyboard.press("Enter")
    assert page.url.endswith("#q8")
