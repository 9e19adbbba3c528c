"""What was corrected about who was there; the newest correction of a person counts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from supervision.sessions.models import AttendanceCorrection, SupervisionSession


def every_correction(session: SupervisionSession) -> list[AttendanceCorrection]:
    """All rows in their order; one query for a meeting that is over, none before."""
    if session.closed_at is None:
        return []
    if not hasattr(session, "_corrections"):
        session._corrections = list(session.corrections.select_related("person__provider", "by").order_by("at", "id"))
    return session._corrections


def corrections_of(session: SupervisionSession, until: datetime | None = None) -> dict[UUID, AttendanceCorrection]:
    """Person -> the correction that counts, or counted at that time."""
    return {row.person_id: row for row in every_correction(session) if until is None or row.at <= until}


def as_corrected(session: SupervisionSession, presences: Iterable[Any], until: datetime | None = None) -> list[Any]:
    """The presences with the seconds that count, and what was counted first."""
    corrections = corrections_of(session, until)
    return [
        replace(held, seconds=corrections[held.person.pk].seconds, counted=held.seconds)
        if held.person.pk in corrections
        else held
        for held in presences
    ]


@dataclass(frozen=True, slots=True)
class ThereLine:
    """One person on the list of who was there, as this reader may see it."""

    id: UUID
    name: str
    minutes: int
    counted: int
    correction: AttendanceCorrection | None
    reason_shown: bool
    may_correct: bool


def there_lines(
    session: SupervisionSession,
    presences: Iterable[Any],
    members: Iterable[Any],
    reader: UUID,
    *,
    supervises: bool,
    until: datetime | None = None,
) -> list[ThereLine]:
    """Who was there, and for who supervises also the members who were not: they may have been. The reason of a
    correction is for her whom it is about and for who supervises. `until`: as it was told at that time."""
    held = list(presences)
    corrections, there = corrections_of(session, until), {one.person.pk for one in held}
    told = [(one.person.pk, one.person.name, one.seconds, one.counted) for one in held]
    if supervises:
        told += [(one.id, one.name, 0, None) for one in members if one.id not in there]
    return [
        ThereLine(
            key,
            name,
            seconds // 60,
            (counted or 0) // 60,
            corrections.get(key),
            supervises or key == reader,
            supervises and key != reader,
        )
        for key, name, seconds, counted in told
    ]
