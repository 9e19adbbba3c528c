"""`manage.py verify_ledger`: checks every chain and head."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.ledger.tasks import faults


class Command(BaseCommand):
    """Names the first broken entry of each chain; exit 1 when there is one."""

    help = "Checks every chain and head of the ledger; names the first broken entry; exit 1."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(faults())
        for fault in found:
            self.stdout.write(f"provider {fault.provider} at {fault.origin}, entry {fault.number}: {fault.sentence}")
        if found:
            raise CommandError(f"The ledger is not whole: {len(found)} fault(s). Compare with the last backup.")
        self.stdout.write("The ledger is whole.")
