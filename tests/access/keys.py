"""A person who has only a keyboard: Tab, Enter and Space, looking where she stands at every step."""

from playwright.sync_api import Locator, Page

from tests.access.looks import focus

MOST = 90


def tab_to(page: Page, wanted: Locator) -> None:
    """Tab until this control has the focus; at each stop the focus is drawn and nothing lies over it."""
    wanted.wait_for()
    here = wanted.evaluate_handle("(el) => el")
    for _ in range(MOST):
        if here.evaluate("(el) => el === document.activeElement"):
            return
        page.keyboard.press("Tab")
        stand = focus(page)
        assert stand is None or (stand["drawn"], stand["free"]) == (True, True), f"{page.url}: {stand}"
    raise AssertionError(f"no way by Tab to {wanted} on {page.url}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Goes there and presses."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def choose(page: Page, tick: Locator) -> None:
    """A tick box by Space. One of several radio buttons: Tab comes to the group, the arrow keys choose in it."""
    if tick.get_attribute("type") == "checkbox":
        return press(page, tick, " ")
    name = tick.get_attribute("name")
    group = page.locator(f"input[type=radio][name='{name}']")
    marked = group.and_(page.locator(":checked"))
    tab_to(page, marked if marked.count() else group.first)
    page.keyboard.press("Space")
    for _ in range(group.count()):
        if tick.is_checked():
            return None
        page.keyboard.press("ArrowDown")
    assert tick.is_checked()
    return None


def type_into(page: Page, field: Locator, words: str) -> None:
    """Goes there and types."""
    tab_to(page, field)
    page.keyboard.insert_text(words)
