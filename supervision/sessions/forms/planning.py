"""What is typed about planning meetings: one or many at once, changing one, and the parts of its agenda."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lms.competency.queries import skills_of
from lms.people.models import User
from lms.programmes.models import Subject
from lms.programmes.queries import cohorts_within, lessons_of
from supervision.groups.models import SupervisionGroup
from supervision.groups.queries import groups_to_plan, leaders_for, supervisors_for
from supervision.groups.rules import MOST_MEETINGS, RHYTHMS, day_after, days_of, instant, place_time
from supervision.sessions import rules
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries.planning import following, zone_of
from supervision.sessions.rules import planning as limits


def select(label: Any, *, empty: Any = None, help_text: Any = "") -> forms.ChoiceField:
    """A list to choose one of; its choices come with the form. With `empty`, choosing nothing is a choice."""
    return forms.ChoiceField(
        label=label, help_text=help_text, required=empty is None, widget=forms.Select(attrs={"class": "input"})
    )


class MeetingForm(forms.Form):
    """What planning and changing a meeting have in common."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Name of the meeting"),
        help_text=_("For example: Tuesday group. Write no names of clients."),
        max_length=rules.TITLE_LIMIT,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto"}),
        error_messages={"required": _("Give the meeting a name.")},
    )
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day.")},
    )
    clock = forms.TimeField(
        label=_("Begins at"),
        widget=forms.TimeInput(attrs={"class": "input", "type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose the time.")},
    )
    minutes = forms.IntegerField(
        label=_("How many minutes?"),
        min_value=15,
        max_value=240,
        initial=60,
        widget=forms.NumberInput(attrs={"class": "input"}),
        error_messages={
            "min_value": _("A meeting takes at least 15 minutes."),
            "max_value": _("A meeting takes at most 4 hours."),
        },
    )
    facilitator = select(_("Who leads it?"), empty=True)
    focus = select(_("Which skill is it about?"), empty=True)
    lesson = select(_("Which lesson shall all read before?"), empty=True)

    def offer(self, people: Iterable[User], skills: Mapping[str, str], lessons: Iterable[Subject], zone: str) -> None:
        """What can be chosen."""
        self.people = {str(person.pk): person for person in people}
        self.fields["facilitator"].choices = [(key, person.name) for key, person in self.people.items()]
        self.fields["focus"].choices = [("", _("None")), *skills.items()]
        self.fields["lesson"].choices = [("", _("None")), *((str(one.key), one.title) for one in lessons)]
        self.fields["clock"].help_text = _("By the clock in %(place)s.") % {"place": zone.replace("_", " ")}

    def clean_lesson(self) -> UUID | None:
        return UUID(self.cleaned_data["lesson"]) if self.cleaned_data["lesson"] else None

    def clean_facilitator(self) -> User | None:
        return self.people.get(self.cleaned_data["facilitator"])

    def check_day(self, values: dict[str, Any], zone: str, at: datetime) -> None:
        """A meeting lies ahead, by the calendar of its place, and not further than one can plan."""
        today = place_time(at, zone).date()
        if values.get("day") and values["day"] < today:
            self.add_error("day", _("That day is over. Choose today or a later day."))
        for name in ("day", "until"):
            if values.get(name) and values[name] > today + limits.MOST_AHEAD:
                self.add_error(name, limits.TooFarAhead.sentence)


class ScheduleForm(MeetingForm):
    """Planning one meeting or many. `cohort` is the id of a supervision group, or of a cohort for all its people;
    `shown` is whose clock and name stood in the form. Are they two, the form comes back with those of the chosen one.
    """

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    cohort = select(_("Which group?"))
    rhythm = forms.ChoiceField(
        label=_("How often?"),
        choices=list(RHYTHMS.items()),
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    times = forms.IntegerField(
        label=_("How many meetings?"),
        help_text=_("For more than one. Or choose the last day below."),
        required=False,
        min_value=1,
        max_value=MOST_MEETINGS,
        widget=forms.NumberInput(attrs={"class": "input"}),
        error_messages={
            "min_value": _("Write how many meetings, at least 1."),
            "max_value": _("At most 60 meetings are planned at once."),
        },
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ["key", "shown", "cohort", "title", "day", "clock", "minutes", "rhythm", "times", "until"]

    def __init__(self, *args: Any, by: User, at: datetime, chosen: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.at, self.chosen = by, at, chosen
        groups, cohorts = list(groups_to_plan(by)), list(cohorts_within(by, "supervisor"))
        self.targets = {str(one.pk): one for one in [*groups, *cohorts]}
        whole = [(str(one.pk), _("Everybody of %(cohort)s") % {"cohort": one.name}) for one in cohorts]
        self.fields["cohort"].choices = [*((str(one.pk), one.name) for one in groups), *whole]
        wanted = self.targets.get(self.data.get("cohort") or chosen)
        self.target = wanted or next(iter(self.targets.values()), None)
        self.turned = self.is_bound and wanted is not None and self.data.get("shown") != str(wanted.pk)
        if self.target is not None:
            self.fill()
        if self.turned:
            self.turn()

    def fill(self) -> None:
        """What fits the group that is chosen, or stands first."""
        group, programme = self.group, self.target.programme
        many = group is not None and self.chosen == str(group.pk)
        self.initial |= {"cohort": str(self.target.pk), "rhythm": group.cadence if many else "once"}
        self.initial |= {"title": group.name if group else "", "times": 8 if many else None}
        self.zone = group.time_zone if group else programme.time_zone
        people = leaders_for(group) if group else supervisors_for(self.target)
        self.offer(people, skills_of(programme), lessons_of(programme), self.zone)
        wanted = [self.by, *([group.supervisor] if group else [])]
        self.initial["facilitator"] = next((str(one.pk) for one in wanted if one and str(one.pk) in self.people), None)

    def turn(self) -> None:
        """What was typed stays; what was the other group's becomes that of the chosen one."""
        before, typed = self.targets.get(self.data.get("shown")), self.data.copy()
        if isinstance(before, SupervisionGroup) and typed.get("title", "").strip() == before.name:
            typed["title"] = self.initial["title"]
        for name in ("facilitator", "focus", "lesson"):
            if typed.get(name) not in dict(self.fields[name].choices):
                typed[name] = self.initial.get(name) or ""
        self.data = typed

    @property
    def group(self) -> SupervisionGroup | None:
        return self.target if isinstance(self.target, SupervisionGroup) else None

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.turned:
            told = {"group": self.target.name, "place": self.zone.replace("_", " ")}
            sentence = _("You chose %(group)s. Its time counts in %(place)s. Look at all lines below, then plan.")
            self.add_error("cohort", sentence % told)
        self.check_day(values, self.zone, self.at)
        values["rhythm"] = values.get("rhythm") or "once"
        if values["rhythm"] != "once" and not {"times", "until"} & self.errors.keys():
            self.check_end(values)
        if not self.errors:
            values["starts"] = self.starts(values)
        return values

    def check_end(self, values: dict[str, Any]) -> None:
        """A series ends after so many meetings or on a day. Where both are said they mean the same; the number that
        stood in the form gives way to a day.
        """
        day, rhythm, until = values.get("day"), values["rhythm"], values["until"]
        if until and "times" not in self.changed_data:
            values["times"] = None
        if not (values["times"] or until):
            self.add_error("times", _("Write how many meetings, or choose the last day."))
        if not (day and until):
            return
        count = len(days_of(day, rhythm, times=None, until=until))
        if day_after(day, rhythm, MOST_MEETINGS) <= until:
            self.add_error("until", limits.TooManyMeetings.sentence)
        elif values["times"] and count and count != values["times"]:
            self.add_error("until", two_ends(count, values["times"]))

    def starts(self, values: Mapping[str, Any]) -> list[datetime]:
        """When the meetings begin, or why there are none."""
        days = days_of(values["day"], values["rhythm"], times=values["times"], until=values["until"])
        if not days:
            self.add_error("until", limits.NothingPlanned.sentence)
        elif days[-1] > place_time(self.at, self.zone).date() + limits.MOST_AHEAD:
            self.add_error("times", limits.TooLongASeries.sentence)
        return [instant(day, values["clock"], self.zone) for day in days]

    def told(self) -> dict[str, Any]:
        """What the action wants."""
        values = self.cleaned_data
        names = ("title", "starts", "rhythm", "minutes", "focus", "lesson")
        leader = values["facilitator"] or self.people.get(self.initial["facilitator"] or "") or self.by
        cohort = self.group.cohort if self.group else self.target
        told = {name: values[name] for name in names}
        return {**told, "cohort": cohort, "group": self.group, "time_zone": self.zone, "facilitator": leader}


class ChangeForm(MeetingForm):
    """Changing a planned meeting: its time, who leads, and the parts of its agenda with their minutes."""

    scope = forms.ChoiceField(
        label=_("What shall change?"),
        choices=[("one", _("Only this meeting")), ("following", _("This meeting and all after it"))],
        initial="one",
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ["key", "scope", "title", "day", "clock", "minutes", "facilitator", "focus", "lesson"]

    def __init__(self, *args: Any, session: SupervisionSession, by: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session, self.at, self.zone = session, at, zone_of(session)
        self.initial |= changeable(session, self.zone)
        people = {
            one.pk: one for one in (leaders_for(session.group) if session.group else supervisors_for(session.cohort))
        }
        people |= {session.facilitator_id: session.facilitator}
        self.offer(people.values(), skills_of(session.programme), lessons_of(session.programme), self.zone)
        if not following(session).exists():
            del self.fields["scope"]
        for number, box in enumerate(boxes_to_fill(session)):
            self.add_box(number, box)

    def add_box(self, number: int, box: Mapping[str, Any]) -> None:
        """One part: kind, title, minutes; without minutes it is left out."""
        name, place = f"box{number}", {"n": number + 1}
        kind = select(_("Part %(n)s: kind") % place)
        kind.choices, kind.initial = list(rules.BOXES.items()), box["kind"]
        title = forms.CharField(label=_("Part %(n)s: title") % place, required=False, max_length=rules.TITLE_LIMIT)
        title.widget, title.initial = forms.TextInput(attrs={"class": "input", "dir": "auto"}), box["title"]
        minutes = forms.IntegerField(
            label=_("Part %(n)s: minutes") % place, required=False, min_value=1, max_value=240, initial=box["minutes"]
        )
        minutes.widget.attrs["class"] = "input"
        self.fields |= {f"{name}_kind": kind, f"{name}_title": title, f"{name}_minutes": minutes}

    def boxes(self) -> list[tuple[Any, Any, Any]]:
        """The fields of the agenda, a part in a row."""
        names = [name.removesuffix("_kind") for name in self.fields if name.endswith("_kind")]
        return [(self[f"{name}_kind"], self[f"{name}_title"], self[f"{name}_minutes"]) for name in names]

    def plain_fields(self) -> list[Any]:
        """All others that are seen."""
        return [field for field in self.visible_fields() if not field.name.startswith("box")]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self.check_day(values, self.zone, self.at)
        if values.get("day") and values.get("clock"):
            values["starts_at"] = instant(values["day"], values["clock"], self.zone)
        return values

    def agenda(self) -> list[dict[str, Any]]:
        values, kept = self.cleaned_data, []
        for number in range(rules.MOST_BOXES):
            minutes = values.get(f"box{number}_minutes")
            if minutes:
                kept.append((values[f"box{number}_kind"], values[f"box{number}_title"], minutes))
        return rules.clean_agenda(kept)

    def told(self) -> dict[str, Any]:
        """What the action wants."""
        values = self.cleaned_data
        told = {name: values[name] for name in ("title", "starts_at", "minutes", "focus", "lesson")}
        leader = values["facilitator"] or self.session.facilitator
        return {
            **told,
            "facilitator": leader,
            "agenda": self.agenda(),
            "all_following": values.get("scope") == "following",
        }


def two_ends(count: int, times: int) -> str:
    """A number of meetings and a last day that do not fit each other."""
    sentence = ngettext(
        "Up to this day there is %(count)s meeting, but you wrote %(times)s. Empty one of the two.",
        "Up to this day there are %(count)s meetings, but you wrote %(times)s. Empty one of the two.",
        count,
    )
    return sentence % {"count": count, "times": times}


def changeable(session: SupervisionSession, zone: str) -> dict[str, Any]:
    """What stands in the form of a planned meeting."""
    begins = place_time(session.starts_at, zone)
    told = {"title": session.title, "minutes": session.minutes, "focus": session.focus, "scope": "one"}
    told |= {"facilitator": str(session.facilitator_id), "lesson": str(session.lesson or "")}
    return {**told, "day": begins.date(), "clock": begins.time()}


def boxes_to_fill(session: SupervisionSession) -> list[dict[str, Any]]:
    """The parts that there are and two more, at least six."""
    there = rules.agenda_boxes(session.agenda) or rules.default_agenda(session.minutes)
    empty = {"kind": "other", "title": "", "minutes": None}
    return [*there, *[empty] * max(2, 6 - len(there))][: rules.MOST_BOXES]
