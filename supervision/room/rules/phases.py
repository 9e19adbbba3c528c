"""Where a meeting stands on its way, and what who leads it will most likely press next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.sessions.rules import STEPS


@dataclass(frozen=True)
class Phase:
    """A button of the facilitator: the kind of post, and the field and value that it sends."""

    name: str
    value: str
    label: str | Promise
    kind: str = "phase"


@dataclass(frozen=True)
class Station:
    """One stop on the meeting's way: done, now or todo."""

    label: str | Promise
    mark: str
    short: str | Promise


TO_STATE = {
    "lobby": Phase("state", "lobby", gettext_lazy("Open the doors")),
    "live": Phase("state", "live", gettext_lazy("Begin the meeting")),
    "wrap_up": Phase("state", "wrap_up", gettext_lazy("Last minutes")),
    "closed": Phase("state", "closed", gettext_lazy("Close the meeting")),
}
BACK_TO_LIVE = Phase("state", "live", gettext_lazy("Go back to the meeting"))
ROLL_CALL = gettext_lazy("Roll call")
LAST_MINUTES = gettext_lazy("Last minutes")
SHORT = {
    "present": gettext_lazy("Case"),
    "clarify": gettext_lazy("Questions"),
    "group": gettext_lazy("Ideas"),
    "supervisor": gettext_lazy("Supervisor"),
    "agree": gettext_lazy("Agree"),
}
Boxes = Sequence[dict[str, Any]]


def next_phase(state: str, step: str, boxes: Boxes = (), box: int | None = None) -> Phase | None:
    """What the facilitator will most likely press next."""
    steps = list(STEPS)
    if state == "live" and step in steps[:-1]:
        following = steps[steps.index(step) + 1]
        return Phase("step", following, _("Next: %(title)s") % {"title": SHORT[following]})
    if state == "live":
        return next_box(boxes, box)
    after = {"scheduled": "lobby", "lobby": "live", "wrap_up": "closed"}.get(state)
    return TO_STATE[after] if after else None


def next_box(boxes: Boxes, box: int | None) -> Phase:
    """The next box of the agenda; the last minutes are a state of the meeting."""
    following = 0 if box is None else box + 1
    if following >= len(boxes) or boxes[following].get("kind") == "wrap_up":
        return TO_STATE["wrap_up"]
    label = _("Next: %(title)s") % {"title": boxes[following]["title"]}
    return Phase("box", str(following), label, "agenda")


def other_phases(state: str, *, case_open: bool) -> list[Phase]:
    """All that the facilitator may do now, the likely next one included."""
    steps = [Phase("step", name, label) for name, label in STEPS.items()] if case_open else []
    states = {
        "lobby": [TO_STATE["live"], TO_STATE["closed"]],
        "live": [TO_STATE["wrap_up"], TO_STATE["closed"]],
        "wrap_up": [BACK_TO_LIVE, TO_STATE["closed"]],
    }
    return steps + states.get(state, [])


def last_box(boxes: Boxes) -> int | None:
    """The box of the last minutes, if the agenda has one."""
    return next((number for number, box in enumerate(boxes) if box.get("kind") == "wrap_up"), None)


def stations(state: str, step: str, boxes: Boxes, box: int | None) -> list[Station]:
    """The meeting's way; an open case shows its steps in place of the box that it stands in."""
    stops: list[tuple[str, str | Promise]] = [("lobby", ROLL_CALL)]
    for number, told in enumerate(boxes or [{"title": _("Meeting")}]):
        here = number == (box or 0)
        stops += STEPS.items() if here and step else [(f"box {number}", told["title"])]
    if last_box(boxes) is None:
        stops.append(("wrap_up", LAST_MINUTES))
    names = [name for name, _label in stops]
    now = names.index(stop_now(state, step, boxes, box))
    marks = ["done" if number < now else "now" if number == now else "todo" for number in range(len(stops))]
    return [Station(label, mark, SHORT.get(name, label)) for (name, label), mark in zip(stops, marks, strict=True)]


def stop_now(state: str, step: str, boxes: Boxes, box: int | None) -> str:
    """The name of the stop at which the meeting is."""
    if state in {"scheduled", "lobby"}:
        return "lobby"
    if state == "wrap_up":
        last = last_box(boxes)
        return "wrap_up" if last is None else f"box {last}"
    return step or f"box {box or 0}"
