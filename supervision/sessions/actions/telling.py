"""What members are told outside the product: before a meeting, and when it moves, is called off or waits for them.

No title and no case: a mail or a text message is read by others. Each is in the person's language and time.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.notices.actions import call_off_all, notify
from lms.notices.queries import USUAL, choices_of, known_keys
from lms.notices.rules import HOURS, due_hours
from lms.people.models import User
from lms.people.queries import people_by_ids
from supervision.sessions import queries, rules
from supervision.sessions.actions.cases import check_lead
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries.planning import starting_between

AHEAD = timedelta(hours=max(HOURS))
AT_ONCE = 200
Words = Callable[[SupervisionSession], tuple[str, str]]
Change = tuple[SupervisionSession, datetime]  # a meeting, and when it was to begin before


def reminder_key(session: SupervisionSession, person: UUID, hours: int, starts_at: datetime) -> UUID:
    """One for each person, meeting, time of the meeting and time before it."""
    return uuid5(session.pk, f"reminder:{person}:{hours}:{starts_at.isoformat()}")


def remind_due(*, at: datetime) -> int:
    """Lays out the reminders whose time has come, every minute; so many meetings at a time, each with the same number
    of questions.
    """
    sessions = starting_between(at, at + AHEAD)
    return sum(remind_of(sessions[start : start + AT_ONCE], at) for start in range(0, len(sessions), AT_ONCE))


@transaction.atomic
def remind_of(meetings: Sequence[SupervisionSession], at: datetime) -> int:
    """The reminders of these meetings; what was laid out before is left out."""
    sessions = {session.pk: session for session in meetings}
    members = queries.members_among(list(sessions))
    choices = choices_of({person for _, person in members})
    due: dict[UUID, tuple[SupervisionSession, UUID]] = {}
    for session_id, person in members:
        session, hours = sessions[session_id], choices.get(person, USUAL).hours
        planned = session.moved_at or session.created_at
        now = due_hours(hours, starts_at=session.starts_at, planned_at=planned, at=at)
        if now is not None:
            due[reminder_key(session, person, now, session.starts_at)] = (session, person)
    wanted = due.keys() - known_keys(due)
    people = people_by_ids({due[key][1] for key in wanted})
    for key in sorted(wanted):
        session, person = due[key]
        tell(key=key, session=session, person=people[person], kind="meeting.reminder", words=said_before, at=at)
    return len(wanted)


def tell(
    *, key: UUID, session: SupervisionSession, person: User, kind: str, words: Words, at: datetime, link: str = ""
) -> None:
    """One notice, in the person's language and by the clock where she lives; of no use once the meeting is over. It
    leads to the meeting, unless that is closed to her.
    """
    with translation.override(person.language), timezone.override(person.time_zone):
        subject, text = words(session)
    link = link or reverse("supervision:session", args=[session.pk])
    late = max(session.starts_at, at) + timedelta(minutes=session.minutes)
    notify(key=key, person=person, kind=kind, subject=subject, text=text, link=link, at=at, until=late)


def when(session: SupervisionSession) -> str:
    return date_format(timezone.localtime(session.starts_at), "l j F, g:i A")


def group_name(session: SupervisionSession) -> str:
    return session.group.name if session.group else _("Your group")


def said_before(session: SupervisionSession) -> tuple[str, str]:
    told = {"group": group_name(session), "when": when(session)}
    text = _("%(group)s meets on %(when)s.") % told
    if session.lesson:
        text += " " + _("There is a lesson to read before.")
    return _("Your group meets on %(when)s") % told, text


def said_moved(session: SupervisionSession, more: int = 0) -> tuple[str, str]:
    told = {"group": group_name(session), "when": when(session)}
    text = _("The meeting was moved. %(group)s now meets on %(when)s.") % told
    later = _("The meetings after it move too.")
    return _("Your group meets at another time"), f"{text} {later}" if more else text


def said_cancelled(session: SupervisionSession, more: int = 0) -> tuple[str, str]:
    told = {"group": group_name(session), "when": when(session)}
    text = _("%(group)s does not meet on %(when)s: the meeting is cancelled.") % told
    later = _("The meetings after it are cancelled too.")
    return _("Your group does not meet"), f"{text} {later}" if more else text


def said_too_few(session: SupervisionSession) -> tuple[str, str]:
    told = {"group": group_name(session), "when": when(session)}
    return _("Your group does not meet"), _("%(group)s does not meet on %(when)s: too few people came.") % told


def said_come(session: SupervisionSession) -> tuple[str, str]:
    told = {"group": group_name(session), "name": session.facilitator.get_short_name()}
    return _("Your group is waiting for you"), _("%(group)s is meeting now. %(name)s asks if you can come.") % told


def said_invited(session: SupervisionSession) -> tuple[str, str]:
    told = {"group": group_name(session), "when": when(session), "name": session.facilitator.get_short_name()}
    text = _("%(name)s asks you to come to a meeting of another group: %(group)s, %(when)s.") % told
    return _("You are asked to a meeting on %(when)s") % told, text


def said_led(session: SupervisionSession) -> tuple[str, str]:
    told = {"group": group_name(session), "when": when(session)}
    text = _("You now lead the meetings of %(group)s. The next one is on %(when)s.") % told
    return _("You lead a group now"), text


def said_handed_over(session: SupervisionSession) -> tuple[str, str]:
    told = {"group": group_name(session), "name": session.facilitator.get_short_name()}
    text = _("%(name)s now leads the meetings of %(group)s. You do not lead them any more.") % told
    return _("Somebody else leads your group now"), text


def tell_moved(changes: Sequence[Change], *, by: User, at: datetime) -> None:
    """Reminders of the old times are called off, and everybody but who moved the meetings hears of the new one."""
    tell_all(changes, said_moved, "meeting.moved", by, at)


def tell_cancelled(sessions: Sequence[SupervisionSession], *, by: User, at: datetime) -> None:
    """The same for meetings that do not take place; who is told is who would have come."""
    tell_all([(session, session.starts_at) for session in sessions], said_cancelled, "meeting.cancelled", by, at)


def tell_too_few(*, session: SupervisionSession, by: User, at: datetime) -> None:
    """The doors were open and the meeting did not begin: as long as somebody may still be on the way, all are told."""
    tell_all([(session, session.starts_at)], said_too_few, "meeting.too_few", by, at)


def tell_handed_over(session: SupervisionSession | None, *, before: User, by: User, at: datetime) -> None:
    """Who leads from the next meeting on, and who led `before`, hear of it, unless they did it themselves."""
    if session is None:
        return
    front = reverse("supervision:index")
    for person, words, link in ((session.facilitator, said_led, ""), (before, said_handed_over, front)):
        if person.pk != by.pk and person.is_active:
            key = uuid5(session.pk, f"led:{person.pk}:{at.isoformat()}")
            tell(key=key, session=session, person=person, kind="meeting.led", words=words, at=at, link=link)


def tell_all(changes: Sequence[Change], words: Callable, kind: str, by: User, at: datetime) -> None:
    """Each hears once, of the first of these meetings that is hers, and whether more of hers follow: somebody who was
    asked into a later one only hears of that. Nobody is told of a meeting that would be over already; who waits before
    its doors is.
    """
    people = call_off_reminders(changes, at=at)
    hers: dict[UUID, list[SupervisionSession]] = {}
    for session, before in changes:
        ends = max(before, session.starts_at) + timedelta(minutes=session.minutes)
        for person in people[session.pk] if ends >= at else ():
            hers.setdefault(person, []).append(session)
    for person in people_by_ids(hers.keys() - {by.pk}).values():
        session, *more = hers[person.pk]
        key = uuid5(session.pk, f"{kind}:{person.pk}:{session.sequence}")
        said = partial(words, more=len(more)) if more else words
        tell(key=key, session=session, person=person, kind=kind, words=said, at=at)


def call_off_reminders(changes: Sequence[Change], *, at: datetime) -> dict[UUID, set[UUID]]:
    """Nobody is reminded of these times any more; who belongs to each meeting."""
    people: dict[UUID, set[UUID]] = {session.pk: set() for session, _before in changes}
    for session, person in queries.members_among(list(people)):
        people[session].add(person)
    for session, before in changes:
        call_off_all(keys=reminder_keys(session, people[session.pk], before), at=at)
    return people


def reminder_keys(session: SupervisionSession, people: Iterable[UUID], starts_at: datetime) -> list[UUID]:
    return [reminder_key(session, person, hours, starts_at) for person in people for hours in HOURS]


@transaction.atomic
def call_in(*, session: SupervisionSession, person: UUID, by: User, at: datetime) -> dict[str, str]:
    """Sends a text to somebody who belongs here and is not here yet, while the doors are open."""
    check_lead(by, session)
    if session.state not in rules.OPEN_STATES:
        raise rules.MeetingOver
    found = people_by_ids({person}).get(person)
    if found is None or queries.member_of(session, found) is None:
        raise rules.NotAMember
    once_in = uuid5(session.pk, f"come:{person}:{at:%Y%m%d%H}:{at.minute // 10}")
    tell(key=once_in, session=session, person=found, kind="call.come", words=said_come, at=at)
    return {"person": str(person)}
