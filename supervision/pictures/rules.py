"""Which pictures a case may hold, on plain values."""

from django.utils.translation import gettext_lazy as _

from lms.people.rules import Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 20_000_000
MAX_BYTES = 15_000_000
MAX_SIDE = 1600
MOST = 3
ALT_LIMIT = 300


class NotAPicture(Refusal):
    """A file that Pillow cannot open as one of three formats, whatever its name says."""

    code = "invalid"
    sentence = _("We cannot open this file as a picture. Choose a JPEG, PNG or WebP picture.")


class PictureTooBig(Refusal):
    """It would fill the server's memory once unpacked, or it moves."""

    code = "invalid"
    sentence = _(
        "This picture is too big or it moves. Choose a still picture with at most 20 million points, "
        "or make it smaller first."
    )


class EnoughPictures(Refusal):
    code = "limit"
    sentence = _("A case can have three pictures. Take one away first.")


def may_be_opened(width: int, height: int, frames: int) -> bool:
    """Judged from the head of the file, before any pixel is unpacked."""
    return 0 < width * height <= MAX_PIXELS and frames == 1
