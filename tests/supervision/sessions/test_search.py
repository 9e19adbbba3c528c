"""Searching past cases: who finds what, by which words, how far it looked, and that reading is kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from lms.people.models import User
from supervision.cases.actions import create_past
from supervision.cases.models import CasePresentation, CaseRead
from supervision.room.rules import Answer
from supervision.sessions.actions import finish
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import search as searching
from supervision.sessions.queries.search import Wanted, search
from supervision.sessions.rules.search import Passage, folded, passage_of
from tests.supervision.conftest import ANSWERS

ClientOf = Callable[[User], Client]
Send = Callable[..., Answer]
Past = Callable[..., CasePresentation]


@pytest.fixture
def past(world: SimpleNamespace, now: datetime) -> Past:
    """A case that was talked about: past(amina, problem="...")."""

    def made(writer: User, *, days: int = 10, state: str = "discussed", **answers: str) -> CasePresentation:
        told = ANSWERS | answers
        at = now - timedelta(days=days)
        return create_past(
            key=uuid4(),
            provider=writer.provider,
            programme=world.programme,
            answers=told,
            state=state,
            at=at,
            by=writer,
        )

    return made


def questions(person: User, **wanted: object) -> list[str]:
    return [hit.case.question for hit in search(person, Wanted(**wanted)).hits]


@pytest.mark.parametrize(
    ("texts", "wanted", "found"),
    [
        (["She sleeps badly."], "sleep", Passage("She ", "sleep", "s badly.")),
        (["She sleeps badly."], "SLEEP bad", Passage("She ", "sleep", "s badly.")),
        (["She sleeps badly.", "He drinks."], "drink sleep", Passage("He ", "drink", "s.")),
        (["José is tired"], "jose", Passage("", "José", " is tired")),
        (["لا يَنَام جيدا"], "ينام", Passage("لا ", "يَنَام", " جيدا")),
        (["Oversleeping"], "sleep", None),
        (["She sleeps badly."], "sleep drink", None),
        ([""], "sleep", None),
        (["She sleeps"], "  ", None),
        (["a.c"], "a.c", Passage("", "a.c", "")),
        (["abc"], "a.c", None),
    ],
)
def test_all_words_must_begin_a_word_without_marks_and_capitals(
    texts: list[str], wanted: str, found: Passage | None
) -> None:
    assert passage_of(texts, wanted) == found


def test_folding_keeps_every_place() -> None:
    for text in ("يَنَام", "José İstanbul ﬁne ß", "Nyota 🌟"):
        assert len(folded(text)) == len(text)


def test_a_long_text_is_cut_around_what_was_found() -> None:
    passage = passage_of(["x" * 200 + " sleep " + "y" * 200], "sleep")

    assert (passage.before[:2], len(passage.before), passage.words, passage.after[-2:]) == ("… ", 62, "sleep", " …")


def test_each_finds_what_is_within_reach_and_nobody_else_anything(
    past: Past, amina: User, brian: User, grace: User, stranger: User, joseph: User
) -> None:
    past(amina, question="Amina asks", problem="sleep is bad")
    past(brian, question="Brian asks", problem="sleep is bad", days=5)

    assert questions(grace, text="sleep") == ["Brian asks", "Amina asks"]
    assert questions(amina, text="sleep") == ["Amina asks"]
    assert [questions(person, text="sleep") for person in (stranger, joseph)] == [[], []]


def test_what_was_shown_in_her_meeting_she_finds_and_reads_in_its_minutes(
    past: Past, amina: User, brian: User, grace: User, meeting: SupervisionSession, send: Send
) -> None:
    case = past(brian, question="Brian asks", state="accepted")
    assert questions(amina, text="brian") == []

    send(meeting, grace, "case.open", case=str(case.pk))

    (hit,) = search(amina, Wanted(text="brian")).hits
    assert (hit.case, hit.reads_case, hit.session.session) == (case, False, meeting)


def test_drafts_and_withdrawn_cases_are_never_found(past: Past, amina: User, grace: User) -> None:
    past(amina, question="A draft", state="draft")
    past(amina, question="Taken back", state="withdrawn")

    assert [questions(person, text="a") for person in (amina, grace)] == [[], []]


def test_condition_skill_outcome_and_day_narrow_the_search(
    past: Past, amina: User, grace: User, meeting: SupervisionSession, send: Send, now: datetime
) -> None:
    plain = past(amina, question="Plain", problem="alcohol", days=40)
    case = past(amina, question="With advice", problem="worry", state="accepted", days=3)
    send(meeting, grace, "case.open", case=str(case.pk))
    key = uuid4()
    data = {"case": str(case.pk), "type": "intervene", "text": "Walk together", "competency": "listening"}
    send(meeting, grace, "recommendation.propose", key=key, **data)
    owner = {"recommendation": str(key), "owner": str(amina.pk), "due": f"{now:%Y-%m-%d}"}
    assert send(meeting, grace, "recommendation.agree", **owner).seq

    assert questions(grace, condition="alcohol") == ["Plain"]
    assert questions(grace, text="walk") == ["With advice"]
    assert questions(grace, competency="listening") == ["With advice"]
    assert questions(grace, outcome="open") == ["With advice"]
    assert questions(grace, outcome="done") == []
    finish(key=key, by=amina, at=now)
    assert questions(grace, outcome="done") == ["With advice"]
    assert questions(grace, since=(now - timedelta(days=7)).date()) == ["With advice"]
    assert questions(grace, since=plain.submitted_at.date()) == ["With advice", "Plain"]


def test_it_says_how_far_it_looked(past: Past, amina: User, grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for days in range(1, 8):
        past(amina, question=f"Day {days}", problem="needle" if days == 7 else "hay", days=days)
    monkeypatch.setattr(searching, "BATCH", 2)
    whole = search(grace, Wanted(text="needle"))
    monkeypatch.setattr(searching, "MOST", 4)

    short = search(grace, Wanted(text="needle"))

    assert ([hit.case.question for hit in whole.hits], whole.looked, whole.more) == (["Day 7"], 7, False)
    assert (short.hits, short.looked, short.more) == ([], 4, True)


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_with_many_cases(
    past: Past, amina: User, grace: User, client_of: ClientOf, django_assert_num_queries: Callable, count: int
) -> None:
    for number in range(count):
        past(amina, question=f"Question {number}", days=number + 1)
    client = client_of(grace)
    client.get("/supervision/cases/search/")

    with django_assert_num_queries(11):
        page = client.get("/supervision/cases/search/?text=question").content.decode()

    assert page.count("<mark>") == count


def test_what_staff_read_in_it_is_kept_and_ones_own_is_not(
    past: Past, amina: User, grace: User, client_of: ClientOf
) -> None:
    case = past(amina, question="Amina asks")

    for person in (amina, grace):
        client_of(person).get("/supervision/cases/search/?text=amina")

    assert list(CaseRead.objects.values_list("case", "by")) == [(case.pk, grace.pk)]


def test_nothing_asked_finds_nothing_and_a_wrong_day_is_said(past: Past, amina: User, client_of: ClientOf) -> None:
    past(amina)
    client = client_of(amina)

    empty = client.get("/supervision/cases/search/?text=")
    wrong = client.get("/supervision/cases/search/?since=tomorrow")

    assert "No case fits" in empty.content.decode()
    assert (wrong.status_code, "This is not a day." in wrong.content.decode()) == (400, True)
    assert Client().get("/supervision/cases/search/").status_code == 302
