"""What leaves the room as a file: the results of its polls."""

import csv
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from supervision.room import queries
from supervision.sessions.access import get_session_to_lead

RISKY = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text


@login_required
@require_GET
@never_cache
def polls_csv(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A line for each answer of each poll that is over, for who leads: no names, as in the group's minutes with them.

    A secret poll with so few votes that its split would tell who gives only how many voted.
    """
    session = get_session_to_lead(request.user, session_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="polls-{session.pk}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_("Question"), _("Secret"), _("Answer"), _("How many"), _("How many voted")])
    for poll in queries.shown_polls(session, request.user, {}, leads=False):
        if poll.state != "closed":
            continue
        secret = _("yes") if poll.anonymous else _("no")
        for option in poll.options:
            count = "" if option.count is None else option.count
            cells = [poll.question, secret, option.text, count, poll.votes]
            writer.writerow([plain_cell(cell) for cell in cells])
    return response
