"""Who talks: a connection's voice is a mark on its lease, so that it ends with it, whichever process held it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from supervision.calls.rules import VOICES, NoMeetingNow, VoiceFull
from supervision.room.models import Lease
from supervision.sessions.actions import lock_sessions
from supervision.sessions.rules import OPEN_STATES

SILENCE = timedelta(seconds=60)


@transaction.atomic
def talk(*, session_id: UUID, person: UUID, connection: UUID, on: bool, at: datetime) -> None:
    """Joins or leaves the voices of a meeting: at most six people, counted under the meeting's lock.

    Each talks by one connection: a new one takes the voice of the last, which may be a line that nobody has missed yet.
    """
    session = lock_sessions(sessions=[session_id]).get(session_id)
    if on and (session is None or session.state not in OPEN_STATES):
        raise NoMeetingNow
    talking = Lease.objects.filter(session=session_id, voice=True, ended=False, heard_at__gt=at - SILENCE)
    if on and talking.exclude(person=person).values("person").distinct().count() >= VOICES:
        raise VoiceFull
    Lease.objects.filter(session=session_id, person=person, voice=True).update(voice=False)
    Lease.objects.filter(pk=connection, session=session_id).update(voice=on)
