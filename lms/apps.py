"""Wires the core: what each noun offers to the registries."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.db.models.signals import post_migrate

OFFERS = [
    "lms.programmes.tasks",
    "lms.home.panels",
    "lms.competency.tasks",
    "lms.certification.tasks",
    "lms.reporting.panels",
]


class LmsConfig(AppConfig):
    """One Django app for the whole core, so that a model can move between nouns without a migration."""

    name = "lms"
    verbose_name = "Tandem"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.ledger.tasks import remake_guards

        post_migrate.connect(remake_guards, dispatch_uid="lms.ledger.guards")
        for name in OFFERS:
            if find_spec(name):
                import_module(name).register()
