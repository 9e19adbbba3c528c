"""What is stored about competence: frameworks as published, assessments, ratings with their marks, and who may rate."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.competency import rules
from lms.people.models import Provider
from lms.programmes.models import Programme
from lms.sealing.models import SealedTextField


class Framework(models.Model):
    """One published version of a set of competencies; guarded:
    a change is a new version, so that an old level keeps its meaning.
    """

    class Kind(models.TextChoices):
        FOUNDATIONAL = "foundational", _("Foundational helping skills")
        INTERVENTION = "intervention", _("Skills of one intervention")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="frameworks")
    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=200)
    licence = models.CharField(max_length=200)
    attribution = models.CharField(max_length=400)
    source_url = models.URLField(blank=True)
    translation_disclaimer = models.TextField(blank=True)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "code", "version"], name="framework_version_once")]

    def __str__(self) -> str:
        return f"{self.title}, {self.version}"


class Competency(models.Model):
    """One skill of a framework; `focus_lesson` is the key of the subject that is assigned when the level is below 3."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="competencies")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    critical = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    focus_lesson = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="competency_code_once"),
            models.UniqueConstraint(fields=["framework", "position"], name="competency_position_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Behaviour(models.Model):
    """One line that a rater marks."""

    class Kind(models.TextChoices):
        HARMFUL = rules.HARMFUL, _("Could do harm")
        BASIC = rules.BASIC, _("Basic skills")
        ADVANCED = rules.ADVANCED, _("Advanced skills")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="behaviours")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_omission = models.BooleanField(default=False)
    text = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["competency", "position"], name="behaviour_position_once"),
            models.CheckConstraint(
                condition=models.Q(is_omission=False) | models.Q(kind=rules.HARMFUL), name="behaviour_omission_is_harm"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Assessment(models.Model):
    """One look at one person's skills; its state is told by its events."""

    class Occasion(models.TextChoices):
        BASELINE = "baseline", _("Before the training")
        MID_TRAINING = "mid_training", _("During the training")
        POST_TRAINING = "post_training", _("After the training")
        SUPERVISION = "supervision", _("During supervised practice")
        RECERTIFICATION = "recertification", _("Before a new certificate")

    class Mode(models.TextChoices):
        ROLE_PLAY = "role_play", _("Role play")
        LIVE_OBSERVATION = "live_observation", _("Watching a real talk")
        RECORDING = "recording", _("Recording")
        SELF = "self", _("Own judgement")
        PEER = "peer", _("Judgement of a colleague")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="assessments")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="assessments")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="assessments")
    occasion = models.CharField(max_length=20, choices=Occasion.choices)
    mode = models.CharField(max_length=20, choices=Mode.choices)
    started_at = models.DateTimeField()

    class Meta:
        ordering = ["-started_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} {self.started_at:%Y-%m-%d}"

    @property
    def state(self) -> str:
        return rules.state_of(event.kind for event in self.events.all())


class AssessmentEvent(models.Model):
    """A step that an assessment took; guarded.
    `result` of the finalised step holds levels and marks as they will stand for ever.
    """

    class Kind(models.TextChoices):
        RATED = "rated", _("Rated")
        FINALISED = "finalised", _("Finished")
        FED_BACK = "fed_back", _("Talked through")
        VOIDED = "voided", _("Taken back")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    result = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["assessment", "kind"], name="assessment_step_once")]

    def __str__(self) -> str:
        return self.kind


class Rating(models.Model):
    """One rater's marks in an assessment; an assessment has room for several raters."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="ratings")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ratings")
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "rater"], name="rating_once_per_rater")]

    def __str__(self) -> str:
        return str(self.id)


class Mark(models.Model):
    """What one rater saw of one behaviour; no row means blank."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="marks")
    behaviour = models.ForeignKey(Behaviour, on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rating", "behaviour"], name="mark_once"),
            models.CheckConstraint(condition=models.Q(value__in=rules.MARKS), name="mark_is_known"),
        ]

    def __str__(self) -> str:
        return self.value


class Feedback(models.Model):
    """What was said to the person about a finished rating; beside the guarded event, so that it can be erased."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="feedback")
    what_worked = SealedTextField(about="competency.feedback")
    practise_next = SealedTextField(about="competency.feedback")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class RaterAuthorisation(models.Model):
    """Leave to rate with a framework, through its last day; a new one follows calibration."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rater_authorisations")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    framework_code = models.SlugField(max_length=60)
    valid_until = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "programme", "framework_code", "valid_until"], name="authorisation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.framework_code} {self.valid_until}"
