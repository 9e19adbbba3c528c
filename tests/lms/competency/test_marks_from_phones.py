"""Marks that a rater made without network, sent through `/sync/`."""

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lms.competency.actions import finalise, save_marks, start_assessment
from lms.competency.models import Framework, Mark, RaterAuthorisation, Rating
from lms.competency.panels import ratings_to_keep
from lms.competency.queries import marks_of
from lms.competency.rules import AlreadyFinal, NotARater, UnknownMark
from lms.people.models import User

Sync = Callable[..., dict[str, Any]]
Marks = Callable[..., dict[str, str]]


@pytest.fixture
def sync(client_of: Callable[[User], Client]) -> Sync:
    """Sends marks as this person's phone: sync(grace, rating, marks)."""

    def one(person: User, subject: object, marks: Any, *, item_key: UUID | None = None) -> dict[str, Any]:
        data = {"item": 1, "marks": marks}
        item = {"key": str(item_key or uuid4()), "kind": "rating.marked", "subject": str(subject), "data": data}
        body = {"device": str(uuid4()), "person": str(person.pk), "items": [item]}
        answer = client_of(person).post("/sync/", json.dumps(body), content_type="application/json")
        return answer.json()["results"][0]

    return one


def test_marks_made_on_a_phone_count_once(sync: Sync, rating: Rating, rater: User, marks: Marks) -> None:
    item, made = uuid4(), marks(danger="?????")

    answers = [sync(rater, rating.assessment_id, made, item_key=item) for _ in range(2)]

    assert [answer["status"] for answer in answers] == ["applied", "already"]
    assert answers[0]["data"] == {"assessment": str(rating.assessment_id)}
    assert marks_of(rating) == made


def test_of_two_phones_the_last_arrival_wins_line_by_line(
    sync: Sync, rating: Rating, rater: User, marks: Marks
) -> None:
    for told in ("00110", "??00?", "????0"):
        sync(rater, rating.assessment_id, marks(listening=told, danger="?????"))

    assert marks_of(rating) == marks(listening="00000", danger="?????")


def test_a_finished_rating_takes_no_marks(sync: Sync, rating: Rating, rater: User, marks: Marks, now: datetime) -> None:
    save_marks(rating=rating, marks=marks(), by=rater, at=now)
    finalise(rating=rating, by=rater, at=now)

    answer = sync(rater, rating.assessment_id, marks(danger="11111"))

    assert (answer["code"], answer["detail"]) == ("closed", str(AlreadyFinal.sentence))
    assert marks_of(rating) == marks()


@pytest.mark.parametrize("made", [{"no-such-line": "observed"}, {"?": "?"}])
def test_an_unknown_line_is_refused(sync: Sync, rating: Rating, rater: User, made: dict[str, str]) -> None:
    answer = sync(rater, rating.assessment_id, made)

    assert (answer["code"], answer["detail"]) == ("invalid", str(UnknownMark.sentence))
    assert Mark.objects.count() == 0


def test_an_unknown_mark_is_refused(sync: Sync, rating: Rating, rater: User, marks: Marks) -> None:
    answer = sync(rater, rating.assessment_id, dict.fromkeys(marks(), "superb"))

    assert (answer["code"], Mark.objects.count()) == ("invalid", 0)


@pytest.mark.parametrize("made", [None, ["observed"], {"x": 1}])
def test_what_cannot_be_read_is_refused(sync: Sync, rating: Rating, rater: User, made: object) -> None:
    answer = sync(rater, rating.assessment_id, made)

    assert (answer["status"], answer["code"]) == ("refused", "invalid")


def test_a_subject_that_is_no_key_is_refused(sync: Sync, rater: User) -> None:
    assert sync(rater, "my rating", {})["code"] == "invalid"


@pytest.mark.parametrize("who", ["amina", "samuel", "joseph", "stranger"])
def test_nobody_marks_in_anothers_rating(
    who: str, request: pytest.FixtureRequest, sync: Sync, rating: Rating, marks: Marks
) -> None:
    answer = sync(request.getfixturevalue(who), rating.assessment_id, marks())

    assert (answer["code"], answer["detail"]) == ("not_allowed", str(NotARater.sentence))
    assert Mark.objects.count() == 0


def test_marks_after_the_authorisation_ended_are_refused(sync: Sync, rating: Rating, rater: User, marks: Marks) -> None:
    RaterAuthorisation.objects.update(valid_until="2026-03-01")

    assert sync(rater, rating.assessment_id, marks())["code"] == "not_allowed"


def test_the_pages_of_open_ratings_are_kept(
    rating: Rating, rater: User, amina: User, samuel: User, marks: Marks, now: datetime, fresh: Callable[[User], User]
) -> None:
    here = f"/competency/rate/{rating.assessment_id}/"

    kept = ratings_to_keep(rater, at=now)
    save_marks(rating=rating, marks=marks(), by=rater, at=now)
    finalise(rating=rating, by=rater, at=now)

    assert kept == ["/competency/", here, f"{here}?item=1", f"{here}?item=2", f"{here}check/"]
    assert [ratings_to_keep(person, at=now) for person in (amina, samuel, fresh(rater))] == [[], [], []]


@pytest.mark.parametrize("ratings", [1, 5])
def test_keeping_costs_the_same_for_many_ratings(
    ratings: int,
    framework: Framework,
    rater: User,
    amina: User,
    now: datetime,
    fresh: Callable[[User], User],
    world: SimpleNamespace,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(ratings):
        start_assessment(
            key=uuid4(), provider=amina.provider, framework=framework, occasion="supervision", mode="role_play",
            by=rater, at=now,
        )  # fmt: skip

    with django_assert_num_queries(6):
        assert len(ratings_to_keep(fresh(rater), at=now)) == 1 + 4 * ratings
