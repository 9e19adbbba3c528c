"""Uploaded files of a single machine (with S3 settings the storage serves them itself), and fonts for printing."""

import mimetypes
from pathlib import Path
from uuid import uuid4

import manimgx_fonts
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousFileOperation
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.views.decorators.http import require_safe
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.images.permissions import permission_policy

from lms.people.access import is_admin
from lms.people.models import User
from lms.programmes.access import may_open_course
from lms.programmes.queries import all_programmes

FONTS = Path(manimgx_fonts.__file__).parent
# Python before 3.13 does not know these by itself, and a machine need not have a list of its own
PICTURES = {".avif": "image/avif", ".webp": "image/webp"}


@login_required
@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """A file below the media folder, for who may see it; names are never reused, so it may be kept."""
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
    except (SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    name = file.relative_to(Path(settings.MEDIA_ROOT).resolve()).as_posix()
    if not may_see_file(request.user, name) or not file.is_file():
        raise Http404
    kind = PICTURES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0]
    response = FileResponse(file.open("rb"), content_type=kind or "application/octet-stream")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def may_see_file(person: User, name: str) -> bool:
    """Copies of pictures: the people of the programme; what was uploaded: who works on it; faces of the admin: who
    may enter it; anything else: the administrator."""
    if is_admin(person):
        return True
    if name.startswith("avatar_images/"):
        return person.has_perm("wagtailadmin.access_admin")
    picture = get_image_model().objects
    copied = picture.filter(renditions__file=name).select_related("collection").first()
    if copied is not None:
        return may_see_picture(person, copied)
    whole = picture.filter(file=name).first()
    return whole is not None and permission_policy.user_has_permission_for_instance(person, "change", whole)


def may_see_picture(person: User, picture: AbstractImage) -> bool:
    """A picture is of the programmes whose authors work in its collection; in a collection of none it is for
    everybody who is signed in."""
    above = picture.collection.get_ancestors(inclusive=True)
    authors = Q(authors_group__collection_permissions__collection__in=above)
    reviewers = Q(reviewers_group__collection_permissions__collection__in=above)
    programmes = all_programmes().filter(authors | reviewers).distinct()
    keys = list(programmes.values_list("pk", flat=True))
    return not keys or any(may_open_course(person, key) for key in keys)


def static_font(weight: int, family: str = "NotoSans") -> Path:
    """One weight of a font as a file of its own, made once per machine: that takes longer than the page."""
    path = settings.VAR / "fonts" / f"{family}-{weight}.ttf"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{uuid4().hex}")
        with TTFont(FONTS / f"{family}[wght].ttf") as font:
            others = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
            instantiateVariableFont(font, {**others, "wght": weight}, inplace=True)
            font.save(unfinished)
        unfinished.replace(path)
    return path
