"""What is stored of what happened: entries, their keys, heads of chains, signed digests."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models


class LedgerHead(models.Model):
    """The end of one provider's chain at one server; its row lock orders the provider's entries."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey("lms.Provider", on_delete=models.PROTECT, related_name="ledger_heads")
    origin = models.CharField(max_length=40)
    number = models.PositiveIntegerField(default=0)
    chain = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "origin"], name="one_head_per_chain")]

    def __str__(self) -> str:
        return f"{self.origin} {self.number}"


class EntryKey(models.Model):
    """Every key that an entry was recorded under, in a table of its own so that entries can be partitioned."""

    key = models.UUIDField(primary_key=True, editable=False)
    entry = models.UUIDField(editable=False)

    def __str__(self) -> str:
        return str(self.key)


class Entry(models.Model):
    """One fact about one provider. Rows are only ever added; the database refuses anything else."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.UUIDField(editable=False)
    provider = models.ForeignKey("lms.Provider", on_delete=models.PROTECT, related_name="entries")
    programme = models.ForeignKey("lms.Programme", on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=40)
    subject = models.UUIDField(null=True)
    facts = models.JSONField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="recorded_entries"
    )
    origin = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    key_id = models.CharField(max_length=40)
    chain = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "origin", "number"], name="gapless_number_per_chain"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="entry_number_from_1"),
        ]
        indexes = [models.Index(fields=["provider", "programme", "kind"], name="entry_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    def fields(self) -> dict[str, Any]:
        """Everything that the chain covers."""
        return {
            "id": self.id,
            "key": self.key,
            "provider": self.provider_id,
            "programme": self.programme_id,
            "kind": self.kind,
            "subject": self.subject,
            "facts": self.facts,
            "happened_at": self.happened_at,
            "recorded_at": self.recorded_at,
            "recorded_by": self.recorded_by_id,
            "origin": self.origin,
            "number": self.number,
            "key_id": self.key_id,
        }


class ReversalReason(models.Model):
    """Why an entry was reversed, outside the chain, by key, so that the words can be erased."""

    key = models.UUIDField(primary_key=True, editable=False)
    reason = models.TextField()

    def __str__(self) -> str:
        return str(self.key)


class LedgerDigest(models.Model):
    """A signed digest of all heads at one time, made by `tick`; also written to var/ and the backup."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField()
    heads = models.PositiveIntegerField()
    entries = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)
    signature = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.digest[:8]}"
