"""What is stored of supervision groups: the group, who belongs to it and when, its agreement and who signed."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.people.models import Provider
from lms.programmes.models import Cohort, Programme

from . import rules


class SupervisionGroup(models.Model):
    """A few people of one cohort who meet regularly: with a supervisor, or as peers without one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="supervision_groups")
    name = models.CharField(_("name"), max_length=rules.NAME_LIMIT)
    kind = models.CharField(max_length=12, choices=list(rules.KINDS.items()))
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="supervised_groups"
    )
    co_supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="co_supervised_groups"
    )
    time_zone = models.CharField(_("time zone"), max_length=64)
    cadence = models.CharField(max_length=12, choices=list(rules.CADENCES.items()))
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(cadence__in=list(rules.CADENCES)), name="group_cadence_known"),
            models.CheckConstraint(
                condition=models.Q(kind="supervised", supervisor__isnull=False)
                | models.Q(kind="peer", supervisor__isnull=True, co_supervisor__isnull=True),
                name="group_supervised_or_peer",
            ),
            models.CheckConstraint(
                condition=models.Q(co_supervisor__isnull=True) | ~models.Q(co_supervisor=models.F("supervisor")),
                name="group_has_two_supervisors",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="group_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["programme", "name"], condition=models.Q(ended_at__isnull=True), name="one_group_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone_name(self) -> str:
        """The time zone as people read it."""
        return self.time_zone.replace("_", " ")


class GroupMember(models.Model):
    """Somebody in a group, from when to when; coming back is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(SupervisionGroup, on_delete=models.CASCADE, related_name="members")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="group_memberships")
    joined_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["joined_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "provider"], condition=models.Q(left_at__isnull=True), name="member_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(left_at__gte=models.F("joined_at")),
                name="member_leaves_after_joining",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} in {self.group_id}"


class SupervisionAgreement(models.Model):
    """What a group promises, in one version of its text. Never changed: another text is another version."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    group = models.ForeignKey(SupervisionGroup, on_delete=models.CASCADE, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["group", "version"], name="one_agreement_of_a_version")]

    def __str__(self) -> str:
        return f"{self.group_id} version {self.version}"

    @property
    def lines(self) -> list[str]:
        """One promise in a line."""
        return [line for line in self.text.splitlines() if line.strip()]


class AgreementSignature(models.Model):
    """Somebody of the group signed this version, on this day."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    agreement = models.ForeignKey(SupervisionAgreement, on_delete=models.CASCADE, related_name="signatures")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at"]
        constraints = [models.UniqueConstraint(fields=["agreement", "person"], name="agreement_signed_once")]

    def __str__(self) -> str:
        return f"{self.person_id} signed {self.agreement_id}"
