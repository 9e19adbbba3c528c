"""Decisions about supervision groups on plain values: kinds, how often, how many, and the usual agreement."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.people.rules import Refusal

KINDS = {
    "supervised": gettext_lazy("With a supervisor"),
    "peer": gettext_lazy("Peers, without a supervisor"),
}
CADENCES = {
    "weekly": gettext_lazy("Every week"),
    "two_weeks": gettext_lazy("Every 2 weeks"),
    "three_weeks": gettext_lazy("Every 3 weeks"),
    "monthly": gettext_lazy("Every month"),
}
RHYTHMS = {"once": gettext_lazy("Once"), **CADENCES}
WEEKS = {"weekly": 1, "two_weeks": 2, "three_weeks": 3}
MOST_MEETINGS = 60
"""That many are planned at once at most: a year of weeks and a little more."""
NAME_LIMIT = 80
AGREEMENT_LIMIT = 6000
FEW, MANY = 4, 8
"""A supervision group has 4 to 8 people (FIELD.md): said, never forced."""
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


class NotYourGroup(Refusal):
    """A change of a group by somebody whose role does not reach its people."""

    code = "not_allowed"
    status = 403
    sentence = gettext_lazy("Only a supervisor or manager of these people can do that.")


class SupervisorMissing(Refusal):
    """A supervised group without a supervisor, or a peer group with one."""

    sentence = gettext_lazy("Choose who supervises the group, or make it a group of peers.")


class SameSupervisorTwice(Refusal):
    sentence = gettext_lazy("Choose another person as co-supervisor, or nobody.")


class OutsideCohort(Refusal):
    """Somebody who does not learn in the cohort or does not supervise it."""

    sentence = gettext_lazy("Somebody of this list does not belong to these learners any more. Load the page again.")


class NameTaken(Refusal):
    sentence = gettext_lazy("There is a group of this name already. Choose another name.")


class KindStays(Refusal):
    """What was recorded among peers would look like supervision, or the other way round."""

    sentence = gettext_lazy("A group of peers stays one, and a supervised group too. Make a new group instead.")


class GroupEnded(Refusal):
    sentence = gettext_lazy("This group has ended. Make a new one.")


class NotToSign(Refusal):
    """Somebody who does not belong to the group, or a text that was replaced meanwhile."""

    sentence = gettext_lazy("The agreement was changed meanwhile. Read it again, then sign.")


def size_words(count: int) -> str:
    """A sentence if a group is smaller or larger than suggested; empty if not."""
    if count < FEW:
        return _("A group works best with 4 to 8 people. This one has %(count)s.") % {"count": count}
    if count > MANY:
        return _("A group works best with 4 to 8 people. This one has %(count)s: think of two groups.") % {
            "count": count
        }
    return ""


def zones() -> list[str]:
    """The time zones that one can choose, as region and city."""
    return sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS and "/" in name)


def usual_agreement(kind: str) -> str:
    """What a new group is offered to promise, one promise in a line, in the language of who reads it now."""
    lines = [
        _("Supervision is separate from line management. What I say here is never used to judge my work or my pay."),
        _("This time is protected. I come, I am on time, and nobody calls me away for other work."),
        _("What we hear stays in the group. We say no names and nothing by which a client can be known."),
        _("The group gives advice. Whoever shows a case stays the helper of this person."),
        _("I say what is difficult for me. We speak about the work with respect, and never shame anybody."),
        _("When somebody may be in danger, we do not wait for the next meeting. We use Urgent at once."),
    ]
    led = {
        "supervised": _("My supervisor prepares the meetings, listens to all, and tells me what I do well."),
        "peer": _("We lead in turn. Nobody here is the boss, and this group does not replace supervision."),
    }
    return "\n".join([*lines, led[kind]])


def instant(day: date, clock: time, zone: str) -> datetime:
    """When the clocks of a place show this, in UTC. A time that is skipped in spring comes an hour later by the clock;
    of one that comes twice in autumn the first is meant.
    """
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def place_time(moment: datetime, zone: str) -> datetime:
    """A moment as the clocks of a place show it."""
    return moment.astimezone(ZoneInfo(zone))


def day_after(first: date, rhythm: str, number: int) -> date:
    """The day of the meeting `number` after the first. Every month: on the same weekday of the month, like the second
    Tuesday; a fifth one is the last.
    """
    if rhythm in WEEKS:
        return first + timedelta(weeks=WEEKS[rhythm] * number)
    months = first.year * 12 + first.month - 1 + number
    year, month = divmod(months, 12)
    begins = date(year, month + 1, 1)
    place, ahead = (first.day - 1) // 7, (first.weekday() - begins.weekday()) % 7
    found = begins + timedelta(days=ahead + 7 * place)
    return found if found.month == begins.month else found - timedelta(days=7)


def days_of(first: date, rhythm: str, *, times: int | None, until: date | None) -> list[date]:
    """The days on which a series meets: so many times, or up to and with a day; never more than MOST_MEETINGS."""
    if rhythm == "once":
        return [first]
    most = min(times or MOST_MEETINGS, MOST_MEETINGS)
    days = [day_after(first, rhythm, number) for number in range(most)]
    return [day for day in days if until is None or day <= until]


def moved(moment: datetime, zone: str, *, days: int, clock: time) -> datetime:
    """A meeting put so many days on, at another time of the day, by the clocks of its place: whatever their summer
    time does in between.
    """
    return instant(place_time(moment, zone).date() + timedelta(days=days), clock, zone)
