"""What is stored of minutes: that they are there, who signed them, and each wording that they had."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from lms.sealing.models import SealedTextField
from supervision.minutes import rules
from supervision.sessions.models import SupervisionSession


class Minutes(models.Model):
    """The minutes of one meeting; locked while somebody writes or signs."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.OneToOneField(SupervisionSession, on_delete=models.PROTECT, related_name="record")
    made_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="minutes_signed_by_somebody_at_some_time",
            )
        ]

    def __str__(self) -> str:
        return f"minutes of {self.session_id}"


class MinutesVersion(models.Model):
    """One wording. A change is a new row and no action touches an old one; the first is by rule, so by nobody.

    The database does not guard the row: words about a person must be erasable.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    words = SealedTextField(about="supervision.minutes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="one_wording_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="wordings_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.number}"

    @property
    def wording(self) -> rules.Wording:
        return rules.unpacked(self.words)
