"""The step of question lists: suggestions, the programme's cut-offs, and the last question of PHQ-9."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from lms.people.models import User
from supervision.cases import actions, queries
from supervision.cases.models import CasePresentation
from supervision.cutoffs.actions import write_cut_off

ClientOf = Callable[[User], Client]
FORM = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0"}
LINE = {
    "form-0-tool": "PHQ-9",
    "form-0-version": "9 questions, 2 weeks",
    "form-0-score": "14",
    "form-0-cut_off": "9",
    "form-0-cut_off_source": "Our own study, 2025",
}


def address(case: CasePresentation) -> str:
    return reverse("supervision:case-write", args=[case.pk, "screening"])


@pytest.fixture
def written(draft: CasePresentation, joseph: User, now: datetime) -> CasePresentation:
    """A draft in a programme that wrote down its cut-off."""
    write_cut_off(
        programme=draft.programme, tool="PHQ-9", version="9 questions, 2 weeks", language="sw", cut_off=9,
        source="Our own study, 2025", by=joseph, at=now,
    )  # fmt: skip
    return draft


def test_lists_with_their_usual_version_and_local_cut_offs_are_offered(
    written: CasePresentation, amina: User, client_of: ClientOf
) -> None:
    browser = client_of(amina)

    pages = [browser.get(url).content.decode() for url in (address(written), reverse("supervision:case-phone"))]

    told = [
        '<option value="PHQ-9">9 questions, 2 weeks</option>',
        '<option value="9 questions, 2 weeks">PHQ-9</option>',
        '<option value="9">PHQ-9 9 questions, 2 weeks</option>',
        '<option value="Our own study, 2025">PHQ-9</option>',
    ]
    assert [words for words in told for page in pages if words not in page] == []


def test_no_cut_off_is_filled_in_by_itself(written: CasePresentation, amina: User, client_of: ClientOf) -> None:
    client_of(amina).post(address(written), {**FORM, **LINE, "form-0-cut_off": "", "form-0-cut_off_source": ""})

    score = written.scores.get()
    assert (score.cut_off, score.cut_off_source) == (None, "")


def test_a_score_stands_with_its_list_version_cut_off_and_source(
    written: CasePresentation, amina: User, client_of: ClientOf
) -> None:
    client_of(amina).post(address(written), {**FORM, **LINE})

    words = {fact.name: fact.text for fact in queries.facts_of(written)}
    assert words["screening"] == "PHQ-9 9 questions, 2 weeks: 14. Cut-off used: 9 (Our own study, 2025)"


@pytest.mark.parametrize(("told", "asked"), [("yes", "thoughts"), ("no", "none"), ("", "none")])
def test_a_point_in_the_question_about_harm_is_a_red_flag(
    told: str, asked: str, draft: CasePresentation, amina: User, client_of: ClientOf
) -> None:
    answer = client_of(amina).post(address(draft), {**FORM, **LINE, "form-harm": told}, follow=True)

    draft.refresh_from_db()
    assert draft.risk_asked == asked
    assert answer.context["step"].name == "risk"
    assert reverse("supervision:urgent") in answer.content.decode()


def test_the_red_flag_brings_the_case_to_the_top_of_the_queue(
    draft: CasePresentation,
    amina: User,
    brian: User,
    grace: User,
    client_of: ClientOf,
    make_case: Callable[..., CasePresentation],
    now: datetime,
) -> None:
    older = make_case(brian, days=20)
    client_of(amina).post(address(draft), {**FORM, **LINE, "form-harm": "yes"})
    draft.refresh_from_db()

    actions.submit(case=draft, by=amina, at=now)

    assert list(queries.queue_of(grace)) == [draft, older]


def test_scores_come_back_into_the_form_as_they_were_typed(
    written: CasePresentation, amina: User, client_of: ClientOf
) -> None:
    browser = client_of(amina)
    browser.post(address(written), {**FORM, **LINE})

    first = browser.get(address(written)).context["form"].forms[0]

    assert [first[name].value() for name in ("tool", "version", "score", "cut_off", "cut_off_source")] == [
        "PHQ-9",
        "9 questions, 2 weeks",
        14,
        9,
        "Our own study, 2025",
    ]
