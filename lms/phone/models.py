"""What is stored of phones: the key of each (person, device), sealed."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lms.sealing.models import SealedTextField


class DeviceKey(models.Model):
    """The key under which one person's things lie on one phone. Made once: who signs out deletes it there, and her next
    sign-in on that phone gives it back, so what could not be sent can be opened again. Replacing her card leaves it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="device_keys")
    device = models.UUIDField()
    key = SealedTextField(about="phone.device_key")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "device"], name="one_key_per_person_and_device")]

    def __str__(self) -> str:
        return f"key {self.pk}"
