"""The author's form of a question: only the programmes in which this person writes can be chosen."""

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm

from courses.questions.access import programme_ids


class QuestionForm(WagtailAdminModelForm):
    """Offers the person's own programmes; with just one, that one is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("programme")
        if field is None or self.for_user is None:
            return
        allowed = programme_ids(self.for_user)
        if allowed is not None:
            field.queryset = field.queryset.filter(pk__in=allowed)
        only = list(field.queryset[:2])
        if len(only) == 1:
            field.initial = field.initial or only[0].pk
