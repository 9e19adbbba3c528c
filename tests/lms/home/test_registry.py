"""The panels of the front page: named once, in order, in one of two columns."""

import pytest

from lms.home import registry
from lms.home.registry import Panel


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "panels", {})


def a_panel(name: str, order: int = 10, column: str = "main") -> Panel:
    return Panel(name, order, column, "lms/home/_nothing.html", lambda person, *, at: {})


def test_a_doubled_name_is_an_error(empty_registry: None) -> None:
    registry.register(a_panel("next-step"))

    with pytest.raises(ValueError, match="'next-step' is registered already"):
        registry.register(a_panel("next-step", order=20))


def test_a_third_column_is_an_error(empty_registry: None) -> None:
    with pytest.raises(ValueError, match="must stand in one of"):
        registry.register(a_panel("next-step", column="middle"))


def test_panels_come_in_their_order_and_not_in_that_of_registering(empty_registry: None) -> None:
    for name, order in [("late", 90), ("first", 10), ("between", 50)]:
        registry.register(a_panel(name, order))

    assert [panel.name for panel in registry.in_order()] == ["first", "between", "late"]
