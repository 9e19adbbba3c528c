"""What is typed about a group, as clean values."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.programmes.models import Cohort

from . import queries, rules
from .models import SupervisionGroup


class GroupForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name of the group"),
        help_text=_("For example: Tuesday group, Lakeside."),
        max_length=rules.NAME_LIMIT,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto"}),
        error_messages={"required": _("Give the group a name.")},
    )
    kind = forms.ChoiceField(
        label=_("Which kind of group?"),
        help_text=_("Meetings of peers do not count as supervision for a certificate."),
        choices=list(rules.KINDS.items()),
        initial="supervised",
        widget=forms.RadioSelect,
    )
    supervisor = forms.ModelChoiceField(
        label=_("Supervisor"),
        queryset=None,
        required=False,
        empty_label=_("Nobody (peers)"),
        widget=forms.Select(attrs={"class": "input"}),
    )
    co_supervisor = forms.ModelChoiceField(
        label=_("Co-supervisor"),
        help_text=_("Steps in when the supervisor cannot come."),
        queryset=None,
        required=False,
        empty_label=_("Nobody"),
        widget=forms.Select(attrs={"class": "input"}),
    )
    providers = forms.TypedMultipleChoiceField(
        label=_("Who belongs to it?"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    cadence = forms.ChoiceField(
        label=_("How often does it meet?"),
        choices=list(rules.CADENCES.items()),
        widget=forms.Select(attrs={"class": "input"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Where does it meet?"),
        help_text=_("The time of its meetings counts there."),
        widget=forms.Select(attrs={"class": "input", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, by: Any, cohort: Cohort, group: SupervisionGroup | None, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial_of(cohort, group), **kwargs)
        supervisors, self.group = queries.supervisors_for(cohort), group
        if group is None:
            self.initial["supervisor"] = supervisors.filter(pk=by.pk).first()
        else:
            del self.fields["kind"]  # it stays
        for name in ("supervisor", "co_supervisor"):
            if group is not None and group.kind == "peer":
                del self.fields[name]
                continue
            self.fields[name].queryset = supervisors
            self.fields[name].label_from_instance = lambda person: person.name
        people = queries.candidates_for(by, cohort, group)
        self.fields["providers"].choices = [(str(provider.pk), provider.name) for provider in people]
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in rules.zones()]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        kind = self.group.kind if self.group else values.get("kind")
        if kind == "supervised" and not values.get("supervisor") and "supervisor" not in self.errors:
            self.add_error("supervisor", rules.SupervisorMissing.sentence)
        return values

    def told(self) -> dict[str, Any]:
        """What the action wants."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        fixed = {"kind": self.group.kind} if self.group else {}
        return {"supervisor": None, "co_supervisor": None, **told, **fixed}


def initial_of(cohort: Cohort, group: SupervisionGroup | None) -> dict[str, Any]:
    """What stands in the form at first."""
    if group is None:
        return {"time_zone": cohort.programme.time_zone, "cadence": "weekly", "kind": "supervised"}
    fields = ("name", "kind", "supervisor", "co_supervisor", "cadence", "time_zone")
    members = [str(member.provider_id) for member in queries.going_members(group)]
    return {name: getattr(group, name) for name in fields} | {"providers": members}


class AgreementForm(forms.Form):
    """Another text of the agreement."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What do we promise each other?"),
        help_text=_("One promise in a line. Everybody is asked to sign the new text."),
        max_length=rules.AGREEMENT_LIMIT,
        widget=forms.Textarea(attrs={"class": "input", "rows": 10, "dir": "auto"}),
        error_messages={"required": _("Write at least one promise.")},
    )


class SignForm(forms.Form):
    """The name under the text of one version."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    agree = forms.BooleanField(error_messages={"required": _("Tick that you have read it and promise it.")})
