"""Briefs, pictures, series and cut-offs in a real browser: nothing that axe, the console or the policy complains of."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.journeys.browser import check
from tests.served import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.long]
SIZES = [(360, 640, "light"), (360, 640, "dark"), (1280, 800, "light"), (1280, 800, "dark")]


def arrive(page: Page, who: str) -> None:
    sign_in(page, who)
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.mark.parametrize(("width", "height", "colours"), SIZES)
def test_the_supervisors_pages_are_clean(
    width: int, height: int, colours: str, open_context: Callable[..., object]
) -> None:
    context, watching = open_context(width, height, color_scheme=colours)
    page = context.new_page()
    arrive(page, "grace")

    page.goto("/supervision/")
    brief = page.locator('a[href$="/brief/"]').first.get_attribute("href")
    for address in ("/supervision/", "/supervision/people/", brief):
        page.goto(address)
        check(page, watching)

    assert watching.faults == []


def test_a_large_picture_is_made_small_on_the_phone(open_context: Callable[..., object], tmp_path: Path) -> None:
    """16 MB would be refused: that it is taken shows that the phone made it small."""
    context, watching = open_context(360, 640)
    page = context.new_page()
    arrive(page, "amina")
    large = tmp_path / "large.png"
    Image.effect_noise((3100, 2100), 80).convert("RGB").save(large)
    page.goto("/supervision/cases/new/")
    page.locator("#id_question").fill("How do I go on with a girl who does not speak?")
    with page.expect_navigation():
        page.locator("form#case-form").evaluate("form => form.submit()")
    case = page.url.split("/write/")[0]

    page.goto(f"{case}/pictures/")
    check(page, watching)
    for promise in ("no_faces", "no_names", "no_papers"):
        page.locator(f"[name={promise}]").check()
    page.locator("[name=picture]").set_input_files(large)
    page.locator("[name=alt]").fill("A drawing of a house")
    page.get_by_role("button", name="Add this picture").click()
    shown = page.locator('.case-pictures img[alt="A drawing of a house"]')
    shown.wait_for(timeout=60_000)

    assert large.stat().st_size > 15_000_000
    assert shown.evaluate("image => Math.max(image.naturalWidth, image.naturalHeight)") <= 1600
    check(page, watching)
    page.goto(f"{case}/series/")
    check(page, watching)
    assert watching.faults == []


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_of_cut_offs_is_clean(width: int, open_context: Callable[..., object]) -> None:
    context, watching = open_context(width, 800)
    page = context.new_page()
    arrive(page, "joseph")

    page.goto("/supervision/cut-offs/")
    check(page, watching)

    assert watching.faults == []


def test_a_point_in_the_question_about_harm_shows_the_way_at_once_and_is_kept(
    open_context: Callable[..., object],
) -> None:
    context, watching = open_context(360, 640)
    page = context.new_page()
    arrive(page, "amina")
    page.goto("/supervision/cases/new/")
    page.locator("#id_question").fill("How do I ask her about harm again?")
    with page.expect_navigation():
        page.locator("form#case-form").evaluate("form => form.submit()")
    page.goto(page.url.split("/write/")[0] + "/write/screening/")
    told = page.locator(".harm-told")
    before = told.is_visible()

    page.locator("label[for=harm-yes]").click()
    told.wait_for()
    check(page, watching)
    page.get_by_role("button", name="Next").click()

    page.wait_for_url("**/write/risk/")
    page.locator("input[name=risk_asked][value=thoughts]:checked").wait_for(state="attached")
    assert (before, watching.faults) == (False, [])
