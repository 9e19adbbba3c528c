"""What is stored of a person's way beside the ledger: the modules that they keep on a phone."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q


class ModuleSave(models.Model):
    """A module that a person took along while enrolled. It stays when the enrolment ends or the module is removed from
    the phone: it is why work that arrives late still counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="module_saves")
    enrolment = models.ForeignKey("lms.Enrolment", on_delete=models.CASCADE, related_name="module_saves")
    module_key = models.UUIDField()
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "module_key"], condition=Q(removed_at__isnull=True), name="module_kept_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.module_key)
