"""What may be planned: how far ahead, and how many at once."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Invalid

MOST_AHEAD = timedelta(days=2 * 365 + 1)
"""So far ahead a meeting can be planned."""


class NothingPlanned(Invalid):
    """A series that ends before it begins."""

    sentence = _("The last day is before the first. Choose a later one.")


class TooFarAhead(Invalid):
    """A day that nobody can plan for yet, mostly a slip of the finger in the year."""

    sentence = _("Choose a day within the next 2 years.")


class TooLongASeries(Invalid):
    """So many meetings that the last lies further ahead than one can plan."""

    sentence = _("The last of these meetings is more than 2 years from now. Plan fewer of them.")


class TooManyMeetings(Invalid):
    """More than are planned at once: said, not cut."""

    sentence = _("At most 60 meetings are planned at once. Choose an earlier last day.")
