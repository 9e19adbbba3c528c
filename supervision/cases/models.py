"""What is stored of a case: no column for a name, date, place, phone or picture; every free text is sealed."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.people.models import Provider
from lms.programmes.models import Programme
from lms.sealing.models import SealedTextField

from . import rules

ABOUT = "supervision.case"


class CasePresentation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.UUIDField(help_text="made by the writer's form: an autosave sent twice is one draft")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="cases")
    session = models.ForeignKey(
        "supervision.SupervisionSession", null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    state = models.CharField(max_length=24, default="draft", choices=list(rules.STATES.items()))
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    age_band = models.CharField(max_length=12, blank=True, choices=list(rules.AGE_BANDS.items()))
    sex = models.CharField(max_length=12, blank=True, choices=list(rules.SEXES.items()))
    setting = models.CharField(max_length=12, blank=True, choices=list(rules.SETTINGS.items()))
    duration = models.CharField(max_length=12, blank=True, choices=list(rules.DURATIONS.items()))
    series = models.CharField(max_length=9, blank=True, db_index=True, help_text="random; the same person again")
    focus_competency = models.CharField(max_length=40, blank=True, help_text="code of the skill that is practised")
    risk_asked = models.CharField(max_length=12, blank=True, choices=list(rules.RISKS.items()))
    consent_basis = models.CharField(max_length=12, blank=True, choices=list(rules.CONSENTS.items()))
    no_identifiers = models.BooleanField(default=False)
    stays_responsible = models.BooleanField(default=False)
    question = SealedTextField(about=ABOUT)
    problem = SealedTextField(about=ABOUT)
    risk_note = SealedTextField(about=ABOUT)
    functioning = SealedTextField(about=ABOUT)
    supports = SealedTextField(about=ABOUT)
    tried = SealedTextField(about=ABOUT)
    help_wanted = SealedTextField(about=ABOUT)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="case_one_per_draft_key"),
            models.CheckConstraint(condition=models.Q(state__in=list(rules.STATES)), name="case_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "self_check", "withdrawn"])
                | models.Q(submitted_at__isnull=False),
                name="case_sent_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "self_check", "returned", "withdrawn"])
                | models.Q(consent_basis__in=["person", "guardian"], no_identifiers=True, stays_responsible=True),
                name="case_sent_is_checked",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "submitted_at"], name="case_queue")]

    def __str__(self) -> str:
        return f"case {self.id}"

    @property
    def answers(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in rules.ANSWER_FIELDS}


class ScreeningScore(models.Model):
    """A score with the cut-off that was used: cut-offs are local, so they are kept beside it and never looked up.

    What was typed lies sealed: nobody knows what somebody writes into such a line.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(CasePresentation, on_delete=models.CASCADE, related_name="scores")
    position = models.PositiveSmallIntegerField()
    tool = SealedTextField(about="supervision.score")
    version = SealedTextField(about="supervision.score")
    score = models.PositiveSmallIntegerField()
    cut_off = models.PositiveSmallIntegerField(null=True)
    cut_off_source = SealedTextField(about="supervision.score")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="score_one_per_line")]

    def __str__(self) -> str:
        return f"score {self.position} of {self.case_id}"


class CaseEvent(models.Model):
    """One row per change of state: who, when, why; numbered, because several may stand at one time."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(CasePresentation, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24)
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24)
    reason = SealedTextField(about="supervision.case_event")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_event_numbered")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class CaseRead(models.Model):
    """A member of staff opened this case: kept, because the texts are about a person who cannot see who reads them."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(CasePresentation, on_delete=models.CASCADE, related_name="reads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"read {self.at:%Y-%m-%d %H:%M}"
