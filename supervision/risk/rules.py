"""Decisions about danger on plain values: which step follows which, who is on call, who is told next, which days."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median
from typing import Protocol, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid, Refusal

NOTE_LIMIT = 1000
MINUTES = 10  # until the next one is told, unless the programme says otherwise
AGAIN = timedelta(hours=1)  # when all were told and nobody has it, all are told again; after a day, once a day
DAY = timedelta(days=1)
WEEKLY = 8  # follow-ups in the first two months
SELDOM = 4  # and after them, two to four weeks apart (mhGAP, self-harm and suicide)
REMIND_FROM = 8  # o'clock: who looks how somebody is, is reminded in the morning
REMIND_DAYS = 14  # a day that was missed longer ago is not reminded of any more
ALL_DAYS = "0123456"

WHAT: dict[str, Promise] = {
    "self": _("The person may harm themself"),
    "others": _("The person may harm others"),
    "child": _("A child is being harmed"),
    "violence": _("There is violence"),
    "medical": _("The person is very ill or hurt"),
    "other": _("Another danger"),
}
PLACES: dict[str, Promise] = {
    "with": _("I am with the person"),
    "phone": _("I talk with the person by phone"),
    "alone": _("I am alone now"),
}
STATES: dict[str, Promise] = {
    "raised": _("Nobody has it yet"),
    "acknowledged": _("Somebody has it"),
    "acting": _("Help is on the way"),
    "handed_over": _("Handed over"),
    "safety_plan_made": _("Safety plan made"),
    "follow_up": _("Being followed up"),
    "closed": _("Closed"),
}
SERVICES: dict[str, Promise] = {
    "hospital": _("Hospital or emergency room"),
    "clinic": _("Health centre"),
    "specialist": _("Mental-health specialist"),
    "ambulance": _("Ambulance"),
    "child": _("Child protection"),
    "police": _("Police or a safe house"),
    "other": _("Somebody else"),
}
PLAN: dict[str, Promise] = {
    "signs": _("Signs that danger is coming back"),
    "calm": _("What calms the person"),
    "company": _("People and places that are good"),
    "help": _("Who can be asked for help"),
    "call": _("Whom to call in danger"),
    "means": _("What could harm is put away"),
    "reasons": _("Reasons to live"),
    "copy": _("The person has a copy"),
}
OUTCOMES: dict[str, Promise] = {
    "safe": _("The person is safe now"),
    "in_care": _("The person is in the care of others"),
    "no_danger": _("There was no danger"),
    "lost": _("We could not find the person any more"),
    "died": _("The person died"),
}
CASE_TO: dict[str, Promise] = {
    "submitted": _("Put the case back into the queue"),
    "closed": _("Close the case too"),
}
REPORTS: dict[str, Promise] = {"done": _("Done"), "missed": _("Not possible")}
CALLED_OFF = "called_off"
BECAME: dict[str, Promise] = REPORTS | {CALLED_OFF: _("Called off")}
NEEDS_NOTHING = frozenset({"in_care", "no_danger", "died"})  # how it may end without a plan and without days to look

# what may be done, from which states; what it leads to ("" leaves the state as it is)
STEPS: dict[str, tuple[frozenset[str], str]] = {
    "raised": (frozenset({""}), "raised"),
    "told": (frozenset({"raised"}), ""),
    "unreachable": (frozenset({"raised"}), ""),
    "seen": (frozenset(STATES), ""),
    "acknowledged": (frozenset({"raised"}), "acknowledged"),
    "passed_on": (frozenset({"raised", "acknowledged", "acting"}), "raised"),
    "acting": (frozenset({"acknowledged", "handed_over", "safety_plan_made", "follow_up"}), "acting"),
    "handed_over": (frozenset({"acknowledged", "acting", "safety_plan_made", "follow_up"}), "handed_over"),
    "plan_made": (frozenset({"acknowledged", "acting", "handed_over", "follow_up"}), "safety_plan_made"),
    "follow_up_planned": (frozenset({"acting", "handed_over", "safety_plan_made", "follow_up"}), "follow_up"),
    "follow_up_done": (frozenset(STATES), ""),
    "follow_up_missed": (frozenset(STATES), ""),
    "days_called_off": (frozenset(STATES) - {"raised", "closed"}, ""),
    "words": (frozenset(STATES), ""),
    "closed": (frozenset({"acknowledged", "acting", "handed_over", "safety_plan_made", "follow_up"}), "closed"),
    "reopened": (frozenset({"closed"}), "raised"),
}
# what people press; the rest happens by the way
PRESSED = ("acknowledged", "passed_on", "acting", "handed_over", "plan_made", "follow_up_planned", "closed")


class WrongStep(Refusal):
    code = "closed"
    sentence = _("This has moved on meanwhile. Load the page again to see where it is.")


class SomebodyHasIt(Refusal):
    code = "conflict"
    sentence = _("Somebody else has it already. Load the page again to see who.")


class NotSafeYet(Refusal):
    code = "invalid"
    status = 400
    sentence = _(
        "Before it ends there is a safety plan, or others took over, and days to look how the person is. "
        "Without them, write why it ends now."
    )


class NotYours(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("Only the people on duty and the supervisors of this group can do that.")


class AnotherMustClose(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("Who pressed Urgent does not close it alone. Ask your supervisor or the person on duty to close it.")


class NoProgramme(Refusal):
    code = "not_enrolled"
    status = 403
    sentence = _("You are not in a programme, so nobody could be told. Call a number on this page.")


class ReportedBefore(Refusal):
    code = "conflict"
    sentence = _("This follow-up was already written down.")


class NoSuchFollowUp(Invalid):
    sentence = _("There is no such follow-up among yours.")


class WrongShift(Invalid):
    sentence = _("Choose the days and hours of this duty, or its first and last moment.")


@dataclass(frozen=True)
class Shift:
    """When somebody is on call: on weekdays (0 is Monday) between two clock times, or once between two moments."""

    person: object
    position: int
    weekdays: str = ""
    begins: time | None = None
    ends: time | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def spans(self, first: date, days: int, zone: tzinfo) -> list[tuple[datetime, datetime]]:
        """Its times that begin on these days; hours that end at or before they begin run into the next day."""
        if self.starts_at and self.ends_at:
            return [(self.starts_at, self.ends_at)]
        found = []
        for day in (first + timedelta(days=n) for n in range(days)):
            if str(day.weekday()) in self.weekdays and self.begins is not None and self.ends is not None:
                last = day if self.ends > self.begins else day + timedelta(days=1)
                found.append((datetime.combine(day, self.begins, zone), datetime.combine(last, self.ends, zone)))
        return found


def state_of(kinds: Iterable[str]) -> str:
    """The state after these steps, in order; raises WrongStep where one may not follow what was before."""
    state = ""
    for kind in kinds:
        state = state_after(state, kind)
    return state


def state_after(state: str, kind: str) -> str:
    allowed, leads_to = STEPS[kind]
    if state not in allowed:
        raise SomebodyHasIt if kind == "acknowledged" and state in {"acknowledged", "acting"} else WrongStep
    return leads_to or state


def may_press(state: str) -> list[str]:
    """What somebody who works on it can do next."""
    return [kind for kind in PRESSED if state in STEPS[kind][0]]


def is_whole(kinds: Collection[str]) -> bool:
    """Whether what belongs to an ending was done: a plan or handing over, and days to look how the person is."""
    return bool({"plan_made", "handed_over"} & set(kinds)) and "follow_up_planned" in kinds


def may_close(outcome: str, kinds: Collection[str], note: str) -> bool:
    """An ending that leaves somebody alone needs the whole way behind it, or a reason in words."""
    return outcome in NEEDS_NOTHING or is_whole(kinds) or bool(note.strip())


def reminder_for(due: date, local: datetime) -> str:
    """Which reminder of a day to look is due, by the clock of the place; none before eight in the morning."""
    if local.hour < REMIND_FROM or due > local.date():
        return ""
    return "today" if due == local.date() else "missed"


def is_overdue(state: str, told_at: datetime, minutes: int, now: datetime) -> bool:
    """Nobody took it within the programme's minutes. Counted from when it reached us and somebody was told: a phone's
    own clock says when it happened, never how long we had."""
    return state == "raised" and now - told_at >= timedelta(minutes=minutes)


def on_now(shifts: Iterable[Shift], at: datetime, zone: tzinfo) -> list[Shift]:
    """Whose duty it is, the first before the second."""
    day = at.astimezone(zone).date() - timedelta(days=1)
    held = [shift for shift in shifts if any(begin <= at < end for begin, end in shift.spans(day, 2, zone))]
    return sorted(held, key=lambda shift: shift.position)


def gaps(shifts: Iterable[Shift], at: datetime, days: int, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """When nobody is on call in the coming days, from now on."""
    last = at + timedelta(days=days)
    first = at.astimezone(zone).date() - timedelta(days=1)
    spans = sorted(span for shift in shifts for span in shift.spans(first, days + 2, zone))
    found, reached = [], at
    for begin, end in spans:
        if begin > reached and reached < last:
            found.append((reached, min(begin, last)))
        reached = max(reached, end)
    return [*found, (reached, last)] if reached < last else found


class Somebody(Protocol):
    pk: UUID


Person = TypeVar("Person", bound=Somebody)


def rounds(*groups: Iterable[Person], without: Person) -> list[list[Person]]:
    """Who is told in which round: each person once, where they come first; never who pressed the button."""
    known, found = {without.pk}, []
    for group in groups:
        new = list({person.pk: person for person in group if person.pk not in known}.values())
        known.update(person.pk for person in new)
        if new:
            found.append(new)
    return found


def next_round(
    chain: Sequence[Sequence[Person]], told: Collection[UUID], can_be_reached: Callable[[Person], bool]
) -> tuple[list[Person], list[Person]]:
    """Who of the first round with somebody who can be reached and does not know of it yet; empty when all were told.
    Then who is passed over on the way because nothing that is sent would arrive: nobody waits for them."""
    passed: list[Person] = []
    for group in chain:
        new = [person for person in group if person.pk not in told]
        reached = [person for person in new if can_be_reached(person)]
        passed += [person for person in new if person not in reached]
        if reached:
            return reached, passed
    return [], passed


def again_after(waited: timedelta) -> timedelta:
    """How long after everybody was told everybody is told again, when it waits for an answer so long already."""
    return AGAIN if waited < DAY else DAY


def follow_up_days(first: date, weeks: int) -> list[date]:
    """Weekly for two months, then every two to four weeks (mhGAP)."""
    weekly = [first + timedelta(weeks=n) for n in range(WEEKLY)]
    return weekly + [weekly[-1] + timedelta(weeks=weeks * n) for n in range(1, SELDOM + 1)]


def median_minutes(waits: Iterable[timedelta]) -> int | None:
    """Whole minutes, rounded down; None where nothing was waited for."""
    minutes = [wait.total_seconds() / 60 for wait in waits]
    return int(median(minutes)) if minutes else None
