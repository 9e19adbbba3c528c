"""The board, the list of people and a person's page: what they say, to whom, and at what cost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lms.certification.actions import publish_scheme, sign
from lms.certification.models import SchemeVersion
from lms.certification.queries import ready_to_sign
from lms.ledger.actions import record, reverse
from lms.ledger.registry import kinds
from lms.people.models import User
from lms.programmes.actions import decide, move_stage
from lms.programmes.models import Enrolment
from lms.programmes.queries import grants_of
from lms.reporting.rules import STEPS, biggest_drop, funnel_of, is_stuck

Browser = Callable[[User], Client]
AT = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def scheme(world: SimpleNamespace, now: datetime) -> SchemeVersion:
    asked = [{"kind": "cases_presented", "label": "One case", "params": {"count": 1}}]
    told = {"programme": world.programme, "code": "helper-1", "title": "First steps", "requirements": asked}
    return publish_scheme(valid_months=24, grace_days=90, at=now, **told)


def present_case(user: User, world: SimpleNamespace, at: datetime) -> None:
    facts = {"session": str(uuid4()), "case": str(uuid4())}
    told: dict[str, Any] = {"key": uuid4(), "provider": user.provider, "programme": world.programme, "facts": facts}
    record(kind="case.presented", happened_at=at, by=None, at=at, **told)


def set_stage(user: User, stage: str, days: int, now: datetime) -> None:
    move_stage(enrolment=Enrolment.objects.get(provider=user.provider), stage="paused", at=now)
    move_stage(enrolment=Enrolment.objects.get(provider=user.provider), stage=stage, at=now - timedelta(days=days))


def test_the_funnel_counts_who_reached_each_step() -> None:
    counts = {"enrolled": 2, "in_training": 3, "supervised_practice": 1, "certified": 2, "lapsed": 1, "paused": 1}

    steps = funnel_of(counts)

    assert [(step.stage, step.count) for step in steps] == list(zip(STEPS, (10, 7, 4, 3), strict=True))
    assert biggest_drop(steps) == steps[1]


def test_an_empty_funnel_has_no_drop() -> None:
    assert [step.count for step in funnel_of({})] == [0, 0, 0, 0]
    assert biggest_drop(funnel_of({})) is None


@pytest.mark.parametrize(
    ("stage", "days", "stuck"),
    [
        ("enrolled", 14, False),
        ("enrolled", 15, True),
        ("in_training", 36, True),
        ("certified", 900, False),
        ("paused", 900, False),
    ],
)
def test_who_waits_too_long(stage: str, days: int, stuck: bool) -> None:
    assert is_stuck(stage, AT - timedelta(days=days), AT) is stuck


def test_the_board_says_who_is_stuck_and_why(
    scheme: SchemeVersion, amina: User, brian: User, joseph: User, client_of: Browser, now: datetime
) -> None:
    set_stage(amina, "in_training", 50, now)
    set_stage(brian, "in_training", 3, now)

    board = client_of(joseph).get("/manage/").context["board"]

    assert (board.people, board.stuck_total) == (2, 1)
    [row] = board.stuck
    assert (row.enrolment.provider, row.days) == (amina.provider, 50)
    assert row.missing.verdict.next_step == "Show 1 case to your group."


def test_the_board_counts_what_waits_for_the_second_signature(
    scheme: SchemeVersion,
    amina: User,
    brian: User,
    grace: User,
    joseph: User,
    world: SimpleNamespace,
    client_of: Browser,
    now: datetime,
) -> None:
    present_case(amina, world, now)
    sign(key=uuid4(), provider=amina.provider, version=scheme, position=1, by=grace, at=now)

    assert client_of(joseph).get("/manage/").context["board"].to_sign == 1
    assert "Waiting for your signature" in client_of(joseph).get("/home/").content.decode()


def test_who_pauses_does_not_wait_for_a_signature(
    scheme: SchemeVersion,
    amina: User,
    grace: User,
    joseph: User,
    world: SimpleNamespace,
    client_of: Browser,
    now: datetime,
) -> None:
    present_case(amina, world, now)
    sign(key=uuid4(), provider=amina.provider, version=scheme, position=1, by=grace, at=now)
    decide(enrolment=amina.provider.enrolments.get(), decision="pause", reason="New baby", by=joseph, at=now)

    assert client_of(joseph).get("/manage/").context["board"].to_sign == 0
    assert list(client_of(joseph).get("/manage/people/?wait=signature").context["page"]) == []


def test_a_supervisor_finds_who_is_ready_to_sign_until_somebody_signed(
    scheme: SchemeVersion,
    amina: User,
    brian: User,
    grace: User,
    joseph: User,
    world: SimpleNamespace,
    client_of: Browser,
    now: datetime,
) -> None:
    def ready_for(person: User) -> list[str]:
        panels = {shown.name: shown.facts for shown in client_of(person).get("/home/").context["main"]}
        return [row.provider.name for row in panels["ready"]["ready"]] if "ready" in panels else []

    set_stage(brian, "supervised_practice", 3, now)
    assert ready_for(grace) == []

    present_case(amina, world, now)
    set_stage(amina, "supervised_practice", 3, now)
    assert ready_for(grace) == ["Amina Odhiambo"]
    assert ready_for(joseph) == []

    sign(key=uuid4(), provider=amina.provider, version=scheme, position=1, by=grace, at=now)
    assert ready_for(grace) == []


@pytest.mark.parametrize("people", [1, 30])
def test_who_is_ready_costs_three_queries_for_one_and_for_thirty(
    people: int, scheme: SchemeVersion, make_learner: Callable[..., User], grace: User, world: SimpleNamespace,
    now: datetime, django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    for number in range(people):
        user = make_learner(f"eve{number}", f"Eve {number}", cohort="cohort")
        present_case(user, world, now)
        set_stage(user, "supervised_practice", number, now)
    grants_of(grace)

    with django_assert_num_queries(3):
        found = ready_to_sign(grace, now.date())

    assert len(found) == people


def test_a_manager_gets_no_link_into_a_meeting_and_a_supervisor_does(
    scheme: SchemeVersion, amina: User, grace: User, joseph: User, world: SimpleNamespace, client_of: Browser,
    now: datetime,
) -> None:  # fmt: skip
    present_case(amina, world, now)

    pages = {
        user.username: client_of(user).get(f"/manage/people/{amina.provider.id}/").content.decode()
        for user in (grace, joseph)
    }

    assert 'href="/supervision/sessions/' in pages["grace"]
    assert 'href="/supervision/sessions/' not in pages["joseph"]
    assert "Showed a case to the group." in pages["joseph"]


def test_the_filters_narrow_the_figures(
    scheme: SchemeVersion,
    amina: User,
    make_learner: Callable[..., User],
    joseph: User,
    world: SimpleNamespace,
    client_of: Browser,
) -> None:
    make_learner("eve", "Eve Example", cohort="second_cohort", unit="north")
    client = client_of(joseph)

    def people(**asked: object) -> int:
        return client.get("/manage/", asked).context["board"].people

    assert people() == 2
    assert people(cohort=world.second_cohort.id) == 1
    assert people(district=world.north.id) == 1
    assert people(cohort=world.cohort.id, district=world.north.id) == 0
    assert people(cohort="nonsense", district="'") == 2


def test_nobody_yet_is_said_in_words(world: SimpleNamespace, joseph: User, client_of: Browser) -> None:
    assert "No people in this group yet" in client_of(joseph).get("/manage/").content.decode()


@pytest.mark.parametrize("who", ["amina", "stranger", "samuel", "lena", "ruth", "grace"])
def test_only_a_manager_has_a_board(amina: User, who: str, request: pytest.FixtureRequest, client_of: Browser) -> None:
    assert client_of(request.getfixturevalue(who)).get("/manage/").status_code == 404


def test_a_manager_sees_only_their_programme(
    amina: User, stranger: User, joseph: User, world: SimpleNamespace, client_of: Browser
) -> None:
    client = client_of(joseph)
    asked = {"programme": world.other_programme.id}

    assert client.get("/manage/", asked).context["programme"] == world.programme
    assert client.get("/manage/").context["board"].people == 1
    assert [row.enrolment.provider for row in client.get("/manage/people/", asked).context["rows"]] == [amina.provider]
    assert client.get(f"/manage/people/{stranger.provider.id}/").status_code == 404


def test_people_are_found_by_name_stage_and_wait(
    scheme: SchemeVersion, amina: User, brian: User, joseph: User, client_of: Browser, now: datetime
) -> None:
    set_stage(amina, "in_training", 50, now)
    client = client_of(joseph)

    def found(**asked: str) -> list[str]:
        return [row.enrolment.provider.name for row in client.get("/manage/people/", asked).context["rows"]]

    assert found(q="odhi") == ["Amina Odhiambo"]
    assert found(stage="in_training") == ["Amina Odhiambo"]
    assert found(wait="long") == ["Brian Otieno", "Amina Odhiambo"]
    assert found(q="nobody") == []


def test_a_supervisor_sees_the_people_of_the_cohort_only(
    amina: User, make_learner: Callable[..., User], grace: User, client_of: Browser
) -> None:
    elsewhere = make_learner("eve", "Eve Example", cohort="second_cohort")
    client = client_of(grace)

    assert [row.enrolment.provider for row in client.get("/manage/people/").context["rows"]] == [amina.provider]
    assert client.get(f"/manage/people/{amina.provider.id}/").status_code == 200
    assert client.get(f"/manage/people/{elsewhere.provider.id}/").status_code == 404


def test_a_persons_page_tells_what_happened(
    scheme: SchemeVersion, amina: User, grace: User, world: SimpleNamespace, client_of: Browser, now: datetime
) -> None:
    present_case(amina, world, now)

    page = client_of(grace).get(f"/manage/people/{amina.provider.id}/").content.decode()

    assert "What the certificate needs" in page
    assert "1 of 1 met" in page
    assert "17 March 2026" in page


@pytest.mark.parametrize("path", ["/manage/", "/manage/people/", "/manage/people/{}/"])
def test_without_a_sign_in_there_is_only_the_login(client: Client, amina: User, path: str) -> None:
    assert client.get(path.format(amina.provider.id)).url.startswith("/login/")


@pytest.mark.parametrize(("path", "queries"), [("/manage/", 10), ("/manage/people/", 6)])
@pytest.mark.parametrize("people", [1, 30])
def test_it_costs_the_same_for_one_and_for_thirty(
    people: int, path: str, queries: int, scheme: SchemeVersion, make_learner: Callable[..., User], joseph: User,
    world: SimpleNamespace, client_of: Browser, now: datetime, django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    for number in range(people):
        user = make_learner(f"eve{number}", f"Eve {number}", cohort="cohort" if number % 2 == 0 else "second_cohort")
        present_case(user, world, now)
        set_stage(user, "in_training", 50 + number, now)
    client = client_of(joseph)
    client.get(path)  # the rules of certificates are kept from here on

    with django_assert_num_queries(queries):
        answer = client.get(path)

    assert answer.status_code == 200


def test_the_board_counts_certificates_and_supervision(
    scheme: SchemeVersion, amina: User, brian: User, joseph: User, world: SimpleNamespace, client_of: Browser,
    now: datetime,
) -> None:  # fmt: skip
    def figures() -> list[tuple[int, int]]:
        set_stage(amina, "certified", 3, now)
        set_stage(brian, "supervised_practice", 3, now)
        return [(figure.have, figure.all) for figure in client_of(joseph).get("/manage/").context["board"].figures][:2]

    told = {"provider": brian.provider, "programme": world.programme, "by": None, "at": now}
    facts = meeting_facts()
    for days in (31, 2):
        at = now - timedelta(days=days)
        held = record(key=uuid4(), kind="session.attended", facts=facts, happened_at=at, **told)
        assert figures() == [(1, 2), (int(days == 2), 2)]

    reverse(entry=held, reason="Another person.", by=joseph, at=now)
    assert figures() == [(1, 2), (0, 2)]


def meeting_facts() -> dict[str, Any]:
    """The facts that a meeting records, whatever they are declared to be."""
    known = {str: str(uuid4()), int: 3600}
    return {name: known[kind] for name, kind in kinds["session.attended"].facts.items()}
