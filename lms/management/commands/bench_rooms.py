"""`manage.py bench_rooms --rooms R --members N`: live meetings full of signed-in people, as JSON on one line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from supervision.room.tasks import make_bench_rooms


class Command(BaseCommand):
    """For load tests only: it signs people in without a password."""

    help = "Makes live meetings with signed-in members and prints their cookies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rooms", type=int, required=True)
        parser.add_argument("--members", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("bench_rooms signs people in without a password: it runs only with LOCAL=1.")
        if not (1 <= options["rooms"] <= 1000 and 1 <= options["members"] <= 2000):
            raise CommandError("Give between 1 and 1000 rooms and between 1 and 2000 members.")
        made = make_bench_rooms(rooms=options["rooms"], members=options["members"], at=timezone.now())
        self.stdout.write(json.dumps({"rooms": made}))
