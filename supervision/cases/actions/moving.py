"""A case under its row lock, its audit row, and its next state."""

from collections.abc import Sequence
from datetime import datetime

from lms.people.models import User
from supervision.cases import rules
from supervision.cases.models import CaseEvent, CasePresentation


def locked(case: CasePresentation) -> CasePresentation:
    """The row as it is now: two tabs or two supervisors may act at once."""
    return (
        CasePresentation.objects.select_for_update(of=("self",))
        .select_related("provider__user", "programme")
        .get(pk=case.pk)
    )


def tell(
    case: CasePresentation, kind: str, came_from: str, to: str, *, by: User | None, at: datetime, reason: str = ""
) -> CaseEvent:
    """The audit row of a change; the case's row is locked or new, so the number is free."""
    stamps = {"kind": kind, "from_state": came_from, "to_state": to, "reason": reason, "by": by, "at": at}
    return CaseEvent.objects.create(case=case, number=case.events.count() + 1, **stamps)


def move(
    case: CasePresentation,
    to: str,
    *,
    kind: str,
    by: User | None,
    at: datetime,
    reason: str = "",
    fields: Sequence[str] = (),
) -> CasePresentation:
    rules.check_move(case.state, to)
    tell(case, kind, case.state, to, by=by, at=at, reason=reason)
    case.state = to
    case.save(update_fields=["state", *fields])
    return case
