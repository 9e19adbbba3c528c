"""What is stored of the room: the log, and which connections are open."""

from django.conf import settings
from django.db import models

from supervision.sessions.models import SupervisionSession


class RoomEvent(models.Model):
    """One line of the log. `key` is made by the sender and is the receipt: sent twice, it is one row.

    `sealed` holds the JSON of `data`, bound to session and key; it is empty once `redacted_by` names the number of
    the event that took the text away. `body_mac` stays, so that a repeated key is judged even then.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    body_mac = models.CharField(max_length=110)
    sealed = models.BinaryField()
    redacted_by = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["session", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="gapless_seq_per_session"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="seq_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    @property
    def about(self) -> str:
        """What the sealed data is bound to."""
        return f"supervision.room:{self.session_id}:{self.key}"


class Lease(models.Model):
    """One open connection of one person, whichever process holds it. Without a sign of life it ends by itself.

    A phone that polls has a lease too, named after session and person, and no connection to signal to.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="leases")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    polls = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    heard_at = models.DateTimeField(db_index=True)
    ended = models.BooleanField(default=False)
    voice = models.BooleanField(default=False, help_text="this connection talks")

    def __str__(self) -> str:
        return f"{self.person_id} {self.heard_at:%H:%M:%S}"
