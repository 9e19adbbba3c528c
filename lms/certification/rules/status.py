"""What a certificate is worth today, and the stage of an enrolment that follows from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lms.programmes.rules import DECIDED_STAGES

ACTIVE, EXPIRING, GRACE = "active", "expiring", "grace"
EXPIRED, SUSPENDED, REVOKED = "expired", "suspended", "revoked"
HOLDS = frozenset({ACTIVE, EXPIRING, GRACE})
EXPIRING_DAYS = 90


@dataclass(frozen=True)
class Dates:
    """`valid_until` is the last valid day, `grace_until` the last day of grace."""

    issued_on: date
    valid_until: date
    grace_until: date


def dates_from(issued_on: date, valid_months: int, grace_days: int) -> Dates:
    """Valid to the same day of the month (or the month's last); grace follows."""
    valid_until = months_later(issued_on, valid_months)
    return Dates(issued_on, valid_until, valid_until + timedelta(days=grace_days))


def months_later(day: date, months: int) -> date:
    """31 January and one month is the last of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last))


def status_of(events: Iterable[str], dates: Dates, today: date) -> str:
    """From its events in order and today. Revoked is final; nothing that comes later lifts it."""
    events = list(events)
    if "revoked" in events:
        return REVOKED
    last = next((event for event in reversed(events) if event in ("suspended", "reinstated")), "")
    if last == "suspended":
        return SUSPENDED
    if today > dates.grace_until:
        return EXPIRED
    if today > dates.valid_until:
        return GRACE
    return EXPIRING if dates.valid_until - today <= timedelta(days=EXPIRING_DAYS) else ACTIVE


@dataclass(frozen=True)
class Decision:
    """What a person decided about an enrolment: pause, leave, withdraw, suspend or re_enter."""

    kind: str
    at: datetime


def stage_of(
    decisions: Sequence[Decision],
    certificate_status: str | None,
    ended_at: datetime | None,
    *,
    trained: bool,
    started: bool,
) -> str:
    """
    The stage of an enrolment. `ended_at` is when the newest certificate ended, if it did; `trained`: every course
    and quiz that the scheme asks is done; `started`: there is any evidence.

    A decision holds until somebody decides re-entry. Re-entry after an ended certificate leads to supervised practice.
    So does a suspended certificate: she needs supervision more than before; only a decision shuts out.
    """
    last = max(decisions, key=lambda decision: decision.at, default=None)
    if last and last.kind in DECIDED_STAGES:
        return DECIDED_STAGES[last.kind]
    if certificate_status in HOLDS:
        return "certified"
    if certificate_status == SUSPENDED:
        return "supervised_practice"
    if certificate_status and not (last and ended_at and last.at >= ended_at):
        return "lapsed"
    if trained or last:
        return "supervised_practice"
    return "in_training" if started else "enrolled"
