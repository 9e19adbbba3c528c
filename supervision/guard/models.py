"""What is stored of words that could show who somebody is: what a writer confirmed, and what became of a finding."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.programmes.models import Programme
from lms.sealing.models import SealedTextField

from .rules import incidents

ABOUT = "supervision.guard"


class Confirmation(models.Model):
    """A writer looked at a finding in a text and said why it stays. `subject` is the id of what the text belongs to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subject = models.UUIDField(db_index=True)
    field = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    words = SealedTextField(about=ABOUT)
    reason = models.CharField(max_length=12, choices=list(incidents.REASONS.items()))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.kind} in {self.field} of {self.subject}"


class IdentifierIncident(models.Model):
    """Words that somebody else may have seen and that could show who a person is. The words are not kept here.

    `subject` is the key of the room's event, or the id of the case. `lead` led the meeting; he, who leads it with
    him, and the writer's supervisors decide. One open incident for one subject.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=12, choices=list(incidents.PLACES.items()))
    subject = models.UUIDField(db_index=True)
    session = models.UUIDField(null=True, blank=True, db_index=True)
    number = models.PositiveIntegerField(null=True, blank=True, help_text="of the line in the room's log")
    state = models.CharField(max_length=12, default="detected", choices=list(incidents.STATES.items()))
    found_by = models.CharField(max_length=8, choices=[("auto", "auto"), ("human", "human")])
    kinds = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=12, blank=True, choices=list(incidents.REASONS.items()))
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-found_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(closed_at__isnull=True), name="one_open_incident_per_text"
            ),
            models.CheckConstraint(condition=models.Q(state__in=list(incidents.STATES)), name="incident_state_known"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=False) ^ ~models.Q(state="closed"),
                name="incident_closed_has_time",
            ),
        ]
        indexes = [models.Index(fields=["programme", "state"], name="incidents_of_programme")]

    def __str__(self) -> str:
        return f"{self.place} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to decide."""
        return self.state in incidents.UNDECIDED


class IncidentEvent(models.Model):
    """One step: who did what when. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    incident = models.ForeignKey(IdentifierIncident, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=list(incidents.STATES.items()))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["incident", "number"], name="incident_event_numbered")]

    def __str__(self) -> str:
        return f"{self.state} {self.at:%Y-%m-%d}"


class WatchedWord(models.Model):
    """A name or a place that a programme's manager wants to be found: of a chief, a village, a church."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=[("name", "name"), ("place", "place")])
    words = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["words"]
        constraints = [models.UniqueConstraint(fields=["programme", "kind", "words"], name="watched_once")]

    def __str__(self) -> str:
        return self.words
