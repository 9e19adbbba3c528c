"""Questions about attempts: a person's newest, what it asked, and who waits for a talk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from courses.questions.rules import Asked
from courses.quizzes.models import Attempt, AttemptQuestion
from courses.quizzes.rules import ANSWERED, BORDERLINE, OPEN, Reviewed, what_worked_first
from lms.people.models import Provider, User
from lms.programmes.queries import enrolments_within


def newest_attempt(provider: Provider | UUID, quiz_key: UUID) -> Attempt | None:
    """A provider's last try at a quiz, with what was decided about it."""
    tries = Attempt.objects.filter(provider=provider, quiz_key=quiz_key).select_related("decision__by")
    return tries.order_by("-number").first()


def newest_asked(provider: Provider | UUID, quiz_key: UUID) -> tuple[Attempt | None, list[AttemptQuestion]]:
    """A provider's last try with what was asked in it, in one query: no try is without a question. A try that was only
    given out in advance is not looked at."""
    tries = Attempt.objects.filter(provider=provider, quiz_key=quiz_key).exclude(state=OPEN, in_advance=True)
    newest = tries.order_by("-number").values("pk")[:1]
    asked = AttemptQuestion.objects.filter(attempt=newest).select_related("attempt__decision__by", "revision")
    questions = list(asked.order_by("position"))
    return (questions[0].attempt if questions else None), questions


def questions_of(attempt: Attempt) -> list[AttemptQuestion]:
    """What was asked, in order. One query, however many there are."""
    return list(AttemptQuestion.objects.filter(attempt=attempt).select_related("revision").order_by("position"))


@dataclass(frozen=True)
class Tries:
    """A provider's tries at one quiz that matter to a phone: the open one, and the last one that was answered."""

    opened: Attempt | None
    last: Attempt | None
    asked: Mapping[UUID, list[AttemptQuestion]]

    def questions(self, attempt: Attempt) -> list[AttemptQuestion]:
        return self.asked[attempt.pk]


def tries_of(provider: Provider | UUID, quizzes: Iterable[UUID]) -> dict[UUID, Tries]:
    """By quiz, for quizzes with any try at all. Two queries, however many."""
    found = Attempt.objects.filter(provider=provider, quiz_key__in=list(quizzes)).select_related("decision__by")
    opened, last = {}, {}
    for attempt in found.order_by("number"):
        (opened if attempt.state == OPEN else last)[attempt.quiz_key] = attempt
    shown = [*opened.values(), *last.values()]
    asked: dict[UUID, list[AttemptQuestion]] = {attempt.pk: [] for attempt in shown}
    questions = AttemptQuestion.objects.filter(attempt__in=list(asked)).select_related("revision")
    for question in questions.order_by("position"):
        asked[question.attempt_id].append(question)
    return {key: Tries(opened.get(key), last.get(key), asked) for key in {**opened, **last}}


def asked_in(questions: Sequence[AttemptQuestion]) -> dict[str, Asked]:
    """Key of the question in this attempt -> what it asks."""
    return {str(question.pk): question.asked for question in questions}


def reviewed(questions: Sequence[AttemptQuestion]) -> list[Reviewed]:
    """The questions of an answered attempt as the result page shows them."""
    return what_worked_first(
        Reviewed(question.position, question.asked, frozenset(question.picked), bool(question.right))
        for question in questions
    )


def waiting_for_talk(person: User) -> QuerySet[Attempt]:
    """Results between the bands of people whom this person supervises, the longest waiting first."""
    reached = enrolments_within(person, "supervisor").filter(
        provider_id=OuterRef("provider_id"), programme_id=OuterRef("programme_id")
    )
    undecided = Attempt.objects.filter(Exists(reached), state=ANSWERED, band__in=BORDERLINE)
    return undecided.select_related("provider__user", "programme").order_by("answered_at")
