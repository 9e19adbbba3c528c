"""What is stored of a danger: the escalation, each step as a row that never changes, follow-ups, and the rota."""

from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lms.people.models import Provider
from lms.programmes.models import Cohort, Programme
from lms.sealing.models import SealedTextField
from supervision.cases.models import CasePresentation
from supervision.sessions.models import SupervisionSession

from . import rules


def somebody(**how: object) -> models.ForeignKey:
    """Somebody who signs in."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **how)


class RiskEscalation(models.Model):
    """Somebody pressed Urgent. `key` is the receipt of the pressing: sent twice or late, it is one row.

    `state`, `told_at`, `holder` and the times are kept figures; what happened are the events, and rules.state_of
    computes the state from them. `happened_at` is the phone's time, `raised_at` when it reached us.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.UUIDField(unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, null=True, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, null=True, on_delete=models.PROTECT, related_name="escalations")
    raised_by = somebody()
    case = models.ForeignKey(CasePresentation, null=True, on_delete=models.SET_NULL, related_name="escalations")
    session = models.ForeignKey(SupervisionSession, null=True, on_delete=models.SET_NULL, related_name="+")
    what = models.CharField(max_length=12, choices=list(rules.WHAT.items()))
    place = models.CharField(max_length=8, blank=True, choices=list(rules.PLACES.items()))
    happened_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=20, default="raised", choices=list(rules.STATES.items()))
    told_at = models.DateTimeField()
    holder = somebody(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, choices=list(rules.OUTCOMES.items()))
    closed_by = somebody(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(rules.STATES)), name="risk_state_known"),
            models.CheckConstraint(condition=Q(what__in=list(rules.WHAT)), name="risk_what_known"),
            models.CheckConstraint(condition=Q(place__in=["", *rules.PLACES]), name="risk_place_known"),
            models.CheckConstraint(condition=Q(happened_at__lte=F("raised_at")), name="risk_happened_before_it_came"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_by__isnull=False, closed_at__isnull=False)
                & Q(outcome__in=list(rules.OUTCOMES))
                | ~Q(state="closed") & Q(closed_by__isnull=True, closed_at__isnull=True, outcome=""),
                name="risk_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("raised_by")),
                name="risk_never_closed_by_its_raiser",
            ),
            models.CheckConstraint(
                condition=Q(holder__isnull=True) | ~Q(holder=F("raised_by")), name="risk_not_held_by_its_raiser"
            ),
        ]
        indexes = [models.Index(fields=["state", "told_at"], name="risk_unanswered")]

    def __str__(self) -> str:
        return f"{self.what} {self.raised_at:%Y-%m-%d %H:%M}"


class RiskEvent(models.Model):
    """One step, never changed (the database refuses it). `person` is who was told or to whom it went; `facts` are
    codes and days, words stand in RiskNote."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    escalation = models.ForeignKey(RiskEscalation, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    by = somebody(null=True)
    person = somebody(null=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="risk_event_numbered"),
            models.CheckConstraint(condition=Q(kind__in=list(rules.STEPS)), name="risk_step_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @property
    def notice_key(self) -> UUID:
        """The receipt of the text or mail of this step."""
        return uuid5(self.pk, self.kind)


class RiskNote(models.Model):
    """The words of a step, sealed, outside the row that never changes: so that they can be erased."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    event = models.OneToOneField(RiskEvent, on_delete=models.PROTECT, related_name="note")
    text = SealedTextField(about="supervision.risk")

    def __str__(self) -> str:
        return f"note {self.pk}"


class RiskFollowUp(models.Model):
    """A day on which somebody looks how the person is."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    escalation = models.ForeignKey(RiskEscalation, on_delete=models.CASCADE, related_name="follow_ups")
    due = models.DateField()
    became = models.CharField(max_length=12, blank=True, choices=list(rules.BECAME.items()))
    reported_by = somebody(null=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "due"], name="risk_one_follow_up_a_day"),
            models.CheckConstraint(
                condition=Q(became="", reported_at__isnull=True)
                | Q(became__in=list(rules.BECAME), reported_at__isnull=False),
                name="risk_follow_up_reported",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due} {self.became}"


class RiskPolicy(models.Model):
    """What a programme decided: after how many minutes without an answer the next one is told."""

    programme = models.OneToOneField(Programme, primary_key=True, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField(default=rules.MINUTES)
    by = somebody(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=120), name="risk_minutes_in_reason")
        ]

    def __str__(self) -> str:
        return f"{self.minutes}"


class OnCallShift(models.Model):
    """When somebody is on call: every week on these days between two clock times of the programme's time zone, or once
    between two moments. Ended, it stays as a record of who was on call."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    person = somebody()
    position = models.PositiveSmallIntegerField(default=1)
    weekdays = models.CharField(max_length=7, blank=True)
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    added_by = somebody(null=True)
    added_at = models.DateTimeField()
    ended_by = somebody(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "begins", "starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(position__in=[1, 2]), name="shift_first_or_second"),
            models.CheckConstraint(
                condition=~Q(weekdays="")
                & Q(begins__isnull=False, ends__isnull=False, starts_at__isnull=True, ends_at__isnull=True)
                | Q(weekdays="", begins__isnull=True, ends__isnull=True, starts_at__isnull=False, ends_at__isnull=False)
                & Q(ends_at__gt=F("starts_at")),
                name="shift_weekly_or_once",
            ),
        ]
        indexes = [models.Index(fields=["programme"], condition=Q(ended_at__isnull=True), name="shifts_that_hold")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.position}"
