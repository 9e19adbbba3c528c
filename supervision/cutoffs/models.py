"""What a programme wrote down about the cut-off of a question list."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.programmes.models import Programme


class CutOff(models.Model):
    """From how many points on this programme looks closer, for one list, version and language; it names its source."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    tool = models.CharField(max_length=40)
    version = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=12)
    cut_off = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["tool", "version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "tool", "version", "language"], name="one_cut_off_per_list_and_language"
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="cut_off_names_its_source"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.version} {self.cut_off}".replace("  ", " ")
