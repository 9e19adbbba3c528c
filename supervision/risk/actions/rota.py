"""Who is on call when, and after how many minutes the next one is told."""

from datetime import datetime, time

from django.db import transaction

from lms.people.models import User
from lms.programmes.access import has_role
from lms.programmes.models import Programme
from lms.programmes.rules import NotInScope
from supervision.risk import queries, rules
from supervision.risk.models import OnCallShift, RiskPolicy


def check_manager(by: User, programme: Programme) -> None:
    if not has_role(by, "manager", programme=programme):
        raise NotInScope


@transaction.atomic
def add_shift(
    *,
    programme: Programme,
    person: User,
    position: int,
    weekdays: str = "",
    begins: time | None = None,
    ends: time | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    by: User | None,
    at: datetime,
) -> OnCallShift:
    """Puts somebody of the staff on the rota; the same times again are the same row."""
    if by is not None:
        check_manager(by, programme)
    weekly, once = bool(weekdays and begins is not None and ends is not None), bool(starts_at and ends_at)
    if weekly == once or (once and ends_at <= starts_at):
        raise rules.WrongShift
    if not queries.may_be_on_call(programme).filter(pk=person.pk).exists():
        raise NotInScope
    times = {"weekdays": weekdays, "begins": begins, "ends": ends, "starts_at": starts_at, "ends_at": ends_at}
    shift, _ = OnCallShift.objects.get_or_create(
        programme=programme,
        person=person,
        position=position,
        ended_at=None,
        **times,
        defaults={"added_by": by, "added_at": at},
    )
    return shift


@transaction.atomic
def end_shift(*, shift: OnCallShift, by: User, at: datetime) -> OnCallShift:
    """From now on it does not hold; the row stays."""
    check_manager(by, shift.programme)
    if shift.ended_at is None:
        shift.ended_at, shift.ended_by = at, by
        shift.save(update_fields=["ended_at", "ended_by"])
    return shift


@transaction.atomic
def set_minutes(*, programme: Programme, minutes: int, by: User, at: datetime) -> RiskPolicy:
    """How long one person has before the next one is told."""
    check_manager(by, programme)
    policy, _ = RiskPolicy.objects.update_or_create(
        programme=programme, defaults={"minutes": minutes, "by": by, "at": at}
    )
    return policy
