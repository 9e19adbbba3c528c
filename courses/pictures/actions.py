"""Changes to pictures outside the admin: one is kept, with the copy that lessons show."""

from pathlib import Path

from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.models import Collection

from courses.pictures.models import Picture

WIDTHS = (320, 480, 640, 960)
COPIES = [f"format-{kind}|width-{width}" for kind in ("avif", "webp") for width in WIDTHS]
SAVED = "width-640|format-webp"  # the one that a phone keeps, and that stands for all where there is room for one


@transaction.atomic
def keep_picture(*, file: Path, alt: str, attribution: str, collection: Collection) -> Picture:
    """One picture, told apart by its file name within the collection; its copies are made at once, not at the first
    visit."""
    there = Picture.objects.filter(title=file.stem, collection=collection).first()
    if there:
        return there
    picture = Picture(title=file.stem, description=alt[:255], collection=collection, attribution=attribution)
    with file.open("rb") as opened:
        picture.file = ImageFile(opened, name=file.name)
        picture.save()
    picture.get_rendition(SAVED)
    transaction.on_commit(lambda: picture.get_renditions(*COPIES))
    return picture
