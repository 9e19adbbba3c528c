"""What the room offers to the core: expiring silent connections, the demo's meetings, rooms to measure with."""

import tomllib
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from lms.people.actions import add_provider, add_unit, add_user
from lms.people.models import User
from lms.people.queries import unit_named, user_named
from lms.people.rules import Refusal
from lms.programmes.actions import add_cohort, create_programme, enrol, grant
from lms.programmes.models import Cohort
from lms.programmes.queries import all_programmes
from lms.programmes.registry import DemoPart, register_demo, register_tick
from supervision.calls import registry as calls
from supervision.cases import actions as case_actions
from supervision.cases.models import CasePresentation
from supervision.cases.queries import case_by_draft_key
from supervision.guard import registry as guard
from supervision.guard.models import IdentifierIncident
from supervision.guard.tasks import to_look_at
from supervision.risk import registry as risk
from supervision.room import registry
from supervision.room.actions import expire, hear, post_now, take_line, take_private, take_words
from supervision.room.actions.presence import Heard
from supervision.room.consumers import hints
from supervision.room.rules import Post
from supervision.sessions import access, actions
from supervision.sessions import registry as sessions
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import session_by_id, sessions_of_cohort

STARTER = Path(__file__).resolve().parent.parent / "starter" / "cases.toml"
BACKEND = "lms.people.access.CardOrNameBackend"
STEPS = ("clarify", "group", "supervisor", "agree")


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    register_tick("silent connections", tick_silent)
    register_demo(DemoPart("cases and meetings", 50, build_demo))
    risk.follow("room", tell_of_danger)
    calls.follow("room", tell_of_answer)
    hints.register()
    for place in ("message", "advice", "poll"):
        guard.register(place, redact=take_line_away, link=link_to_line)
    guard.register("private", redact=take_private_away, link=link_to_room)
    guard.follow("rooms", take_words)
    sessions.register(sessions.Part("identifiers", 3, "supervision/guard/_flagged.html", to_look_at))


def tell_of_danger(sessions: Collection[UUID], people: Collection[UUID]) -> None:
    """Who may see a danger and sits in one of these rooms hears that there is news; nobody else hears anything."""
    for session in sessions:
        registry.private(session, people)


def tell_of_answer(session: UUID) -> None:
    """Somebody answered about a recording: everybody in the room looks again at how it stands."""
    registry.changed(session, "call")


def take_line_away(incident: IdentifierIncident, *, by: User, at: datetime) -> None:
    """By the same event as in the room; the room says who may. A supervisor who does not belong to it takes it away
    like the words of a case.
    """
    if not access.is_in(by, incident.session):
        take_line(session=incident.session, seq=incident.number, by=by, at=at)
        return
    key = uuid5(incident.pk, "redact")
    post = Post(incident.session, by.pk, key, "redact", {"seq": incident.number})
    answer = post_now(post=post, at=at)
    if answer.seq is None:
        raise Refusal(answer.detail)


def take_private_away(incident: IdentifierIncident, *, by: User, at: datetime) -> None:
    """A word between a member and who leads."""
    take_private(key=incident.subject)


def link_to_room(incident: IdentifierIncident) -> str:
    return reverse("supervision:session", args=[incident.session]) + "?tab=me"


def link_to_line(incident: IdentifierIncident) -> str:
    return reverse("supervision:line-words", args=[incident.session, incident.number])


def tick_silent(*, at: datetime) -> int:
    """Ends the stays that no running process is left to end."""
    return expire(at=at)


# -- the demo


def build_demo(*, at: datetime) -> None:
    """The Kisumu group's cases and past meetings through the same actions as real ones, and one meeting to come."""
    programme = all_programmes().filter(slug="helping-kisumu").first()
    cohort = programme.cohorts.order_by("starts_on").first() if programme else None
    if cohort is None:
        return
    told = tomllib.loads(STARTER.read_text(encoding="utf-8"))
    held = {session.title for session in sessions_of_cohort(cohort)}
    shown = {meeting["case"]: meeting for meeting in told["session"]}
    for case in told["case"]:
        meeting = shown.get(case["ref"])
        days = meeting["days_ago"] + 3 if meeting else 2
        build_case(case, cohort, at - timedelta(days=days), sent_only=meeting is None)
    for meeting in told["session"]:
        if meeting["title"] not in held:
            session = build_meeting(meeting, cohort, at)
            actions.settle(session_id=session.pk, at=session.closed_at)
    build_coming(cohort, at)


def key_for(*parts: str) -> UUID:
    """The same key on every run."""
    return uuid5(NAMESPACE_URL, "tandem:demo:" + ":".join(parts))


@transaction.atomic
def build_case(told: dict[str, Any], cohort: Cohort, at: datetime, *, sent_only: bool) -> CasePresentation:
    """A case as its writer wrote and sent it; one that was shown was accepted first."""
    writer, key = user_named(told["by"]), key_for("case", told["ref"])
    kept = case_by_draft_key(writer.provider, key)
    if kept:
        return kept
    answers = {**told["answers"], "no_identifiers": True, "stays_responsible": True}
    case = case_actions.save_draft(
        key=key, provider=writer.provider, programme=cohort.programme, answers=answers, by=writer, at=at
    )
    case_actions.write_scores(case=case, scores=told.get("scores", []), by=writer, at=at)
    case = case_actions.submit(case=case, by=writer, at=at)
    if sent_only:
        return case
    return case_actions.accept(case=case, by=user_named("grace"), at=at + timedelta(hours=5))


@transaction.atomic
def build_meeting(told: dict[str, Any], cohort: Cohort, at: datetime) -> SupervisionSession:
    """One past meeting, minute by minute; nobody sees it half-built."""
    lead = user_named(told["facilitator"])
    begins = (at - timedelta(days=told["days_ago"])).replace(hour=11, minute=0, second=0, microsecond=0)
    session = actions.schedule(
        cohort=cohort,
        title=told["title"],
        starts_at=begins,
        minutes=told["minutes"],
        agenda=agenda_of(told),
        by=lead,
        at=begins - timedelta(days=5),
    )
    steps = sorted(script_of(told, session, lead, begins), key=lambda step: step[0])
    for when, step in steps:
        step(when)
    session = session_by_id(session.pk)
    actions.add_closing_note(
        session=session, html=told["closing_note"].strip(), by=lead, at=session.closed_at + timedelta(minutes=4)
    )
    return session


def agenda_of(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The usual boxes of a meeting."""
    return [
        {"kind": "advice", "title": _("What happened since last time"), "minutes": 10},
        {"kind": "didactic", "title": told["didactic"], "minutes": 15},
        {"kind": "case", "title": _("The case"), "minutes": 35},
        {"kind": "wrap_up", "title": _("Advice and goodbye"), "minutes": told["minutes"] - 60},
    ]


def script_of(told: dict[str, Any], session: SupervisionSession, lead: User, begins: datetime) -> list[Any]:
    """(when, what) of a past meeting: people come, the case is shown, words, advice, the end."""
    ends = begins + timedelta(minutes=told["minutes"])
    people = {name: user_named(name) for name in told["attended"]}
    come = {people[name].pk: ends - timedelta(seconds=seconds) for name, seconds in told["attended"].items()}
    come[lead.pk] = begins
    case = str(case_by_draft_key(user_of_case(told).provider, key_for("case", told["case"])).pk)
    script = [
        say(session, lead, begins - timedelta(minutes=15), "phase", {"state": "lobby"}),
        say(session, lead, begins, "phase", {"state": "live"}),
        *[come_in(session, person, when) for person, when in come.items()],
        say(session, lead, begins + timedelta(minutes=20), "case.open", {"case": case}),
    ]
    for number, step in enumerate(STEPS):
        script.append(say(session, lead, begins + timedelta(minutes=26 + 9 * number), "phase", {"step": step}))
    for number, line in enumerate(told["message"]):
        when = begins + timedelta(minutes=21 + number * 4, seconds=7 * number)
        script.append(say(session, user_named(line["by"]), when, "message", {"text": line["text"]}))
    for number, advice in enumerate(told["recommendation"]):
        script += advise(session, lead, case, advice, begins + timedelta(minutes=54 + 3 * number), ends)
    return [
        *script,
        say(session, lead, ends - timedelta(minutes=4), "phase", {"state": "wrap_up"}),
        still_there(session, list(come), ends - timedelta(seconds=1)),
        say(session, lead, ends, "phase", {"state": "closed"}),
    ]


def user_of_case(told: dict[str, Any]) -> User:
    """Who wrote the case of a meeting: its reference begins with the name."""
    return user_named(told["case"].split("-")[0])


def say(session: SupervisionSession, person: User, when: datetime, kind: str, data: dict[str, Any]) -> Any:
    """A post at that time."""
    key = key_for("post", str(session.pk), kind, when.isoformat(), str(data))

    def step(at: datetime) -> None:
        answer = post_now(post=Post(session.pk, person.pk, key, kind, data), at=at)
        if answer.seq is None:
            raise ValueError(f"demo meeting {session.title}, {kind}: {answer.detail}")

    return when, step


def come_in(session: SupervisionSession, person: UUID, when: datetime) -> Any:
    """A first sign of life at that time."""
    return when, lambda at: hear(heard=[sign_of(session, person, at)], at=at)


def still_there(session: SupervisionSession, people: list[UUID], when: datetime) -> Any:
    """A last sign of life of everybody."""
    return when, lambda at: hear(heard=[sign_of(session, person, at) for person in people], at=at)


def sign_of(session: SupervisionSession, person: UUID, at: datetime) -> Heard:
    """A past connection."""
    return Heard(key_for("connection", str(session.pk), str(person)), session.pk, person, at, polls=True)


def advise(
    session: SupervisionSession, lead: User, case: str, told: dict[str, Any], when: datetime, ends: datetime
) -> list[Any]:
    """An idea; two minutes later, who does it by when; and that it was done, the day after."""
    data = {name: told[name] for name in ("type", "text", "competency")} | {"case": case}
    propose = say(session, lead, when, "recommendation.propose", data)
    key = key_for("post", str(session.pk), "recommendation.propose", when.isoformat(), str(data))
    agreed = {
        "recommendation": str(key),
        "owner": str(user_named(told["owner"]).pk),
        "due": (when + timedelta(days=told["due_days"])).date().isoformat(),
    }
    steps = [propose, say(session, lead, when + timedelta(minutes=2), "recommendation.agree", agreed)]
    if told["done"]:
        steps.append((ends + timedelta(days=1), lambda at: actions.finish(key=key, by=lead, at=at)))
    return steps


def build_coming(cohort: Cohort, at: datetime) -> None:
    """One meeting of all within the hour, unless one is planned or going on already."""
    waiting = sessions_of_cohort(cohort).filter(group=None, state__in=["scheduled", "lobby", "live", "wrap_up"])
    if waiting.exists():
        return
    begins = (at + timedelta(minutes=40)).replace(second=0, microsecond=0)
    begins -= timedelta(minutes=begins.minute % 5)
    actions.schedule(
        cohort=cohort,
        title=_("Small steps when somebody is very sad"),
        starts_at=begins,
        minutes=60,
        agenda=[
            {"kind": "advice", "title": _("What happened since last time"), "minutes": 10},
            {"kind": "didactic", "title": _("Planning a small step"), "minutes": 10},
            {"kind": "case", "title": _("The case"), "minutes": 30},
            {"kind": "wrap_up", "title": _("Advice and goodbye"), "minutes": 10},
        ],
        by=user_named("grace"),
        at=at,
    )


# -- rooms to measure with


@transaction.atomic
def make_bench_rooms(*, rooms: int, members: int, at: datetime) -> list[dict[str, Any]]:
    """Live meetings full of signed-in people: [{"session": id, "members": [{"cookie": "sessionid=..."}]}]."""
    mark = f"bench-{at:%Y%m%d%H%M%S%f}"
    programme = create_programme(slug=mark, name=mark, oncall_name="Nobody", oncall_phone="0")
    place = unit_named("Bench") or add_unit(name="Bench", kind="country")
    lead = add_user(username=f"{mark}-lead", name="Bench Lead", password=None, at=at)
    grant(user=lead, role="supervisor", programme=programme, by=None, at=at)
    made = []
    for number in range(rooms):
        cohort = add_cohort(programme=programme, name=f"{mark} {number}", starts_on=at.date())
        people = [
            add_user(username=f"{mark}-{number}-{n}", name=f"Member {n}", password=None, at=at) for n in range(members)
        ]
        for person in people:
            provider = add_provider(user=person, cadre="chw", sex="unknown", org_unit=place, languages=["en"])
            enrol(provider=provider, cohort=cohort, by=None, at=at)
        session = actions.schedule(cohort=cohort, title=f"{mark} {number}", starts_at=at, by=lead, at=at)
        actions.go_live(session=session, by=lead, at=at)
        for person in people:
            actions.keep_silence(session=session, person=person, at=at)
        made.append({"session": str(session.pk), "members": [{"cookie": sign_in(person)} for person in people]})
    return made


def sign_in(person: User) -> str:
    """The cookie of a new sign-in."""
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
