"""Every page, as each of the fixed people: rules of WCAG, a finger's size, no sideways scrolling, light and dark."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.access.conftest import at
from tests.access.looks import cut, moving, stuck, targets
from tests.access.walk import ALSO, NOT_PAGES, VISITORS, kind_of, names, reached
from tests.journeys.browser import WCAG, Watch, check, lengthened

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.xdist_group("access")]
# drawn only in the middle of something; those with a star are looked at in the journeys
NEED_A_STATE = {
    "certification:change",  # *
    "certification:sign",  # *
    "certification:suspension",
    "competency:rate",  # *
    "manage:sheet",
    "people:first-pin",
    "people:pin",
    "people:unlock",
    "supervision:advice-report",
    "supervision:risk-follow-up",
    "supervision:case-plan",  # *
    "supervision:case-pictures",  # in its own test
    "supervision:case-series",  # in its own test
    "supervision:case-write",  # *
    "supervision:attendance-correct",  # in test_states
    "supervision:case-words",  # in test_states
    "supervision:catch-up",
    "supervision:peers-attendance",  # the demo has no peers
    "supervision:line-words",  # in test_states
}
PEOPLE = {"": VISITORS, "amina": ("/home/", *ALSO), "grace": ("/home/", *ALSO), "joseph": ("/home/", *ALSO)}


@dataclass
class Looked:
    """What was found on all pages that were looked at."""

    kinds: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    moving: list[str] = field(default_factory=list)
    dark: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def looked(contexts: Callable) -> Looked:
    """Each kind of page once: as the first of the people who comes to it. Loaded once, asked everything."""
    all_of_it, seen = Looked(), set()
    for who, start in PEOPLE.items():
        context, watching = contexts(who, 360, 640, reduced_motion="reduce")
        found = all_of_it.kinds[who] = reached(context, start)
        page = context.new_page()
        for kind, path in found.items():
            if kind in seen or kind in NOT_PAGES:
                continue
            seen.add(kind)
            look_at(page, watching, who, path, all_of_it)
        page.close()
        all_of_it.faults += watching.faults
    return all_of_it


def look_at(page: Page, watching: Watch, who: str, path: str, found: Looked) -> None:
    """Everything that can be asked of one page without loading it again."""
    at(page, path)
    where = f"{who} at {path}: "
    watching.faults = [fault for fault in watching.faults if "404" not in fault]
    check(page, watching)
    found.targets += [where + fault for fault in targets(page)]
    found.cut += [where + fault for fault in cut(page)]
    found.moving += [where + fault for fault in moving(page)]
    if (part := stuck(page)) > 0.5:
        found.stuck.append(f"{where}{part:.2f}")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    with lengthened(page):
        result = Axe().run(page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}})
    found.dark += [where + node["html"][:110] for rule in result.response["violations"] for node in rule["nodes"]]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


@pytest.mark.timeout(300)
def test_no_page_breaks_a_rule_of_wcag_or_says_anything_in_the_console(looked: Looked) -> None:
    assert looked.faults == []


def test_every_page_is_looked_at_as_somebody(looked: Looked) -> None:
    seen = {kind.split()[0] for found in looked.kinds.values() for kind in found}

    assert sorted(set(names()) - seen - set(NOT_PAGES) - NEED_A_STATE) == []


def test_no_excuse_is_left_for_an_address_that_is_gone() -> None:
    assert sorted((set(NOT_PAGES) | NEED_A_STATE) - set(names())) == []


def test_a_finger_meets_every_control_on_a_phone(looked: Looked) -> None:
    assert looked.targets == []


def test_nothing_is_cut_and_no_page_scrolls_sideways_on_a_phone(looked: Looked) -> None:
    assert looked.cut == []


def test_what_stays_in_place_leaves_more_than_half_of_the_screen(looked: Looked) -> None:
    assert looked.stuck == []


def test_nothing_moves_for_who_asked_for_stillness(looked: Looked) -> None:
    assert looked.moving == []


def test_words_can_be_read_in_the_dark(looked: Looked) -> None:
    assert looked.dark == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 640), (1280, 800)])
@pytest.mark.parametrize("who", list(PEOPLE))
def test_every_page_of_everybody_in_both_sizes_and_lights(
    contexts: Callable, who: str, size: tuple[int, int], scheme: str
) -> None:
    context, watching = contexts(who, *size, color_scheme=scheme)
    page = context.new_page()
    faults = []
    for path in reached(context, PEOPLE[who]).values():
        if kind_of(path) in NOT_PAGES:
            continue
        at(page, path)
        with lengthened(page):
            result = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        faults += [
            f"{path} {rule['id']}: {node['html'][:110]}"
            for rule in result.response["violations"]
            for node in rule["nodes"]
        ]
        faults += [f"{path} {fault}" for fault in cut(page)]

    assert faults == []
    assert [fault for fault in watching.faults if "404" not in fault] == []


PLANTED = """<!doctype html><html lang="en"><head><title>x</title></head><body><main>
<button style="inline-size:20px;block-size:20px"></button><p>One <a href="/x">two</a></p>
<div style="inline-size:900px">wide words</div>
<div style="inline-size:50px;overflow:hidden;white-space:nowrap">words that are cut off</div>
<p style="transition:color 1s">moves</p>
<nav style="position:fixed;inset:0 0 auto;block-size:60vh">bar</nav></main></body></html>"""


def test_planted_faults_are_found(contexts: Callable) -> None:
    page = contexts("", 360, 640)[0].new_page()
    page.route("**/planted", lambda route: route.fulfill(body=PLANTED, content_type="text/html"))

    at(page, "/planted")

    assert [fault.split()[0] for fault in targets(page)] == ["20x20"]
    assert [re.split("[:,]", fault)[0] for fault in cut(page)] == ["the page scrolls sideways", "cut"]
    assert [fault.split("> ")[1] for fault in moving(page)] == ["moves"]
    assert stuck(page) == pytest.approx(0.6)
