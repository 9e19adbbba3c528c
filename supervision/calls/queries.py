"""Questions about voice: the link of a meeting, whether somebody may record there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from supervision.sessions.models import SupervisionSession

from . import rules
from .models import MeetingLink, RecordingRequest


@dataclass(frozen=True, slots=True)
class Recording:
    """What a member sees of a question about recording: never who said no. `asked`: how many must say yes."""

    request: RecordingRequest
    state: str
    yes: int
    asked: int
    mine: bool | None

    @property
    def words(self) -> str:
        """The state in a sentence."""
        return str(rules.STATES[self.state])


def link_of(session: SupervisionSession) -> MeetingLink | None:
    """Where the group talks, if it talks elsewhere; `name` is how that place is called."""
    link = MeetingLink.objects.filter(session=session).first()
    if link:
        link.name = rules.name_of(link.url)
    return link


def open_request(session: SupervisionSession) -> RecordingRequest | None:
    """The question that stands now."""
    return RecordingRequest.objects.filter(session=session, ended_at=None).select_related("by").first()


def answers_to(request: RecordingRequest) -> dict[UUID, bool]:
    """The latest answer of each person."""
    return dict(request.answers.order_by("at", "id").values_list("person_id", "yes"))


def recording_of(session: SupervisionSession, here: Collection[UUID], person: UUID) -> Recording | None:
    """The open question as this person sees it; `here` are the people in the room now. Who was here since it was asked
    and left is asked too.
    """
    request = open_request(session)
    if request is None:
        return None
    answers = answers_to(request)
    asked = {*here, *there_since(session, request.at)}
    state = rules.recording_state(asked, answers, ended=False)
    yes = sum(answers.get(one, False) for one in asked)
    return Recording(request, state, yes, len(asked), answers.get(person))


def there_since(session: SupervisionSession, at: datetime) -> set[UUID]:
    """Who was in the room at that time or came after it."""
    stays = session.attendances.filter(Q(left_at=None) | Q(left_at__gt=at))
    return set(stays.values_list("person_id", flat=True))


def recordings_of(session: SupervisionSession) -> list[RecordingRequest]:
    """For the minutes of a meeting that is over: what the group was asked, with `course`: how it went among everybody
    who was there then.
    """
    requests = list(RecordingRequest.objects.filter(session=session).prefetch_related("answers"))
    stays = list(session.attendances.values_list("person_id", "joined_at", "left_at"))
    for request in requests:
        ends = request.ended_at or session.closed_at
        answers = [(answer.at, answer.person_id, answer.yes) for answer in request.answers.all()]
        held = [(person, came, left or ends) for person, came, left in stays]
        request.course = rules.recording_course(held, answers, request.at, ends)
    return requests
