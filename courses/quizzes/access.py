"""Who may answer, and who may decide after a talk."""

from uuid import UUID

from django.http import Http404

from courses.quizzes.models import Attempt
from lms.people.models import User
from lms.programmes.access import may_act_on


def may_answer(person: User, attempt: Attempt) -> bool:
    """Only the one who was asked."""
    return attempt.provider.user_id == person.pk


def may_decide(person: User, attempt: Attempt) -> bool:
    """A supervisor in whose part the learner is, never the learner."""
    if attempt.provider.user_id == person.pk:
        return False
    return may_act_on(person, attempt.provider, "supervisor", programme=attempt.programme)


def get_attempt_to_decide(person: User, key: UUID) -> Attempt:
    """The attempt, or the same 404 as for one that does not exist."""
    attempt = Attempt.objects.filter(pk=key).select_related("provider__user", "programme", "decision__by").first()
    if attempt is None or not may_decide(person, attempt):
        raise Http404
    return attempt
