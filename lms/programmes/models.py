"""What is stored of programmes: programme, cohort, enrolment, role grant, subject, assignment."""

from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.programmes.rules import reason_words

HELD = Q(ended_at__isnull=True)


class Programme(models.Model):
    """A training programme with the people who answer in an emergency."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Africa/Nairobi")
    code_of_conduct_version = models.CharField(_("version of the code of conduct"), max_length=20, default="1")
    oncall_name = models.CharField(_("on call: name"), max_length=120)
    oncall_phone = models.CharField(_("on call: phone"), max_length=32)
    oncall2_name = models.CharField(_("second on call: name"), max_length=120, blank=True)
    oncall2_phone = models.CharField(_("second on call: phone"), max_length=32, blank=True)
    authors_group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="authors_of")
    reviewers_group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="reviewers_of")
    is_demo = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("programme")
        constraints = [
            models.CheckConstraint(
                condition=~Q(oncall_name="") & ~Q(oncall_phone=""), name="programme_has_somebody_on_call"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Cohort(models.Model):
    """People who start together."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(_("name"), max_length=120)
    org_unit = models.ForeignKey("lms.OrgUnit", null=True, blank=True, on_delete=models.PROTECT, related_name="cohorts")
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta:
        verbose_name = _("group")
        constraints = [models.UniqueConstraint(fields=["programme", "name"], name="one_cohort_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """A provider in a programme. `stage` is a kept figure, computed by certification; people decide only events."""

    class Stage(models.TextChoices):
        ENROLLED = "enrolled", _("Enrolled")
        IN_TRAINING = "in_training", _("In training")
        SUPERVISED_PRACTICE = "supervised_practice", _("Supervised practice")
        CERTIFIED = "certified", _("Certified")
        LAPSED = "lapsed", _("Lapsed")
        SUSPENDED = "suspended", _("Suspended")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        PAUSED = "paused", _("Paused")
        LEFT = "left", _("Left")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey("lms.Provider", on_delete=models.PROTECT, related_name="enrolments")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    enrolled_at = models.DateTimeField()
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.ENROLLED)
    stage_since = models.DateTimeField()

    class Meta:
        verbose_name = _("enrolment")
        constraints = [
            models.UniqueConstraint(fields=["provider", "programme"], name="enrolled_once_per_programme"),
            models.CheckConstraint(
                condition=Q(
                    stage__in=[
                        "enrolled",
                        "in_training",
                        "supervised_practice",
                        "certified",
                        "lapsed",
                        "suspended",
                        "withdrawn",
                        "paused",
                        "left",
                    ]
                ),
                name="enrolment_stage_known",
            ),
        ]
        indexes = [models.Index(fields=["programme", "stage"], name="enrolment_by_stage")]

    def __str__(self) -> str:
        return f"{self.provider} · {self.programme}"


class EnrolmentEvent(models.Model):
    """What people decided about an enrolment, with the reason."""

    class Kind(models.TextChoices):
        PAUSE = "pause", _("Pause")
        LEAVE = "leave", _("Leave")
        WITHDRAW = "withdraw", _("Withdraw")
        SUSPEND = "suspend", _("Suspend")
        RE_ENTER = "re_enter", _("Come back")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.kind


class RoleGrant(models.Model):
    """What somebody may do in a programme: in all of it, in a place and what lies below, or in one cohort."""

    class Role(models.TextChoices):
        PROVIDER = "provider", _("Provider")
        SUPERVISOR = "supervisor", _("Supervisor")
        RATER = "rater", _("Rater")
        MANAGER = "manager", _("Programme manager")
        AUTHOR = "author", _("Author")
        REVIEWER = "reviewer", _("Reviewer")
        ADMIN = "admin", _("Administrator")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=12, choices=Role.choices)
    programme = models.ForeignKey(Programme, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    org_unit = models.ForeignKey("lms.OrgUnit", null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.CASCADE, related_name="grants")
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("role")
        constraints = [
            models.CheckConstraint(
                condition=Q(org_unit__isnull=True) | Q(cohort__isnull=True), name="grant_narrowed_once"
            ),
            models.CheckConstraint(
                condition=Q(programme__isnull=False) | Q(role="admin"), name="grant_names_a_programme"
            ),
            models.UniqueConstraint(
                fields=["user", "role"], condition=HELD & Q(programme__isnull=True), name="grant_of_all_held_once"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "programme"],
                condition=HELD & Q(programme__isnull=False, org_unit__isnull=True, cohort__isnull=True),
                name="grant_of_programme_held_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "programme", "org_unit"],
                condition=HELD & Q(org_unit__isnull=False),
                name="grant_of_place_held_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "programme", "cohort"],
                condition=HELD & Q(cohort__isnull=False),
                name="grant_of_cohort_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class Subject(models.Model):
    """What can be learned, as the core sees it; written by courses when a page is published or moved."""

    class Kind(models.TextChoices):
        CATALOGUE = "catalogue", _("Catalogue")
        COURSE = "course", _("Course")
        MODULE = "module", _("Module")
        LESSON = "lesson", _("Lesson")
        QUIZ = "quiz", _("Quiz")

    key = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=255)
    url = models.CharField(max_length=500)
    language = models.CharField(max_length=12)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="subjects")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(default=0)
    competencies = models.JSONField(default=list)
    live = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.title


class Assignment(models.Model):
    """A lesson assigned to a provider, and why: after a low rating `source` names the skill, `reason` its title."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey("lms.Provider", on_delete=models.CASCADE, related_name="assignments")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="assignments")
    reason = models.TextField()
    source = models.CharField(max_length=80, blank=True)
    due = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "subject", "source"],
                condition=Q(done_at__isnull=True),
                name="assigned_once_while_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.subject}"

    @property
    def why(self) -> str:
        return reason_words(self.source, self.reason)


class TickTurn(models.Model):
    """Whose turn it is to do what is due: of many processes that look every minute, the one that moves `until` does."""

    name = models.CharField(max_length=20, primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%H:%M:%S}"
