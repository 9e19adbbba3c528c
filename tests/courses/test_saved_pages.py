"""What reaches a phone with a saved module: nobody's name, no word that tells which answers are right, and a list that
changes when anything changes."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection

from courses.pages.models import LessonPage
from courses.pages.queries import course_at
from courses.pictures.models import Picture
from courses.quizzes.actions import answer_attempt, save_module
from courses.quizzes.models import Attempt
from courses.serving import access
from courses.serving.panels import kept_pages, modules
from lms.people.models import User
from tests.courses.conftest import answers_to, make_lesson, make_question
from tests.courses.test_pictures import kept_picture

ClientOf = Callable[[User], Client]
Fresh = Callable[[User], User]


@pytest.fixture(autouse=True)
def files_of_this_test(settings: SimpleNamespace, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


SECRETS = ("PLANTED", "correct", "explained", "feedback")


@pytest.fixture
def planted(course: SimpleNamespace, world: SimpleNamespace) -> SimpleNamespace:
    """The quiz of module 1 asks one question whose feedback and explanation cannot be mistaken."""
    question = make_question(world.programme, "PLANTED", right=2)
    for place, block in enumerate(question.choices):
        block.value["text"] = f"choice {place}"
        block.value["feedback"] = f"PLANTED feedback {place}"
    question.text, question.explanation = "what is asked", "PLANTED explanation"
    question.save_revision(clean=False).publish()
    quiz = course.module1.quiz
    quiz.questions = type(quiz).questions.field.to_python([{"type": "question", "value": str(question.pk)}])
    quiz.save_revision().publish()
    return course


def list_of(client: Client, module: SimpleNamespace) -> dict[str, Any]:
    response = client.get(f"/learn/phone/{module.page.translation_key}/")
    assert response.status_code == 200
    return response.json()


def sent(client: Client, kind: str, subject: Any, data: dict[str, Any] | None = None) -> bytes:
    """The bytes with which `/sync/` answers one item."""
    person = client.get("/sync/").json()["person"]
    item = {"key": str(uuid4()), "kind": kind, "subject": str(subject), "data": data or {}}
    batch = {"device": str(uuid4()), "person": person, "items": [item]}
    return client.post("/sync/", json.dumps(batch), content_type="application/json").content


def all_bytes(client: Client, module: SimpleNamespace) -> bytes:
    """Everything that a phone fetches of a module and keeps of its person."""
    listed = [file["url"] for file in list_of(client, module)["files"]]
    pages = [client.get(url).content for url in listed if url.startswith("/learn/")]
    live = [client.get(url).content for url in (*module.urls, module.url, "/learn/", "/home/")]
    return b"\n".join([*pages, *live, client.get("/phone/state/").content])


def test_the_list_names_every_page_with_its_size_and_hash(
    course: SimpleNamespace, amina: User, client_of: ClientOf
) -> None:
    client = client_of(amina)

    told = list_of(client, course.module1)

    pages = [file for file in told["files"] if file["url"].startswith("/learn/")]
    urls = [course.url, course.module1.url, *course.module1.urls]
    assert [file["url"] for file in pages] == [f"{url}?saved=1" for url in urls]
    for file in pages:
        body = client.get(file["url"]).content
        assert (file["bytes"], file["sha256"]) == (len(body), sha256(body).hexdigest())
    assert told["bytes"] == sum(file["bytes"] for file in told["files"])
    assert (told["module"], told["title"], told["url"]) == (
        str(course.module1.page.translation_key), "Module 1", course.module1.url,
    )  # fmt: skip


def test_scripts_and_styles_are_listed_with_what_they_import(
    course: SimpleNamespace, amina: User, client_of: ClientOf, settings: SimpleNamespace
) -> None:
    client = client_of(amina)
    page = client.get(f"{course.module1.url}?saved=1").content.decode()

    listed = {file["url"] for file in list_of(client, course.module1)["files"]}

    drawn = {url for url in ("/static/lms/icons.svg", "/static/lms/js/shell.js") if url in page}
    assert drawn and drawn <= listed


@pytest.mark.parametrize("who", ["stranger", "lena", "grace"])
def test_the_list_is_for_those_who_learn_here(
    course: SimpleNamespace, client_of: ClientOf, request: pytest.FixtureRequest, who: str
) -> None:
    client = client_of(request.getfixturevalue(who))

    assert client.get(f"/learn/phone/{course.module1.page.translation_key}/").status_code == 404


def test_there_is_no_list_of_what_is_not_a_module(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    client = client_of(amina)
    keys = (uuid4(), course.page.translation_key, course.module1.lessons[0].translation_key)

    assert {client.get(f"/learn/phone/{key}/").status_code for key in keys} == {404}
    assert Client().get(f"/learn/phone/{keys[0]}/").status_code == 302


def test_the_guard_is_what_hides_the_list(
    course: SimpleNamespace, stranger: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = course_at(course.page.path, "en")
    monkeypatch.setattr(access, "place_of", lambda person, key: SimpleNamespace(course=found, enrolment=object()))

    assert client_of(stranger).get(f"/learn/phone/{course.module1.page.translation_key}/").status_code == 200


def test_the_edition_changes_when_anything_changes(
    course: SimpleNamespace, world: SimpleNamespace, amina: User, client_of: ClientOf, fresh: Fresh, now: datetime
) -> None:
    client = client_of(amina)
    picture = kept_picture("tree", Collection.get_first_root_node())
    told = [list_of(client, course.module1)["hash"]]

    def note() -> None:
        told.append(list_of(client, course.module1)["hash"])

    lesson = LessonPage.objects.get(pk=course.module1.lessons[0].pk)
    image = {"type": "picture", "value": {"image": picture.pk, "alt": "A tree", "caption": ""}}
    lesson.body = LessonPage.body.field.to_python([image])
    lesson.save_revision().publish()
    note()
    Picture.objects.filter(pk=picture.pk).update(file_hash="another")
    note()
    course.module2.page.title = "Module two"
    course.module2.page.save()
    note()
    client.cookies["text_only"] = "1"
    note()
    User.objects.filter(pk=amina.pk).update(language="sw")
    note()

    assert len(set(told)) == len(told) == 6
    assert told[4] == f"{told[3]}t"


def test_the_edition_stays_when_nothing_changes(
    course: SimpleNamespace, amina: User, client_of: ClientOf, fresh: Fresh, now: datetime
) -> None:
    save_module(person=fresh(amina), module=course.module1.page.translation_key, at=now)
    client = client_of(amina)

    first, again = (list_of(client, course.module1) for _ in range(2))

    assert first == again
    assert modules(fresh(amina), at=now)["modules"][0]["hash"] == first["hash"]


def test_the_pictures_of_a_module_are_listed_in_one_width(
    course: SimpleNamespace, amina: User, client_of: ClientOf
) -> None:
    picture = kept_picture("tree", Collection.get_first_root_node())
    lesson = LessonPage.objects.get(pk=course.module1.lessons[0].pk)
    image = {"type": "picture", "value": {"image": picture.pk, "alt": "A tree", "caption": ""}}
    lesson.body = LessonPage.body.field.to_python([image])
    lesson.save_revision().publish()
    client = client_of(amina)

    with_pictures = [file["url"] for file in list_of(client, course.module1)["files"]]
    client.cookies["text_only"] = "1"
    without = [file["url"] for file in list_of(client, course.module1)["files"]]

    assert len([url for url in with_pictures if url.startswith("/media/")]) == 1
    assert [url for url in without if url.startswith("/media/")] == []


def test_no_key_reaches_the_phone_before_she_answers(
    planted: SimpleNamespace, amina: User, client_of: ClientOf, read: Callable[..., None]
) -> None:
    client = client_of(amina)
    saved = sent(client, "module.saved", planted.module1.page.translation_key)
    read(amina, planted.module1)

    received = saved + all_bytes(client, planted.module1)

    assert b"what is asked" in received
    assert [word for word in SECRETS if word.encode() in received.replace(b"feedback_form", b"")] == []


def test_the_search_finds_a_planted_key(planted: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    lesson = LessonPage.objects.get(pk=planted.module1.lessons[0].pk)
    lesson.body = LessonPage.body.field.to_python([{"type": "say", "value": "PLANTED"}])
    lesson.save_revision().publish()

    assert b"PLANTED" in all_bytes(client_of(amina), planted.module1)


def test_after_she_answered_only_the_feedback_to_her_choice_comes(
    planted: SimpleNamespace, amina: User, client_of: ClientOf, read: Callable[..., None], now: datetime, fresh: Fresh
) -> None:
    client = client_of(amina)
    sent(client, "module.saved", planted.module1.page.translation_key)
    read(fresh(amina), planted.module1)
    attempt = Attempt.objects.get()

    answer_attempt(person=fresh(amina), attempt=attempt.pk, answers=answers_to(attempt, 0), happened_at=now, at=now)
    received = all_bytes(client, planted.module1).decode()

    assert "PLANTED feedback 2" in received  # the one that she picked
    assert "PLANTED feedback 0" not in received
    assert "PLANTED feedback 1" not in received
    entry = modules(fresh(amina), at=now)["modules"][0]["quizzes"][str(attempt.quiz_key)]
    assert (entry["number"], entry["answered"]) == (2, str(attempt.pk))
    assert "PLANTED" not in entry["html"]


def test_the_part_tells_where_she_stands(
    course: SimpleNamespace, amina: User, lena: User, stranger: User, fresh: Fresh, read: Callable[..., None],
    now: datetime,
) -> None:  # fmt: skip
    save_module(person=fresh(amina), module=course.module1.page.translation_key, at=now)
    read(amina, course.module1)

    told = modules(fresh(amina), at=now)

    way = told["courses"][0]
    assert [(module["number"], module["state"]) for module in way["modules"]] == [(1, "now"), (2, "locked")]
    kept = told["modules"][0]
    assert [step["state"] for step in kept["steps"]] == ["done", "done", "now"]
    assert (kept["key"], kept["url"], kept["course"]["url"]) == (
        str(course.module1.page.translation_key), course.module1.url, course.url,
    )  # fmt: skip
    assert [modules(fresh(person), at=now) for person in (lena, stranger)] == [{"courses": [], "modules": []}] * 2
    assert kept_pages(fresh(amina), at=now) == ["/learn/", "/learn/helping-kisumu/"]
    assert kept_pages(fresh(lena), at=now) == []


def test_the_part_costs_the_same_with_1_and_with_30_lessons(
    course: SimpleNamespace, amina: User, fresh: Fresh, now: datetime
) -> None:
    def cost() -> int:
        person = fresh(amina)
        with CaptureQueriesContext(connection) as told:
            modules(person, at=now)
        return len(told)

    save_module(person=fresh(amina), module=course.module1.page.translation_key, at=now)
    cost()
    few = cost()
    save_module(person=fresh(amina), module=course.module2.page.translation_key, at=now)
    for number in range(3, 33):
        make_lesson(course.module1.page, "1", number)

    assert cost() == few == 8


def test_saved_pages_say_what_the_script_needs(course: SimpleNamespace, amina: User, client_of: ClientOf) -> None:
    client = client_of(amina)

    lesson = client.get(course.module1.urls[0] + "?saved=1").content.decode()
    quiz = client.get(course.module1.urls[2] + "?saved=1").content.decode()
    module = client.get(course.module1.url + "?saved=1").content.decode()
    whole = client.get(course.url + "?saved=1").content.decode()

    first = course.module1.lessons[0].translation_key
    about = f'data-key="{first}" data-course="{course.page.translation_key}"'
    assert f'data-saved="lesson" {about}' in lesson
    assert f'data-outbox="lesson.completed" data-subject="{first}"' in lesson
    assert f'data-then="{course.module1.urls[1]}"' in lesson
    assert 'data-saved="quiz"' in quiz and "data-quiz" in quiz
    assert module.count("data-step=") == 3
    assert whole.count("data-module=") == 2
    for page in (lesson, quiz, module, whole):
        assert 'href="/urgent/"' in page
        assert "data-without" in page
        assert "data-person" not in page
