"""How long people stay: from a first sign of life to a minute of silence or the meeting's end."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from supervision.sessions.models import Attendance, SupervisionSession

SILENCE = timedelta(seconds=60)


def begin_stay(*, session: SupervisionSession, person: UUID, at: datetime) -> Attendance:
    """Somebody came in; the caller holds the meeting's lock and knows that no stay of theirs is open."""
    return Attendance.objects.create(session=session, person_id=person, joined_at=at, heard_at=at)


def keep_heard(*, when: Mapping[tuple[UUID, UUID], datetime]) -> None:
    """Moves open stays to when (session, person) was last heard; never back."""
    sessions, people = {session for session, _ in when}, {person for _, person in when}
    stays = Attendance.objects.filter(left_at=None, session__in=sessions, person__in=people).order_by("pk")
    moved = []
    for stay in stays:
        heard = when.get((stay.session_id, stay.person_id))
        if heard and heard > stay.heard_at:
            stay.heard_at = heard
            moved.append(stay)
    Attendance.objects.bulk_update(moved, ["heard_at"], batch_size=200)


def end_silent_stays(*, sessions: Collection[UUID], at: datetime) -> list[Attendance]:
    """Ends, at the moment they were last heard, the stays that were silent for a minute; the caller holds the locks."""
    silent = Attendance.objects.filter(left_at=None, heard_at__lt=at - SILENCE, session__in=sessions)
    ended = list(silent.select_related("person").order_by("heard_at", "pk"))
    for stay in ended:
        stay.left_at = stay.heard_at
        stay.save(update_fields=["left_at"])
    return ended


def end_open_stays(*, session: SupervisionSession, at: datetime) -> None:
    """The meeting ends: stays end now, or when the person was last heard of if that was more than a minute ago."""
    for stay in session.attendances.filter(left_at=None):
        stay.left_at = max(stay.joined_at, at if at - stay.heard_at <= SILENCE else stay.heard_at)
        stay.save(update_fields=["left_at"])
