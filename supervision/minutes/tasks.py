"""What minutes offer by time and to a meeting's end: being made, reminders to sign, the demo's signatures."""

from datetime import datetime, timedelta

from lms.programmes.registry import DemoPart, register_demo, register_tick
from supervision.groups.tasks import demo_cohort
from supervision.guard import registry as guard
from supervision.minutes import actions, queries
from supervision.sessions import registry as sessions
from supervision.sessions.queries import sessions_of_cohort

DEMO_SIGNED = timedelta(days=7)


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    sessions.follow_settled("minutes", actions.make)
    guard.follow("minutes", actions.take_words)
    register_tick("minutes of closed meetings", tick_missing)
    register_tick("reminders to sign minutes", tick_reminders)
    register_demo(DemoPart("signed minutes", 58, build_demo))


def tick_missing(*, at: datetime) -> int:
    """Makes the minutes that a crash left out."""
    return actions.make_missing(at=at)


def tick_reminders(*, at: datetime) -> int:
    """Who has minutes to sign is told."""
    return actions.remind_due(at=at)


def build_demo(*, at: datetime) -> None:
    """The demo's past meetings are signed the day after; the last one waits for Grace."""
    cohort = demo_cohort()
    held = sessions_of_cohort(cohort).filter(state="closed", closed_at__lt=at - DEMO_SIGNED) if cohort else []
    for session in held:
        when = session.closed_at + timedelta(hours=20)
        found = actions.make(session_id=session.pk, at=session.closed_at)
        if found is not None:
            last = queries.newest(found)
            told = {"words": last.wording, "by": session.facilitator, "at": when, "quiet": True}
            actions.sign(session=session, base=last.number, **told)
