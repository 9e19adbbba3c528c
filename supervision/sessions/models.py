"""What is stored of a meeting: who else belongs to it, which cases it saw, who was there, what was advised."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.people.models import Provider
from lms.programmes.models import Cohort, Programme, Subject
from lms.sealing.models import SealedTextField
from supervision.cases.models import CasePresentation
from supervision.groups.models import SupervisionGroup
from supervision.groups.rules import RHYTHMS

from . import rules


class SupervisionSession(models.Model):
    """One meeting of one cohort, or of one `group` in it. Its row lock orders all that is written into the room's log.

    `settled_at` is set when every ledger entry of a closed meeting stands; `tick` looks for those without.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sessions")
    group = models.ForeignKey(
        SupervisionGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    series = models.ForeignKey(
        "SessionSeries", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    title = models.CharField(_("title"), max_length=rules.TITLE_LIMIT)
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("planned minutes"), default=60)
    facilitator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_sessions")
    state = models.CharField(max_length=12, default="scheduled", choices=list(rules.STATES.items()))
    step = models.CharField(max_length=12, blank=True, choices=list(rules.STEPS.items()))
    current_case = models.ForeignKey(
        CasePresentation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agenda = models.JSONField(default=list, blank=True)
    focus = models.CharField(max_length=40, blank=True)  # code of a skill
    lesson = models.UUIDField(null=True, blank=True)  # key of a programmes.Subject, to be read before
    sequence = models.PositiveIntegerField(default=0)  # how often calendars must take it anew
    revised_at = models.DateTimeField(null=True, blank=True)  # when they had to the last time
    moved_at = models.DateTimeField(null=True, blank=True)
    log_head = models.PositiveIntegerField(default=0)
    closing_note = SealedTextField(about="supervision.session")
    closing_note_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closing_note_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(rules.STATES)), name="session_state_known"),
            models.CheckConstraint(condition=models.Q(step__in=["", *rules.STEPS]), name="session_step_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["closed", "signed_off"]) | models.Q(closed_at__isnull=False),
                name="session_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["live", "wrap_up"]) | models.Q(live_at__isnull=False),
                name="session_live_has_time",
            ),
            models.UniqueConstraint(
                fields=["cohort"],
                condition=models.Q(state__in=rules.LIVE_STATES, group__isnull=True),
                name="one_live_meeting_per_cohort",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(state__in=rules.LIVE_STATES, group__isnull=False),
                name="one_live_meeting_per_group",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "state", "starts_at"], name="session_by_cohort")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_peer(self) -> bool:
        """Whether peers meet here without a supervisor; asks for the group if it was not selected."""
        return self.group_id is not None and self.group.kind == "peer"


class SessionMember(models.Model):
    """An exception to "the cohort and its supervisors": somebody invited or (removed_at) shut out of this meeting."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="extra_members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="one_exception_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.session_id}"


class SessionAgreement(models.Model):
    """Somebody agreed to keep what is said in this meeting; without it no door of the room opens."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="agreements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="agreed_once_per_session")]

    def __str__(self) -> str:
        return f"{self.person_id} keeps {self.session_id}"


class SessionCase(models.Model):
    """A case that this meeting looked at; its id keys the presenter's ledger entry."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="seen_cases")
    case = models.ForeignKey(CasePresentation, on_delete=models.PROTECT, related_name="meetings")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["opened_at"]
        constraints = [models.UniqueConstraint(fields=["session", "case"], name="one_row_per_case_and_session")]

    def __str__(self) -> str:
        return f"{self.case_id} in {self.session_id}"


class Attendance(models.Model):
    """One stay of one person. Open while `left_at` is null; `heard_at` is when a device of theirs last spoke."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances")
    joined_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["joined_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=models.Q(left_at__isnull=True), name="one_open_stay"
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(left_at__gte=models.F("joined_at")),
                name="stay_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(fields=["heard_at"], condition=models.Q(left_at__isnull=True), name="open_stays_by_heard")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.joined_at:%H:%M:%S}"


class Recommendation(models.Model):
    """One advice for one case. `key` is the key of the room event that proposed it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.UUIDField(unique=True)
    session = models.ForeignKey(SupervisionSession, on_delete=models.PROTECT, related_name="recommendations")
    case = models.ForeignKey(CasePresentation, on_delete=models.PROTECT, related_name="recommendations")
    type = models.CharField(max_length=12, choices=list(rules.TYPES.items()))
    text = SealedTextField(about="supervision.recommendation")
    competency = models.CharField(max_length=40, blank=True)
    lesson = models.ForeignKey(Subject, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=12, default="proposed", choices=list(rules.ADVICE_STATES.items()))
    owner = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="recommendations")
    due = models.DateField(null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    why_not = SealedTextField(about="supervision.recommendation")
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(type__in=list(rules.TYPES)), name="advice_type_known"),
            models.CheckConstraint(condition=models.Q(state__in=list(rules.ADVICE_STATES)), name="advice_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "superseded"])
                | models.Q(owner__isnull=False, due__isnull=False, agreed_at__isnull=False),
                name="agreed_advice_has_owner_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.state}"


class AdviceFollowUp(models.Model):
    """A later meeting looked back at an advice: what became of it. Written over until that meeting is over."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    advice = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="follow_ups")
    session = models.ForeignKey(SupervisionSession, on_delete=models.PROTECT, related_name="follow_ups")
    outcome = models.CharField(max_length=12, choices=list(rules.OUTCOMES.items()))
    note = SealedTextField(about="supervision.follow_up")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["advice", "session"], name="looked_back_once_per_meeting"),
            models.CheckConstraint(condition=models.Q(outcome__in=list(rules.OUTCOMES)), name="outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.advice_id}"


class AttendanceCorrection(models.Model):
    """How long somebody really was there, and why it was not counted so; the stays themselves are never changed.

    The newest of one person counts. Rows are only added.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.PROTECT, related_name="corrections")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seconds = models.PositiveIntegerField()
    reason = SealedTextField(about="supervision.correction")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["session", "person", "at"], name="corrections_of_a_person")]

    def __str__(self) -> str:
        return f"{self.seconds} s for {self.person_id}"


class PrivateNote(models.Model):
    """What one person writes for themself during a meeting; nobody else reads it, and it is no room event."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(SupervisionSession, on_delete=models.CASCADE, related_name="private_notes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = SealedTextField(about="supervision.private_note")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["session", "person"], name="notes_of_one_person")]

    def __str__(self) -> str:
        return f"note {self.id}"


class SessionSeries(models.Model):
    """Meetings that were planned together, at the same time of the day in `time_zone`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    rhythm = models.CharField(max_length=12, choices=list(RHYTHMS.items()))
    time_zone = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(rhythm__in=list(RHYTHMS)), name="series_rhythm_known")]

    def __str__(self) -> str:
        return f"{self.rhythm} {self.pk}"


class CalendarAddress(models.Model):
    """The private address of one person's meetings. Whoever knows it reads when she meets: only its digest is looked
    up, the token itself lies sealed so that she can see it again."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_addresses")
    digest = models.CharField(max_length=64, unique=True)
    token = SealedTextField(about="supervision.calendar")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at__isnull=True), name="one_calendar_address_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"calendar of {self.person_id}"
