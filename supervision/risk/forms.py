"""What is typed about a danger and the rota, as clean values. What comes from the red button is never refused."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from . import rules

NOTE_HINT = _("Write no name, place or phone number of the person.")
FEW_WORDS = _("A few words, if you want")
CHOOSE = {"required": _("Choose one of these."), "invalid_choice": _("Choose one of these.")}


def read_raised(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What the red button sent; whatever cannot be read is left out, for the call itself must arrive."""
    note = sent.get("note", "")
    return {
        "what": str(sent.get("what", "")),
        "place": str(sent.get("place", "")),
        "note": note[: rules.NOTE_LIMIT] if isinstance(note, str) else "",
        "case_id": uuid_or_none(sent.get("case")),
        "programme_id": uuid_or_none(sent.get("programme")),
    }


def uuid_or_none(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _note(label=FEW_WORDS, *, required: bool = False, rows: int = 3) -> forms.CharField:
    words = {
        "required": _("Write a few words first."),
        "max_length": _("This is longer than fits. Please make it shorter. Nothing you wrote is lost."),
    }
    widget = forms.Textarea(attrs={"class": "input", "rows": rows, "dir": "auto"})
    limit = rules.NOTE_LIMIT
    return forms.CharField(
        label=label, help_text=NOTE_HINT, required=required, max_length=limit, widget=widget, error_messages=words
    )


class StepForm(forms.Form):
    """A step that needs nothing but the press; words may go with it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    back = forms.ChoiceField(choices=[("home", ""), ("list", ""), ("page", "")], required=False)
    note = _note()

    def values(self) -> dict[str, Any]:
        """What the action takes beside who and when."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"key", "back"}}


class TakeForm(StepForm):
    note = None


class HandOverForm(StepForm):
    service = forms.ChoiceField(
        label=_("Who takes care of the person now?"),
        choices=list(rules.SERVICES.items()),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    field_order = ("service", "note")


class PlanForm(StepForm):
    items = forms.MultipleChoiceField(
        label=_("What does the plan have?"),
        choices=list(rules.PLAN.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what the plan has.")},
    )
    field_order = ("items", "note")


class FollowUpsForm(StepForm):
    note = None
    first = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day."), "invalid": _("Choose the day.")},
    )
    weeks = forms.TypedChoiceField(
        label=_("After two months"),
        coerce=int,
        choices=[(2, _("Every 2 weeks")), (3, _("Every 3 weeks")), (4, _("Every 4 weeks"))],
        widget=forms.Select(attrs={"class": "input"}),
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_first(self) -> date:
        first = self.cleaned_data["first"]
        if self.today and first < self.today:
            raise forms.ValidationError(_("That day is over. Choose today or a later day."))
        return first

    def values(self) -> dict[str, Any]:
        return {"days": rules.follow_up_days(self.cleaned_data["first"], self.cleaned_data["weeks"])}


class CloseForm(StepForm):
    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=list(rules.OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    case_to = forms.ChoiceField(
        label=_("What becomes of the case?"),
        choices=list(rules.CASE_TO.items()),
        required=False,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    field_order = ("outcome", "case_to", "note")

    def __init__(self, *args: Any, whole: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole = whole
        if not whole:
            self.fields["note"].label = _("No plan, or no days to look? Write why it ends now.")

    def clean(self) -> dict[str, Any]:
        """Without the whole way behind it, words say why it ends."""
        told = super().clean()
        done = ["plan_made", "follow_up_planned"] if self.whole else []
        if not self.errors and not rules.may_close(told["outcome"], done, told["note"]):
            self.add_error("note", str(rules.NotSafeYet.sentence))
        return told

    def values(self) -> dict[str, Any]:
        told = super().values()
        return told | {"case_to": told["case_to"] or "submitted"}


class WordsForm(StepForm):
    note = _note(_("What happened?"), required=True)


class ReportForm(forms.Form):
    """How the person was on the day of a follow-up."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    became = forms.ChoiceField(choices=list(rules.REPORTS.items()), error_messages=CHOOSE)
    note = _note(_("How is the person?"))
    back = forms.ChoiceField(choices=[("home", ""), ("page", "")], required=False)


class ShiftForm(forms.Form):
    """Every week on these days, or once between two moments; the clock is the programme's."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    person = forms.ModelChoiceField(
        label=_("Who?"),
        queryset=None,
        empty_label=None,
        widget=forms.Select(attrs={"class": "input"}),
        error_messages=CHOOSE,
    )
    position = forms.TypedChoiceField(
        label=_("Is called"),
        coerce=int,
        choices=[(1, _("first")), (2, _("second, when the first does not answer"))],
        widget=forms.Select(attrs={"class": "input"}),
        error_messages=CHOOSE,
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On which days, every week?"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    begins = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput(attrs={"class": "input", "type": "time"})
    )
    ends = forms.TimeField(
        label=_("To"),
        required=False,
        widget=forms.TimeInput(attrs={"class": "input", "type": "time"}),
    )
    starts_at = forms.DateTimeField(
        label=_("From this moment"),
        required=False,
        widget=forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}),
    )
    ends_at = forms.DateTimeField(
        label=_("Until this moment"),
        required=False,
        widget=forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}),
    )

    def __init__(self, *args: Any, people, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["person"].queryset = people
        self.fields["person"].label_from_instance = lambda person: person.name

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        for name in ("starts_at", "ends_at"):
            if isinstance(told.get(name), datetime):
                told[name] = told[name].replace(tzinfo=self.zone)  # typed on the programme's clock
        weekly = told.get("weekdays") and isinstance(told.get("begins"), time) and isinstance(told.get("ends"), time)
        once = told.get("starts_at") and told.get("ends_at")
        if not self.errors and bool(weekly) == bool(once):
            self.add_error("weekdays", str(rules.WrongShift.sentence))
        elif once and told["ends_at"] <= told["starts_at"]:
            self.add_error("ends_at", _("It ends before it begins. Look at the two moments again."))
        return told

    def values(self) -> dict[str, Any]:
        told = {name: self.cleaned_data[name] for name in ("person", "position")}
        if self.cleaned_data["starts_at"]:
            return told | {name: self.cleaned_data[name] for name in ("starts_at", "ends_at")}
        days = "".join(sorted(self.cleaned_data["weekdays"]))
        return told | {"weekdays": days, "begins": self.cleaned_data["begins"], "ends": self.cleaned_data["ends"]}


class MinutesForm(forms.Form):
    minutes = forms.IntegerField(
        label=_("Minutes until the next one is told"),
        min_value=1,
        max_value=120,
        widget=forms.NumberInput(attrs={"class": "input"}),
        error_messages={
            "required": _("Write a number from 1 to 120."),
            "invalid": _("Write a number from 1 to 120."),
            "min_value": _("Write a number from 1 to 120."),
            "max_value": _("Write a number from 1 to 120."),
        },
    )
