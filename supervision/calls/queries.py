"""Questions about voice: the link of a meeting, whether somebody may record there."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from supervision.sessions.models import SupervisionSession

from . import rules
from .models import MeetingLink, RecordingRequest


@dataclass(frozen=True, slots=True)
class Recording:
    """What a member sees of a question about recording: never who said no."""

    request: RecordingRequest
    state: str
    yes: int
    here: int
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
    """The open question as this person sees it; `here` are the people in the room now."""
    request = open_request(session)
    if request is None:
        return None
    answers = answers_to(request)
    state = rules.recording_state(here, answers, ended=False)
    yes = sum(answers.get(one, False) for one in here)
    return Recording(request, state, yes, len(here), answers.get(person))


def recordings_of(session: SupervisionSession) -> list[RecordingRequest]:
    """For the minutes: what the group was asked, with `agreed`: whether all who answered said yes."""
    requests = list(RecordingRequest.objects.filter(session=session).prefetch_related("answers"))
    for request in requests:
        latest = {answer.person_id: answer.yes for answer in request.answers.all()}
        request.agreed = rules.recording_state(latest, latest, ended=False) == "agreed"
    return requests
