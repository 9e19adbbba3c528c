"""An agenda as a brief's page posts it: what the leader saw is what is kept."""

from uuid import UUID

from django.http import QueryDict

from lms.people.rules import Invalid
from supervision.sessions.rules import clean_boxes


def key_in(posted: QueryDict) -> UUID:
    """The form's own key; raises Invalid."""
    try:
        return UUID(posted.get("key", ""))
    except ValueError as error:
        raise Invalid from error


def agenda_in(posted: QueryDict) -> list[dict[str, object]]:
    """The items, one per place in three lists of equal length; raises Invalid."""
    kinds, titles, minutes = (posted.getlist(name) for name in ("item_kind", "item_title", "item_minutes"))
    if not len(kinds) == len(titles) == len(minutes) or not all(one.isdecimal() for one in minutes):
        raise Invalid
    told = zip(kinds, titles, minutes, strict=True)
    return clean_boxes([{"kind": kind, "title": title, "minutes": int(length)} for kind, title, length in told])
