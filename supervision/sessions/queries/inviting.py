"""Who can be asked into one meeting, and who was taken out of it."""

from django.db.models import QuerySet

from lms.people.models import User
from lms.people.queries import users
from lms.programmes.queries import enrolments_within, members_of_cohort, staff_of
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import SUPERVISING_ROLES, members_among, members_of
from supervision.sessions.rules.inviting import INVITED_AT_MOST


def taken_out(session: SupervisionSession) -> list[User]:
    """Who was taken out of this meeting and may be let in again, by name."""
    rows = session.extra_members.exclude(removed_at=None).filter(person__is_active=True)
    return [row.person for row in rows.select_related("person").order_by("person__name", "person_id")]


def may_be_invited(session: SupervisionSession, by: User, *, named: str = "") -> QuerySet[User]:
    """People of the cohort, of whom only some are in its group; for a supervisor also those within reach in this
    programme and its other supervisors. Who belongs here already and who was taken out is left out.
    """
    member = members_among([session.pk], [by.pk]).get((session.pk, by.pk))
    found = members_of_cohort(session.cohort_id).values("pk")
    wanted = users().filter(pk__in=found)
    if member and member.role in SUPERVISING_ROLES:
        reached = enrolments_within(by, "supervisor").filter(programme=session.programme_id)
        learners = users().filter(provider__enrolments__in=reached.values("pk")).values("pk")
        wanted |= users().filter(pk__in=learners)
        wanted |= users().filter(pk__in=staff_of(session.programme, "supervisor").values("pk"))
    here = [one.id for one in members_of(session)] + [one.pk for one in taken_out(session)]
    wanted = wanted.exclude(pk__in=here).distinct().order_by("name", "pk")
    return wanted.filter(name__icontains=named) if named else wanted


def first_to_invite(session: SupervisionSession, by: User, named: str) -> tuple[list[User], bool]:
    """So many of them as a page shows, and whether there are more."""
    rows = list(may_be_invited(session, by, named=named)[: INVITED_AT_MOST + 1])
    return rows[:INVITED_AT_MOST], len(rows) > INVITED_AT_MOST
