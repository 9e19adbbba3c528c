"""A saved module: what is given out in advance, what counts though it arrives late, and what a phone is told."""

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from courses.progress import actions as progress
from courses.progress.actions import complete_lesson, keep_module, let_module_go
from courses.progress.models import ModuleSave
from courses.progress.rules import NoSuchModule, NotEnrolled, StepLocked
from courses.quizzes import actions as quizzes
from courses.quizzes.actions import answer_attempt, decide, open_attempt, save_module
from courses.quizzes.models import Attempt
from courses.serving.panels import modules
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes import actions as programmes
from lms.programmes.models import Enrolment
from tests.courses.conftest import answers_to

ClientOf = Callable[[User], Client]
Fresh = Callable[[User], User]
Read = Callable[..., None]
Take = Callable[..., Attempt]


@pytest.fixture
def save(fresh: Fresh, now: datetime) -> Callable[..., list[Attempt]]:
    """Saves a module: save(amina, course.module1)."""
    return lambda person, module: save_module(person=fresh(person), module=module.page.translation_key, at=now)


@pytest.fixture
def leave(joseph: User, now: datetime) -> Callable[..., None]:
    """Ends an enrolment: leave(amina, "withdraw")."""

    def ended(person: User, decision: str) -> None:
        enrolment = Enrolment.objects.get(provider__user=person)
        programmes.decide(enrolment=enrolment, decision=decision, reason="Moved away.", by=joseph, at=now)

    return ended


@pytest.fixture
def send(client_of: ClientOf) -> Callable[..., dict[str, Any]]:
    """Sends one thing through `/sync/`: send(amina, "module.saved", key)."""

    def sent(person: User, kind: str, subject: UUID | str, data: dict[str, Any] | None = None, key: str = "") -> Any:
        item = {"key": key or str(uuid4()), "kind": kind, "subject": str(subject), "data": data or {}}
        batch = {"device": str(uuid4()), "person": str(person.pk), "items": [item]}
        answer = client_of(person).post("/sync/", json.dumps(batch), content_type="application/json")
        return answer.json()["results"][0]

    return sent


def kinds(person: User) -> list[str]:
    return [entry.kind for entry in entries_of(person.provider)]


def states() -> list[tuple[int, str, bool]]:
    return list(Attempt.objects.order_by("number").values_list("number", "state", "in_advance"))


def finish(person: User, lesson: Any, now: datetime) -> dict[str, Any]:
    return complete_lesson(person=person, lesson=lesson.translation_key, by=person, happened_at=now, at=now)


def answer(person: User, attempt: Attempt, right: int, now: datetime) -> dict[str, Any]:
    return answer_attempt(
        person=person, attempt=attempt.pk, answers=answers_to(attempt, right), happened_at=now, at=now
    )


def test_saving_gives_out_the_quiz_before_it_is_its_turn(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]]
) -> None:
    first = save(amina, course.module2)
    again = save(amina, course.module2)

    assert [attempt.quiz_key for attempt in first] == [course.module2.quiz.translation_key]
    assert [attempt.pk for attempt in again] == [attempt.pk for attempt in first]
    assert states() == [(1, "open", True)]
    kept = ModuleSave.objects.get()
    assert (kept.person, kept.module_key, kept.removed_at) == (amina, course.module2.page.translation_key, None)


def test_the_database_keeps_one_save_of_a_module(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]]
) -> None:
    save(amina, course.module1)
    kept = ModuleSave.objects.get()
    kept.pk, kept._state.adding = uuid4(), True

    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save()


def test_only_who_learns_here_saves_and_only_a_module(
    course: SimpleNamespace, amina: User, stranger: User, lena: User, now: datetime
) -> None:
    for person in (stranger, lena):
        with pytest.raises(NotEnrolled):
            keep_module(person=person, module=course.module1.page.translation_key, at=now)
    for key in (uuid4(), course.page.translation_key, course.module1.quiz.translation_key):
        with pytest.raises(NoSuchModule):
            keep_module(person=amina, module=key, at=now)


def test_what_is_passed_waits_or_has_no_tries_left_is_not_given_out(
    course: SimpleNamespace, amina: User, brian: User, make_learner: Callable[..., User], read: Read, take: Take,
    save: Callable[..., list[Attempt]],
) -> None:  # fmt: skip
    eve = make_learner("eve", "Eve Example")
    for person, right in ((amina, 4), (brian, 3), (eve, 0)):
        read(person, course.module1)
        take(person, course.module1.quiz, right)
    course.module1.quiz.attempts_allowed = 1
    course.module1.quiz.save()

    assert [save(person, course.module1) for person in (amina, brian, eve)] == [[], [], []]


def test_a_locked_quiz_stays_locked_on_its_page(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], client_of: ClientOf
) -> None:
    save(amina, course.module1)

    page = client_of(amina).get(course.module1.urls[2]).content.decode()

    assert "This part is not open yet" in page
    assert "1 question 1" not in page


def test_in_turn_the_attempt_that_was_given_out_is_the_one_that_is_asked(
    course: SimpleNamespace, amina: User, read: Read, save: Callable[..., list[Attempt]], client_of: ClientOf
) -> None:
    attempt = save(amina, course.module1)[0]
    read(amina, course.module1)

    page = client_of(amina).get(course.module1.urls[2]).content.decode()

    assert f'name="attempt" value="{attempt.pk}"' in page
    assert states() == [(1, "open", False)]


def test_a_lesson_of_a_saved_module_counts_out_of_turn(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], now: datetime
) -> None:
    save(amina, course.module2)

    finish(amina, course.module2.lessons[1], now)

    assert kinds(amina) == ["lesson.completed"]


def test_without_a_save_a_locked_lesson_is_refused(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], now: datetime
) -> None:
    save(amina, course.module1)

    with pytest.raises(StepLocked):
        finish(amina, course.module2.lessons[0], now)


def test_the_save_is_what_lets_it_count(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    save(amina, course.module2)
    monkeypatch.setattr(progress, "save_around", lambda person, key, programme: None)

    with pytest.raises(StepLocked):
        finish(amina, course.module2.lessons[1], now)


@pytest.mark.parametrize("decision", ["pause", "leave", "withdraw", "suspend"])
def test_work_of_a_saved_module_counts_after_the_enrolment_ended(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], leave: Callable[..., None], fresh: Fresh,
    now: datetime, decision: str,
) -> None:  # fmt: skip
    attempt = save(amina, course.module1)[0]
    leave(amina, decision)
    late = fresh(amina)

    for lesson in course.module1.lessons:
        finish(late, lesson, now)
    told = answer(late, attempt, 4, now)

    assert kinds(amina) == ["lesson.completed", "lesson.completed", "quiz.answered", "module.completed"]
    assert told["band"] == "clear_pass"


def test_after_the_enrolment_ended_nothing_else_counts(
    course: SimpleNamespace, amina: User, read: Read, save: Callable[..., list[Attempt]], leave: Callable[..., None],
    fresh: Fresh, now: datetime,
) -> None:  # fmt: skip
    read(amina, course.module1)
    opened = open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)
    save(amina, course.module2)
    leave(amina, "withdraw")
    late = fresh(amina)

    with pytest.raises(NotEnrolled):
        answer(late, opened, 4, now)
    with pytest.raises(NotEnrolled):
        finish(late, course.module1.lessons[0], now)
    with pytest.raises(NotEnrolled):
        keep_module(person=late, module=course.module1.page.translation_key, at=now)


def test_another_persons_save_is_of_no_use(
    course: SimpleNamespace, amina: User, brian: User, save: Callable[..., list[Attempt]], now: datetime
) -> None:
    save(amina, course.module2)

    with pytest.raises(StepLocked):
        finish(brian, course.module2.lessons[0], now)


def test_what_was_removed_from_the_phone_still_counts_when_it_arrives(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], now: datetime
) -> None:
    save(amina, course.module2)
    let_module_go(person=amina, module=course.module2.page.translation_key, at=now)

    finish(amina, course.module2.lessons[0], now)

    assert kinds(amina) == ["lesson.completed"]
    assert modules(User.objects.get(pk=amina.pk), at=now)["modules"] == []


def test_a_module_can_be_saved_again_after_it_was_removed(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], now: datetime
) -> None:
    first = save(amina, course.module1)
    let_module_go(person=amina, module=course.module1.page.translation_key, at=now)

    again = save(amina, course.module1)

    assert [attempt.pk for attempt in again] == [attempt.pk for attempt in first]
    assert ModuleSave.objects.count() == 2


def test_after_not_yet_the_next_try_comes_with_the_result(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], read: Read, send: Callable[..., Any]
) -> None:
    attempt = save(amina, course.module1)[0]
    read(amina, course.module1)
    answers = answers_to(attempt, 0)

    told = send(amina, "quiz.answered", attempt.quiz_key, {"attempt": str(attempt.pk), "answers": answers})

    following = Attempt.objects.get(number=2)
    assert told["status"] == "applied"
    assert told["data"].pop("next")["attempt"] == str(following.pk)
    assert told["data"] == {
        "attempt": str(attempt.pk),
        "quiz": str(attempt.quiz_key),
        "band": "clear_fail",
        "right": 0,
        "total": 4,
        "url": course.module1.urls[2],
    }
    assert (following.state, following.in_advance) == ("open", True)


def test_without_a_save_or_another_try_no_next_one_comes(
    course: SimpleNamespace, amina: User, brian: User, save: Callable[..., list[Attempt]], read: Read, now: datetime
) -> None:
    read(amina, course.module1)
    read(brian, course.module1)
    plain = open_attempt(person=amina, quiz=course.module1.quiz.translation_key, at=now)
    saved = save(brian, course.module1)[0]

    told = [answer(amina, plain, 0, now), answer(brian, saved, 3, now)]

    assert [sorted(one) for one in told] == [["attempt", "band", "quiz", "right", "total", "url"]] * 2


def test_the_result_stays_until_the_next_try_is_asked_for(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], read: Read, client_of: ClientOf,
    now: datetime,
) -> None:  # fmt: skip
    attempt = save(amina, course.module1)[0]
    read(amina, course.module1)
    answer(amina, attempt, 0, now)
    client, url = client_of(amina), course.module1.urls[2]

    result = client.get(url).content.decode()
    client.post(url, {"do": "again"})
    asked = client.get(url).content.decode()

    assert "Not yet. Let us go through it together." in result
    assert "Try again" in result
    assert "This is your try number 2." in asked
    assert states() == [(1, "answered", True), (2, "open", False)]


def test_after_a_talk_that_says_try_again_the_next_try_is_given_out(
    course: SimpleNamespace, amina: User, grace: User, save: Callable[..., list[Attempt]], read: Read, now: datetime
) -> None:
    attempt = save(amina, course.module1)[0]
    read(amina, course.module1)
    answer(amina, attempt, 2, now)

    decide(attempt=attempt, outcome="try_again", reason="Read lesson 2 once more.", by=grace, at=now)

    assert states() == [(1, "decided", True), (2, "open", True)]


def test_a_second_answer_is_refused_with_the_result_of_the_first(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], read: Read, send: Callable[..., Any]
) -> None:
    attempt = save(amina, course.module1)[0]
    read(amina, course.module1)
    key, quiz = str(uuid4()), attempt.quiz_key
    body = {"attempt": str(attempt.pk), "answers": answers_to(attempt, 3)}
    send(amina, "quiz.answered", quiz, body)

    second = {"attempt": str(attempt.pk), "answers": answers_to(attempt, 4)}
    refused = send(amina, "quiz.answered", quiz, second, key)
    again = send(amina, "quiz.answered", quiz, second, key)

    assert (refused["status"], refused["code"]) == ("refused", "attempt_answered")
    assert (refused["data"]["band"], refused["data"]["right"]) == ("borderline_pass", 3)
    assert again == refused


def test_two_phones_of_one_person_have_one_open_attempt(
    course: SimpleNamespace, amina: User, save: Callable[..., list[Attempt]], now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = save(amina, course.module1)[0]
    newest, asked = quizzes.newest_attempt, []

    def blind_once(provider: Any, quiz: UUID) -> Attempt | None:
        asked.append(quiz)
        return None if len(asked) == 1 else newest(provider, quiz)

    monkeypatch.setattr(quizzes, "newest_attempt", blind_once)

    assert [attempt.pk for attempt in save(amina, course.module1)] == [first.pk]


def test_a_phone_saves_and_removes_through_the_outbox(
    course: SimpleNamespace, amina: User, stranger: User, send: Callable[..., Any], fresh: Fresh, now: datetime
) -> None:
    key = course.module1.page.translation_key

    saved = send(amina, "module.saved", key)
    part = modules(fresh(amina), at=now)["modules"]
    removed = send(amina, "module.removed", key)
    foreign = send(stranger, "module.saved", key)
    unreadable = [send(amina, kind, "x") for kind in ("module.saved", "module.removed")]

    quiz = str(course.module1.quiz.translation_key)
    assert saved["data"]["quizzes"][quiz] == part[0]["quizzes"][quiz]
    assert "1 question 1 choice 1" in saved["data"]["quizzes"][quiz]["html"]
    assert (removed["status"], modules(fresh(amina), at=now)["modules"]) == ("applied", [])
    assert foreign["code"] == "not_enrolled"
    assert [answer["code"] for answer in unreadable] == ["invalid", "invalid"]
