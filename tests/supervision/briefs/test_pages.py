"""The brief before a meeting and my people: what stands there, for whom, and how much it asks the database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lms.competency.actions import authorise_rater, finalise, publish_framework, save_marks, start_assessment, void
from lms.competency.models import Behaviour, Framework
from lms.people.models import User
from lms.programmes.actions import grant, write_subject
from lms.programmes.models import Subject
from supervision.briefs.queries import brief_of
from supervision.cases.actions import create_past
from supervision.cases.actions import schedule as plan_case
from supervision.groups.models import SupervisionGroup
from supervision.sessions.actions import cancel, keep_silence, open_lobby, schedule
from supervision.sessions.models import AdviceFollowUp, Attendance, Recommendation, SupervisionSession
from tests.conftest import person
from tests.supervision.conftest import ANSWERS

ClientOf = Callable[[User], Client]
BRIEF_QUERIES = 21
KNOWN_QUERIES = 10
PEOPLE_QUERIES = 14


def skill(code: str, lesson: Subject | None = None) -> dict:
    lines = [("harmful", False), ("basic", False)]
    told = [{"kind": kind, "text": f"{code} {kind}", "is_omission": omission} for kind, omission in lines]
    focus = lesson.key if lesson else None
    return {"code": code, "title": code.title(), "critical": code == "danger", "focus_lesson": focus, "behaviour": told}


@pytest.fixture
def lesson(world: SimpleNamespace) -> Subject:
    return write_subject(
        key=uuid4(), kind="lesson", title="Asking about danger", url="/learn/danger/", language="en",
        programme=world.programme, parent_key=None, position=1, competencies=["danger"], live=True,
    )  # fmt: skip


@pytest.fixture
def framework(world: SimpleNamespace, lesson: Subject, grace: User, now: datetime) -> Framework:
    head = {
        "code": "helping-skills", "version": 1, "kind": "foundational", "title": "Helping skills",
        "licence": "CC BY 4.0", "attribution": "Tandem", "source_url": "", "translation_disclaimer": "",
    }  # fmt: skip
    spec = {**head, "competency": [skill("listening"), skill("danger", lesson)]}
    held = publish_framework(spec=spec, programme=world.programme, at=now)
    authorise_rater(
        user=grace, programme=world.programme, framework_code=held.code,
        valid_until=now.date().replace(year=2036), by=None, at=now,
    )  # fmt: skip
    return held


@pytest.fixture
def rate(framework: Framework, grace: User) -> Callable[..., object]:
    """rate(amina, at, danger="10"): a finished rating; 1 observed, 0 not observed."""

    def made(who: User, at: datetime, **told: str) -> object:
        rating = start_assessment(
            key=uuid4(), provider=who.provider, framework=framework, occasion="supervision", mode="role_play",
            by=grace, at=at,
        )  # fmt: skip
        marks = {}
        for code in ("listening", "danger"):
            rows = Behaviour.objects.filter(competency__framework=framework, competency__code=code).order_by("position")
            for row, letter in zip(rows, told.get(code, "01"), strict=True):
                marks[str(row.id)] = "observed" if letter == "1" else "not_observed"
        save_marks(rating=rating, marks=marks, by=grace, at=at)
        return finalise(rating=rating, by=grace, at=at)

    return made


@pytest.fixture
def show(world: SimpleNamespace, now: datetime) -> Callable[..., object]:
    """show(amina, days=3, risk_asked="thoughts"): a case sent that many days ago."""

    def made(who: User, *, days: int = 0, state: str = "submitted", **answers: object) -> object:
        at = now - timedelta(days=days)
        return create_past(
            key=uuid4(), provider=who.provider, programme=world.programme, answers=ANSWERS | answers, state=state,
            at=at, by=None,
        )  # fmt: skip

    return made


@pytest.fixture
def advise(planned: SupervisionSession, grace: User, now: datetime) -> Callable[..., Recommendation]:
    """advise(amina, case, "Ask again", state="done", days=3): agreed that many days ago."""

    def made(who: User, case: object, text: str, *, state: str = "agreed", days: int = 0) -> Recommendation:
        at = now - timedelta(days=days)
        return Recommendation.objects.create(
            key=uuid4(), session=planned, case=case, type="assess", text=text, state=state, owner=who.provider,
            due=at.date() + timedelta(days=7), proposed_by=grace, proposed_at=at, agreed_by=grace, agreed_at=at,
        )  # fmt: skip

    return made


def page_of(session: SupervisionSession) -> str:
    return reverse("supervision:session-brief", args=[session.pk])


def test_a_brief_says_what_matters_of_each_person(
    planned: SupervisionSession, amina: User, brian: User, grace: User, now: datetime, rate, show, advise
) -> None:
    rate(amina, now - timedelta(days=9), listening="10")
    rate(amina, now - timedelta(days=2), danger="00")
    case = show(amina, days=1)
    risky = show(amina, days=0, risk_asked="thoughts")
    advise(amina, case, "Visit", state="agreed", days=20)
    advise(amina, case, "Ask again", state="done", days=5)
    Attendance.objects.create(session=planned, person=amina, joined_at=now, heard_at=now, left_at=now)

    brief = brief_of(planned, by=grace, at=now)

    hers, his = brief.people
    assert (hers.advice.text, hers.advice.state, hers.advice.open_count) == ("Ask again", "done", 1)
    assert (hers.weakest.code, hers.weakest.level.number) == ("danger", 2)
    assert [risk.case for risk in hers.risks] == [risky]
    assert (hers.next_case, hers.waiting, hers.last_seen) == (risky, 2, now)
    assert (his.advice, his.weakest, his.risks, his.next_case, his.last_seen) == (None, None, (), None, None)


def test_a_rating_that_was_taken_back_counts_no_more(
    planned: SupervisionSession, amina: User, grace: User, now: datetime, rate
) -> None:
    rate(amina, now - timedelta(days=9), listening="00")
    void(assessment=rate(amina, now, danger="00"), reason="Wrong person", by=grace, at=now)

    brief = brief_of(planned, by=grace, at=now)

    assert brief.people[0].weakest.code == "listening"


def test_the_agenda_has_risk_first_and_the_focus_of_the_group(
    planned: SupervisionSession, amina: User, brian: User, grace: User, lesson: Subject, now: datetime, rate, show
) -> None:
    rate(amina, now, danger="00", listening="00")
    rate(brian, now, danger="00")
    show(amina, days=9)
    show(brian, days=1, risk_asked="thoughts")

    brief = brief_of(planned, by=grace, at=now)

    assert (brief.focus.item.code, brief.focus.low, brief.focus.rated, brief.focus.lesson) == ("danger", 2, 2, lesson)
    assert [(part.kind, part.about) for part in brief.agenda] == [
        ("didactic", "Danger"),
        ("case", "Brian Otieno"),
        ("case", "Amina Odhiambo"),
        ("wrap_up", ""),
    ]


def test_what_is_planned_for_this_meeting_is_on_its_agenda_before_older_and_riskier_cases(
    planned: SupervisionSession, amina: User, brian: User, grace: User, make_learner, now: datetime, show
) -> None:
    for number in range(3):
        show(make_learner(f"p{number}", f"Person {number}"), days=9 - number, risk_asked="thoughts")
    plan_case(case=show(amina, state="accepted"), session=planned, by=grace, at=now)
    other = schedule(cohort=planned.cohort, title="Other", starts_at=now, by=grace, at=now)
    plan_case(case=show(brian, state="accepted", risk_asked="thoughts"), session=other, by=grace, at=now)

    brief = brief_of(planned, by=grace, at=now)

    assert [part.about for part in brief.agenda if part.kind == "case"] == ["Amina Odhiambo", "Person 0", "Person 1"]


def test_a_brief_says_what_the_newest_look_back_found(
    planned: SupervisionSession, amina: User, grace: User, now: datetime, client_of: ClientOf, show, advise
) -> None:
    advice = advise(amina, show(amina, state="discussed"), "Ask again", state="done", days=9)
    for outcome, days in (("helped", 5), ("worse", 1)):
        at = now - timedelta(days=days)
        later = schedule(cohort=planned.cohort, title=outcome, starts_at=at, by=grace, at=at)
        AdviceFollowUp.objects.create(advice=advice, session=later, outcome=outcome, by=grace, at=at)

    page = client_of(grace).get(page_of(planned))

    assert [person.advice.outcome for person in page.context["people"]] == ["worse"]
    assert [words in page.content.decode() for words in ("It got worse", "It helped", "Done")] == [True, False, True]


def test_a_host_of_peers_reads_nothing_of_them_and_finds_no_way_there(
    world: SimpleNamespace, peers: SupervisionGroup, amina: User, client_of: ClientOf, now: datetime
) -> None:
    soon = timezone.now() + timedelta(minutes=30)
    session = schedule(cohort=world.cohort, group=peers, title="Peers", starts_at=soon, by=amina, at=now)
    browser, lobby = client_of(amina), reverse("supervision:session", args=[session.pk])

    doors_shut = [browser.get(url).content.decode() for url in (lobby, "/supervision/", "/home/")]
    open_lobby(session=session, by=amina, at=now)
    keep_silence(session=session, person=amina, at=now)
    room = browser.get(lobby).content.decode()

    assert [browser.get(page_of(session)).status_code, browser.post(page_of(session) + "agenda/").status_code] == [
        404,
        404,
    ]
    assert [page_of(session) in page for page in (*doors_shut, room)] == [False] * 4
    assert reverse("supervision:look-back", args=[session.pk]) in doors_shut[0]


def test_who_supervises_one_place_reads_of_its_people_alone(
    world: SimpleNamespace, planned: SupervisionSession, amina: User, make_learner, client_of: ClientOf, now, show
) -> None:
    away = make_learner("away", "Away Example", unit="north")
    show(away, risk_asked="thoughts")
    mary = person("mary", "Mary Wafula")
    grant(user=mary, role="supervisor", programme=world.programme, org_unit=world.clinic, by=None, at=now)

    page = client_of(mary).get(page_of(planned))

    assert [one.enrolment.provider.name for one in page.context["people"]] == ["Amina Odhiambo"]
    assert "Away Example" not in page.content.decode()


@pytest.mark.parametrize(("who", "status"), [("grace", 200), ("amina", 404), ("joseph", 404), ("stranger", 404)])
def test_only_who_leads_reads_the_brief(
    who: str, status: int, request: pytest.FixtureRequest, planned: SupervisionSession, client_of: ClientOf
) -> None:
    browser = client_of(request.getfixturevalue(who))

    answers = [browser.get(page_of(planned)), browser.post(page_of(planned) + "agenda/")]

    assert answers[0].status_code == status
    assert answers[1].status_code == (409 if status == 200 else 404)


def test_the_suggested_agenda_is_written_once(
    planned: SupervisionSession, amina: User, grace: User, client_of: ClientOf, show
) -> None:
    show(amina)
    browser = client_of(grace)
    shown = browser.get(page_of(planned)).context
    items = shown["items"]
    posted = {
        "key": str(shown["new_key"]),
        "item_kind": [item["kind"] for item in items],
        "item_title": [item["title"] for item in items],
        "item_minutes": [item["minutes"] for item in items],
    }

    answers = [browser.post(page_of(planned) + "agenda/", posted) for _ in range(2)]

    planned.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert planned.agenda == items
    assert planned.agenda[0] == {"kind": "case", "title": "Case of Amina Odhiambo", "minutes": 55}
    assert "This is the agenda of the meeting" in browser.get(page_of(planned)).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"item_kind": ["party"]}, {"item_minutes": ["-1"]}, {"item_title": [""]}, {"item_title": ["a", "b"]}]
)
def test_an_agenda_that_cannot_be_read_is_refused(
    wrong: dict, planned: SupervisionSession, grace: User, client_of: ClientOf
) -> None:
    posted = {"key": str(uuid4()), "item_kind": ["other"], "item_title": ["Talk"], "item_minutes": ["20"], **wrong}

    answer = client_of(grace).post(page_of(planned) + "agenda/", posted)

    planned.refresh_from_db()
    assert (answer.status_code, planned.agenda) == (409, [])


def test_a_cancelled_meeting_keeps_its_agenda(
    planned: SupervisionSession, grace: User, client_of: ClientOf, now: datetime
) -> None:
    cancel(session=planned, by=grace, at=now)
    posted = {"key": str(uuid4()), "item_kind": ["other"], "item_title": ["Talk"], "item_minutes": ["20"]}

    answer = client_of(grace).post(page_of(planned) + "agenda/", posted)

    planned.refresh_from_db()
    assert (answer.status_code, planned.agenda) == (409, [])


@pytest.mark.parametrize(("who", "status"), [("grace", 200), ("amina", 404), ("joseph", 404), ("stranger", 404)])
def test_only_supervisors_have_people(
    who: str, status: int, request: pytest.FixtureRequest, client_of: ClientOf, amina: User
) -> None:
    browser = client_of(request.getfixturevalue(who))
    cases = reverse("supervision:person-cases", args=[amina.provider.pk])

    assert [browser.get(url).status_code for url in ("/supervision/people/", cases)] == [status, status]


def test_my_people_are_those_of_my_groups_and_danger_comes_first(
    amina: User, brian: User, stranger: User, grace: User, make_learner, client_of: ClientOf, show
) -> None:
    make_learner("zoe", "Zoe Example", cohort="second_cohort")
    show(brian, risk_asked="thoughts")
    show(amina, risk_asked="thoughts", state="closed")

    page = client_of(grace).get("/supervision/people/")

    names = [person.enrolment.provider.name for person in page.context["people"]]
    assert names == ["Brian Otieno", "Amina Odhiambo"]
    assert [len(person.risks) for person in page.context["people"]] == [1, 0]


def test_a_person_leads_to_cases_page_and_rating(
    amina: User, grace: User, framework: Framework, client_of: ClientOf, show
) -> None:
    case = show(amina)
    browser = client_of(grace)

    page = browser.get("/supervision/people/").content.decode()

    links = [
        reverse("supervision:person-cases", args=[amina.provider.pk]),
        reverse("manage:person", args=[amina.provider.pk]),
        reverse("competency:start", args=[amina.provider.pk]),
    ]
    assert [f'href="{link}' in page for link in links] == [True, True, True]
    assert [browser.get(link).status_code for link in links] == [200, 200, 200]
    assert reverse("supervision:case", args=[case.pk]) in browser.get(links[0]).content.decode()


def test_the_ways_in(planned: SupervisionSession, grace: User, amina: User, client_of: ClientOf) -> None:
    planned.starts_at = timezone.now() + timedelta(minutes=30)
    planned.save(update_fields=["starts_at"])
    brief, people = page_of(planned), "/supervision/people/"
    lobby = reverse("supervision:session", args=[planned.pk])

    hers = {url: client_of(grace).get(url).content.decode() for url in ("/", lobby, "/supervision/", "/home/")}
    learners = [client_of(amina).get(url).content.decode() for url in (lobby, "/supervision/")]

    assert [f'href="{brief}"' in hers[url] for url in (lobby, "/supervision/", "/home/")] == [True, True, True]
    assert [f'href="{people}"' in hers[url] for url in ("/supervision/", "/home/")] == [True, True]
    assert [brief in page for page in learners] == [False, False]


@pytest.mark.parametrize("people", [1, 30])
def test_a_brief_asks_as_much_for_one_as_for_thirty(
    people: int,
    planned: SupervisionSession,
    grace: User,
    make_learner,
    client_of: ClientOf,
    now: datetime,
    rate,
    show,
    advise,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(people):
        who = make_learner(f"p{number}", f"Person {number:02}")
        rate(who, now, danger="00")
        case = show(who, days=number, risk_asked="thoughts" if number % 2 else "none")
        advise(who, case, f"Advice {number}")
        Attendance.objects.create(session=planned, person=who, joined_at=now, heard_at=now, left_at=now)
    browser = client_of(grace)
    browser.get("/supervision/people/")

    with django_assert_num_queries(KNOWN_QUERIES):
        brief_of(planned, by=grace, at=now)
    with django_assert_num_queries(BRIEF_QUERIES):
        brief = browser.get(page_of(planned))
    with django_assert_num_queries(PEOPLE_QUERIES):
        page = browser.get("/supervision/people/")

    assert (len(brief.context["people"]), len(page.context["people"])) == (people, people)
