"""Who decides about words that could show who somebody is."""

from uuid import UUID

from django.http import Http404

from lms.people.models import User
from lms.programmes.models import Programme

from . import queries
from .models import IdentifierIncident


def may_decide(person: User, incident: IdentifierIncident) -> bool:
    """Who leads the meeting or supervises the writer; never the writer alone."""
    return queries.incidents_for(person).filter(pk=incident.pk).exists()


def get_incident_for(person: User, key: UUID) -> IdentifierIncident:
    """Or 404."""
    found = queries.incidents_for(person).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def get_programme_to_watch(person: User, key: UUID) -> Programme:
    """A programme whose lists this person keeps, or 404."""
    found = next((one for one in queries.programmes_managed(person) if one.pk == key), None)
    if found is None:
        raise Http404
    return found
