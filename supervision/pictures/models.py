"""What is stored of a picture: its pixels and its words, sealed and bound to the row."""

from uuid import uuid4

from django.db import models

from lms.sealing.models import SealedTextField

from . import rules


class CasePicture(models.Model):
    """One picture of a case. `sealed` opens only as the pixels of this row (`queries.image_of`).

    It is a WebP that we wrote ourselves; what was uploaded is never kept, nor its name.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey("supervision.CasePresentation", on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField()
    alt = SealedTextField(about="supervision.case_picture")
    sealed = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="one_picture_per_place"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=rules.MOST), name="at_most_three_pictures"
            ),
        ]

    def __str__(self) -> str:
        return f"picture {self.position} of {self.case_id}"

    @property
    def bound_to(self) -> str:
        """The associated data of the pixels."""
        return f"supervision.case_picture:{self.pk}:sealed"
