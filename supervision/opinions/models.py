"""What is stored of opinions: one row for one person and meeting; the comment lies sealed."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.sealing.models import SealedTextField
from supervision.sessions.models import SupervisionSession


def known(name: str) -> models.CheckConstraint:
    """1 to 4."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{name}__gte": 1, f"{name}__lte": 4}), name=f"opinion_{name}_1_to_4"
    )


class SessionOpinion(models.Model):
    """How a meeting was for one person. Written over for seven days; who led never sees whose it is."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.PROTECT, related_name="opinions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    safe = models.PositiveSmallIntegerField()
    heard = models.PositiveSmallIntegerField()
    usable = models.PositiveSmallIntegerField()
    time = models.PositiveSmallIntegerField()
    comment = SealedTextField(about="supervision.opinion")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="one_opinion_per_person"),
            known("safe"),
            known("heard"),
            known("usable"),
            known("time"),
        ]

    def __str__(self) -> str:
        return f"opinion {self.id}"
