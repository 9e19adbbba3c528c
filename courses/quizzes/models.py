"""What is stored of quizzes that people take: attempts, the questions they were asked, and decisions after a talk."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.questions.rules import Asked, asked_from
from courses.quizzes import rules
from courses.quizzes.rules import Bands


class Attempt(models.Model):
    """One try of a provider at a quiz, with the bands as they were when it was given out. It counts when answered.

    `in_advance`: given out with a saved module; nobody has opened it in turn on the server's own page yet.
    """

    class State(models.TextChoices):
        OPEN = rules.OPEN, _("Open")
        ANSWERED = rules.ANSWERED, _("Answered")
        DECIDED = rules.DECIDED, _("Decided by a person")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey("lms.Provider", on_delete=models.PROTECT, related_name="quiz_attempts")
    programme = models.ForeignKey("lms.Programme", on_delete=models.PROTECT, related_name="quiz_attempts")
    quiz_key = models.UUIDField(db_index=True)
    title = models.CharField(max_length=255)
    url = models.CharField(max_length=500)
    number = models.PositiveSmallIntegerField()
    nearly_from = models.PositiveSmallIntegerField()
    over_from = models.PositiveSmallIntegerField()
    clear_from = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    in_advance = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    right = models.PositiveSmallIntegerField(null=True)
    total = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField(null=True)
    band = models.CharField(max_length=16, blank=True, choices=[(band, band) for band in rules.BANDS])

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider", "quiz_key"], condition=Q(state="open"), name="one_open_attempt"
            ),
            models.UniqueConstraint(fields=["provider", "quiz_key", "number"], name="attempt_number_once"),
            models.CheckConstraint(
                condition=Q(state="open", band="") | (~Q(state="open") & ~Q(band="")), name="answered_has_band"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def bands(self) -> Bands:
        return Bands(self.nearly_from, self.over_from, self.clear_from)

    @property
    def borderline(self) -> bool:
        return self.band in rules.BORDERLINE


class AttemptQuestion(models.Model):
    """A question as it was asked: the revision is kept, so a later change of the question harms no result."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    question_key = models.UUIDField()
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.PROTECT, related_name="+")
    picked = models.JSONField(default=list)
    right = models.BooleanField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attempt", "position"], name="one_question_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.position}"

    @property
    def asked(self) -> Asked:
        return asked_from(self.revision.content)


class TalkDecision(models.Model):
    """What a person decided after talking with the learner, and why. Never changed."""

    class Outcome(models.TextChoices):
        PASS = rules.PASS, _("Passed")
        TRY_AGAIN = rules.TRY_AGAIN, _("Try again")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.outcome}"
