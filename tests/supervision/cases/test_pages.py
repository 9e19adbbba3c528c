"""The pages of a case as a browser without scripts sees them."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lms.people.models import User
from supervision.cases import rules
from supervision.cases.models import CasePresentation, CaseRead
from supervision.sessions.actions import schedule as schedule_meeting
from supervision.sessions.models import SupervisionSession

from .conftest import TEXTS

ClientOf = Callable[[User], Client]


def step_of(case: CasePresentation, name: str) -> str:
    return reverse("supervision:case-write", args=[case.pk, name])


def test_a_case_is_written_step_by_step_without_script(
    client_of: ClientOf, amina: User, answers: dict[str, object]
) -> None:
    browser = client_of(amina)
    page = browser.get("/supervision/cases/new/")
    sending = {"key": page.context["key"], "go": "next"}

    page = browser.post("/supervision/cases/new/", sending | {"question": answers["question"]}, follow=True)
    case = CasePresentation.objects.get()
    for step in rules.STEPS[1:]:
        assert page.request["PATH_INFO"] == step_of(case, step.name)
        fields = {name: str(answers[name]) for name in step.fields}
        if step.name == "screening":
            fields = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0, "form-0-tool": "PHQ-9", "form-0-score": 14}
        go = "send" if step is rules.LAST_STEP else "next"
        page = browser.post(page.request["PATH_INFO"], {"go": go, **fields}, follow=True)

    case.refresh_from_db()
    assert case.state == "submitted"
    assert [(score.tool, score.score) for score in case.scores.all()] == [("PHQ-9", 14)]
    assert page.request["PATH_INFO"] == reverse("supervision:case", args=[case.pk])


def test_the_first_step_sent_twice_is_one_case(client_of: ClientOf, amina: User) -> None:
    browser = client_of(amina)
    sending = {"key": str(uuid4()), "question": "How can I help her?", "go": "next"}

    answers = [browser.post("/supervision/cases/new/", sending) for _ in range(2)]

    assert CasePresentation.objects.count() == 1
    assert {answer["Location"] for answer in answers} == {step_of(CasePresentation.objects.get(), "person")}


def test_what_does_not_fit_comes_back_with_what_was_typed(client_of: ClientOf, amina: User) -> None:
    typed = "She is sad. She does not eat. How can I help her?"

    page = client_of(amina).post("/supervision/cases/new/", {"key": str(uuid4()), "question": typed, "go": "next"})

    assert page.status_code == 200
    assert page.context["form"]["question"].value() == typed
    assert page.context["form"].errors["question"] == [
        "Please ask only one question, in one sentence. The other words fit in the next steps."
    ]
    assert CasePresentation.objects.get().question == typed


def test_a_text_that_is_too_long_stays_in_the_form(client_of: ClientOf, amina: User, draft: CasePresentation) -> None:
    typed = "x" * 4001

    page = client_of(amina).post(step_of(draft, "tried"), {"tried": typed, "go": "next"})

    assert page.context["form"]["tried"].value() == typed
    draft.refresh_from_db()
    assert draft.tried == "Two visits."


def test_going_back_keeps_half_an_answer(client_of: ClientOf, amina: User, draft: CasePresentation) -> None:
    page = client_of(amina).post(step_of(draft, "problem"), {"problem": "Half", "duration": "", "go": "back"})

    draft.refresh_from_db()
    assert page["Location"] == step_of(draft, "person")
    assert (draft.problem, draft.duration) == ("Half", "")


def test_sending_with_a_missing_step_says_which(client_of: ClientOf, amina: User, draft: CasePresentation) -> None:
    browser = client_of(amina)
    browser.post(step_of(draft, "tried"), {"tried": "", "go": "save"})

    page = browser.post(
        step_of(draft, "check"),
        {"consent_basis": "person", "no_identifiers": "1", "stays_responsible": "1", "go": "send"},
    )

    assert page.status_code == 409
    assert page.context["refused"] == str(rules.CaseIncomplete.sentence)
    assert [step.name for step in page.context["missing"]] == ["tried"]


def test_a_draft_is_kept_while_it_is_typed(client_of: ClientOf, amina: User) -> None:
    browser, key = client_of(amina), str(uuid4())

    said = [
        browser.post("/supervision/cases/autosave/", {"key": key, "step": "question", "question": words}).json()
        for words in ("How", "How can", "How can I help?")
    ]

    case = CasePresentation.objects.get()
    assert case.question == "How can I help?"
    assert {answer["address"] for answer in said} == {step_of(case, "question")}


def test_an_autosave_of_a_sent_case_changes_nothing(client_of: ClientOf, amina: User, sent: CasePresentation) -> None:
    sending = {"key": str(sent.key), "step": "tried", "tried": "Other words"}

    answer = client_of(amina).post("/supervision/cases/autosave/", sending)

    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    sent.refresh_from_db()
    assert sent.tried == "Two visits."


@pytest.mark.parametrize("who", ["brian", "joseph", "stranger", "samuel"])
def test_others_find_nothing(
    who: str, request: pytest.FixtureRequest, client_of: ClientOf, sent: CasePresentation
) -> None:
    browser = client_of(request.getfixturevalue(who))
    nobodys = uuid4()
    missing = browser.get(reverse("supervision:case", args=[nobodys]))

    found = [
        browser.get(reverse("supervision:case", args=[sent.pk])),
        browser.get(step_of(sent, "tried")),
        browser.post(reverse("supervision:case-accept", args=[sent.pk])),
        browser.post(reverse("supervision:case-return", args=[sent.pk]), {"reason": "x"}),
        browser.post(reverse("supervision:case-withdraw", args=[sent.pk])),
        browser.get(reverse("supervision:case-plan", args=[sent.pk])),
    ]

    assert [answer.status_code for answer in found] == [404] * 6
    assert found[0].content.decode() == missing.content.decode().replace(str(nobodys), str(sent.pk))


def test_signed_out_people_are_asked_to_sign_in(client: Client, sent: CasePresentation) -> None:
    answer = client.get(reverse("supervision:case", args=[sent.pk]))

    assert answer["Location"] == f"/login/?next=/supervision/cases/{sent.pk}/"


def test_reading_by_staff_is_logged_and_reading_ones_own_is_not(
    client_of: ClientOf, amina: User, grace: User, sent: CasePresentation
) -> None:
    for person in (amina, grace):
        assert client_of(person).get(reverse("supervision:case", args=[sent.pk])).status_code == 200

    assert [read.by for read in CaseRead.objects.all()] == [grace]


def test_the_supervisor_sends_a_case_back_and_the_writer_reads_why(
    client_of: ClientOf, amina: User, grace: User, sent: CasePresentation
) -> None:
    without = client_of(grace).post(reverse("supervision:case-return", args=[sent.pk]), {"reason": " "})
    client_of(grace).post(reverse("supervision:case-return", args=[sent.pk]), {"reason": "Say ‘a school’."})

    page = client_of(amina).get(reverse("supervision:case", args=[sent.pk]))

    assert without.context["form"].errors["reason"] == [str(rules.ReasonMissing.sentence)]
    assert page.context["returned"] == "Say ‘a school’."
    assert page.context["case"].state == "returned"


def test_accepting_leads_to_planning(
    client_of: ClientOf, grace: User, sent: CasePresentation, now: datetime, world: object
) -> None:
    meeting = schedule_meeting(cohort=world.cohort, title="Tuesday", starts_at=timezone.now(), by=grace, at=now)
    browser = client_of(grace)

    accepted = browser.post(reverse("supervision:case-accept", args=[sent.pk]))
    planned = browser.post(reverse("supervision:case-plan", args=[sent.pk]), {"session": str(meeting.pk)})

    sent.refresh_from_db()
    assert accepted["Location"] == reverse("supervision:case-plan", args=[sent.pk])
    assert planned["Location"] == reverse("supervision:case", args=[sent.pk])
    assert (sent.state, sent.session) == ("scheduled", meeting)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_front_of_supervision_costs_the_same_with_many_cases(
    rows: int,
    client_of: ClientOf,
    amina: User,
    grace: User,
    make_case: Callable[..., CasePresentation],
    django_assert_num_queries: DjangoAssertNumQueries,
    now: datetime,
    world: object,
) -> None:
    soon = timezone.now()
    for number in range(rows):
        make_case(amina, days=number)
        schedule_meeting(
            cohort=world.cohort, title=f"Meeting {number}", starts_at=soon + timedelta(days=number), by=grace, at=now
        )
    browser = client_of(grace)

    with django_assert_num_queries(11):
        page = browser.get("/supervision/")

    assert len(page.context["queue"]) == rows
    assert len(page.context["coming"]) == rows
    assert SupervisionSession.objects.count() == rows


@pytest.mark.parametrize("rows", [1, 30])
def test_my_cases_cost_the_same_with_many(
    rows: int,
    client_of: ClientOf,
    amina: User,
    make_case: Callable[..., CasePresentation],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        make_case(amina, days=number)
    browser = client_of(amina)

    with django_assert_num_queries(11):
        page = browser.get("/supervision/")

    assert len(page.context["cases"]) == rows


def test_the_page_for_the_phone_holds_every_step_and_no_words_of_a_case(
    client_of: ClientOf, amina: User, draft: CasePresentation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(amina)

    with django_assert_num_queries(7):
        page = browser.get("/supervision/cases/phone/")

    shown = page.content.decode()
    assert [step.name for step, _form in page.context["steps"]] == list(rules.STEP_NAMES)
    assert [name for name in rules.ANSWER_FIELDS if f'name="{name}"' not in shown] == ["focus_competency"]
    assert [text for text in TEXTS if text in shown] == []
    assert str(draft.programme_id) in shown


@pytest.mark.parametrize("who", ["grace", "joseph"])
def test_who_writes_no_cases_has_no_page_for_the_phone(
    who: str, request: pytest.FixtureRequest, client_of: ClientOf
) -> None:
    assert client_of(request.getfixturevalue(who)).get("/supervision/cases/phone/").status_code == 404


def test_a_step_tells_the_phone_which_words_arrived(client_of: ClientOf, amina: User, draft: CasePresentation) -> None:
    page = client_of(amina).get(step_of(draft, "tried"))

    prints = json.loads(page.context["prints"])
    assert prints["tried"] == rules.print_of("Two visits.")
    assert prints["scores"] == ""
    assert f'data-saved="{draft.saved_at.isoformat()}"' in page.content.decode()
