"""Uploaded files of a single machine; with S3 settings the storage serves them itself."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.views.decorators.http import require_safe


@login_required
@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """A file below the media folder, for people who are signed in; names are never reused, so it may be kept."""
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
    except (SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    if not file.is_file():
        raise Http404
    kind, _ = mimetypes.guess_type(file.name)
    response = FileResponse(file.open("rb"), content_type=kind or "application/octet-stream")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
