"""A lesson read aloud by the phone's own voice; a stand-in for the browser's speech notes what it says."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("access")]
LESSON = "/learn/helping-kisumu/first-steps/module-1/lesson-1/"
SPEECH = """
window.heard = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const speech = new EventTarget();
Object.assign(speech, { voices: VOICES, said: null,
  getVoices() { return this.voices; },
  speak(said) { this.said = said; window.heard.push([said.text, said.lang, said.voice.name]); },
  cancel() { this.said = null; },
  finish() { const said = this.said; this.said = null; said.onend(); } });
Object.defineProperty(window, "speechSynthesis", { value: speech });
"""
ENGLISH = '[{ lang: "en-GB", name: "Far", localService: false }, { lang: "en_KE", name: "Near", localService: true }]'


@pytest.fixture
def lesson(open_context: Callable, people: SimpleNamespace) -> Callable[..., Page]:
    """The lesson on a phone with these voices: lesson(ENGLISH)."""

    def opened(voices: str, address: str = LESSON) -> Page:
        context, _ = open_context(360, 640)
        page = context.new_page()
        people.sign_in(page, "amina")
        context.add_init_script(SPEECH.replace("VOICES", voices))
        page.goto(address)
        return page

    return opened


def heard(page: Page) -> list[list[str]]:
    return page.evaluate("window.heard")


def test_it_reads_title_and_text_piece_by_piece_with_a_voice_of_the_phone_itself(lesson: Callable) -> None:
    page = lesson(ENGLISH)

    page.get_by_role("button", name="Listen").click()
    for _ in range(2):
        page.evaluate("speechSynthesis.finish()")

    assert heard(page) == [
        ["Listen first", "en_KE", "Near"],
        ["Think of a day when your heart was heavy and someone truly listened.", "en_KE", "Near"],
        ["Perhaps that person had no answer for you.", "en_KE", "Near"],
    ]


def test_the_whole_lesson_is_read_and_then_the_button_offers_it_again(lesson: Callable) -> None:
    page = lesson(ENGLISH)
    page.get_by_role("button", name="Listen").click()

    page.evaluate("() => { while (speechSynthesis.said) speechSynthesis.finish(); }")

    said = [text for text, _, _ in heard(page)]
    assert len(said) > 30
    assert len(set(said)) > len(said) * 0.9
    expect(page.get_by_role("button", name="Listen")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()


def test_a_pause_keeps_the_place_and_a_stop_goes_back_to_the_start(lesson: Callable) -> None:
    page = lesson(ENGLISH)
    page.get_by_role("button", name="Listen").click()
    page.evaluate("speechSynthesis.finish()")

    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Listen").click()

    said = [text[:14] for text, _, _ in heard(page)]
    assert said == ["Listen first", "Think of a day", "Think of a day", "Listen first"]


def test_voices_that_come_late_bring_the_button(lesson: Callable) -> None:
    page = lesson("[]")
    expect(page.locator("[data-listen]")).to_be_hidden()

    page.evaluate(f"() => {{ speechSynthesis.voices = {ENGLISH}; }}")
    page.evaluate("speechSynthesis.dispatchEvent(new Event('voiceschanged'))")

    expect(page.get_by_role("button", name="Listen")).to_be_visible()


def test_without_a_voice_for_the_lessons_language_there_is_no_button(lesson: Callable) -> None:
    page = lesson('[{ lang: "sw-KE", name: "Rehema", localService: true }]')

    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("[data-listen]")).to_be_hidden()


def test_it_works_on_a_saved_page_too(lesson: Callable) -> None:
    page = lesson(ENGLISH, f"{LESSON}?saved=1")

    page.get_by_role("button", name="Listen").click()

    assert heard(page)[0][0] == "Listen first"
