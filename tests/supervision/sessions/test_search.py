"""Searching past cases: who finds what, by which words, how far it looked, and that reading is kept."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.test import Client

from lms.people.models import User
from supervision.cases.actions import create_past
from supervision.cases.models import CasePresentation, CaseRead
from supervision.room.rules import Answer
from supervision.sessions.actions import finish, keep_silence, schedule
from supervision.sessions.models import AdviceFollowUp, Recommendation, SessionCase, SupervisionSession
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
    past: Past, amina: User, brian: User, grace: User, meeting: SupervisionSession, send: Send, now: datetime
) -> None:
    case = past(brian, question="Brian asks", state="accepted")
    assert questions(amina, text="brian") == []

    send(meeting, grace, "case.open", case=str(case.pk))
    keep_silence(session=meeting, person=amina, at=now)

    (hit,) = search(amina, Wanted(text="brian")).hits
    assert (hit.case, hit.reads_case, hit.session.session) == (case, False, meeting)


def test_who_promised_nothing_finds_nothing_of_a_meeting(
    past: Past, amina: User, brian: User, grace: User, meeting: SupervisionSession, send: Send, now: datetime
) -> None:
    case = past(brian, question="Brian asks", problem="sleep", risk_note="a rope", state="accepted")
    send(meeting, grace, "case.open", case=str(case.pk))

    absent = [questions(amina, text=words) for words in ("sleep", "rope")]
    keep_silence(session=meeting, person=amina, at=now)

    assert (absent, questions(amina, text="rope")) == ([[], []], ["Brian asks"])


def shown_in(session: SupervisionSession, case: CasePresentation, at: datetime) -> None:
    """The meeting saw the case, settled one advice on it, left one idea open and looked back at the first."""
    SessionCase.objects.create(session=session, case=case, opened_at=at)
    told = {"session": session, "case": case, "type": "intervene", "proposed_by": session.facilitator}
    settled = {"owner": case.provider, "due": at.date(), "agreed_at": at, "state": "done"}
    words = {"text": f"walks with {session.title}", "competency": session.title.lower()}
    advice = Recommendation.objects.create(**told, **settled, **words, key=uuid4(), proposed_at=at)
    Recommendation.objects.create(**told, key=uuid4(), text=f"idea of {session.title}", proposed_at=at)
    outcome = "helped" if session.title == "Here" else "worse"
    AdviceFollowUp.objects.create(advice=advice, session=session, outcome=outcome, by=session.facilitator, at=at)


@pytest.fixture
def two_groups(
    past: Past, make_group: Callable, make_learner: Callable, world: SimpleNamespace, amina: User, brian: User,
    grace: User, now: datetime,
) -> tuple[SupervisionSession, SupervisionSession]:  # fmt: skip
    """Amina's case was shown to her group Here, with Brian, and a week later to the group There, without him."""
    eve = make_learner("eve", "Eve Atieno")
    case = past(amina, question="Amina asks", focus_competency="listening")
    made = []
    for title, people, at in (("Here", [amina, brian], now), ("There", [amina, eve], now + timedelta(days=7))):
        group = make_group(people, name=title)
        session = schedule(cohort=world.cohort, group=group, title=title, starts_at=at, by=grace, at=now)
        shown_in(session, case, at)
        made.append(session)
    for person in (amina, brian):
        keep_silence(session=made[0], person=person, at=now)
    return made[0], made[1]


def test_of_a_case_that_two_groups_saw_each_finds_what_was_settled_in_their_own(
    two_groups: tuple[SupervisionSession, SupervisionSession], amina: User, brian: User, grace: User
) -> None:
    here, _there = two_groups
    (hit,) = search(brian, Wanted(text="amina")).hits
    words = {person: [questions(person, text=f"walks {title}") for title in ("Here", "There")]
             for person in (amina, brian, grace)}  # fmt: skip

    assert ([one.text for one in hit.advice], hit.session.session, hit.reads_case) == (["walks with Here"], here, False)
    assert words == {person: [["Amina asks"], [] if person == brian else ["Amina asks"]] for person in words}


@pytest.mark.parametrize(
    ("wanted", "to_brian"),
    [
        ({"outcome": "helped"}, True),
        ({"outcome": "worse"}, False),
        ({"competency": "here"}, True),
        ({"competency": "there"}, False),
        ({"competency": "listening"}, True),
    ],
)
def test_what_a_case_is_found_by_says_nothing_of_another_group(
    two_groups: tuple[SupervisionSession, SupervisionSession], brian: User, grace: User, wanted: dict, to_brian: bool
) -> None:
    assert questions(grace, **wanted) == ["Amina asks"]
    assert questions(brian, **wanted) == (["Amina asks"] if to_brian else [])


def test_the_group_as_a_field_says_nothing_of_a_meeting_that_she_does_not_keep(
    two_groups: tuple[SupervisionSession, SupervisionSession], brian: User, grace: User
) -> None:
    found = [[questions(who, group=str(one.group_id)) for one in two_groups] for who in (grace, brian)]

    assert found == [[["Amina asks"], ["Amina asks"]], [["Amina asks"], []]]


def test_an_idea_that_nobody_took_on_is_found_by_nobody(
    two_groups: tuple[SupervisionSession, SupervisionSession], amina: User, brian: User, grace: User
) -> None:
    assert [questions(person, text="idea") for person in (amina, brian, grace)] == [[], [], []]


def test_the_page_says_what_became_of_an_advice(
    two_groups: tuple[SupervisionSession, SupervisionSession], brian: User, client_of: ClientOf
) -> None:
    page = client_of(brian).get("/supervision/cases/search/?outcome=helped").content.decode()

    assert [page.count(words) for words in ("(Done. It helped)", "It got worse)", "no_change")] == [1, 0, 1]


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


def test_a_link_leads_to_older_ones_until_there_are_no_more(
    past: Past, amina: User, grace: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        past(amina, question=f"Case {number}", days=7 if number < 3 else 3)
    monkeypatch.setattr(searching, "SHOWN", 2)
    client, address, pages = client_of(grace), "/supervision/cases/search/?text=case", []

    while address:
        page = client.get(address).content.decode()
        pages.append(re.findall(r"<mark>Case</mark> (\d)", page))
        link = re.search(r'href="(\?[^"]*before=[^"]*)"', page)
        address = "/supervision/cases/search/" + unescape(link[1]) if link else ""

    seen = sorted(one for page in pages for one in page)
    assert ([len(page) for page in pages], seen) == (
        [2, 2, 1],
        ["0", "1", "2", "3", "4"],
    )


@pytest.mark.parametrize("before", ["yesterday", "2026-03-01T00:00:00_x", f"2026-03-01T00:00:00_{UUID(int=1)}"])
def test_a_place_that_is_none_begins_at_the_newest(past: Past, amina: User, client_of: ClientOf, before: str) -> None:
    past(amina, question="Amina asks")

    page = client_of(amina).get(f"/supervision/cases/search/?text=amina&before={before}").content.decode()

    assert page.count("<mark>") == 1


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_with_many_cases(
    past: Past, amina: User, grace: User, client_of: ClientOf, django_assert_num_queries: Callable, count: int
) -> None:
    for number in range(count):
        past(amina, question=f"Question {number}", days=number + 1)
    client = client_of(grace)
    client.get("/supervision/cases/search/")

    with django_assert_num_queries(10):
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
