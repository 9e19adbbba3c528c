"""`manage.py flush`, as tests use it to clean up: lifts the guards on a local run and leaves Wagtail its root."""

from typing import Any

from django.core.management.commands import flush
from wagtail.models import Collection, Locale, Page

from lms.ledger.tasks import lift_guards


class Command(flush.Command):
    """Django's flush with the database's guards lifted (post_migrate puts them back) and Wagtail's root made anew."""

    def handle(self, **options: Any) -> None:
        lift_guards()
        super().handle(**options)
        locale, _ = Locale.objects.get_or_create(language_code="en")
        if not Collection.objects.exists():
            Collection.add_root(name="Root")
        if not Page.objects.exists():
            Page.add_root(title="Root", slug="root", locale=locale)
