"""Changes to attempts: opened, answered once, decided after a talk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from courses.pages.models import QuizPage
from courses.pages.queries import source_page
from courses.progress.actions import settle
from courses.progress.queries import Place, path_of, place_of
from courses.progress.rules import NOW, QUIZ_ANSWERED, QUIZ_DECIDED, NoSuchStep, NotEnrolled, StepLocked
from courses.questions.models import Question
from courses.quizzes import access
from courses.quizzes.models import Attempt, AttemptQuestion, TalkDecision
from courses.quizzes.queries import asked_in, newest_attempt, questions_of
from courses.quizzes.rules import (
    ANSWERED,
    CLEAR_PASS,
    DECIDED,
    OPEN,
    PASS,
    AttemptAnswered,
    MissingAnswers,
    NoAttempt,
    NoMoreTries,
    NoQuestions,
    NotBorderline,
    ReasonMissing,
    graded,
    percent_of,
    unanswered,
)
from lms.ledger.actions import record
from lms.people.models import User
from lms.programmes.models import Enrolment
from lms.programmes.rules import NotInScope


def open_attempt(*, person: User, quiz: UUID, at: datetime) -> Attempt:
    """The one open attempt of this person at this quiz, made if it is their turn: asked twice, it is the same one."""
    place = place_of(person, quiz)
    if place is None:
        raise NoSuchStep
    if place.enrolment is None:
        raise NotEnrolled
    provider = place.enrolment.provider
    last = newest_attempt(provider, quiz)
    if last is not None and last.state == OPEN:
        return last
    step = path_of(provider, place.course).step(quiz)
    if step is None or step.state != NOW:
        raise StepLocked
    try:
        with transaction.atomic():
            return given_out(place, quiz, number=last.number + 1 if last else 1, at=at)
    except IntegrityError:
        opened = newest_attempt(provider, quiz)
        if opened is None or opened.state != OPEN:
            raise
        return opened


def given_out(place: Place, quiz: UUID, *, number: int, at: datetime) -> Attempt:
    """Freezes the quiz as it is now: its bands, and the published revision of each question."""
    page: QuizPage = source_page(quiz).specific
    if page.attempts_allowed is not None and number > page.attempts_allowed:
        raise NoMoreTries
    asked: list[Question] = [block.value for block in page.questions if block.value is not None]
    asked = [question for question in asked if question.live and question.live_revision_id]
    if not asked:
        raise NoQuestions
    attempt = Attempt.objects.create(
        provider=place.enrolment.provider,
        programme=place.enrolment.programme,
        quiz_key=quiz,
        title=page.title,
        url=next(step.url for step in place.course.steps() if step.key == quiz),
        number=number,
        nearly_from=page.nearly_from,
        over_from=page.over_from,
        clear_from=page.clear_from,
        opened_at=at,
        total=len(asked),
    )
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            position=position,
            question_key=question.translation_key,
            revision_id=question.live_revision_id,
        )
        for position, question in enumerate(asked, start=1)
    )
    return attempt


@transaction.atomic
def answer_attempt(
    *, person: User, attempt: UUID, answers: Mapping[str, Sequence[str]], happened_at: datetime, at: datetime
) -> dict[str, Any]:
    """Grades the answers of one attempt. The first answers count; later ones are refused. Gives the band and the
    address of the result."""
    held = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("provider__user", "programme")
        .filter(pk=attempt)
        .first()
    )
    if held is None or not access.may_answer(person, held):
        raise NoAttempt
    if held.state != OPEN:
        raise AttemptAnswered
    questions = questions_of(held)
    asked = asked_in(questions)
    if unanswered(asked, answers):
        raise MissingAnswers
    verdicts = graded(asked, answers)
    for question in questions:
        question.picked, question.right = sorted(answers[str(question.pk)]), verdicts[str(question.pk)]
    AttemptQuestion.objects.bulk_update(questions, ["picked", "right"])
    held.right = sum(verdicts.values())
    held.percent = percent_of(held.right, held.total)
    held.band = held.bands.band(held.percent)
    held.state, held.answered_at = ANSWERED, happened_at
    held.save(update_fields=["right", "percent", "band", "state", "answered_at"])
    tell(held, QUIZ_ANSWERED, passed=held.band == CLEAR_PASS, by=person, happened_at=happened_at, at=at)
    settle_around(held, person=held.provider.user, by=person, happened_at=happened_at, at=at)
    return {"attempt": str(held.pk), "band": held.band, "right": held.right, "total": held.total, "url": held.url}


@transaction.atomic
def decide(*, attempt: Attempt, outcome: str, reason: str, by: User, at: datetime) -> TalkDecision:
    """Settles a result between the bands after a talk. A pass counts like a clear one; else the quiz opens again."""
    held = Attempt.objects.select_for_update(of=("self",)).select_related("programme").get(pk=attempt.pk)
    if not access.may_decide(by, held):
        raise NotInScope
    if held.state != ANSWERED or not held.borderline:
        raise NotBorderline
    if not reason.strip():
        raise ReasonMissing
    decision = TalkDecision.objects.create(attempt=held, outcome=outcome, reason=reason.strip(), by=by, at=at)
    held.state = DECIDED
    held.save(update_fields=["state"])
    tell(held, QUIZ_DECIDED, passed=outcome == PASS, by=by, happened_at=at, at=at)
    settle_around(held, person=held.provider.user, by=by, happened_at=at, at=at)
    return decision


def tell(attempt: Attempt, kind: str, *, passed: bool, by: User, happened_at: datetime, at: datetime) -> None:
    """Records what became of an attempt, under the one key that it can have."""
    facts: dict[str, Any] = {"title": attempt.title, "passed": passed, "attempt": attempt.number}
    if kind == QUIZ_ANSWERED:
        facts |= {"percent": attempt.percent, "band": attempt.band}
    record(
        key=uuid5(attempt.pk, f"{kind}:{attempt.provider_id}"),
        provider=attempt.provider,
        programme=attempt.programme,
        kind=kind,
        subject=attempt.quiz_key,
        facts=facts,
        happened_at=happened_at,
        by=by,
        at=at,
    )


def settle_around(attempt: Attempt, *, person: User | None, by: User, happened_at: datetime, at: datetime) -> None:
    """Records the module and the course if this result finished them; a quiz that was taken away finishes nothing."""
    place = place_of(person, attempt.quiz_key) if person else None
    enrolment: Enrolment | None = place.enrolment if place else None
    if place and enrolment:
        settle(enrolment=enrolment, course=place.course, by=by, happened_at=happened_at, at=at)
