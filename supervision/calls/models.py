"""What is stored of voice: a link to a meeting elsewhere, and what people said when they were asked about recording."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.sealing.models import SealedTextField
from supervision.sessions.models import SupervisionSession


class MeetingLink(models.Model):
    """Where a larger group talks (Jitsi, BigBlueButton, Zoom). Sealed: who has the link is in the meeting."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.OneToOneField(SupervisionSession, on_delete=models.CASCADE, related_name="meeting_link")
    url = SealedTextField(about="supervision.meeting_link")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"link of {self.session_id}"


class RecordingRequest(models.Model):
    """Who leads asks the group whether the meeting elsewhere may be recorded, and what for. One at a time."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="recording_requests")
    purpose = SealedTextField(about="supervision.recording_request")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(ended_at__isnull=True), name="one_open_recording_request"
            )
        ]

    def __str__(self) -> str:
        return f"recording of {self.session_id}"


class RecordingAnswer(models.Model):
    """One person's yes or no. Never changed: who changes her mind adds a row, and the latest counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(RecordingRequest, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    yes = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.person_id}: {'yes' if self.yes else 'no'}"
