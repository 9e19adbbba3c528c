"""What becomes of words that could show who somebody is: states, moves, refusals."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal
from supervision.guard.rules.finding import REASONS as REASONS

STATES: dict[str, Promise] = {
    "detected": _("Found, nobody has looked yet"),
    "quarantined": _("Held back until the words are changed"),
    "redacted": _("The words were taken away"),
    "false_alarm": _("It shows nobody"),
    "notified": _("The writer was told"),
    "closed": _("Finished"),
}
MOVES: dict[str, frozenset[str]] = {
    "detected": frozenset({"quarantined", "redacted", "false_alarm"}),
    "quarantined": frozenset({"redacted", "false_alarm"}),
    "redacted": frozenset({"notified"}),
    "false_alarm": frozenset({"closed"}),
    "notified": frozenset({"closed"}),
    "closed": frozenset(),
}
UNDECIDED = frozenset({"detected", "quarantined"})
PLACES: dict[str, Promise] = {
    "message": _("A message in a meeting"),
    "advice": _("An advice in a meeting"),
    "poll": _("A question to the group"),
    "case": _("A case"),
    "report": _("Why an advice was not possible"),
    "private": _("A private message in a meeting"),
}
WORD_LIMIT = 80
WORDS_LIMIT = 500


class IncidentMoved(Refusal):
    code = "closed"
    sentence = _("Somebody has decided about this already.")


class NotYoursToDecide(Refusal):
    code = "not_allowed"
    status = 403
    sentence = _("The supervisor of the writer or who led the meeting decides about this.")


class NotAnIncident(Refusal):
    code = "invalid"
    sentence = _("These words cannot be marked.")


def check_move(state: str, to: str) -> None:
    if to not in MOVES[state]:
        raise IncidentMoved
