"""What the room's page and its parts show: a function for each part, so that a part asks only for what it needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone

from lms.competency.queries import skills_of
from lms.people.models import User
from lms.programmes.queries import lessons_of
from supervision.calls import queries as call_queries
from supervision.cases import queries as case_queries
from supervision.cases.models import CasePresentation
from supervision.guard import queries as guard_queries
from supervision.pictures.queries import pictures_of
from supervision.risk import queries as risk_queries
from supervision.room import queries
from supervision.room.actions.polls import voter_marks
from supervision.room.models import Board
from supervision.room.rules import ends_at, guarded_text, left_in, next_phase, other_phases, stations
from supervision.sessions import queries as session_queries
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import LEADING_ROLES, SUPERVISING_ROLES, Member
from supervision.sessions.queries.planning import plan_of
from supervision.sessions.rules import BOXES, TYPES

EMPTY_ROWS = 2
RESULT_STAYS = timedelta(minutes=10)  # in the talk; in the side it stays for the whole meeting


@dataclass
class Scene:
    """One look at a meeting by one person; what several parts need is asked once."""

    session: SupervisionSession
    person: User
    at: datetime
    members: list[Member] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.members = self.members or session_queries.members_of(self.session)

    @property
    def lead(self) -> bool:
        """`access.may_facilitate`, answered from the members that the page asks for anyway."""
        return any(member.id == self.person.pk and member.role in LEADING_ROLES for member in self.members)

    @property
    def supervises(self) -> bool:
        """`access.may_supervise`, from the same members: a host of peers leads and supervises nobody."""
        return any(member.id == self.person.pk and member.role in SUPERVISING_ROLES for member in self.members)

    @cached_property
    def skills(self) -> dict[str, str]:
        """Code -> title of the programme's skills."""
        return skills_of(self.session.programme)

    @cached_property
    def board(self) -> Board:
        """Hands and clock."""
        return queries.board_for(self.session.pk)

    @cached_property
    def here(self) -> set[UUID]:
        """Who is connected."""
        return {lease.person_id for lease in queries.leases_of([self.session.pk], self.at)}

    @cached_property
    def seen(self) -> list[Any]:
        """The cases that were shown."""
        return session_queries.cases_seen(self.session)

    @cached_property
    def openable(self) -> list[CasePresentation]:
        """The cases that who leads may open now."""
        return openable(self.session) if self.lead else []

    @cached_property
    def polls(self) -> list[queries.ShownPoll]:
        """The meeting's polls as this person sees them."""
        secret = queries.open_secret_polls(self.session)
        marks = {poll: voter_marks(poll, self.person.pk) for poll in secret}
        return queries.shown_polls(self.session, self.person, marks, leads=self.lead)


def openable(session: SupervisionSession) -> list[CasePresentation]:
    """Cases of the meeting's group that can be shown in it; a host of peers opens what a supervisor planned for it."""
    if session.is_peer:
        return list(case_queries.cases_planned_for(session.pk))
    people = session_queries.enrolments_in(session).values("provider_id")
    return list(case_queries.cases_to_open(session.programme, session.pk, people, session.current_case_id))


def base_facts(scene: Scene) -> dict[str, Any]:
    """What every part may name."""
    case = scene.session.current_case
    return {
        "session": scene.session,
        "lead": scene.lead,
        "supervises": scene.supervises,
        "members": scene.members,
        "presenter": case.provider.user_id if case else None,
        "new_key": uuid4,
        "now": scene.at,
        "today": timezone.localdate(scene.at),
    }


def agenda_facts(scene: Scene) -> dict[str, Any]:
    """Where the meeting is, how much time is left, and the likely next step."""
    session, board = scene.session, scene.board
    stops = stations(session.state, session.step, session.agenda, board.box)
    going = session.state in {"live", "wrap_up"}
    return {
        **plan_of(session, scene.skills),
        "stations": stops,
        "station": next((number for number, stop in enumerate(stops, 1) if stop.mark == "now"), 1),
        "station_label": next((stop.label for stop in stops if stop.mark == "now"), ""),
        "ends": ends_at(board.box_started_at, board.box_seconds) if going else None,
        "minutes_left": -(-left_in(board.box_started_at, board.box_seconds, scene.at) // 60),
        "next_phase": next_phase(session.state, session.step, session.agenda, board.box),
        "case_first": session.state == "live"
        and not session.current_case_id
        and not scene.seen
        and case_is_due(session, board.box)
        and bool(scene.openable),
    }


def case_is_due(session: SupervisionSession, box: int | None) -> bool:
    """Whether the running box is a case's, or the meeting has no agenda that would say."""
    return not session.agenda or (box is not None and session.agenda[box].get("kind") in {"case", None})


def case_facts(scene: Scene) -> dict[str, Any]:
    """The open case and, for who leads, those that can be opened."""
    case = scene.session.current_case
    shown = list(pictures_of(case.pk)) if case else []
    return {"facts": case_queries.facts_of(case) if case else [], "pictures": shown, "cases": scene.openable}


def hands_facts(scene: Scene) -> dict[str, Any]:
    """The queue and who has the floor."""
    hands = queries.hands_on(scene.board, scene.members)
    speaker = next((member for member in scene.members if member.id == scene.board.speaker_id), None)
    return {"hands": hands, "speaker": speaker, "my_hand": any(hand.member.id == scene.person.pk for hand in hands)}


def advice_facts(scene: Scene) -> dict[str, Any]:
    """What was proposed and agreed, and what the form offers."""
    skills = scene.skills
    return {
        "advice": session_queries.named_advice(scene.session, skills),
        "skills": skills,
        "lessons": list(lessons_of(scene.session.programme_id)),
        "types": TYPES.items(),
        "seen_cases": scene.seen,
        "owners": [member for member in scene.members if member.role in {"provider", "host"}],
        "due": timezone.localdate(scene.at) + timedelta(days=7),
    }


def polls_facts(scene: Scene) -> dict[str, Any]:
    """All polls for the side; for the talk the open one, or for some minutes the result of the last."""
    asked = [poll for poll in scene.polls if poll.state == "open"]
    fresh = [poll for poll in scene.polls if poll.closed_at and scene.at - poll.closed_at < RESULT_STAYS]
    return {"polls": scene.polls, "open_polls": asked, "fresh_polls": [] if asked else fresh[-1:]}


def people_facts(scene: Scene) -> dict[str, Any]:
    """The roll."""
    return {"here": scene.here, "roll": queries.roll_of(scene.session, scene.members, scene.here, scene.at)}


def lead_facts(scene: Scene) -> dict[str, Any]:
    """The controls of who leads."""
    if not scene.lead:
        return {}
    case_open = bool(scene.session.current_case_id)
    return {"phases": other_phases(scene.session.state, case_open=case_open), **boxes_facts(scene.session)}


def boxes_facts(session: SupervisionSession) -> dict[str, Any]:
    """The rows in which the agenda is written; some are empty."""
    rows = [*session.agenda, *[{"kind": "other", "title": "", "minutes": ""}] * EMPTY_ROWS]
    return {"rows": rows, "box_kinds": BOXES.items()}


def private_facts(scene: Scene) -> dict[str, Any]:
    """What only she, or only she and who leads, may read."""
    leaders = [member for member in scene.members if member.role in LEADING_ROLES]
    return {
        "threads": queries.threads_for(scene.session, scene.person, leads=scene.lead),
        "notes": list(session_queries.private_notes_of(scene.session, scene.person)),
        "leaders": leaders,
        "unseen": unseen(scene),
    }


def flags_facts(scene: Scene) -> dict[str, Any]:
    """For who leads: words in this meeting that could show who somebody is, with the words."""
    if not scene.lead:
        return {"flags": []}
    waiting = guard_queries.waiting_in(scene.person, scene.session.pk)
    events = queries.events_by_seq(scene.session, {one.number for one in waiting if one.number})
    words = {one: guarded_text(event.kind, event.data or {}) for one in waiting if (event := events.get(one.number))}
    private = queries.private_words([one.subject for one in waiting if one.place == "private"])
    words |= {one: private[one.subject] for one in waiting if one.subject in private}
    return {"flags": [(one, words[one]) for one in waiting if one in words]}


def call_facts(scene: Scene) -> dict[str, Any]:
    """Where the group talks, and the question whether it may be recorded there."""
    recording = call_queries.recording_of(scene.session, scene.here, scene.person.pk)
    return {"link": call_queries.link_of(scene.session), "recording": recording}


def risk_facts(scene: Scene) -> dict[str, Any]:
    """Dangers beside the room, for who supervises: the page of everybody else has nothing of them, not even a place."""
    if not scene.supervises:
        return {"risks": None}
    return {"risks": risk_queries.beside_room(scene.person), "at": scene.at}


def unseen(scene: Scene) -> int:
    """How many private words she has not had on a page."""
    if scene.lead:
        return queries.unseen_by_lead(scene.session.pk)
    return queries.unseen_by(scene.session.pk, scene.person.pk)


PARTS: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "agenda": agenda_facts,
    "notice": lambda scene: {},
    "missed": lambda scene: {"missed": queries.part_missed(scene.session, scene.person)},
    "case": case_facts,
    "hand": hands_facts,
    "hands": hands_facts,
    "advice": advice_facts,
    "ask": polls_facts,
    "polls": polls_facts,
    "people": people_facts,
    "call": call_facts,
    "lead": lead_facts,
    "flags": flags_facts,
    "private": private_facts,
}


def facts_of(scene: Scene, names: Iterable[str] = PARTS) -> dict[str, Any]:
    """Everything that these parts show."""
    facts = base_facts(scene)
    for name in names:
        facts |= PARTS[name](scene)
    return facts


def scene_of(request: HttpRequest, session: SupervisionSession, at: datetime) -> Scene:
    """This person's look at the meeting now."""
    return Scene(session, request.user, at)
