"""What the guard offers: the register for a person's phone, and what waits for a supervisor."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lms.people.models import User
from lms.phone import registry as phone
from lms.programmes.access import has_role
from lms.programmes.queries import enrolments_within, held_enrolments, programmes_of
from lms.programmes.rules import OUT_STAGES
from lms.reporting import registry as reporting

from . import queries

SHOWN = 5


def register() -> None:
    """Fills the registries; called once from `apps.ready()`."""
    label = _("people wrote words that may name somebody,")
    reporting.register_figure(reporting.Figure("identifiers", label, still_open))
    phone.register(phone.Part("guard", register_of, since=words_taken))


def register_of(person: User, *, at: datetime) -> dict[str, Any] | None:
    """Names and places to look for before something leaves the phone: of one's own groups and whom one supervises."""
    enrolments = list(held_enrolments(person))
    if has_role(person, "supervisor"):
        enrolments += enrolments_within(person, "supervisor").select_related("programme")
    if not enrolments:
        return None
    programmes = {enrolment.programme_id: enrolment.programme for enrolment in enrolments}
    return queries.register_on_phone(programmes.values(), {enrolment.cohort_id for enrolment in enrolments})


def words_taken(person: User, *, at: datetime) -> datetime | None:
    """When words were taken away the last time where this person learns or supervises: pages kept before may still
    have them.
    """
    programmes = {enrolment.programme_id for enrolment in held_enrolments(person)}
    if has_role(person, "supervisor"):
        programmes |= {programme.pk for programme in programmes_of(person, "supervisor")}
    return queries.last_redaction(programmes)


def still_open(*, at: datetime) -> tuple[Q, Q]:
    """Whose words wait to be looked at, of all who have not left."""
    return Q(Exists(queries.undecided_of(OuterRef("provider__user"), OuterRef("programme")))), ~Q(stage__in=OUT_STAGES)


def to_look_at(person: User, *, at: datetime) -> dict[str, Any] | None:
    """On a supervisor's front page of supervision: words that wait for a decision; one query."""
    if not has_role(person, "supervisor"):
        return None
    waiting = list(queries.waiting_for(person)[: SHOWN + 1])
    return {"flagged": waiting[:SHOWN], "more": len(waiting) > SHOWN} if waiting else None
