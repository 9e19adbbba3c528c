"""What groups offer: the demo's group, with its agreement signed by everybody."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from lms.people.queries import user_named
from lms.programmes.models import Cohort
from lms.programmes.queries import all_programmes
from lms.programmes.registry import DemoPart, register_demo
from supervision.groups import actions, queries
from supervision.groups.models import SupervisionGroup

MEMBERS = ("amina", "brian", "chidi", "dalia")


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    register_demo(DemoPart("supervision group", 45, build_demo))


def demo_cohort() -> Cohort | None:
    """The Kisumu cohort, if the demo's people are there."""
    programme = all_programmes().filter(slug="helping-kisumu").first()
    return programme.cohorts.order_by("starts_on").first() if programme else None


def demo_group(cohort: Cohort) -> SupervisionGroup | None:
    return queries.group_named(cohort, _("Tuesday group, Lakeside"))


def build_demo(*, at: datetime) -> None:
    """The Tuesday group of Grace; there already, nothing changes."""
    cohort, grace = demo_cohort(), user_named("grace")
    people = [user_named(name) for name in MEMBERS]
    if cohort is None or grace is None or None in people or demo_group(cohort) is not None:
        return
    began = at - timedelta(days=60)
    group = actions.create_group(
        cohort=cohort,
        name=_("Tuesday group, Lakeside"),
        kind="supervised",
        supervisor=grace,
        co_supervisor=None,
        time_zone="Africa/Nairobi",
        cadence="weekly",
        providers=[person.provider.pk for person in people],
        by=grace,
        at=began,
    )
    agreement = queries.newest_agreement(group)
    for number, person in enumerate([grace, *people]):
        actions.sign_agreement(agreement=agreement, by=person, at=began + timedelta(hours=3 * number))
