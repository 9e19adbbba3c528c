"""A cut-off as a manager types it."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


def _line(label, limit: int, *, hint="", required: bool = True, suggest: str = "") -> forms.CharField:
    attrs = {"class": "input", "autocomplete": "off"} | ({"list": suggest} if suggest else {})
    words = {"required": _("Write something here.")}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(
        label=label, max_length=limit, help_text=hint, required=required, widget=widget, error_messages=words
    )


class CutOffForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    tool = _line(_("Name of the list"), 40, suggest="tools")
    version = _line(_("Version"), 40, required=False, suggest="versions")
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.Select(attrs={"class": "input"})
    )
    cut_off = forms.IntegerField(
        label=_("Cut-off"),
        help_text=_("The number of points from which your programme says “look closer”."),
        min_value=0,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "input"}),
        error_messages={"required": _("Write a number of points."), "invalid": _("Write a number of points.")},
    )
    source = _line(_("Where is it from?"), 80, hint=_("For example a study or a national guide, with its year."))
