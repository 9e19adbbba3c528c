"""Quizzes: frozen questions, answers once, bands, and the talk that decides between them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from courses.progress.rules import NotEnrolled, StepLocked
from courses.questions.models import Question
from courses.quizzes import access
from courses.quizzes.actions import answer_attempt, decide, open_attempt
from courses.quizzes.models import Attempt, AttemptQuestion, TalkDecision
from courses.quizzes.panels import talk_with
from courses.quizzes.queries import questions_of
from courses.quizzes.rules import (
    AttemptAnswered,
    MissingAnswers,
    NoAttempt,
    NoMoreTries,
    NoQuestions,
    NotBorderline,
    ReasonMissing,
)
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes.rules import NotInScope
from tests.courses.conftest import answers_to

ClientOf = Callable[[User], Client]
Read = Callable[..., None]
Take = Callable[..., Attempt]


def kinds(person: User) -> list[str]:
    return [entry.kind for entry in entries_of(person.provider)]


def form_of(attempt: Attempt, right: int, **changed: object) -> dict[str, object]:
    answers = {f"q-{key}": picked for key, picked in answers_to(attempt, right).items()}
    return {"attempt": str(attempt.pk), "key": str(uuid4()), **answers, **changed}


def test_opening_twice_gives_the_same_attempt(course: SimpleNamespace, amina: User, read: Read, now: datetime) -> None:
    read(amina, course.module1)
    key = course.module1.quiz.translation_key

    first, again = (open_attempt(person=amina, quiz=key, at=now) for _ in range(2))

    assert first.pk == again.pk
    assert (first.number, first.total, first.state) == (1, 4, "open")
    assert first.url == course.module1.urls[2]


def test_the_database_keeps_one_open_attempt(course: SimpleNamespace, amina: User, read: Read, now: datetime) -> None:
    read(amina, course.module1)
    attempt = open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)
    attempt.pk, attempt.number, attempt._state.adding = uuid4(), 2, True

    with pytest.raises(IntegrityError), transaction.atomic():
        attempt.save()


def test_a_locked_quiz_is_not_given_out(course: SimpleNamespace, amina: User, now: datetime) -> None:
    with pytest.raises(StepLocked):
        open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)


def test_only_those_who_learn_here_are_asked(
    course: SimpleNamespace, stranger: User, lena: User, now: datetime
) -> None:
    for person in (stranger, lena):
        with pytest.raises(NotEnrolled):
            open_attempt(person=person, quiz=course.module1.quiz.translation_key, at=now)


def test_a_quiz_without_questions_is_not_given_out(
    course: SimpleNamespace, amina: User, read: Read, now: datetime
) -> None:
    read(amina, course.module1)
    Question.objects.update(live=False)

    with pytest.raises(NoQuestions):
        open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)


def test_the_questions_stay_as_they_were_asked(course: SimpleNamespace, amina: User, read: Read, now: datetime) -> None:
    read(amina, course.module1)
    attempt = open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)
    question = Question.objects.get(translation_key=questions_of(attempt)[0].question_key)

    question.text = "Something else"
    question.choices = question.choices.stream_block.to_python([])
    question.save_revision(clean=False).publish()

    assert questions_of(attempt)[0].asked.text == "1 question 1"
    done = answer_attempt(person=amina, attempt=attempt.pk, answers=answers_to(attempt, 4), happened_at=now, at=now)
    assert done["band"] == "clear_pass"


def test_the_page_never_holds_what_is_right(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read
) -> None:
    read(amina, course.module1)

    page = client_of(amina).get(course.module1.urls[2]).content.decode()

    assert "1 question 1 choice 1" in page
    for secret in ("feedback", "explained", "correct"):
        assert secret not in page


def test_answers_are_graded_and_recorded_once(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read
) -> None:
    read(amina, course.module1)
    client, url = client_of(amina), course.module1.urls[2]
    client.get(url)
    attempt = Attempt.objects.get()
    sent = form_of(attempt, 4)

    answers = [client.post(url, sent), client.post(url, sent), client.post(url, {**sent, "key": str(uuid4())})]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, url)] * 3
    assert kinds(amina) == ["lesson.completed", "lesson.completed", "quiz.answered", "module.completed"]
    entry = entries_of(amina.provider, kinds=["quiz.answered"])[0]
    assert entry.facts == {"title": "Quiz 1", "percent": 100, "band": "clear_pass", "attempt": 1, "passed": True}
    assert entry.subject == course.module1.quiz.translation_key
    assert "Well done, Amina" in client.get(url).content.decode()


def test_a_missing_answer_sends_nothing_and_keeps_the_others(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read
) -> None:
    read(amina, course.module1)
    client, url = client_of(amina), course.module1.urls[2]
    client.get(url)
    attempt = Attempt.objects.get()
    last = questions_of(attempt)[-1]

    response = client.post(url, form_of(attempt, 4, **{f"q-{last.pk}": []}))

    page = response.content.decode()
    assert response.status_code == 400
    assert "Some questions have no answer yet." in page
    assert page.count(" checked") == 3
    assert page.count("This question has no answer yet.") == 1
    attempt.refresh_from_db()
    assert (attempt.state, kinds(amina)) == ("open", ["lesson.completed", "lesson.completed"])


def test_no_answers_at_all_is_a_clear_sentence(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read
) -> None:
    read(amina, course.module1)
    client, url = client_of(amina), course.module1.urls[2]
    client.get(url)

    response = client.post(url, {"attempt": str(Attempt.objects.get().pk), "key": str(uuid4())})

    assert response.status_code == 400
    assert response.content.decode().count("This question has no answer yet.") == 4


def test_answers_to_nothing_are_refused(course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read) -> None:
    read(amina, course.module1)
    client = client_of(amina)

    response = client.post(course.module1.urls[2], {"attempt": str(uuid4()), "key": str(uuid4())})

    assert response.status_code == 404
    assert "We did not find these questions." in response.content.decode()


def test_another_persons_attempt_cannot_be_answered(
    course: SimpleNamespace, amina: User, brian: User, read: Read, now: datetime
) -> None:
    read(amina, course.module1)
    attempt = open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)

    with pytest.raises(NoAttempt):
        answer_attempt(person=brian, attempt=attempt.pk, answers=answers_to(attempt, 4), happened_at=now, at=now)


def test_the_guard_is_what_refuses_the_other_person(
    course: SimpleNamespace, amina: User, brian: User, read: Read, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(amina, course.module1)
    attempt = open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)
    monkeypatch.setattr(access, "may_answer", lambda person, attempt: True)

    answer_attempt(person=brian, attempt=attempt.pk, answers=answers_to(attempt, 4), happened_at=now, at=now)


def test_the_first_answer_counts(course: SimpleNamespace, amina: User, read: Read, take: Take, now: datetime) -> None:
    read(amina, course.module1)
    attempt = take(amina, course.module1.quiz, 1)

    with pytest.raises(AttemptAnswered):
        answer_attempt(person=amina, attempt=attempt.pk, answers=answers_to(attempt, 4), happened_at=now, at=now)


def test_incomplete_answers_from_a_phone_are_refused(
    course: SimpleNamespace, amina: User, read: Read, now: datetime
) -> None:
    read(amina, course.module1)
    attempt = open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)

    with pytest.raises(MissingAnswers):
        answer_attempt(person=amina, attempt=attempt.pk, answers={}, happened_at=now, at=now)


@pytest.mark.parametrize(
    ("right", "band", "words"),
    [
        (1, "clear_fail", "Not yet. Let us go through it together."),
        (2, "borderline_fail", "Nearly. Let us talk first."),
        (3, "borderline_pass", "You are nearly there"),
        (4, "clear_pass", "Well done, Amina"),
    ],
)
def test_each_band_has_its_words(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read, take: Take, right: int, band: str, words: str
) -> None:
    read(amina, course.module1)

    attempt = take(amina, course.module1.quiz, right)
    page = client_of(amina).get(course.module1.urls[2]).content.decode()

    assert attempt.band == band
    assert words in page
    assert ('name="do" value="again"' in page) == (band == "clear_fail")
    assert page.count('class="chip chip-done"') == right + (band == "clear_pass")


def test_after_not_yet_it_can_be_taken_again(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read, take: Take
) -> None:
    read(amina, course.module1)
    take(amina, course.module1.quiz, 0)
    client, url = client_of(amina), course.module1.urls[2]

    client.post(url, {"do": "again"})
    client.post(url, {"do": "again"})
    page = client.get(url).content.decode()

    assert list(Attempt.objects.order_by("number").values_list("number", "state")) == [(1, "answered"), (2, "open")]
    assert "This is your try number 2." in page


def test_a_quiz_can_have_a_last_try(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read, take: Take, now: datetime
) -> None:
    read(amina, course.module1)
    course.module1.quiz.attempts_allowed = 1
    course.module1.quiz.save()
    take(amina, course.module1.quiz, 0)

    with pytest.raises(NoMoreTries):
        open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)
    assert "You have used all your tries" in client_of(amina).get(course.module1.urls[2]).content.decode()


def test_a_passed_quiz_is_not_asked_again(
    course: SimpleNamespace, amina: User, read: Read, take: Take, now: datetime
) -> None:
    read(amina, course.module1)
    take(amina, course.module1.quiz, 4)

    with pytest.raises(StepLocked):
        open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)


def test_between_the_bands_the_next_module_opens_and_nothing_counts_yet(
    course: SimpleNamespace, amina: User, client_of: ClientOf, read: Read, take: Take
) -> None:
    read(amina, course.module1)
    take(amina, course.module1.quiz, 3)

    page = client_of(amina).get(course.module2.url).content.decode()

    assert "Open for now" in page
    assert "module.completed" not in kinds(amina)


def test_a_decided_pass_counts_and_finishes_module_and_course(
    course: SimpleNamespace, amina: User, grace: User, read: Read, take: Take, now: datetime
) -> None:
    read(amina, course.module1)
    attempt = take(amina, course.module1.quiz, 3)
    read(amina, course.module2)
    take(amina, course.module2.quiz, 4)

    decide(attempt=attempt, outcome="pass", reason="She knows it.", by=grace, at=now + timedelta(hours=1))

    assert kinds(amina)[-3:] == ["quiz.decided", "module.completed", "course.completed"]
    entry = entries_of(amina.provider, kinds=["quiz.decided"])[0]
    assert entry.facts == {"title": "Quiz 1", "passed": True, "attempt": 1}
    assert entry.recorded_by == grace
    attempt.refresh_from_db()
    assert attempt.state == "decided"


def test_try_again_opens_the_quiz_once_more(
    course: SimpleNamespace, amina: User, grace: User, read: Read, take: Take, client_of: ClientOf, now: datetime
) -> None:
    read(amina, course.module1)
    attempt = take(amina, course.module1.quiz, 2)

    decide(attempt=attempt, outcome="try_again", reason="Read lesson 2 once more.", by=grace, at=now)

    page = client_of(amina).get(course.module1.urls[2]).content.decode()
    assert "Read lesson 2 once more." in page
    assert "Try again" in page
    assert take(amina, course.module1.quiz, 4).band == "clear_pass"


def test_it_is_decided_once_and_with_a_reason(
    course: SimpleNamespace, amina: User, grace: User, read: Read, take: Take, now: datetime
) -> None:
    read(amina, course.module1)
    attempt = take(amina, course.module1.quiz, 3)

    with pytest.raises(ReasonMissing):
        decide(attempt=attempt, outcome="pass", reason="  ", by=grace, at=now)
    decide(attempt=attempt, outcome="pass", reason="Good.", by=grace, at=now)
    with pytest.raises(NotBorderline):
        decide(attempt=attempt, outcome="try_again", reason="No.", by=grace, at=now)


def test_a_clear_result_is_nobodys_to_decide(
    course: SimpleNamespace, amina: User, grace: User, read: Read, take: Take, now: datetime
) -> None:
    read(amina, course.module1)
    attempt = take(amina, course.module1.quiz, 0)

    with pytest.raises(NotBorderline):
        decide(attempt=attempt, outcome="pass", reason="Please.", by=grace, at=now)


@pytest.mark.parametrize("who", ["amina", "brian", "joseph", "samuel", "stranger"])
def test_only_the_supervisor_of_the_person_decides(
    course: SimpleNamespace, amina: User, read: Read, take: Take, now: datetime, client_of: ClientOf,
    request: pytest.FixtureRequest, who: str,
) -> None:  # fmt: skip
    other = request.getfixturevalue(who)
    read(amina, course.module1)
    attempt = take(amina, course.module1.quiz, 3)

    with pytest.raises(NotInScope):
        decide(attempt=attempt, outcome="pass", reason="Yes.", by=other, at=now)
    client = client_of(other)
    assert client.get(f"/learn/talk/{attempt.pk}/").status_code == 404
    assert client.post(f"/learn/talk/{attempt.pk}/", {"outcome": "pass", "reason": "x"}).status_code == 404
    assert client.get(f"/learn/talk/{uuid4()}/").status_code == 404


def test_a_supervisor_of_another_cohort_sees_nobody(
    course: SimpleNamespace, make_learner: Callable[..., User], grace: User, read: Read, take: Take,
    client_of: ClientOf, fresh: Callable[[User], User], now: datetime,
) -> None:  # fmt: skip
    eve = make_learner("eve", "Eve Example", cohort="second_cohort")
    read(eve, course.module1)
    attempt = take(eve, course.module1.quiz, 3)

    assert talk_with(fresh(grace), at=now) == {"waiting": [], "more": False}
    assert client_of(grace).get(f"/learn/talk/{attempt.pk}/").status_code == 404


def test_the_supervisor_sees_who_waits_and_decides_on_the_page(
    course: SimpleNamespace, amina: User, grace: User, read: Read, take: Take, client_of: ClientOf
) -> None:
    read(amina, course.module1)
    attempt = take(amina, course.module1.quiz, 3)
    client, url = client_of(grace), f"/learn/talk/{attempt.pk}/"
    home = client.get("/home/").content.decode()

    incomplete = client.post(url, {"key": str(uuid4()), "outcome": "pass", "reason": ""})
    sent = {"key": str(uuid4()), "outcome": "pass", "reason": "She knows it."}
    answers = [client.post(url, sent), client.post(url, sent)]

    assert url in home
    assert "Amina Odhiambo" in home
    assert incomplete.status_code == 400
    assert 'value="pass" checked' in incomplete.content.decode()
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/home/")] * 2
    assert TalkDecision.objects.get().reason == "She knows it."
    assert "Amina Odhiambo decided" not in client.get(url).content.decode()
    assert "Grace Achieng decided on" in client.get(url).content.decode()
    assert url not in client.get("/home/").content.decode()


def test_the_panel_is_for_supervisors(amina: User, joseph: User, lena: User, now: datetime) -> None:
    assert [talk_with(person, at=now) for person in (amina, joseph, lena)] == [None, None, None]


def test_the_panel_costs_the_same_for_1_and_for_5(
    course: SimpleNamespace, grace: User, make_learner: Callable[..., User], read: Read, take: Take,
    fresh: Callable[[User], User], now: datetime, django_assert_num_queries: Callable[..., object],
) -> None:  # fmt: skip
    learners = [make_learner(f"eve{number}", f"Eve {number}") for number in range(5)]
    read(learners[0], course.module1)
    take(learners[0], course.module1.quiz, 3)

    supervisor = fresh(grace)
    with django_assert_num_queries(2):
        few = [attempt.provider.name for attempt in talk_with(supervisor, at=now)["waiting"]]
    for person in learners[1:]:
        read(person, course.module1)
        take(person, course.module1.quiz, 2)
    supervisor = fresh(grace)
    with django_assert_num_queries(2):
        names = [attempt.provider.name for attempt in talk_with(supervisor, at=now)["waiting"]]

    assert (len(few), len(names)) == (1, 5)


def sync(client: Client, person: User, **item: object) -> dict[str, object]:
    """One item through `/sync/`."""
    item = {"key": str(uuid4()), "at": timezone.now().isoformat(), "data": {}, **item}
    batch = {"device": str(uuid4()), "person": str(person.pk), "items": [item]}
    return client.post("/sync/", batch, content_type="application/json").json()["results"][0]


def test_a_phone_sends_lessons_and_answers(
    course: SimpleNamespace, amina: User, client_of: ClientOf, now: datetime
) -> None:
    client = client_of(amina)
    lessons = [str(lesson.translation_key) for lesson in course.module1.lessons]
    quiz = course.module1.quiz.translation_key

    done = [sync(client, amina, kind="lesson.completed", subject=lesson)["status"] for lesson in lessons]
    attempt = open_attempt(person=amina, quiz=quiz, at=now)
    data = {"attempt": str(attempt.pk), "answers": answers_to(attempt, 4)}
    graded = sync(client, amina, kind="quiz.answered", subject=str(quiz), data=data)
    second = sync(client, amina, kind="quiz.answered", subject=str(quiz), data=data)

    assert done == ["applied", "applied"]
    assert (graded["status"], graded["data"]["band"]) == ("applied", "clear_pass")
    assert (second["status"], second["code"]) == ("refused", "attempt_answered")


def test_a_phone_hears_why_something_did_not_count(
    course: SimpleNamespace, amina: User, stranger: User, client_of: ClientOf
) -> None:
    lesson = str(course.module1.lessons[0].translation_key)
    later = str(course.module1.lessons[1].translation_key)

    foreign = sync(client_of(stranger), stranger, kind="lesson.completed", subject=lesson)
    locked = sync(client_of(amina), amina, kind="lesson.completed", subject=later)
    unknown = sync(client_of(amina), amina, kind="lesson.completed", subject=str(uuid4()))
    unreadable = sync(client_of(amina), amina, kind="lesson.completed", subject="x")
    broken = sync(client_of(amina), amina, kind="quiz.answered", subject=lesson, data={"attempt": "x", "answers": 3})

    codes = [answer["code"] for answer in (foreign, locked, unknown, unreadable, broken)]
    assert codes == ["not_enrolled", "not_allowed", "invalid", "invalid", "invalid"]


def test_a_revision_that_was_asked_is_never_thrown_away(
    course: SimpleNamespace, amina: User, read: Read, now: datetime
) -> None:
    read(amina, course.module1)
    open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)

    assert AttemptQuestion._meta.get_field("revision").remote_field.on_delete.__name__ == "PROTECT"
