"""`manage.py tick`: everything that is due by time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lms.programmes.registry import run_ticks


class Command(BaseCommand):
    """Runs every registered job; safe to run twice."""

    help = "Does everything that is due by time. Safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, done in run_ticks(at=timezone.now()).items():
            self.stdout.write(f"{name}: {done}")
