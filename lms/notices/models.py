"""What is stored of notices: who is told what, whether it went out, and how somebody wants to be told."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.notices import rules
from lms.sealing.models import SealedTextField

__all__ = ["Notice", "NoticeChoice"]


class Notice(models.Model):
    """One thing that one person is told by mail or text message. `key` is its receipt: asked for twice, it is one row.

    A text says where to look, never what is in a case: mail and text messages are read by others. `claimed_at` is
    written before it is handed out, so that nobody hands it out a second time; `until`: after that it is of no use.
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
    until = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=8, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=12, blank=True, choices=list(rules.WHY.items()))

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


class NoticeChoice(models.Model):
    """How one person wants to be told, and how long before a meeting. Without a row: as is usual."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="notice_choice"
    )
    channel = models.CharField(max_length=8, choices=list(rules.CHANNELS.items()))
    hours = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=list(rules.CHANNELS)), name="notice_choice_channel_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.hours}"
