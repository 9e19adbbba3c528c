"""The answer to a question about recording: a form on the room's page, never a line in the room's log."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from lms.people.rules import Refusal
from supervision.sessions.access import get_session_for

from . import actions


@login_required
@require_POST
def recording_answer(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Yes or no; a script hears it as it hears the room's answers, a page goes back to the room."""
    session = get_session_for(request.user, session_id)
    by_script = "json" in request.headers.get("Accept", "")
    try:
        yes = request.POST.get("yes") == "1"
        actions.answer_recording(session=session, yes=yes, by=request.user, at=timezone.now())
    except Refusal as refusal:
        if not by_script:
            raise
        return JsonResponse({"type": "refused", "key": None, "code": refusal.code, "detail": str(refusal)})
    if by_script:
        return JsonResponse({"type": "ack", "key": None, "seq": session.log_head})
    response = redirect("supervision:session", session.pk)
    response["Location"] += "?tab=people"
    return response
