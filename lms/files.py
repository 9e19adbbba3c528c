"""Uploaded files of a single machine (with S3 settings the storage serves them itself), and fonts for printing."""

import mimetypes
from pathlib import Path
from uuid import uuid4

import manimgx_fonts
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.views.decorators.http import require_safe
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(manimgx_fonts.__file__).parent


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


def static_font(weight: int, family: str = "NotoSans") -> Path:
    """One weight of a font as a file of its own, made once per machine: that takes longer than the page."""
    path = settings.VAR / "fonts" / f"{family}-{weight}.ttf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{uuid4().hex}")
        with TTFont(FONTS / f"{family}[wght].ttf") as font:
            instantiateVariableFont(font, {"wght": weight}, inplace=True)
            font.save(unfinished)
        unfinished.replace(path)
    return path
