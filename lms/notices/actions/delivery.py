"""Handing out what is due: claimed first, then sent, then noted. A notice never goes out twice, whoever ticks."""

import logging
import time
from datetime import datetime

from django.conf import settings
from django.db import transaction
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
    queries.left_hanging(at).update(dropped_at=at, why="unclear")
    began, sent = time.monotonic(), 0
    for notice in queries.due(at).select_related("person")[:AT_ONCE]:
        if time.monotonic() - began > SECONDS:
            break
        sent += deliver(notice=notice, at=at)
    return sent


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
