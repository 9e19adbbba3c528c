"""The forms with which authors write pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from courses.pages.rules import CATALOGUE_DEPTH, STEP, bands_in_order


class QuizPageForm(WagtailAdminPageForm):
    """A quiz whose bands are in order and whose questions belong to its own programme."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts = [cleaned.get(name) for name in ("nearly_from", "over_from", "clear_from")]
        if None not in starts and not bands_in_order(*starts):
            self.add_error(
                "clear_from", _("Each band must begin at a higher percentage than the one before, 100 at most.")
            )
        if any(question.programme_id != self.programme_id() for question in self.chosen(cleaned)):
            self.add_error(
                "questions", _("A question of another programme cannot be used here. Choose one of this programme.")
            )
        return cleaned

    def chosen(self, cleaned: dict[str, Any]) -> list[Any]:
        """The questions that were picked."""
        return [block.value for block in cleaned.get("questions") or () if block.value is not None]

    def programme_id(self) -> Any:
        """The programme of the catalogue above, found by the tree path; a new page has its parent's."""
        path = self.instance.path or (self.parent_page.path if self.parent_page else "")
        return type(self.instance).programme_of(path[: CATALOGUE_DEPTH * STEP])
