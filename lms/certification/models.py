"""What is stored of certificates: schemes in versions, signatures, certificates and what became of them."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.certification.rules.status import Dates
from lms.people.models import Provider
from lms.programmes.models import Programme
from lms.sealing.models import SealedTextField


class Scheme(models.Model):
    """The certificate that a programme gives: one, so that nobody can be judged by other rules than those shown."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="schemes")
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme"], name="one_scheme_per_programme")]

    def __str__(self) -> str:
        return self.title


class SchemeVersion(models.Model):
    """The rules of a scheme as published; guarded: other rules are another version."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    requirements = models.JSONField()
    valid_months = models.PositiveSmallIntegerField()
    grace_days = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="scheme_version_once"),
            models.CheckConstraint(condition=Q(valid_months__gte=1), name="scheme_valid_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}, {self.number}"


class Review(models.Model):
    """
    The two signatures on the way to one certificate; opened by the first. A new certificate needs a new review.

    `closed_at`: it ended without a certificate, because the rules or the proof changed after the first signature.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="reviews")
    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="reviews")
    opened_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "version"],
                condition=Q(issued_at__isnull=True, closed_at__isnull=True),
                name="one_open_review",
            ),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True) | Q(closed_at__isnull=True), name="review_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Signature(models.Model):
    """
    One of the two; guarded. The database itself refuses the same person twice.

    `proof`: the keys of the entries that were shown as proof when it was given.
    """

    class Position(models.IntegerChoices):
        SUPERVISOR = 1, _("Supervisor")
        MANAGER = 2, _("Programme manager")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="signatures")
    position = models.PositiveSmallIntegerField(choices=Position.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    at = models.DateTimeField()
    proof = models.JSONField(default=list)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "position"], name="signature_position_once"),
            models.UniqueConstraint(fields=["review", "by"], name="signature_two_people"),
            models.CheckConstraint(condition=Q(position__in=[1, 2]), name="signature_first_or_second"),
        ]

    def __str__(self) -> str:
        return f"{self.get_position_display()}"


class Serial(models.Model):
    """The last number given in a programme and year; its row lock keeps the numbers gapless."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "year"], name="serial_per_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Certificate(models.Model):
    """
    A certificate as it was given; guarded. It holds no name: whoever was erased leaves no name behind.

    `evidence` is what the signers saw: each requirement with its verdict and the keys of the entries that prove it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="certificate")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="certificates")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="certificates")
    version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=80)
    code = models.CharField(max_length=23, unique=True)
    token = models.CharField(max_length=26, unique=True)
    evidence = models.JSONField()
    issued_on = models.DateField()
    valid_until = models.DateField()
    grace_until = models.DateField()

    class Meta:
        ordering = ["-issued_on", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="certificate_number_once"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("issued_on")), name="certificate_valid_after_issue"),
            models.CheckConstraint(
                condition=Q(grace_until__gte=F("valid_until")), name="certificate_grace_after_valid"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def dates(self) -> Dates:
        return Dates(self.issued_on, self.valid_until, self.grace_until)


class CertificateEvent(models.Model):
    """What became of a certificate; guarded. The status of a day is computed from these."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("Given")
        SUSPENDED = "suspended", _("Suspended")
        REINSTATED = "reinstated", _("Valid again")
        REVOKED = "revoked", _("Taken back")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["certificate"], condition=Q(kind="issued"), name="certificate_issued_once"),
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(kind="revoked"), name="certificate_revoked_once"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class EventReason(models.Model):
    """Why somebody suspended or took back; beside the guarded event, so that it can be erased. Never public."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    event = models.OneToOneField(CertificateEvent, on_delete=models.PROTECT, related_name="reason")
    text = SealedTextField(about="certification.reason")

    def __str__(self) -> str:
        return str(self.id)
