"""A case that was planned for a meeting and not opened there: it waits for another one, in everybody's words."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from lms.people.models import User
from supervision.cases.actions import schedule as plan_case
from supervision.cases.models import CasePresentation
from supervision.cases.queries import cases_to_open, queue_of
from supervision.groups.models import SupervisionGroup
from supervision.sessions import actions
from supervision.sessions.models import SupervisionSession
from supervision.sessions.queries import enrolments_in
from supervision.sessions.tasks import tick_cases

ClientOf = Callable[[User], Client]


@pytest.fixture
def peer_meeting(world: SimpleNamespace, peers: SupervisionGroup, amina: User, now: datetime) -> SupervisionSession:
    """A planned meeting of peers that Amina leads."""
    return actions.schedule(cohort=world.cohort, group=peers, title="Peers", starts_at=now, by=amina, at=now)


@pytest.fixture
def waiting(peer_meeting: SupervisionSession, case: CasePresentation, grace: User, now: datetime) -> CasePresentation:
    """Grace planned it for the meeting of the peers."""
    return plan_case(case=case, session=peer_meeting, by=grace, at=now)


def last_event(case: CasePresentation) -> tuple[str, str, str, str | None]:
    event = case.events.select_related("by").last()
    return event.kind, event.from_state, event.to_state, event.by and event.by.username


def test_a_case_that_the_meeting_did_not_reach_is_in_the_queue_again_and_in_the_next_meeting(
    planned: SupervisionSession, case: CasePresentation, grace: User, now: datetime
) -> None:
    plan_case(case=case, session=planned, by=grace, at=now)
    actions.go_live(session=planned, by=grace, at=now)
    assert list(queue_of(grace)) == []

    actions.close(session=planned, by=grace, at=now)

    case.refresh_from_db()
    after = actions.schedule(cohort=planned.cohort, title="Next", starts_at=now, by=grace, at=now)
    people = enrolments_in(after).values("provider_id")
    assert (case.state, case.session) == ("accepted", None)
    assert last_event(case) == ("not_reached", "scheduled", "accepted", "grace")
    assert list(queue_of(grace)) == [case]
    assert list(cases_to_open(planned.programme, after.pk, people, None)) == [case]


def test_doors_that_were_closed_before_the_meeting_began_give_the_cases_back_too(
    planned: SupervisionSession, case: CasePresentation, grace: User, now: datetime
) -> None:
    plan_case(case=case, session=planned, by=grace, at=now)
    actions.open_lobby(session=planned, by=grace, at=now)

    actions.close(session=planned, by=grace, at=now)

    case.refresh_from_db()
    assert (case.state, case.session) == ("accepted", None)


def test_a_case_that_was_opened_is_not_given_back(
    planned: SupervisionSession, case: CasePresentation, grace: User, now: datetime
) -> None:
    plan_case(case=case, session=planned, by=grace, at=now)
    actions.go_live(session=planned, by=grace, at=now)
    actions.open_case(session=planned, case_id=case.pk, by=grace, at=now)

    actions.close(session=planned, by=grace, at=now)

    case.refresh_from_db()
    assert (case.state, case.session) == ("discussed", planned)


@pytest.mark.parametrize(("end", "kind"), [("close", "not_reached"), ("cancel", "no_meeting")])
def test_a_host_who_judges_no_case_gives_it_back_all_the_same(
    end: str, kind: str, peer_meeting: SupervisionSession, waiting: CasePresentation, amina: User, grace: User, now
) -> None:
    if end == "close":
        actions.go_live(session=peer_meeting, by=amina, at=now)

    getattr(actions, end)(session=peer_meeting, by=amina, at=now)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.session) == ("accepted", None)
    assert last_event(waiting) == (kind, "scheduled", "accepted", "amina")
    assert list(queue_of(grace)) == [waiting]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("closed", "not_reached"),
        ("signed_off", "not_reached"),
        ("cancelled", "no_meeting"),
        ("no_quorum", "no_meeting"),
    ],
)
def test_a_case_that_an_ended_meeting_still_holds_is_given_back_once(
    state: str, kind: str, peer_meeting: SupervisionSession, waiting: CasePresentation, now: datetime
) -> None:
    assert tick_cases(at=now) == 0
    SupervisionSession.objects.filter(pk=peer_meeting.pk).update(state=state, live_at=now, closed_at=now)

    healed = [tick_cases(at=now) for _ in range(2)]

    waiting.refresh_from_db()
    assert healed == [1, 0]
    assert (waiting.state, waiting.session) == ("accepted", None)
    assert last_event(waiting) == (kind, "scheduled", "accepted", None)


@pytest.mark.parametrize(
    ("end", "hers", "ours"),
    [
        ("close", "The group did not get to your case.", "The group did not get to this case."),
        ("cancel", "The meeting did not take place.", "The meeting did not take place."),
    ],
)
def test_the_writer_and_her_supervisor_read_why_it_waits_until_it_is_planned_again(
    end: str,
    hers: str,
    ours: str,
    planned: SupervisionSession,
    case: CasePresentation,
    amina: User,
    grace: User,
    client_of: ClientOf,
    now: datetime,
) -> None:
    plan_case(case=case, session=planned, by=grace, at=now)
    if end == "close":
        actions.open_lobby(session=planned, by=grace, at=now)
    getattr(actions, end)(session=planned, by=grace, at=now)
    address = reverse("supervision:case", args=[case.pk])

    told = [client_of(who).get(address).content.decode() for who in (amina, grace)]

    assert [page.count(f'<p class="strong">{words}</p>') for page, words in zip(told, (hers, ours), strict=True)] == [
        1,
        1,
    ]
    assert [page.count(words) for page, words in zip(told, (hers, ours), strict=True)] == [2, 2]
    after = actions.schedule(cohort=planned.cohort, title="Next", starts_at=now, by=grace, at=now)
    plan_case(case=case, session=after, by=grace, at=now)
    assert client_of(amina).get(address).content.decode().count(hers) == 1
