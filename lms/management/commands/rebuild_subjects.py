"""Writes again, from the pages, what can be learned."""

from typing import Any

from django.core.management.base import BaseCommand

from courses.pages.actions import rebuild_subjects


class Command(BaseCommand):
    help = "Writes every subject again from the pages of the courses."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_subjects()} pages were written as subjects.")
