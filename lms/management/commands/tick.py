"""`manage.py tick`: everything that is due by time; with `--every-minute` as long as the server lives."""

import logging
import os
import signal
import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections
from django.utils import timezone

from lms.programmes.actions import take_turn
from lms.programmes.registry import run_ticks, tick_names, ticks

MINUTE, DAY = timedelta(seconds=50), timedelta(hours=23, minutes=50)
log = logging.getLogger("tandem.tick")


class Command(BaseCommand):
    """Runs every registered job; safe to run twice, and beside others that do the same."""

    help = "Does everything that is due by time. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every-minute", action="store_true", help="go on until the process that began this ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["every_minute"]:
            keep_on(os.getppid())
            return
        for name, done in run_ticks(at=timezone.now()).items():
            self.stdout.write(f"{name}: {done}")


def keep_on(parent: int) -> None:
    """Looks every minute whether it is this process's turn. Ends with its parent, also when that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    while os.getppid() == parent:
        at = timezone.now()
        try:
            look(at=at)
        except Exception:
            log.exception("the jobs of this minute could not begin")
        connections.close_all()
        wait_until(time.monotonic() + 60 - timezone.now().second, parent)


def look(*, at: datetime) -> list[str]:
    """The jobs of this minute, and once a day those that look at everybody; which ran."""
    ran = []
    for name, hold, daily in (("minute", MINUTE, False), ("day", DAY, True)):
        if take_turn(name=name, at=at, hold=hold):
            ran += [job for job in tick_names(daily=daily) if done(job, at)]
    return ran


def done(job: str, at: datetime) -> bool:
    """One job; what goes wrong in it stops none of the others."""
    try:
        ticks[job](at=at)
    except Exception:
        log.exception("the job %s went wrong; it is tried again the next time", job)
        return False
    return True


def wait_until(moment: float, parent: int) -> None:
    """Sleeps, and looks every second whether the server is still there."""
    while time.monotonic() < moment and os.getppid() == parent:
        time.sleep(min(1.0, max(0.0, moment - time.monotonic())))
