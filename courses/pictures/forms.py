"""A picture as it is uploaded: judged by its head, then written anew, so that nothing but pixels is kept."""

from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageOps
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from courses.pictures.rules import FORMATS, MAX_PIXELS, may_be_opened

NOT_A_PICTURE = _("We cannot open this file as a picture. Choose a JPEG, PNG or WebP picture.")
TOO_MANY_PIXELS = _(
    "This picture is too big or it moves. Choose a still picture with at most %(most)s million points, "
    "or make it smaller first."
)


def opened(upload: Any) -> Pillow.Image:
    """The head of the file, in one of three formats only; an EPS that calls itself .jpg is never handed to its
    reader."""
    upload.seek(0)
    try:
        return Pillow.open(upload, formats=FORMATS)
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise too_many_pixels() from error
    except Exception as error:
        raise ValidationError(NOT_A_PICTURE, code="invalid_image") from error


def too_many_pixels() -> ValidationError:
    """What we say to a picture that would fill the server's memory."""
    return ValidationError(TOO_MANY_PIXELS, code="file_too_many_pixels", params={"most": MAX_PIXELS // 1_000_000})


def written_anew(picture: Pillow.Image) -> bytes:
    """The same picture, turned upright, without place, date, camera or anything else that travelled with it."""
    kind = picture.format
    try:
        upright = ImageOps.exif_transpose(picture)
        plain = Pillow.new(upright.mode, upright.size)
        plain.paste(upright)
        if upright.mode == "P":
            plain = upright.convert("RGBA")
        kept = BytesIO()
        plain.save(kept, format=kind, quality=88)
    except Exception as error:
        raise ValidationError(NOT_A_PICTURE, code="invalid_image") from error
    return kept.getvalue()


class PictureField(WagtailImageField):
    """Checks before Wagtail looks at the file at all."""

    def to_python(self, data: Any) -> Any:
        if not isinstance(data, UploadedFile):
            return super().to_python(data)
        picture = opened(data)
        if not may_be_opened(*picture.size, getattr(picture, "n_frames", 1)):
            raise too_many_pixels()
        clean = ContentFile(written_anew(picture), name=data.name)
        clean.content_type = data.content_type
        return super().to_python(clean)


class PictureForm(BaseImageForm):
    """The base of every picture form in the admin (`WAGTAILIMAGES_IMAGE_FORM_BASE`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("file")
        if field is not None:
            self.fields["file"] = PictureField(label=field.label, required=field.required, widget=field.widget)
