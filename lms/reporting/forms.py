"""What a manager chooses on her pages, turned into clean values."""

from django import forms
from django.utils.translation import gettext_lazy as _

CARDS_AT_ONCE = 40


class CardsForm(forms.Form):
    """Whose cards to make; each must be one of those offered."""

    key = forms.UUIDField()
    people = forms.TypedMultipleChoiceField(
        coerce=str,
        error_messages={
            "required": _("Choose one person or more."),
            "invalid_choice": _("This list has changed. Look at it again."),
        },
    )

    def __init__(self, *args: object, offered: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(key, key) for key in offered]


class KeyForm(forms.Form):
    """One press on a page, counted once."""

    key = forms.UUIDField()
