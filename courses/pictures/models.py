"""What is stored of a picture and of its smaller copies."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class Picture(AbstractImage):
    """A picture of a lesson. Its text for those who cannot see it stands where it is used."""

    attribution = models.CharField(_("who made it, and its licence"), max_length=255, blank=True)
    admin_form_fields: ClassVar[tuple[Any, ...]] = (*Image.admin_form_fields, "attribution")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


class PictureRendition(AbstractRendition):
    """A copy of a picture in one size and format."""

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_spec")
        ]
