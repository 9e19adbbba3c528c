"""Sign in, learn, answer, write, sign out: with a keyboard alone, without script, with letters twice as large."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.access.conftest import at
from tests.access.keys import choose, press, tab_to, type_into
from tests.access.looks import cut, stuck, unlined
from tests.journeys import steps
from tests.journeys.browser import ARGS, chromium
from tests.journeys.server import Server
from tests.served import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("access")]
QUIZ = "/learn/helping-kisumu/first-steps/module-1/quiz/"
LEARNERS = ("/home/", "/learn/helping-kisumu/first-steps/", QUIZ, "/supervision/", "/me/", "/certificate/", "/phone/")
LESSON = "/learn/helping-kisumu/first-steps/module-1/lesson-1/"


def foot(page: Page) -> Locator:
    """The one next action."""
    return page.locator(".foot-bar .btn-now:visible")


def learn_by_keys(page: Page) -> None:
    """From the front page through what is left of the module to its quiz, answered."""
    press(page, page.locator(".next .btn-now"))
    page.wait_for_url("**/learn/**")
    for _ in range(6):
        if page.locator("form#quiz").count():
            break
        before = page.url
        press(page, foot(page))
        page.wait_for_url(lambda url, before=before: url != before)
    for number, question in enumerate(page.locator("form#quiz fieldset.choices").all()):
        if number:
            expect(question).to_be_focused()
        choose(page, question.locator("input").first)
        press(page, foot(page))
    press(page, foot(page))
    expect(page.locator(".bands .here")).to_be_visible()


def write_by_keys(page: Page) -> None:
    """Every field of this step of the case: words are typed, the first choice of each group is chosen, lines ticked."""
    page.wait_for_load_state()
    texts = "textarea:visible, input:not([type]):visible, input[type=text]:visible"
    for field in page.locator("#case-form").locator(texts).all():
        words = steps.CASE_WORDS.get(field.get_attribute("name") or "")
        if words:
            type_into(page, field, words)
    for name in {tick.get_attribute("name") for tick in page.locator("#case-form input[type=radio]:visible").all()}:
        choose(page, page.locator(f"#case-form [name={name}]").first)
    for tick in page.locator("#case-form input[type=checkbox]:visible").all():
        choose(page, tick)


@pytest.mark.long
def test_with_the_keyboard_alone(contexts: Callable) -> None:
    page = contexts("", 360, 640)[0].new_page()
    at(page, "/login/")
    type_into(page, page.locator("[name=username]"), "dalia")
    type_into(page, page.locator("[name=password]"), "tandem-demo")
    press(page, page.get_by_role("button", name="Go in"))
    page.wait_for_url("**/home/")

    learn_by_keys(page)

    at(page, "/supervision/")
    press(page, page.locator("main").get_by_role("link", name=re.compile("Prepare|Write|Bring")).first)
    page.wait_for_url("**/cases/new/")
    while page.locator("#case-form").count():
        write_by_keys(page)
        heading = page.locator("h1").first.inner_text()
        press(page, foot(page))
        expect(page.locator("h1").first).not_to_have_text(heading)
        page.wait_for_load_state()
    expect(page.get_by_text("It is sent.")).to_be_visible()
    at(page, "/me/")
    press(page, page.get_by_role("button", name="Sign out", exact=True))
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    assert page.request.get("/home/").url.endswith("/login/?next=/home/")


@pytest.mark.long
def test_the_first_tab_offers_to_skip_what_stands_on_every_page(contexts: Callable) -> None:
    page = at(contexts("amina", 360, 640)[0].new_page(), "/home/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")

    assert page.url.endswith("#main")


def test_without_script(contexts: Callable) -> None:
    page = contexts("", 360, 640, java_script_enabled=False)[0].new_page()
    sign_in(page, "chidi")
    page.locator(".next .btn-now, .is-now a.btn-now").first.click()
    for _ in range(6):
        if page.locator("form#quiz").count():
            break
        foot(page).click()
    steps.answer_quiz(page, right=True)
    expect(page.locator(".bands .here")).to_have_text("Clear pass")

    page.goto("/supervision/")
    page.locator("main").get_by_role("link", name=re.compile("Prepare|Write|Bring")).first.click()
    for _ in range(12):
        steps.fill_step(page)
        foot(page).click()
        if not page.locator("#case-form").count():
            break
    expect(page.get_by_text("It is sent.")).to_be_visible()

    page.goto("/me/")
    page.get_by_role("button", name="Text only: load no pictures").click()
    page.goto(LESSON)
    expect(page.locator("figure .unseen")).to_be_visible()
    page.goto("/me/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto("/home/")
    expect(page.get_by_role("button", name="Go in")).to_be_visible()


@pytest.mark.long
def test_another_language_is_two_touches_away_on_a_page_and_comes_back_to_it(contexts: Callable) -> None:
    page = at(contexts("brian", 360, 640)[0].new_page(), "/manage/people/?q=a&page=1")
    page = at(page, f"{LESSON}?from=a&to=b")

    page.locator(".page-end a").click()
    page.locator("label.choice", has_text="Kiswahili").click()
    page.locator("main form .btn-now").click()

    expect(page.locator("html")).to_have_attribute("lang", "sw")
    assert page.url.endswith(f"{LESSON}?from=a&to=b")
    expect(page.locator(".page-end")).to_contain_text("Kiswahili")
    assert page.locator("main .notice").first.is_visible()  # the lesson is in English, and says so


@pytest.mark.long
def test_with_the_systems_own_colours_everything_keeps_its_line(contexts: Callable) -> None:
    page = contexts("amina", 360, 640, forced_colors="active")[0].new_page()

    faults = {path: unlined(at(page, path)) for path in (*LEARNERS, LESSON)}

    assert faults == {path: [] for path in faults}
    at(page, "/home/")
    tab_to(page, page.locator(".next .btn-now"))
    here, other = (page.locator(f".tabbar a{which}").first for which in ("[aria-current]", ":not([aria-current])"))
    drawn = "(el) => getComputedStyle(el).borderBlockStartColor"
    assert here.evaluate(drawn) != other.evaluate(drawn)


@pytest.mark.long
@pytest.mark.parametrize("language", ["ar"])
def test_from_right_to_left_nothing_scrolls_sideways(contexts: Callable, server: Server, language: str) -> None:
    context, _ = contexts("amina", 360, 640, locale="ar")
    context.add_cookies([{"name": "django_language", "value": language, "url": server.url}])
    page = context.new_page()

    faults = {}
    for path in (*LEARNERS, LESSON):
        at(page, path)
        faults[path] = (page.get_attribute("html", "dir"), cut(page))

    assert faults == {path: ("rtl", []) for path in faults}


@pytest.fixture(scope="module")
def large(browser: Browser, server: Server) -> Iterator[Page]:
    """A phone whose owner set letters to twice their size."""
    larger = browser.browser_type.launch(
        executable_path=chromium(), args=[*ARGS, "--blink-settings=defaultFontSize=32"]
    )
    page = larger.new_context(viewport={"width": 360, "height": 640}, base_url=server.url).new_page()
    sign_in(page, "amina")
    yield page
    larger.close()


@pytest.mark.long
def test_letters_twice_as_large_are_all_there_and_leave_room_to_read(large: Page) -> None:
    faults = {}
    for path in (*LEARNERS, LESSON, "/login/", "/language/"):
        at(large, path)
        assert large.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 32
        faults[path] = (cut(large), stuck(large) <= 0.5)

    assert faults == {path: ([], True) for path in faults}
