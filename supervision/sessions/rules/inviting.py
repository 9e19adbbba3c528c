"""Who is let into one meeting beside its group, and who is taken out: refusals and sizes."""

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal

INVITED_AT_MOST = 30  # people that a page offers; a name finds the others


class LeadStays(Refusal):
    """Who leads, and who asks, cannot be taken out."""

    code = "not_allowed"
    sentence = _("Who leads the meeting stays in it. Somebody else can be named to lead before it begins.")


class NotToInvite(Refusal):
    """Somebody outside the reach of who asks, or who belongs here already."""

    code = "invalid"
    sentence = _("This person cannot be asked into this meeting.")
