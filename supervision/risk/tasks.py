"""What dangers offer by time and to the database: telling the next one, rows that never change, the demo's rota."""

from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from lms.ledger.registry import guard
from lms.notices.actions import call_off
from lms.people.models import User
from lms.people.queries import user_named
from lms.programmes.models import Programme
from lms.programmes.queries import all_programmes
from lms.programmes.registry import DemoPart, register_demo, register_tick
from supervision.guard import registry as words

from . import actions, queries, rules
from .models import RiskEscalation

DEMO_DAYS = 80
DEMO_ROTA = (("grace", 1, rules.ALL_DAYS), ("ruth", 2, "01234"), ("joseph", 2, "56"))


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    guard("supervision_riskevent")
    words.follow("urgent calls", actions.take_words)
    register_tick("urgent calls", tick_unanswered, first=True)
    register_tick("days to look how people are", tick_days)
    register_demo(DemoPart("urgent calls", 60, build_demo))


def tick_unanswered(*, at: datetime) -> int:
    """Passes on what nobody took in time."""
    return actions.keep_telling(at=at)


def tick_days(*, at: datetime) -> int:
    """Reminds of days to look how people are, and of those that were missed."""
    return actions.remind_of_days(at=at)


def build_demo(*, at: datetime) -> None:
    """Who is on call in Kisumu, and one danger of the past, handled well, through the same actions as real ones."""
    programme = all_programmes().filter(slug="helping-kisumu").first()
    if programme is None:
        return
    for name, position, days in DEMO_ROTA:
        whole_day = {"weekdays": days, "begins": time(0), "ends": time(0)}
        actions.add_shift(programme=programme, person=user_named(name), position=position, by=None, at=at, **whole_day)
    key = uuid5(NAMESPACE_URL, "tandem:demo:risk")
    if queries.escalation_by_key(key) is None:
        build_past(key, programme, at - timedelta(days=DEMO_DAYS))


@transaction.atomic
def build_past(key: UUID, programme: Programme, began: datetime) -> None:
    """Brian presses, Grace has it after four minutes, a plan is made, and then they look every week."""
    brian, grace = user_named("brian"), user_named("grace")
    when = began.replace(hour=11, minute=31, second=0, microsecond=0)
    escalation = actions.raise_risk(
        key=key,
        what="self",
        place="with",
        note="A young man said that he does not want to live any more. I stay with him.",
        programme_id=programme.pk,
        happened_at=when,
        by=brian,
        at=when,
    )
    for minutes, step, told in (
        (4, actions.acknowledge, {}),
        (9, actions.act, {"note": "I talk with both by phone. His aunt is coming."}),
        (55, actions.make_plan, {"items": [*rules.PLAN], "note": "Written together, he has it in his pocket."}),
    ):
        step(escalation=escalation, by=grace, at=when + timedelta(minutes=minutes), **told)
    follow(escalation, brian, grace, when)
    for event in queries.events_of(escalation):
        if event.kind == "told":
            call_off(key=event.notice_key, at=when)


def follow(escalation: RiskEscalation, brian: User, grace: User, when: datetime) -> None:
    """Every week for two months; once he was not at home. The next look is still to come."""
    first = timezone.localdate(when) + timedelta(weeks=1)
    days = rules.follow_up_days(first, 4)
    actions.plan_follow_ups(escalation=escalation, days=days, by=grace, at=when + timedelta(hours=1))
    for number, row in enumerate(queries.follow_ups_of(escalation)[: DEMO_DAYS // 7 - 3]):
        became, note = ("missed", "He was not at home.") if number == 3 else ("done", "")
        told = {"became": became, "note": note, "by": brian, "at": when + timedelta(weeks=number + 1, hours=3)}
        actions.report_follow_up(follow_up=row.pk, **told)
