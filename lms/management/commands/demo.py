"""`manage.py demo`: starter programme and demo people."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms.programmes.registry import run_order


class Command(BaseCommand):
    """Runs the demo's parts in order; each adds what is missing and changes nothing that exists."""

    help = "Makes the starter programme and the demo people. Run again, it adds what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("Demo people have a published password: they are made only with LOCAL=1.")
        at = timezone.now()
        for part in run_order():
            self.stdout.write(f"  demo: {part.name}")
            part.build(at=at)
