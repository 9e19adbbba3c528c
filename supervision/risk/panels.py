"""What dangers offer to other pages: the top of the front page, the outbox, the board's line, who is on call."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from lms.home import registry as home
from lms.outbox import registry as outbox
from lms.people.models import User
from lms.people.rules import Invalid
from lms.programmes.access import has_role
from lms.programmes.models import Programme
from lms.programmes.queries import programmes_of
from lms.programmes.registry import register_on_call
from lms.reporting import registry as reporting
from supervision.sessions import registry as sessions

from . import actions, queries, rules
from .forms import read_raised

SHOWN = 5


def open_dangers(person: User, *, at: datetime) -> dict[str, Any] | None:
    """What must not be missed, and follow-ups that are due; one query, and one more for who manages."""
    today = timezone.localdate(at)
    rows = list(queries.open_for(person))
    others = [row for row in rows if row.state in queries.BUSY and row.raised_by_id != person.pk]
    mine = [row for row in rows if row.state in queries.BUSY and row.raised_by_id == person.pk]
    soon = {
        True: today + timedelta(days=7),
        False: today,
    }  # her own a week ahead: her phone may be without network then
    due = [row for row in rows if row.next_due and row.next_due <= soon[row.raised_by_id == person.pk]]
    waiting = 0
    if not person.is_superuser and has_role(person, "manager"):
        known = sum(row.state == "raised" for row in others)
        waiting = max(0, queries.unanswered_in(programmes_of(person, "manager")) - known)
    if not (others or mine or due or waiting):
        return None
    return {
        "others": others[:SHOWN],
        "mine": mine[:SHOWN],
        "due": due[:SHOWN],
        "more": max(0, len(others) - SHOWN),
        "waiting": waiting,
        "today": today,
        "at": at,
        "new_key": uuid4,
    }


def of_supervisor(person: User, *, at: datetime) -> dict[str, Any] | None:
    """On supervision's front page: the same, and the way to all of them; nothing for who only learns."""
    if not has_role(person, "supervisor"):
        return None
    return (open_dangers(person, at=at) or {"others": [], "mine": [], "due": []}) | {"all": True}


def board_line(person: User, programme: Programme, *, at: datetime) -> dict[str, Any]:
    """The manager's safety line: figures of 90 days, who is on call now, when nobody will be."""
    duty = queries.duty_of(programme, at=at)
    return {
        "figures": queries.figures_of(programme, at=at),
        "days": queries.FIGURE_DAYS,
        "now": [shift.person.name for shift in duty.now],
        "gaps": duty.gaps[:3],
        "programme": programme,
    }


# -- from phones


def clean_raised(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """`{what, place, note, case, programme}`; nothing of it can be so wrong that the call is refused."""
    return read_raised(data)


def act_raised(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """Pressed on a phone, perhaps without network, perhaps hours ago."""
    return queries.told_words(actions.raise_risk(key=key, by=person, happened_at=happened_at, at=at, **data))


def clean_followed_up(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """`{became: "done" | "missed", note}`; raises Invalid."""
    note = data.get("note", "")
    if data.get("became") not in rules.REPORTS or not isinstance(note, str) or len(note) > rules.NOTE_LIMIT:
        raise Invalid
    try:
        return {"follow_up": UUID(subject), "became": data["became"], "note": note}
    except ValueError as error:
        raise Invalid from error


def act_followed_up(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """How the person was, written down on a phone."""
    actions.report_follow_up(by=person, at=at, **data)
    return {"follow_up": str(data["follow_up"]), "became": data["became"]}


def register() -> None:
    home.register(home.Panel("risk", 0, "main", "supervision/risk/_open.html", open_dangers))
    sessions.register(sessions.Part("risk", 0, "supervision/risk/_open.html", of_supervisor))
    reporting.register_line(reporting.Line("risk", 10, "supervision/risk/_board.html", board_line))
    outbox.register(outbox.ItemKind("risk.raised", clean_raised, act_raised))
    outbox.register(outbox.ItemKind("risk.followed_up", clean_followed_up, act_followed_up))
    register_on_call("rota", queries.numbers_now)
