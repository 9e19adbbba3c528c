"""One receipt per key that a person ever sent, whatever door it came through."""

from django.conf import settings
from django.db import models


class Receipt(models.Model):
    """What was answered to a key; the body is kept only as a MAC."""

    key = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="receipts")
    body_mac = models.CharField(max_length=100)
    answer = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.key)
