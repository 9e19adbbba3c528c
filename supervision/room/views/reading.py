"""Reading up on what one missed: the page, and the question at its end."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from supervision.room import queries
from supervision.room.actions import catch_up
from supervision.room.forms import ReadForm
from supervision.room.rules import Part
from supervision.sessions import access
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import has_agreed
from supervision.sessions.rules import OPEN_STATES, OVER_STATES

SALT = "supervision.reading"


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def session_catch_up(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What was said while she was away, in three minutes. A right answer is kept; another one is asked again."""
    session, at = access.get_session_for(request.user, session_id), timezone.now()
    if session.state not in OPEN_STATES | OVER_STATES:
        raise Http404
    if not has_agreed(session.pk, request.user.pk):
        return render(request, "supervision/room/promise.html", {"session": session})
    part = queries.part_missed(session, request.user)
    if part is None:
        return redirect("supervision:session", session.pk)
    digest = queries.digest_of(session, request.user, part)
    said = ""
    if request.method == "POST":
        form = ReadForm(request.POST)
        if form.is_valid() and answers(form, digest):
            return kept(request, session, part, opened_at(form.cleaned_data["opened"], at), at)
        said = _("Not yet. Read it once more, then choose again.")
    opened = request.POST.get("opened") or signing.dumps(at.timestamp(), salt=SALT)
    facts = {"session": session, "digest": digest, "opened": opened, "said": said}
    return render(request, "supervision/room/catch_up.html", facts, status=409 if said else 200)


def answers(form: ReadForm, digest: queries.Digest) -> bool:
    """Whether this is the right answer to the question of this part; where nothing can be asked, reading is enough."""
    part = digest.part
    if form.cleaned_data["part"] != f"{part.from_seq}-{part.to_seq}":
        return False
    return digest.check is None or form.cleaned_data["choice"] == digest.check.right


def opened_at(signed: str, at: datetime) -> datetime:
    """When the page was opened, by our own clock; a time that we did not sign counts as now."""
    try:
        return datetime.fromtimestamp(signing.loads(signed, salt=SALT), UTC)
    except signing.BadSignature:
        return at


def kept(request: HttpRequest, session: SupervisionSession, part: Part, opened: datetime, at: datetime) -> HttpResponse:
    """Thank you, and back to the room or the minutes."""
    row = catch_up(
        session=session, from_seq=part.from_seq, to_seq=part.to_seq, opened_at=opened, by=request.user, at=at
    )
    facts = {"session": session, "minutes": max(1, row.seconds // 60)}
    return render(request, "supervision/room/caught_up.html", facts)
