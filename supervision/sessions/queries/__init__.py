"""Questions about meetings: whose they are, who belongs to them and as what, who was there, what was advised.

For pages: `sessions_for(person)`, `members_of(session)`, `stays_of(session)`, `advice_of(session)`,
`agreed_advice_for(provider)`, `private_notes_of(session, person)`, `minutes_of(session)`.
What is going on in the room is asked in `supervision.room.queries`: `last_events`, `room_state`. Planning, calendars
and reminders ask in `queries.planning`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lms.people.models import Provider, User
from lms.programmes.queries import cohorts_within, enrolments_of
from lms.programmes.rules import LEARNING_STAGES
from supervision.groups.queries import member_rows_for, memberships_of, providers_in_group
from supervision.sessions import rules
from supervision.sessions.models import (
    Attendance,
    PrivateNote,
    Recommendation,
    SessionAgreement,
    SessionCase,
    SessionMember,
    SupervisionSession,
)
from supervision.sessions.queries.corrections import as_corrected, corrections_of
from supervision.sessions.queries.going import never_begun as never_begun
from supervision.sessions.queries.going import not_coming as not_coming
from supervision.sessions.queries.going import open_sessions_of as open_sessions_of
from supervision.sessions.queries.going import others_live as others_live
from supervision.sessions.queries.going import sessions_of_cohort as sessions_of_cohort
from supervision.sessions.queries.going import sessions_over_with as sessions_over_with
from supervision.sessions.queries.going import stays_of_person as stays_of_person

SUPERVISING_ROLES = frozenset({"facilitator", "supervisor"})
LEADING_ROLES = SUPERVISING_ROLES | {"host"}
"""Who may open the doors, move the steps and close. A host leads peers: she supervises nobody."""
ROLE_ORDER = ("facilitator", "supervisor", "host", "provider")
GOING_STAGES = (*LEARNING_STAGES, "paused")
Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to a meeting, and as what: facilitator, supervisor, host (leads peers) or provider."""

    id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Presence:
    """How long somebody was in the live part of a meeting, in whole seconds; 0 only if it was corrected to that."""

    person: User
    seconds: int
    counted: int | None = None  # what the stays say, if somebody corrected it


@dataclass(frozen=True, slots=True)
class Minutes:
    """What is left of a meeting to read: who was there, which cases, what was advised."""

    presences: list[Presence]
    cases: list[SessionCase]
    advice: list[Recommendation]


def full(sessions: QuerySet[SupervisionSession]) -> QuerySet[SupervisionSession]:
    """With all that a list shows."""
    return sessions.select_related("programme", "cohort", "group", "series", "facilitator", "current_case")


def sessions_for(person: User) -> QuerySet[SupervisionSession]:
    """The meetings a person belongs to, the latest first; one she was taken out of is left out.

    Being the installation's administrator makes nobody a member: what a group says stays in the group.
    """
    cohorts = enrolments_of(person).values("cohort_id")
    in_group = Q(group=None) | Q(group__in=memberships_of(person).values("group_id"))
    invited = SessionMember.objects.filter(person=person, removed_at=None).values("session_id")
    shut_out = SessionMember.objects.filter(person=person, removed_at__isnull=False).values("session_id")
    mine = Q(in_group, cohort__in=cohorts) | supervised_by(person) | Q(pk__in=invited)
    return full(SupervisionSession.objects.filter(mine).exclude(pk__in=shut_out)).order_by("-starts_at", "id")


def supervised_by(person: User) -> Q:
    """The condition that somebody may lead a meeting as its supervisor: by a grant; of a group its own only."""
    if person.is_superuser:
        return Q(pk__in=[])
    led = Q(cohort__in=cohorts_within(person, "supervisor").values("pk"))
    return led & (Q(group=None) | Q(SUPERVISED, led_by(person)))


SUPERVISED = Q(group__kind="supervised")


def led_by(person: User | F) -> Q:
    """The condition that somebody supervises a meeting's group, or was named to lead this meeting of it."""
    return Q(group__supervisor=person) | Q(group__co_supervisor=person) | Q(facilitator=person)


def coming_sessions(person: User, at: datetime) -> QuerySet[SupervisionSession]:
    """Her meetings that go on or are to come, the next first."""
    return sessions_for(person).exclude(not_coming(at)).order_by("starts_at", "id")


def past_sessions(person: User, at: datetime) -> QuerySet[SupervisionSession]:
    """Her meetings that are over, the latest first; one whose time has passed stands here too, and can be opened."""
    return sessions_for(person).filter(not_coming(at))


def members_among(
    sessions: Collection[UUID], people: Collection[UUID] | None = None, *, enough: Collection[Pair] | None = None
) -> dict[Pair, Member]:
    """Who of these people (default: everybody) belongs to which of these meetings: (session, person) -> member.

    A cohort's enrolled people, its supervisors (by cohort, place or programme), invited people; minus who was taken
    out of the meeting. A meeting of a group: its members and its own supervisors only; among peers who was named to
    lead is the host. A fixed number of queries for any number of meetings and people: the room asks it for every
    batch of posts and, for all its sockets, every second. When all pairs in `enough` learn in the cohorts, nobody asks
    who leads: a batch of messages needs no more.
    """
    found = {
        (session, person): Member(person, name, "host" if hosts else "provider")
        for session, person, name, hosts in learners_among(sessions, people)
    }
    if enough is None or not set(enough) <= found.keys():
        found |= leaders_among(sessions, people)
    exceptions = SessionMember.objects.filter(session__in=sessions, **among("person", people)).order_by()
    fields = ("removed_at", "person__is_active", "person__name", "session__facilitator_id", "session__group__kind")
    for session, person, removed, active, name, facilitator, kind in exceptions.values_list(
        "session_id", "person_id", *fields
    ):
        if removed or not active:
            found.pop((session, person), None)
        elif (session, person) not in found:
            leading = "host" if kind == "peer" else "facilitator"
            found[session, person] = Member(person, name, leading if facilitator == person else "provider")
    return found


def among(path: str, people: Collection[UUID] | None) -> dict[str, Collection[UUID]]:
    """The filter that keeps to these people, if any are named."""
    return {} if people is None else {f"{path}_id__in": people}


def learners_among(
    sessions: Collection[UUID], people: Collection[UUID] | None
) -> Iterable[tuple[UUID, UUID, str, bool]]:
    """(session, person, name, leads it as a peer) of enrolled people; in a meeting of a group, of its members."""
    user = "cohort__enrolments__provider__user"
    member = member_rows_for(OuterRef("group"), OuterRef("cohort__enrolments__provider"))
    rows = SupervisionSession.objects.filter(
        Q(group=None) | Exists(member),
        pk__in=sessions,
        cohort__enrolments__stage__in=GOING_STAGES,
        **{f"{user}__is_active": True},
        **among(user, people),
    )
    fields = ("pk", f"{user}_id", f"{user}__name", "facilitator_id", "group__kind")
    for session, person, name, facilitator, kind in rows.order_by().values_list(*fields):
        yield session, person, name, kind == "peer" and person == facilitator


def leaders_among(sessions: Collection[UUID], people: Collection[UUID] | None) -> dict[Pair, Member]:
    """People whose supervisor's grant reaches the cohort; the one who was named leads as facilitator. Nobody leads a
    group by a grant alone: only its own supervisors and who was named, and peers are led by one of them.
    """
    user = "programme__grants__user"
    rows = SupervisionSession.objects.filter(
        Q(programme__grants__cohort=None) | Q(programme__grants__cohort=F("cohort")),
        Q(group=None) | Q(SUPERVISED, led_by(F(user))),
        pk__in=sessions,
        programme__grants__role="supervisor",
        programme__grants__ended_at=None,
        **{f"{user}__is_active": True},
        **among(user, people),
    )
    fields = ("pk", f"{user}_id", f"{user}__name", "programme__grants__org_unit__path", "facilitator_id")
    held = list(rows.order_by().values_list(*fields))
    places = paths_of(row[0] for row in held if row[3]) if any(row[3] for row in held) else {}
    return {
        (session, person): Member(person, name, "facilitator" if person == facilitator else "supervisor")
        for session, person, name, path, facilitator in held
        if path is None or any(place.startswith(path) for place in places.get(session, ()))
    }


def paths_of(sessions: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Where the people of each meeting's cohort work, as paths of the tree of places."""
    found: dict[UUID, set[str]] = {}
    rows = SupervisionSession.objects.filter(pk__in=set(sessions), cohort__enrolments__isnull=False)
    for session, path in rows.order_by().values_list("pk", "cohort__enrolments__provider__org_unit__path"):
        found.setdefault(session, set()).add(path)
    return found


def members_of(session: SupervisionSession) -> list[Member]:
    """Everybody who belongs to a meeting, who leads it first."""
    found = members_among([session.pk]).values()
    return sorted(found, key=lambda member: (ROLE_ORDER.index(member.role), member.name))


def member_of(session: SupervisionSession, person: User) -> Member | None:
    """The person as a member of this meeting, if she is one."""
    return members_among([session.pk], [person.pk]).get((session.pk, person.pk))


def belonged_to(session: SupervisionSession, person: User) -> bool:
    """Whether somebody can have been there: a member, who led, or who has a stay and belongs to it no more."""
    if person.pk == session.facilitator_id or member_of(session, person) is not None:
        return True
    return session.attendances.filter(person=person).exists()


def providers_in(session: SupervisionSession) -> list[Provider]:
    """Who can take on an advice: the providers among the members."""
    people = [member.id for member in members_of(session)]
    enrolled = enrolments_in(session).filter(provider__user_id__in=people).select_related("provider__user")
    return sorted((enrolment.provider for enrolment in enrolled), key=lambda provider: provider.name)


def enrolments_in(session: SupervisionSession) -> QuerySet:
    """The enrolments whose people meet here: the cohort's, or of these only the group's members."""
    enrolled = session.cohort.enrolments.all()
    return enrolled.filter(provider__in=providers_in_group(session.group_id)) if session.group_id else enrolled


def owner_in(session: SupervisionSession, key: UUID) -> Provider | None:
    """A provider of the meeting by the id that the room knows (the person's) or by the provider's own."""
    enrolled = enrolments_in(session).filter(Q(provider__user_id=key) | Q(provider_id=key), stage__in=GOING_STAGES)
    enrolment = enrolled.select_related("provider__user").first()
    return enrolment.provider if enrolment else None


def stays_of(session: SupervisionSession, now: datetime | None = None) -> dict[User, list[tuple[datetime, datetime]]]:
    """person -> their stays; an open one ends when it was last heard of (or `now`, if later is wanted)."""
    found: dict[User, list[tuple[datetime, datetime]]] = {}
    for stay in session.attendances.select_related("person__provider"):
        found.setdefault(stay.person, []).append((stay.joined_at, stay.left_at or now or stay.heard_at))
    return found


def presences_of(session: SupervisionSession, until: datetime | None = None) -> list[Presence]:
    """Who was in the live part and for how long, by name; waiting in the lobby alone is not counted, nor time that
    another meeting has counted. Whose time was corrected to nothing stays in the list. `until`: without what was
    corrected after it.
    """
    held = stays_of(session)
    ends = session.closed_at or max((end for stays in held.values() for _, end in stays), default=None)
    elsewhere = counted_elsewhere(session)
    counted = [
        Presence(person, rules.seconds_attended(stays, session.live_at, ends, elsewhere.get(person.pk, ())))
        for person, stays in held.items()
    ]
    known = {person.pk for person in held}
    added = [one for one in corrections_of(session, until).values() if one.person_id not in known]
    counted += [Presence(one.person, 0) for one in added]
    told = [one for one in as_corrected(session, counted, until) if one.seconds or one.counted is not None]
    return sorted(told, key=lambda one: one.person.name)


def counted_elsewhere(session: SupervisionSession) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """person -> time of other meetings' live parts that lies within this one's. Somebody in two groups may sit in two
    rooms: the meeting that was closed first counts, because nothing of it changes any more.
    """
    if session.live_at is None or session.closed_at is None:
        return {}
    before = Q(session__closed_at__lt=session.closed_at) | Q(session__closed_at=session.closed_at, session__lt=session)
    others = Attendance.objects.filter(
        before,
        session__closed_at__gt=session.live_at,
        session__live_at__lt=session.closed_at,
        person__in=session.attendances.values("person_id"),
        left_at__isnull=False,
    )
    found: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for stay in others.exclude(session=session).select_related("session"):
        begins, ends = max(stay.joined_at, stay.session.live_at), min(stay.left_at, stay.session.closed_at)
        found.setdefault(stay.person_id, []).append((begins, ends))
    return found


def advice_of(session: SupervisionSession) -> QuerySet[Recommendation]:
    """What was proposed and agreed in a meeting; what was replaced or redacted is left out."""
    held = session.recommendations.exclude(state="superseded").select_related(
        "owner__user", "proposed_by", "case", "lesson"
    )
    return held.order_by("proposed_at", "id")


def named_advice(session: SupervisionSession, skills: Mapping[str, str]) -> list[Recommendation]:
    """`advice_of` with the title of the skill that each is about (`skills`: code -> title), if it is about one."""
    advice = list(advice_of(session))
    for one in advice:
        one.skill = skills.get(one.competency, "")
    return advice


def agreed_advice_for(provider: Provider) -> QuerySet[Recommendation]:
    """What a provider took on and has not reported back, the earliest due first."""
    held = Recommendation.objects.filter(owner=provider, state__in=["agreed", "sent"])
    return held.select_related("session__facilitator", "case", "lesson").order_by("due", "id")


def own_advice(person: User, advice_id: UUID) -> Recommendation | None:
    """An advice that this person took on."""
    held = Recommendation.objects.filter(pk=advice_id, owner__user=person)
    return held.select_related("session", "owner").first()


def own_advice_by_key(person: User, key: UUID) -> Recommendation | None:
    """The same, by the key that the room's event and the phone know."""
    return Recommendation.objects.filter(key=key, owner__user=person).first()


def advice_for_case(case_id: UUID) -> QuerySet[Recommendation]:
    """What was advised on a case, in any meeting."""
    held = Recommendation.objects.filter(case_id=case_id).exclude(state="superseded")
    return held.select_related("owner__user", "session").order_by("proposed_at", "id")


def cases_seen(session: SupervisionSession) -> list[SessionCase]:
    """The cases that were opened in a meeting, in order."""
    return list(session.seen_cases.select_related("case__provider__user").order_by("opened_at", "id"))


def minutes_of(session: SupervisionSession, skills: Mapping[str, str]) -> Minutes:
    """The minutes of a meeting; `skills`: code -> title."""
    return Minutes(presences_of(session), cases_seen(session), named_advice(session, skills))


def private_notes_of(session: SupervisionSession, person: User) -> QuerySet[PrivateNote]:
    """A person's own notes in this meeting."""
    return PrivateNote.objects.filter(session=session, person=person)


def session_by_id(session_id: UUID) -> SupervisionSession | None:
    """A meeting without asking who wants to know; access is the caller's."""
    return full(SupervisionSession.objects.filter(pk=session_id)).first()


def heads_among(sessions: Collection[UUID]) -> list[tuple[UUID, int, str]]:
    """(session, number of the last event, state) of each of these meetings."""
    rows = SupervisionSession.objects.filter(pk__in=sessions).order_by()
    return list(rows.values_list("pk", "log_head", "state"))


def staying_among(pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Which of these (session, person) need no new stay: one is open, or the meeting is not."""
    asked, people = {session for session, _ in pairs}, {person for _, person in pairs}
    going = {session for session, _, state in heads_among(asked) if state in rules.OPEN_STATES}
    stays = Attendance.objects.filter(left_at=None, session__in=going, person__in=people)
    return {pair for pair in pairs if pair[0] not in going} | set(stays.values_list("session_id", "person_id"))


def silent_sessions(before: datetime) -> set[UUID]:
    """The meetings in which somebody with an open stay was last heard before this."""
    silent = Attendance.objects.filter(left_at=None, heard_at__lt=before)
    return set(silent.values_list("session_id", flat=True))


def has_agreed(session_id: UUID, person: UUID) -> bool:
    """Whether somebody promised to keep what is said in this meeting."""
    return SessionAgreement.objects.filter(session=session_id, person=person).exists()
