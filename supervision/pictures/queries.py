"""Asking for the pictures of a case; the pixels are loaded only where one is shown."""

from uuid import UUID

from django.db.models import QuerySet

from lms.sealing.rules import unseal_bytes

from .models import CasePicture


def pictures_of(case_id: UUID) -> QuerySet[CasePicture]:
    """In order, without their pixels."""
    return CasePicture.objects.filter(case=case_id).defer("sealed")


def picture_by_id(picture_id: UUID) -> CasePicture | None:
    """A picture without asking who wants to see it; access is the caller's."""
    return CasePicture.objects.filter(pk=picture_id).select_related("case__provider__user", "case__programme").first()


def image_of(picture: CasePicture) -> bytes:
    """The picture as WebP."""
    return unseal_bytes(picture.sealed, about=picture.bound_to)
