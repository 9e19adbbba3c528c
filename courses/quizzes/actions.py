"""Changes to attempts: opened, answered once, decided after a talk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from courses.pages.models import QuizPage
from courses.pages.queries import source_page
from courses.pages.rules import QUIZ
from courses.progress.actions import keep_module, settle
from courses.progress.queries import Place, enrolment_in, enrolment_then, path_of, place_of, saves_of
from courses.progress.rules import LOCKED, NOW, QUIZ_ANSWERED, QUIZ_DECIDED, NoSuchStep, NotEnrolled, StepLocked
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
    if last is not None and last.state == OPEN and not last.in_advance:
        return last
    step = path_of(provider, place.course).step(quiz)
    if step is None or step.state != NOW:
        raise StepLocked
    attempt = the_open_one(place, quiz, last, in_advance=False, at=at)
    if attempt.in_advance:
        attempt.in_advance = False
        attempt.save(update_fields=["in_advance"])
    return attempt


def issue_attempt(*, place: Place, quiz: UUID, at: datetime) -> Attempt | None:
    """The one open attempt of a quiz whose module is saved on a phone, though it may not be the person's turn yet.
    None: there is nothing to give out, because it is passed, waits for a talk, has no tries left or no questions."""
    provider = place.enrolment.provider
    last = newest_attempt(provider, quiz)
    if last is not None and last.state == OPEN:
        return last
    step = path_of(provider, place.course).step(quiz)
    if step is None or step.state not in {NOW, LOCKED}:
        return None
    try:
        return the_open_one(place, quiz, last, in_advance=True, at=at)
    except (NoMoreTries, NoQuestions):
        return None


@transaction.atomic
def save_module(*, person: User, module: UUID, at: datetime) -> list[Attempt]:
    """Writes down that a person takes a module along, and gives out what it asks. Done again, as after a new edition of
    the module, it adds what was not given out yet."""
    save = keep_module(person=person, module=module, at=at)
    place = place_of(person, module)
    return [
        attempt for quiz in quizzes_in(place, module)
        if (attempt := issue_attempt(place=Place(place.course, save.enrolment), quiz=quiz, at=at))
    ]  # fmt: skip


def quizzes_in(place: Place, module: UUID) -> list[UUID]:
    """The keys of a module's quizzes."""
    held = place.course.module_of(module)
    return [step.key for step in held.steps if step.kind == QUIZ] if held else []


def the_open_one(place: Place, quiz: UUID, last: Attempt | None, *, in_advance: bool, at: datetime) -> Attempt:
    """The open attempt, or a new one; of two that ask at once, the second is given the first one's."""
    if last is not None and last.state == OPEN:
        return last
    number = last.number + 1 if last else 1
    try:
        with transaction.atomic():
            return given_out(place, quiz, number=number, in_advance=in_advance, at=at)
    except IntegrityError:
        opened = newest_attempt(place.enrolment.provider, quiz)
        if opened is None or opened.state != OPEN:
            raise
        return opened


def given_out(place: Place, quiz: UUID, *, number: int, in_advance: bool, at: datetime) -> Attempt:
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
        in_advance=in_advance,
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
    """Grades the answers of one attempt. The first answers count; later ones are refused with the result of the first.
    Gives the band and the address of the result; `next` is the next attempt, if the module is on a phone and another
    try is allowed."""
    held = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("provider__user", "programme")
        .filter(pk=attempt)
        .first()
    )
    if held is None or not access.may_answer(person, held):
        raise NoAttempt
    enrolment = enrolment_of(person, held)
    if held.state != OPEN:
        raise AttemptAnswered(told=result_of(held))
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
    settle_around(held, enrolment=enrolment, by=person, happened_at=happened_at, at=at)
    following = next_on_phone(held, at=at)
    return result_of(held) | ({"next": str(following.pk)} if following else {})


def enrolment_of(person: User, attempt: Attempt) -> Enrolment:
    """The enrolment by which an answer counts: the one of now, else the one by which the module was saved."""
    enrolment = enrolment_in(person, attempt.programme_id) or enrolment_then(
        person, attempt.quiz_key, attempt.programme_id
    )
    if enrolment is None:
        raise NotEnrolled
    return enrolment


def result_of(attempt: Attempt) -> dict[str, Any]:
    """What became of an answered attempt, as a phone is told."""
    return {
        "attempt": str(attempt.pk),
        "quiz": str(attempt.quiz_key),
        "band": attempt.band,
        "right": attempt.right,
        "total": attempt.total,
        "url": attempt.url,
    }


def next_on_phone(attempt: Attempt, *, at: datetime) -> Attempt | None:
    """The next attempt at once, for a person who still learns and keeps the module on a phone."""
    person = attempt.provider.user
    place = place_of(person, attempt.quiz_key) if person else None
    if place is None or place.enrolment is None:
        return None
    module = place.course.module_of(attempt.quiz_key)
    if module.key not in {held.module_key for held in saves_of(person)}:
        return None
    return issue_attempt(place=place, quiz=attempt.quiz_key, at=at)


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
    settle_around(held, enrolment=None, by=by, happened_at=at, at=at)
    next_on_phone(held, at=at)
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


def settle_around(
    attempt: Attempt, *, enrolment: Enrolment | None, by: User, happened_at: datetime, at: datetime
) -> None:
    """Records the module and the course if this result finished them; a quiz that was taken away finishes nothing."""
    person = attempt.provider.user
    place = place_of(person, attempt.quiz_key) if person else None
    enrolment = enrolment or (place.enrolment if place else None)
    if place and enrolment:
        settle(enrolment=enrolment, course=place.course, by=by, happened_at=happened_at, at=at)
