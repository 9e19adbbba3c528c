"""A picture as its writer chooses it: the file, what it shows, and four promises about what it does not show."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.guard.forms import GuardedForm

from . import rules

TICK = _("Look at the picture again, then tick this line. If you cannot, do not send it.")


def _promise(label) -> forms.BooleanField:
    return forms.BooleanField(label=label, error_messages={"required": TICK})


class CasePictureForm(GuardedForm):
    """FileField, not ImageField: nothing opens the file before our own check of its head."""

    guarded = ("alt",)

    key = forms.UUIDField(widget=forms.HiddenInput)
    no_faces = _promise(_("There is no face in it."))
    no_names = _promise(_("There is no name and no place in it, also not small or in a corner."))
    no_papers = _promise(_("It is no paper with data: no card, no form, no letter."))
    picture = forms.FileField(
        label=_("Choose the picture"),
        help_text=_("A drawing or a family tree without names. JPEG, PNG or WebP."),
        widget=forms.FileInput(attrs={"class": "input", "accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": _("Choose a picture first."),
            "empty": _("This file is empty. Choose another picture."),
            "missing": _("Choose a picture first."),
        },
    )
    alt = forms.CharField(
        label=_("What does it show?"),
        help_text=_("One sentence for those who cannot see it. No name, no place."),
        max_length=rules.ALT_LIMIT,
        widget=forms.TextInput(attrs={"class": "input", "dir": "auto"}),
        error_messages={"required": _("Write in one sentence what the picture shows.")},
    )

    def clean_picture(self) -> Any:
        upload = self.cleaned_data["picture"]
        if upload.size > rules.MAX_BYTES:
            raise forms.ValidationError(rules.PictureTooBig.sentence)
        return upload
