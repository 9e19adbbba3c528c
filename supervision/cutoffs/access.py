"""Who may write down the cut-offs of a programme: its managers."""

from django.http import Http404

from lms.people.models import User
from lms.programmes.access import has_role
from lms.programmes.models import Programme
from lms.programmes.queries import programmes_of


def may_write_for(person: User, programme: Programme) -> bool:
    return has_role(person, "manager", programme=programme)


def get_programme_to_manage(person: User, key: str) -> Programme:
    """The programme asked for, or the first one; 404 for who manages none."""
    managed = programmes_of(person, "manager")
    found = [programme for programme in managed if str(programme.pk) == key] if key else managed
    if not found:
        raise Http404
    return found[0]
