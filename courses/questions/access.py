"""Who may see and change which question: authors and reviewers, each within their programmes."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404
from wagtail.permission_policies import BasePermissionPolicy

from courses.questions.models import Question
from lms.people.access import is_admin
from lms.people.models import User
from lms.programmes.access import grants_of

WRITERS = frozenset({"author", "reviewer"})
PUBLISHERS = frozenset({"reviewer"})
ONLY_REVIEWERS = frozenset({"publish", "delete", "lock", "unlock"})


def programme_ids(person: User, roles: frozenset[str] = WRITERS) -> set[UUID] | None:
    """The programmes in which a person writes questions; None stands for all of them."""
    if not person.is_authenticated or not person.is_active:
        return set()
    grants = grants_of(person)
    if is_admin(person) or any(grant.role == "admin" and grant.programme_id is None for grant in grants):
        return None
    return {grant.programme_id for grant in grants if grant.role in roles}


def questions_for(person: User) -> QuerySet[Question]:
    """The questions this person may see in the admin."""
    allowed = programme_ids(person)
    everything = Question.objects.all()
    return everything if allowed is None else everything.filter(programme_id__in=allowed)


def get_question_for(person: User, key: str) -> Question:
    """The question, or the same 404 as for one that is not there."""
    try:
        return questions_for(person).get(pk=key)
    except (Question.DoesNotExist, ValidationError, ValueError) as error:
        raise Http404 from error


class QuestionPolicy(BasePermissionPolicy):
    """Snippets have no rights by branch in Wagtail, so questions bring their own: the programme decides."""

    def user_has_permission(self, user: User, action: str) -> bool:
        allowed = programme_ids(user, PUBLISHERS if action in ONLY_REVIEWERS else WRITERS)
        return allowed is None or bool(allowed)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Question) -> bool:
        allowed = programme_ids(user, PUBLISHERS if action in ONLY_REVIEWERS else WRITERS)
        return allowed is None or instance.programme_id in allowed

    def instances_user_has_any_permission_for(self, user: User, actions: Any) -> QuerySet[Question]:
        return questions_for(user)

    def users_with_any_permission(self, actions: Any) -> QuerySet[User]:
        return User._default_manager.filter(
            Q(is_superuser=True) | Q(groups__permissions__codename="access_admin"), is_active=True
        ).distinct()
