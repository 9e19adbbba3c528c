"""Handing out what is due: claimed first, then sent, then noted. A notice never goes out twice, whoever ticks."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime
from threading import Thread
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from lms.notices import queries, rules
from lms.notices.actions import transport
from lms.notices.models import Notice
from lms.people.models import User

log = logging.getLogger("tandem.notices")
AT_ONCE = 1000
SECONDS = 40.0
"""Longest time for one run: the rest waits a minute, so that a slow gateway holds up nothing else."""


def deliver_due(*, at: datetime) -> int:
    """Sends what is due and says how many went out; called every minute, by as many processes as there are."""
    clear_up(at=at)
    began, sent = time.monotonic(), 0
    for notice in queries.due(at).select_related("person")[:AT_ONCE]:
        if time.monotonic() - began > SECONDS:
            break
        sent += deliver(notice=notice, at=at)
    return sent


def clear_up(*, at: datetime) -> None:
    """What a process left in the middle when it died: nobody knows whether it went out. What is urgent is tried again,
    because twice is better than never; the rest is told as unclear."""
    for notice in queries.left_hanging(at):
        held = Notice.objects.filter(queries.WAITS, pk=notice.pk, claimed_at=notice.claimed_at)
        if notice.kind == rules.URGENT and notice.tries < rules.TRIES:
            held.update(claimed_at=None)
        else:
            held.update(dropped_at=at, why="unclear")


def deliver_soon(*, keys: Iterable[UUID], at: datetime) -> None:
    """Hands these out as soon as they are stored, beside the answer and not before it: nobody waits for a gateway. What
    does not go out so, because the gateway or this process broke, waits for the tick like everything else.

    A thread for each: one that hangs keeps nobody from being told. Python waits for them when the server is ended.
    """
    for key in keys:
        sender = Thread(target=deliver_one, kwargs={"key": key, "at": at}, name="notice")
        transaction.on_commit(sender.start, robust=True)


def deliver_one(*, key: UUID, at: datetime) -> None:
    """One notice, with a connection of its own; whoever claims it first sends it."""
    try:
        for notice in queries.due(at).filter(key=key).select_related("person"):
            deliver(notice=notice, at=at)
    except Exception:
        log.exception("the notice %s did not go out at once; the tick tries again", key)
    finally:
        connections.close_all()


def deliver(*, notice: Notice, at: datetime) -> bool:
    """One notice by the person's way, by another if that has no address; whether it went out."""
    person, wanted = notice.person, queries.choice_of(notice.person).channel
    found = rules.ways(wanted, email=person.email, phone=person.phone)
    why = refusal_of(notice, wanted, found, at)
    if why:
        drop(notice=notice, why=why, at=at)
        return False
    if not claim(notice=notice, channel=found[0], at=at):
        return False
    try:
        hand_out(notice, person, found[0], at)
    except rules.NotSent as fault:
        log.warning("notice %s did not go out by %s: %s", notice.pk, found[0], fault)
        try_later(notice=notice, at=at)
        return False
    Notice.objects.filter(queries.WAITS, pk=notice.pk, claimed_at=at).update(sent_at=at, claimed_at=None)
    return True


def refusal_of(notice: Notice, wanted: str, found: list[str], at: datetime) -> str:
    """Why it is not sent at all; empty if it is."""
    if rules.is_silenced(notice.kind, wanted):
        return "silenced"
    if notice.until and notice.until <= at:
        return "too_late" if notice.tries == 0 else "gave_up"
    return "" if found and notice.person.is_active else "no_address"


def claim(*, notice: Notice, channel: str, at: datetime) -> bool:
    """Takes the notice, if nobody has. One statement, so the row's own lock decides between two processes."""
    free = Notice.objects.filter(queries.WAITS, pk=notice.pk, claimed_at=None, due_at__lte=at)
    taken = free.update(claimed_at=at, channel=channel, tries=F("tries") + 1)
    notice.tries += taken
    return bool(taken)


def hand_out(notice: Notice, person: User, channel: str, at: datetime) -> None:
    """Outside of any transaction: a gateway may take ten seconds."""
    link = f"{settings.PUBLIC_URL}{notice.link}" if notice.link else ""
    if channel == rules.SMS:
        transport.send_text(to=rules.plain_number(person.phone), text=rules.shortened(notice.text, link), at=at)
        return
    with translation.override(person.language):
        end = _("You can change how Tandem writes to you: %(address)s") % {
            "address": f"{settings.PUBLIC_URL}/me/reminders/"
        }
    text = "\n\n".join(part for part in (notice.text, link, "-- \n" + end) if part)
    transport.send_mail(to=person.email, subject=notice.subject, text=text)


@transaction.atomic
def try_later(*, notice: Notice, at: datetime) -> None:
    """Free again after a pause that grows; after the last try it is dropped and the manager reads of it."""
    held = Notice.objects.filter(queries.WAITS, pk=notice.pk, claimed_at=at)
    pause = rules.pause_after(notice.tries)
    if pause is None:
        held.update(claimed_at=None, dropped_at=at, why="gave_up")
        return
    held.update(claimed_at=None, due_at=at + pause)


def drop(*, notice: Notice, why: str, at: datetime) -> None:
    """Not sent, and why; one that somebody holds is left alone."""
    Notice.objects.filter(queries.WAITS, pk=notice.pk, claimed_at=None).update(dropped_at=at, why=why)
