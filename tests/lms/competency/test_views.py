"""Pages of rating and feedback: the way through, double sending, and who sees nothing."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from lms.competency.actions import authorise_rater, feed_back, finalise, save_marks, start_assessment
from lms.competency.models import Assessment, AssessmentEvent, Feedback, Framework, Rating
from lms.competency.queries import rater_counts, waiting_for_feedback
from lms.competency.rules import NotARater
from lms.notices.models import Notice
from lms.people.models import User
from lms.programmes.actions import end_grant
from lms.programmes.models import Assignment

Marks = Callable[..., dict[str, str]]
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Views ask Django for the time."""
    monkeypatch.setattr(timezone, "now", lambda: now)


def page(name: str, key: UUID | str) -> str:
    return reverse(f"competency:{name}", args=[key])


def sent(marks: dict[str, str]) -> dict[str, str]:
    return {f"b-{line}": mark for line, mark in marks.items()}


def final(rating: Rating, marks: dict[str, str], now: datetime) -> Assessment:
    save_marks(rating=rating, marks=marks, by=rating.rater, at=now)
    return finalise(rating=rating, by=rating.rater, at=now)


def talked(rating: Rating, marks: dict[str, str], now: datetime) -> Assessment:
    told = {"what_worked": "You let her finish.", "practise_next": "Ask straight out."}
    return feed_back(assessment=final(rating, marks, now), by=rating.rater, at=now, **told)


def test_beginning_twice_with_one_key_begins_once(
    framework: Framework, rater: User, amina: User, client_of: Browser
) -> None:
    form = {"key": uuid4(), "framework": framework.id, "occasion": "supervision", "mode": "role_play"}
    client = client_of(rater)

    answers = [client.post(page("start", amina.provider.id), form) for _ in range(2)]

    assert answers[0].url == answers[1].url == page("rate", Assessment.objects.get().id)


def test_a_rater_without_authorisation_is_told_whom_to_ask(
    framework: Framework, samuel: User, amina: User, client_of: Browser
) -> None:
    answer = client_of(samuel).get(page("start", amina.provider.id))

    assert answer.status_code == 200
    assert "You are not an authorised rater" in answer.content.decode()


def test_beginning_without_choices_says_so_and_begins_nothing(
    framework: Framework, rater: User, amina: User, client_of: Browser
) -> None:
    answer = client_of(rater).post(page("start", amina.provider.id), {"key": uuid4()})

    assert (answer.status_code, Assessment.objects.count()) == (400, 0)


def test_each_step_saves_and_coming_back_goes_on_at_the_first_blank(
    rating: Rating, marks: Marks, client_of: Browser
) -> None:
    client, address = client_of(rating.rater), page("rate", rating.assessment_id)

    answer = client.post(address, sent(marks(danger="?????")) | {"go": "2"})

    assert answer.url == f"{address}?item=2"
    assert client.get(address).context["item"].number == 2


def test_a_mark_saved_by_the_script_answers_without_a_page(rating: Rating, marks: Marks, client_of: Browser) -> None:
    answer = client_of(rating.rater).post(page("rate", rating.assessment_id), sent(marks()) | {"go": "stay"})

    assert answer.status_code == 204


def test_an_unreadable_mark_is_a_sentence_and_changes_nothing(rating: Rating, client_of: Browser) -> None:
    answer = client_of(rating.rater).post(page("rate", rating.assessment_id), {"b-x": "observed", "go": "2"})

    assert answer.status_code == 409
    assert "We could not read one of the marks." in answer.content.decode()


def test_the_level_on_the_page_is_the_servers(rating: Rating, marks: Marks, client_of: Browser, now: datetime) -> None:
    save_marks(rating=rating, marks=marks(listening="10110"), by=rating.rater, at=now)

    shown = client_of(rating.rater).get(page("rate", rating.assessment_id) + "?item=1").content.decode()

    assert "<span data-level-n>1</span>" in shown
    assert "Could do harm: line 1." in shown


def test_finishing_with_blanks_lists_them(rating: Rating, marks: Marks, client_of: Browser, now: datetime) -> None:
    save_marks(rating=rating, marks=marks(danger="001??"), by=rating.rater, at=now)
    client = client_of(rating.rater)

    answer = client.post(page("check", rating.assessment_id), {"key": uuid4()})

    assert answer.status_code == 409
    assert answer.context["first_blank"].code == "danger"
    assert "2 lines left to mark." in answer.content.decode()
    assert AssessmentEvent.objects.count() == 0


def test_finishing_twice_with_one_key_finishes_once(
    rating: Rating, marks: Marks, client_of: Browser, now: datetime
) -> None:
    save_marks(rating=rating, marks=marks(), by=rating.rater, at=now)
    client, key = client_of(rating.rater), uuid4()

    answers = [client.post(page("check", rating.assessment_id), {"key": key}) for _ in range(2)]

    assert [answer.url for answer in answers] == [page("result", rating.assessment_id)] * 2
    assert AssessmentEvent.objects.filter(kind="finalised").count() == 1


def test_a_finished_rating_opens_its_result(rating: Rating, marks: Marks, client_of: Browser, now: datetime) -> None:
    final(rating, marks(), now)
    client = client_of(rating.rater)

    for name in ("rate", "check"):
        assert client.get(page(name, rating.assessment_id)).url == page("result", rating.assessment_id)


def test_feedback_sent_twice_is_kept_once(rating: Rating, marks: Marks, client_of: Browser, now: datetime) -> None:
    final(rating, marks(), now)
    form = {"key": uuid4(), "what_worked": "You let her finish.", "practise_next": "Ask straight out."}
    client = client_of(rating.rater)

    answers = [client.post(page("result", rating.assessment_id), form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Feedback.objects.get().what_worked == "You let her finish."


def test_feedback_with_an_empty_part_keeps_what_was_typed(
    rating: Rating, marks: Marks, client_of: Browser, now: datetime
) -> None:
    final(rating, marks(), now)

    form = {"key": uuid4(), "what_worked": "You let her finish."}
    answer = client_of(rating.rater).post(page("result", rating.assessment_id), form)

    assert answer.status_code == 400
    assert "You let her finish." in answer.content.decode()
    assert Feedback.objects.count() == 0


def test_a_provider_reads_her_levels_only_after_the_talk(
    rating: Rating, marks: Marks, amina: User, client_of: Browser, now: datetime
) -> None:
    client, address = client_of(amina), page("result", rating.assessment_id)
    before = client.get(address).status_code
    assessment = final(rating, marks(danger="00100"), now)
    finished = client.get(address).status_code

    told = {"what_worked": "You let her finish.", "practise_next": "Ask straight out."}
    feed_back(assessment=assessment, by=rating.rater, at=now, **told)
    after = client.get(address)

    assert (before, finished, after.status_code) == (404, 404, 200)
    shown = after.content.decode()
    assert "Ask straight out." in shown
    assert "Lesson to practise: Asking about danger" in shown


def test_strangers_and_colleagues_find_nothing(
    rating: Rating, marks: Marks, stranger: User, brian: User, lena: User, client_of: Browser, now: datetime
) -> None:
    talked(rating, marks(), now)

    for person in (stranger, brian, lena):
        client = client_of(person)
        found = [client.get(page(name, rating.assessment_id)).status_code for name in ("rate", "check", "result")]
        assert [*found, client.get(page("start", rating.assessment.provider_id)).status_code] == [404] * 4


def test_a_manager_reads_a_finished_rating_but_no_working_marks(
    rating: Rating, marks: Marks, joseph: User, client_of: Browser, now: datetime
) -> None:
    client = client_of(joseph)
    draft = client.get(page("result", rating.assessment_id)).status_code

    final(rating, marks(), now)

    assert draft == 404
    assert client.get(page("rate", rating.assessment_id)).status_code == 404
    assert client.get(page("result", rating.assessment_id)).status_code == 200


def test_without_a_sign_in_there_is_only_the_login(client: Client, rating: Rating) -> None:
    for name, key in (
        ("rate", rating.assessment_id),
        ("result", rating.assessment_id),
        ("start", rating.assessment.provider_id),
    ):
        assert client.get(page(name, key)).url.startswith("/login/")


def test_what_a_rater_typed_is_shown_as_text(
    rating: Rating, marks: Marks, amina: User, client_of: Browser, now: datetime
) -> None:
    assessment = final(rating, marks(), now)
    feed_back(
        assessment=assessment, what_worked="<script>alert(1)</script>", practise_next="x", by=rating.rater, at=now
    )

    shown = client_of(amina).get(page("result", assessment.id)).content.decode()

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.parametrize("people", [1, 30])
def test_the_raters_page_costs_the_same_for_one_and_for_thirty(
    people: int, framework: Framework, rater: User, marks: Marks, make_learner: Callable[..., User], client_of: Browser,
    now: datetime, django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    told = {"framework": framework, "occasion": "supervision", "mode": "role_play", "by": rater, "at": now}
    for number in range(people):
        provider = make_learner(f"eve{number}", f"Eve {number}").provider
        start_assessment(key=uuid4(), provider=provider, **told)
        final(start_assessment(key=uuid4(), provider=provider, **told), marks(), now)
    client = client_of(rater)

    with django_assert_num_queries(14):
        answer = client.get(reverse("competency:index"))

    assert len(answer.context["rows"]) == people


def test_only_people_of_programmes_with_an_authorisation_are_offered(
    framework: Framework, rater: User, amina: User, stranger: User, client_of: Browser
) -> None:
    rows = client_of(rater).get(reverse("competency:index")).context["rows"]

    assert [person for person, rated_on in rows] == [amina.provider]


def test_an_old_authorisation_offers_nobody(
    framework: Framework, samuel: User, amina: User, client_of: Browser, now: datetime
) -> None:
    told = {"programme": framework.programme, "framework_code": framework.code, "by": None, "at": now}
    authorise_rater(user=samuel, valid_until=date(2026, 3, 16), **told)

    assert client_of(samuel).get(reverse("competency:index")).context["rows"] == []


def test_whose_role_ended_reads_and_writes_no_more(
    rating: Rating, marks: Marks, rater: User, now: datetime, client_of: Browser, fresh: Callable
) -> None:
    assessment = final(rating, marks(), now)
    for held in rater.grants.all():
        end_grant(held=held, by=rater, at=now)
    gone = fresh(rater)
    client, told = client_of(gone), {"key": uuid4(), "what_worked": "x", "practise_next": "y"}

    assert client.get(page("result", assessment.id)).status_code == 404
    assert client.post(page("result", assessment.id), told).status_code == 404
    assert client.get(page("rate", assessment.id)).status_code == 404
    assert list(waiting_for_feedback(gone)) == []
    assert rater_counts(gone) == {"begun": 0, "waiting": 0}
    with pytest.raises(NotARater):
        feed_back(assessment=assessment, what_worked="x", practise_next="y", by=gone, at=now)


def test_an_assigned_lesson_says_why_in_the_readers_language(
    rating: Rating, marks: Marks, amina: User, now: datetime
) -> None:
    with translation.override("sw"):
        final(rating, marks(danger="11000"), now)
    [assigned] = Assignment.objects.filter(provider=amina.provider)

    assert (assigned.reason, assigned.source) == ("Danger", "competency:danger")
    with translation.override("en"):
        assert assigned.why == "To practise after your rating: Danger."


# taking a rating back


def test_who_manages_takes_a_rating_back_from_its_page_and_the_person_reads_why(
    rating: Rating, marks: Marks, joseph: User, amina: User, client_of: Browser, now: datetime
) -> None:
    assessment = talked(rating, marks(), now)
    browser = client_of(joseph)
    shown = browser.get(page("result", assessment.pk)).content.decode()

    answer = browser.post(page("take-back", assessment.pk), {"reason": "The wrong recording was rated."})

    read = client_of(amina).get(page("result", assessment.pk)).content.decode()
    (notice,) = Notice.objects.filter(kind="rating.taken_back")
    assert page("take-back", assessment.pk) in shown
    assert answer.url == reverse("manage:person", args=[amina.provider.pk])
    assert "Taken back on" in read
    assert "The wrong recording was rated." in read
    assert (notice.person, "recording" in notice.text) == (amina, False)


def test_pressed_twice_it_is_taken_back_once(
    rating: Rating, marks: Marks, joseph: User, client_of: Browser, now: datetime
) -> None:
    assessment, browser = final(rating, marks(), now), client_of(joseph)

    answers = [browser.post(page("take-back", assessment.pk), {"reason": "Wrong person."}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert AssessmentEvent.objects.filter(kind="voided").count() == 1
    assert Notice.objects.count() == 0  # she had not heard of it


def test_without_a_reason_nothing_is_taken_back(
    rating: Rating, marks: Marks, joseph: User, client_of: Browser, now: datetime
) -> None:
    assessment = final(rating, marks(), now)

    answer = client_of(joseph).post(page("take-back", assessment.pk), {"reason": " "})

    assert "Say why, in a few words." in answer.content.decode()
    assert Assessment.objects.get().state == "finalised"


@pytest.mark.parametrize("who", ["amina", "brian", "stranger", "samuel"])
def test_nobody_else_takes_a_rating_back(
    who: str, rating: Rating, marks: Marks, client_of: Browser, now: datetime, request: pytest.FixtureRequest
) -> None:
    assessment = talked(rating, marks(), now)

    answer = client_of(request.getfixturevalue(who)).post(page("take-back", assessment.pk), {"reason": "Mine."})

    assert answer.status_code == 404
    assert Assessment.objects.get().state == "fed_back"
