"""Keeping and taking away pictures of a case; the case's own actions ask who may, and lock its row."""

from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from uuid import UUID, uuid4

from PIL import Image, ImageOps

from lms.sealing.rules import seal_bytes
from supervision.guard.rules import has_words, without_words

from . import queries, rules
from .models import CasePicture


def keep(*, case_id: UUID, upload: BinaryIO, alt: str, at: datetime) -> CasePicture:
    """The picture written anew and sealed; raises NotAPicture, PictureTooBig, EnoughPictures."""
    held = set(queries.pictures_of(case_id).values_list("position", flat=True))
    free = sorted(set(range(1, rules.MOST + 1)) - held)
    if not free:
        raise rules.EnoughPictures
    content, size = written_anew(upload)
    picture = CasePicture(id=uuid4(), case_id=case_id, position=free[0], alt=alt, at=at)
    picture.width, picture.height = size
    picture.sealed = seal_bytes(content, about=picture.bound_to)
    picture.save(force_insert=True)
    return picture


def take_away(*, case_id: UUID, picture_id: UUID | None = None) -> None:
    """One picture, or all; taking away what is gone changes nothing."""
    pictures = CasePicture.objects.filter(case=case_id)
    (pictures if picture_id is None else pictures.filter(pk=picture_id)).delete()


def take_words(*, case_id: UUID, words: str) -> int:
    """Takes words out of what pictures are said to show; says in how many."""
    told = [picture for picture in CasePicture.objects.filter(case=case_id) if has_words(picture.alt, words)]
    for picture in told:
        picture.alt = without_words(picture.alt, words)
        picture.save(update_fields=["alt"])
    return len(told)


def written_anew(upload: BinaryIO) -> tuple[bytes, tuple[int, int]]:
    """WebP of at most 1,600 points a side and its size, upright, with nothing but pixels in it.

    The head is judged first, in three formats only: an EPS that calls itself .jpg never reaches its reader.
    """
    upload.seek(0)
    try:
        picture = Image.open(upload, formats=rules.FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise rules.PictureTooBig from error
    except Exception as error:
        raise rules.NotAPicture from error
    if not rules.may_be_opened(*picture.size, getattr(picture, "n_frames", 1)):
        raise rules.PictureTooBig
    try:
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((rules.MAX_SIDE, rules.MAX_SIDE))
        shown = upright.convert("RGBA")
        plain = Image.new("RGB", shown.size, "white")
        plain.paste(shown, mask=shown.getchannel("A"))
        kept = BytesIO()
        plain.save(kept, format="WEBP", quality=80)
    except Exception as error:
        raise rules.NotAPicture from error
    return kept.getvalue(), plain.size
