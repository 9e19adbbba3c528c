"""What rating offers to a rater's phone: marks made without network, and the pages of the ratings that are open."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from lms.competency import access, actions, queries, rules
from lms.competency.models import Assessment
from lms.outbox import registry as outbox
from lms.people.models import User
from lms.people.rules import Invalid
from lms.phone import registry as phone

KEPT_RATINGS = 5
"""The newest open ratings, with all their items: about fifteen pages each."""


def clean_marked(data: dict[str, Any], subject: str) -> dict[str, Any]:
    """`{item, marks: {behaviour id: mark}}`; raises Invalid."""
    marks = data.get("marks")
    if not isinstance(marks, dict) or not all(isinstance(mark, str) for mark in marks.values()):
        raise Invalid
    try:
        return {"assessment": UUID(subject), "marks": marks}
    except ValueError as error:
        raise Invalid from error


def act_marked(
    *, key: UUID, person: User, subject: str, data: dict[str, Any], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """Marks of one item from the rater's phone.

    With two phones of one rater the last arrival wins, line by line: marks are small, she sees them all again on the
    page before she finishes, and nobody else can write them. A finished rating takes none.
    """
    rating = access.own_rating(person, data["assessment"])
    if rating is None:
        raise rules.NotARater
    actions.save_marks(rating=rating, marks=data["marks"], by=person, at=at)
    return {"assessment": str(rating.assessment_id)}


def ratings_to_keep(person: User, *, at: datetime) -> list[str]:
    """Every item of the open ratings, the look at all of them before the end, and the list that leads there."""
    ratings = list(queries.open_ratings(person).order_by("-started_at", "id")[:KEPT_RATINGS])
    if not ratings:
        return []
    items = queries.item_counts(assessment.framework_id for assessment in ratings)
    pages = [page for rating in ratings for page in pages_of(rating, items[rating.framework_id])]
    return [reverse("competency:index"), *pages]


def pages_of(assessment: Assessment, items: int) -> list[str]:
    """The door to a rating, its items, and the look at all of them."""
    here = reverse("competency:rate", args=[assessment.pk])
    numbered = [f"{here}?item={number}" for number in range(1, items + 1)]
    return [here, *numbered, reverse("competency:check", args=[assessment.pk])]


def register() -> None:
    """Fills the registries; called from `tasks.register()`."""
    outbox.register(outbox.ItemKind("rating.marked", clean_marked, act_marked))
    phone.register(phone.Part("ratings", keep=ratings_to_keep))
