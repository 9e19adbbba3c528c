"""What is typed about a case, as clean values: one small form per step, and the supervisor's reason."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.guard.forms import GuardedForm

from . import rules
from .models import CasePresentation

WRITE = _("Write a few words, then go on.")
ONE_SENTENCE = _("Please ask only one question, in one sentence. The other words fit in the next steps.")
ASK_FIRST = _("Ask the person first. Your case is kept here until then.")
HALF_SCORE = _("Write the name of the list and how many points it gave.")


def _text(label, *, hint="", rows: int = 6, limit: int = rules.TEXT_LIMIT, empty=WRITE) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input", "rows": rows})
    too_long = {
        "required": empty,
        "max_length": _("This is longer than fits. Please make it shorter. Nothing you wrote is lost."),
    }
    return forms.CharField(label=label, help_text=hint, max_length=limit, widget=widget, error_messages=too_long)


def _choice(label, choices: dict, *, hint="") -> forms.ChoiceField:
    words = {"required": _("Choose one line, then go on."), "invalid_choice": _("Choose one of the lines shown here.")}
    return forms.ChoiceField(
        label=label, help_text=hint, choices=list(choices.items()), widget=forms.RadioSelect, error_messages=words
    )


class CaseStepForm(forms.Form):
    """The answers of one step; `keep` gives what can be kept even when something else in it is not right yet."""

    question = _text(
        _("One question, in one sentence"),
        hint=_("Do not write a name, place, date or phone number."),
        rows=4,
        limit=rules.QUESTION_LIMIT,
    )
    age_band = _choice(
        _("How old is the person?"), rules.AGE_BANDS, hint=_("About is enough. We do not ask the exact age.")
    )
    sex = _choice(_("Is the person a woman or a man?"), rules.SEXES)
    setting = _choice(_("Where do you meet?"), rules.SETTINGS, hint=_("Only the kind of place, not its name."))
    problem = _text(_("Your words"), hint=_("What do you see and hear? Leave out names, places and dates."), rows=8)
    duration = _choice(_("How long has it been like this?"), rules.DURATIONS)
    risk_asked = _choice(_("Did you ask about self‑harm?"), rules.RISKS)
    risk_note = _text(
        _("What did the person say?"), hint=_("Also what you did then. You can leave this empty."), rows=4
    )
    functioning = _text(
        _("What can the person do on a usual day?"), hint=_("Work, home, eating, sleep, being with others.")
    )
    supports = _text(
        _("Who or what helps already?"),
        hint=_("Say “her sister”, not the sister's name. You can leave this empty."),
        rows=4,
    )
    tried = _text(_("What did you do, and what happened?"))
    help_wanted = _text(_("What should the group help you with?"), rows=4)
    focus_competency = _choice(
        _("Which skill do you want to practise with it?"), {}, hint=_("You can leave this as it is.")
    )
    consent_basis = _choice(_("Does the person know that you ask your group?"), rules.CONSENTS)
    no_identifiers = forms.BooleanField(
        label=_("There is no name, place, date, phone or picture in my words."),
        error_messages={"required": _("Read your words again, then tick this line.")},
    )
    stays_responsible = forms.BooleanField(
        label=_("I know: the group gives advice. I stay the helper of this person."),
        error_messages={"required": _("Tick this line to go on.")},
    )

    def __init__(self, *args: Any, step: rules.Step, skills: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """`skills`: code and words of each that can be practised; without any the question is not asked."""
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields = {name: self.fields[name] for name in step.fields if skills or name != "focus_competency"}
        if "focus_competency" in self.fields:
            self.fields["focus_competency"].choices = [("", _("No special skill")), *skills]
        for name, field in self.fields.items():
            field.required = name in step.needed or isinstance(field, forms.BooleanField)
            field.widget.attrs |= {"dir": "auto"} if name in rules.SEALED_FIELDS else {}

    @classmethod
    def filled(
        cls, step: rules.Step, case: CasePresentation | None, skills: Sequence[tuple[str, str]] = ()
    ) -> "CaseStepForm":
        initial = {name: getattr(case, name) for name in step.fields} if case else None
        return cls(step=step, skills=skills, initial=initial)

    def clean_question(self) -> str:
        question = self.cleaned_data["question"]
        if not rules.is_one_sentence(question):
            raise forms.ValidationError(ONE_SENTENCE)
        return question

    def clean_consent_basis(self) -> str:
        basis = self.cleaned_data["consent_basis"]
        if basis == "not_yet":
            raise forms.ValidationError(ASK_FIRST)
        return basis

    def keep(self) -> dict[str, object]:
        """Every answer that can be stored, half-done ones too; what is too long or not listed stays in the form."""
        kept: dict[str, object] = {}
        for name in self.fields:
            typed = self.data.get(name, "")
            value: object = bool(typed) if name in {"no_identifiers", "stays_responsible"} else typed
            try:
                kept |= rules.check_answers({name: value})
            except rules.AnswerUnreadable:
                continue
        return kept


class ScoreForm(forms.Form):
    tool = forms.CharField(
        label=_("Name of the list"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "list": "tools", "autocomplete": "off"}),
    )
    version = forms.CharField(
        label=_("Version or language"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "list": "versions", "autocomplete": "off"}),
    )
    score = forms.IntegerField(
        label=_("Points"),
        min_value=0,
        max_value=999,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input"}),
    )
    cut_off = forms.IntegerField(
        label=_("Cut-off you used"),
        help_text=_("The number from which your programme says “look closer”."),
        min_value=0,
        max_value=999,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input", "list": "cut-offs"}),
    )
    cut_off_source = forms.CharField(
        label=_("Where is that cut-off from?"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "list": "cut-off-sources", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("tool") and values.get("score") is None and "score" not in self.errors:
            self.add_error("score", _("Write how many points it gave."))
        if values.get("score") is not None and not values.get("tool"):
            self.add_error("tool", _("Write which list gave these points."))
        return values


class BaseScoreSet(forms.BaseFormSet):
    def scores(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("tool")]


ScoreSet = forms.formset_factory(
    ScoreForm, formset=BaseScoreSet, extra=rules.MAX_SCORES, max_num=rules.MAX_SCORES, validate_max=True
)


class ReturnForm(GuardedForm):
    guarded = ("reason",)
    reason = forms.CharField(
        label=_("What should be changed?"),
        help_text=_("Begin with what is good. Then say which step, and what to write instead."),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 4, "dir": "auto"}),
        error_messages={"required": rules.ReasonMissing.sentence},
    )
    shows_who = forms.BooleanField(
        label=_("It goes back because its words could show who the person is"), required=False
    )
