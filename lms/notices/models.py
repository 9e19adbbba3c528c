"""What is stored of notices: who is told what, and whether it went out."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.sealing.models import SealedTextField


class Notice(models.Model):
    """One thing that one person is told by mail or text message. `key` is its receipt: asked for twice, it is one row.

    A text says where to look, never what is in a case: mail and text messages are read by others.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.UUIDField(unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    subject = SealedTextField(about="notices.notice")
    text = SealedTextField(about="notices.notice")
    link = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    channel = models.CharField(max_length=8, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) | models.Q(dropped_at__isnull=True),
                name="notice_sent_or_dropped",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="notices_that_wait",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
