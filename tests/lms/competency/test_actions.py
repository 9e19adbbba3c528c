"""Rating somebody: who may, what is kept, what never changes, and the lesson that follows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from lms.competency import queries, rules
from lms.competency.actions import feed_back, finalise, publish_framework, save_marks, start_assessment, void
from lms.competency.models import Assessment, AssessmentEvent, Behaviour, Framework, Mark, Rating
from lms.competency.tasks import GUARDED
from lms.ledger.queries import entries_of
from lms.people.models import User
from lms.programmes.actions import grant, mark_assignment_done
from lms.programmes.models import Assignment, Subject

Marks = Callable[..., dict[str, str]]


def finished(rating: Rating, marks: dict[str, str], now: datetime) -> Assessment:
    save_marks(rating=rating, marks=marks, by=rating.rater, at=now)
    return finalise(rating=rating, by=rating.rater, at=now)


def begun_by(person: User, provider: object, framework: Framework, now: datetime) -> Rating:
    return start_assessment(
        key=uuid4(), provider=provider, framework=framework, occasion="supervision", mode="role_play", by=person, at=now
    )


def test_somebody_without_authorisation_may_not_rate(
    framework: Framework, samuel: User, amina: User, now: datetime
) -> None:
    with pytest.raises(rules.NotARater):
        begun_by(samuel, amina.provider, framework, now)


def test_an_authorisation_that_ran_out_is_none(framework: Framework, rater: User, amina: User, now: datetime) -> None:
    with pytest.raises(rules.NotARater):
        begun_by(rater, amina.provider, framework, now + timedelta(days=400))


def test_an_authorised_rater_stays_within_the_scope(
    framework: Framework, rater: User, make_learner: Callable[..., User], stranger: User, now: datetime
) -> None:
    elsewhere = make_learner("eve", "Eve Example", cohort="second_cohort")

    for person in (elsewhere, stranger):
        with pytest.raises(rules.NotARater):
            begun_by(rater, person.provider, framework, now)


def test_nobody_rates_themself(
    framework: Framework, rater: User, amina: User, world: SimpleNamespace, now: datetime
) -> None:
    grant(user=amina, role="rater", programme=world.programme, by=None, at=now)

    with pytest.raises(rules.NotYourself):
        begun_by(amina, amina.provider, framework, now)


def test_the_same_key_begins_one_assessment(framework: Framework, rater: User, amina: User, now: datetime) -> None:
    key = uuid4()
    told = {"provider": amina.provider, "framework": framework, "occasion": "supervision", "mode": "role_play"}

    first = start_assessment(key=key, by=rater, at=now, **told)
    second = start_assessment(key=key, by=rater, at=now, **told)

    assert (first, Assessment.objects.count()) == (second, 1)


def test_saving_keeps_what_was_marked_before(rating: Rating, marks: Marks, rater: User, now: datetime) -> None:
    save_marks(rating=rating, marks=marks(listening="00110", danger="?????"), by=rater, at=now)
    save_marks(rating=rating, marks=marks(listening="?????", danger="001??"), by=rater, at=now)

    assert [item.level.blanks for item in queries.items_in(rating)] == [(), (4, 5)]


def test_saving_again_changes_the_mark(rating: Rating, marks: Marks, rater: User, now: datetime) -> None:
    save_marks(rating=rating, marks=marks(listening="10110"), by=rater, at=now)
    save_marks(rating=rating, marks=marks(listening="00110"), by=rater, at=now)

    assert queries.items_in(rating)[0].level.number == 3
    assert Mark.objects.count() == 10


@pytest.mark.parametrize("marked", [{"no-such-line": "observed"}, None])
def test_an_unreadable_mark_changes_nothing(rating: Rating, rater: User, now: datetime, marked: dict | None) -> None:
    line = str(Behaviour.objects.first().id)

    with pytest.raises(rules.UnknownMark):
        save_marks(rating=rating, marks=marked or {line: "perhaps"}, by=rater, at=now)

    assert Mark.objects.count() == 0


def test_only_the_rater_saves_marks(rating: Rating, marks: Marks, samuel: User, now: datetime) -> None:
    with pytest.raises(rules.NotARater):
        save_marks(rating=rating, marks=marks(), by=samuel, at=now)


def test_with_a_blank_line_nothing_is_finished(
    rating: Rating, marks: Marks, rater: User, amina: User, now: datetime
) -> None:
    save_marks(rating=rating, marks=marks(danger="0011?"), by=rater, at=now)

    with pytest.raises(rules.BlanksLeft):
        finalise(rating=rating, by=rater, at=now)

    assert rating.assessment.state == "draft"
    assert entries_of(amina.provider) == []


def test_finishing_writes_the_levels_into_the_ledger(
    rating: Rating, marks: Marks, rater: User, amina: User, now: datetime
) -> None:
    assessment = finished(rating, marks(listening="00111", danger="10110"), now)

    [entry] = entries_of(amina.provider)
    assert entry.kind == "assessment.finalised"
    assert entry.facts == {
        "assessment": str(assessment.id), "framework": "helping-skills", "version": 1, "occasion": "supervision",
        "mode": "role_play", "rater": str(rater.id), "levels": {"listening": 4, "danger": 1}, "critical": ["danger"],
        "items": 2,
    }  # fmt: skip


def test_a_skill_below_level_3_leads_to_its_lesson(
    rating: Rating, marks: Marks, amina: User, lesson: Subject, now: datetime
) -> None:
    finished(rating, marks(danger="00100"), now)

    [assignment] = Assignment.objects.all()
    assert (assignment.provider, assignment.subject, assignment.source) == (amina.provider, lesson, "competency:danger")


def test_a_good_rating_assigns_nothing(rating: Rating, marks: Marks, now: datetime) -> None:
    finished(rating, marks(), now)

    assert Assignment.objects.count() == 0


def test_after_the_lesson_a_new_low_rating_assigns_it_again(
    rating: Rating, marks: Marks, rater: User, amina: User, lesson: Subject, framework: Framework, now: datetime
) -> None:
    finished(rating, marks(danger="00100"), now)
    mark_assignment_done(provider=amina.provider, subject_key=lesson.key, at=now)

    finished(begun_by(rater, amina.provider, framework, now), marks(danger="00100"), now)

    assert Assignment.objects.filter(done_at=None).count() == 1


def test_a_finished_rating_takes_no_more_marks(rating: Rating, marks: Marks, rater: User, now: datetime) -> None:
    assessment = finished(rating, marks(), now)

    with pytest.raises(rules.AlreadyFinal):
        save_marks(rating=rating, marks=marks(danger="10110"), by=rater, at=now)
    with pytest.raises(rules.AlreadyFinal):
        finalise(rating=rating, by=rater, at=now)
    assert [item.level.number for item in queries.items_final(assessment)] == [3, 3]


def test_working_marks_changed_behind_our_back_change_no_finished_level(
    rating: Rating, marks: Marks, now: datetime
) -> None:
    assessment = finished(rating, marks(), now)

    Mark.objects.update(value="observed")

    assert [item.level.number for item in queries.items_final(assessment)] == [3, 3]


@pytest.mark.django_db
@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_final(
    rating: Rating, marks: Marks, now: datetime, table: str, statement: str
) -> None:
    finished(rating, marks(), now)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))

    assert AssessmentEvent.objects.count() == 2


def test_feedback_comes_after_finishing_and_once(
    rating: Rating, marks: Marks, rater: User, amina: User, now: datetime
) -> None:
    told = {"what_worked": "You let her finish.", "practise_next": "Ask straight out.", "by": rater, "at": now}

    with pytest.raises(rules.NotFinalYet):
        feed_back(assessment=rating.assessment, **told)
    assessment = feed_back(assessment=finished(rating, marks(), now), **told)
    with pytest.raises(rules.AlreadyFedBack):
        feed_back(assessment=assessment, **told)

    assert Assessment.objects.get().state == "fed_back"
    assert assessment.feedback.practise_next == "Ask straight out."
    assert [entry.kind for entry in entries_of(amina.provider)] == ["assessment.finalised", "assessment.fed_back"]


def test_only_its_rater_gives_feedback(rating: Rating, marks: Marks, samuel: User, now: datetime) -> None:
    assessment = finished(rating, marks(), now)

    with pytest.raises(rules.NotARater):
        feed_back(assessment=assessment, what_worked="x", practise_next="y", by=samuel, at=now)


def test_a_rating_taken_back_proves_nothing_any_more(
    rating: Rating, marks: Marks, amina: User, joseph: User, now: datetime
) -> None:
    assessment = finished(rating, marks(), now)

    void(assessment=assessment, reason="The wrong recording was rated.", by=joseph, at=now)

    assert Assessment.objects.get().state == "voided"
    assert entries_of(amina.provider) == []


def test_only_those_who_follow_a_person_take_a_rating_back(
    rating: Rating, marks: Marks, samuel: User, now: datetime
) -> None:
    assessment = finished(rating, marks(), now)

    with pytest.raises(rules.NotYoursToTakeBack):
        void(assessment=assessment, reason="x", by=samuel, at=now)


def test_a_rating_is_taken_back_once(rating: Rating, marks: Marks, joseph: User, now: datetime) -> None:
    assessment = finished(rating, marks(), now)
    void(assessment=assessment, reason="The wrong recording was rated.", by=joseph, at=now)

    with pytest.raises(rules.AlreadyTakenBack):
        void(assessment=assessment, reason="Again.", by=joseph, at=now)


def test_a_published_version_is_never_published_again(framework: Framework, now: datetime) -> None:
    spec = {"code": framework.code, "version": 1, "competency": []}

    with pytest.raises(rules.AlreadyPublished):
        publish_framework(spec=spec, programme=framework.programme, at=now)


def test_a_framework_without_basic_skills_is_refused_whole(
    world: SimpleNamespace, framework: Framework, now: datetime
) -> None:
    told = ("kind", "title", "licence", "attribution", "source_url", "translation_disclaimer")
    spec = {name: getattr(framework, name) for name in told} | {"code": "other", "version": 1}
    spec["competency"] = [
        {"code": "x", "title": "X", "critical": False, "behaviour": [{"kind": "harmful", "text": "x"}]}
    ]

    with pytest.raises(rules.FrameworkUnclear):
        publish_framework(spec=spec, programme=world.programme, at=now)

    assert Framework.objects.count() == 1
