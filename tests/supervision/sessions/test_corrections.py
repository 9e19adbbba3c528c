"""Attendance is corrected with a reason; the stays stay, and the ledger and the certificate follow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4, uuid5

import pytest
from django.test import Client

from lms.certification.rules.requirements import supervision_minutes
from lms.ledger.actions import record
from lms.ledger.models import Entry, ReversalReason
from lms.ledger.queries import entries_of, standing_entries
from lms.ledger.tasks import faults
from lms.people.actions import add_user
from lms.people.models import User
from lms.programmes.actions import end_grant, grant
from supervision.cases.models import CasePresentation
from supervision.groups.models import SupervisionGroup
from supervision.guard.rules import has_words, without_words
from supervision.sessions import actions, queries, rules
from supervision.sessions.models import Attendance, AttendanceCorrection, SupervisionSession
from tests.supervision.sessions.test_counting import ended, stay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_list")]
Browser = Callable[[User], Client]
REASON = "Her phone died after ten minutes, she sat beside me."


@pytest.fixture
def over(meeting: SupervisionSession, amina: User, brian: User, grace: User, now: datetime) -> SupervisionSession:
    """A meeting of an hour that is over and settled: Amina was counted for 10 minutes, Brian not at all."""
    stay(meeting, amina, now, 600)
    stay(meeting, grace, now, 3600)
    ended(meeting, grace, now + timedelta(hours=1))
    return SupervisionSession.objects.get(pk=meeting.pk)


def correct(session: SupervisionSession, person: User, minutes: int, by: User, at: datetime, reason: str = REASON):
    return actions.correct_attendance(session=session, person=person, minutes=minutes, reason=reason, by=by, at=at)


def attended(person: User) -> list[int]:
    """The seconds of the entries that stand."""
    return [one.facts["seconds"] for one in entries_of(person.provider) if one.kind == "session.attended"]


def counted(session: SupervisionSession) -> dict[str, tuple[int, int | None]]:
    session = SupervisionSession.objects.get(pk=session.pk)
    return {one.person.username: (one.seconds // 60, one.counted) for one in queries.presences_of(session)}


def test_the_corrected_time_counts_and_the_stay_is_as_it_was(
    over: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    before = attended(amina)

    correct(over, amina, 55, grace, now + timedelta(hours=2))

    assert (before, attended(amina)) == ([600], [3300])
    assert counted(over)["amina"] == (55, 600)
    held = Attendance.objects.get(person=amina)
    assert (held.left_at - held.joined_at).total_seconds() == 600
    assert supervision_minutes({"count": 50}, entries_of(amina.provider), now.date()).met


def test_somebody_without_a_stay_was_there_on_anothers_phone(
    over: SupervisionSession, brian: User, grace: User, now: datetime
) -> None:
    correct(over, brian, 60, grace, now + timedelta(hours=2))

    assert (attended(brian), counted(over)["brian"]) == ([3600], (60, 0))


def test_nought_minutes_is_only_taken_back(over: SupervisionSession, amina: User, grace: User, now: datetime) -> None:
    correct(over, amina, 0, grace, now + timedelta(hours=2))

    assert attended(amina) == []
    assert counted(over)["amina"] == (0, 600)


def test_who_was_corrected_to_nought_still_reads_why(
    over: SupervisionSession, amina: User, brian: User, grace: User, now: datetime, client_of: Browser
) -> None:
    correct(over, amina, 0, grace, now + timedelta(hours=2))

    pages = [
        client_of(user).get(f"/supervision/sessions/{over.pk}/").content.decode() for user in (amina, grace, brian)
    ]
    form = client_of(grace).get(f"/supervision/sessions/{over.pk}/attendance/{amina.pk}/")
    minutes = client_of(amina).get(f"/supervision/sessions/{over.pk}/minutes/").content.decode()
    assert [page.count("Corrected from 10") for page in pages] == [1, 1, 1]
    assert [page.count("Her phone died") for page in pages] == [1, 1, 0]
    assert (form.context["minutes"], form.context["first"], form.content.decode().count("Counted first: 10 min")) == (
        0,
        10,
        1,
    )
    assert (minutes.count("Corrected from 10"), minutes.count("Her phone died")) == (1, 1)


def test_back_to_what_was_counted_first_it_stands_again(
    over: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    for number, minutes in enumerate((0, 10)):
        correct(over, amina, minutes, grace, now + timedelta(hours=2 + number))

    assert (attended(amina), counted(over)["amina"]) == ([600], (10, 600))
    assert list(faults()) == []


# the case she brought


@pytest.fixture
def shown(
    meeting: SupervisionSession, case: CasePresentation, amina: User, grace: User, send: Callable, now: datetime
) -> SupervisionSession:
    """Amina's case was on the table from minute 20 to 40, and Grace was there for the hour."""
    send(meeting, grace, "case.open", case=str(case.pk), at=now + timedelta(minutes=20))
    send(meeting, grace, "case.close", case=str(case.pk), at=now + timedelta(minutes=40))
    stay(meeting, grace, now, 3600)
    return SupervisionSession.objects.get(pk=meeting.pk)


def presented(person: User) -> int:
    return sum(entry.kind == "case.presented" for entry in entries_of(person.provider))


@pytest.mark.parametrize(
    ("stayed", "minutes", "before", "after"),
    [(0, 60, 0, 1), (10, 50, 0, 1), (60, 0, 1, 0), (60, 30, 1, 1), (10, 5, 0, 0)],
)
def test_the_case_she_showed_follows_her_time(
    shown: SupervisionSession, amina: User, grace: User, now: datetime, stayed: int, minutes: int, before: int,
    after: int,
) -> None:  # fmt: skip
    if stayed:
        stay(shown, amina, now, stayed * 60)
    ended(shown, grace, now + timedelta(hours=1))
    first = presented(amina)

    correct(shown, amina, minutes, grace, now + timedelta(hours=2))

    assert (first, presented(amina)) == (before, after)
    assert list(faults()) == []


def test_what_stands_as_it_was_is_not_written_twice(
    shown: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    stay(shown, amina, now, 3600)
    ended(shown, grace, now + timedelta(hours=1))
    CasePresentation.objects.update(focus_competency="danger")

    correct(shown, amina, 50, grace, now + timedelta(hours=2))

    kinds = [entry.kind for entry in Entry.objects.filter(provider=amina.provider).order_by("number")]
    assert kinds == ["case.presented", "session.attended", "entry.reversed", "session.attended"]


# who gave supervision


@pytest.fixture
def ruta(world: SimpleNamespace, now: datetime) -> User:
    """Supervises the whole programme."""
    user = add_user(username="ruta", name="Ruta Njoroge", password="tandem-demo", at=now)
    grant(user=user, role="supervisor", programme=world.programme, by=None, at=now)
    return user


def given(person: User) -> list[tuple[int, int]]:
    entries = Entry.objects.filter(provider__user=person).order_by("number")
    return [(one.facts["seconds"], one.facts["people"]) for one in standing_entries(entries)]


def test_another_supervisor_corrects_the_time_of_who_led(
    over: SupervisionSession, grace: User, ruta: User, now: datetime, client_of: Browser
) -> None:
    address = f"/supervision/sessions/{over.pk}/attendance/{grace.pk}/"
    before = given(grace)

    answer = client_of(ruta).post(address, {"minutes": "30", "reason": REASON})

    assert (answer.status_code, before, given(grace)) == (302, [(3600, 1)], [(1800, 1)])
    assert client_of(grace).get(f"/supervision/sessions/{over.pk}/").content.decode().count(address) == 0


def test_who_led_on_anothers_phone_gave_it_too(
    meeting: SupervisionSession, amina: User, grace: User, ruta: User, now: datetime
) -> None:
    stay(meeting, amina, now, 3600)
    ended(meeting, grace, now + timedelta(hours=1))

    correct(meeting, grace, 60, ruta, now + timedelta(hours=2))

    assert given(grace) == [(3600, 1)]


def test_somebody_more_was_there_for_who_gave_it(
    over: SupervisionSession, brian: User, grace: User, now: datetime
) -> None:
    correct(over, brian, 60, grace, now + timedelta(hours=2))

    assert given(grace) == [(3600, 2)]


def test_whose_role_ended_since_has_given_it_all_the_same(
    meeting: SupervisionSession, amina: User, grace: User, ruta: User, now: datetime
) -> None:
    for person in (amina, grace, ruta):
        stay(meeting, person, now, 3600)
    ended(meeting, grace, now + timedelta(hours=1))
    end_grant(held=ruta.grants.get(), by=grace, at=now + timedelta(hours=2))

    correct(meeting, ruta, 30, grace, now + timedelta(hours=3))

    assert given(ruta) == [(1800, 1)]


# among peers


@pytest.fixture
def peers_over(
    world: SimpleNamespace, peers: SupervisionGroup, amina: User, brian: User, now: datetime
) -> SupervisionSession:
    """An hour among peers that Amina led; Brian was counted for ten minutes."""
    planned = actions.schedule(cohort=world.cohort, group=peers, title="Secret", starts_at=now, by=amina, at=now)
    session = actions.go_live(session=planned, by=amina, at=now)
    stay(session, amina, now, 3600)
    stay(session, brian, now, 600)
    ended(session, amina, now + timedelta(hours=1))
    return SupervisionSession.objects.get(pk=session.pk)


@pytest.mark.parametrize("who", ["grace", "joseph"])
def test_among_peers_their_supervisor_or_manager_corrects_and_sees_only_who_was_there(
    peers_over: SupervisionSession, brian: User, who: str, client_of: Browser, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))
    group = f"/supervision/groups/{peers_over.group_id}/"
    address = f"/supervision/sessions/{peers_over.pk}/attendance/{brian.pk}/"
    link = client.get(group).content.decode().count(f"{group}attendance/")
    page = client.get(f"{group}attendance/").content.decode()
    form = client.get(address).content.decode()

    answer = client.post(address, {"minutes": "60", "reason": REASON})

    assert (link, page.count(address), page.count("Secret"), form.count("Secret")) == (1, 1, 0, 0)
    assert (answer.status_code, answer["Location"]) == (302, f"{group}attendance/?meeting={peers_over.pk}")
    assert (attended(brian), client.get(f"/supervision/sessions/{peers_over.pk}/").status_code) == ([3600], 404)
    assert client.get(answer["Location"]).content.decode().count("Her phone died") == 1


@pytest.mark.parametrize("who", ["amina", "brian", "stranger"])
def test_peers_correct_neither_their_own_time_nor_each_others(
    peers_over: SupervisionSession, amina: User, brian: User, who: str, now: datetime, client_of: Browser,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    person = request.getfixturevalue(who)

    for whose in (amina, brian):
        with pytest.raises(rules.NotYoursToCorrect):
            correct(peers_over, whose, 30, person, now + timedelta(hours=2))
        address = f"/supervision/sessions/{peers_over.pk}/attendance/{whose.pk}/"
        assert client_of(person).get(address).status_code == 404
    assert client_of(person).get(f"/supervision/groups/{peers_over.group_id}/attendance/").status_code == 404


def test_of_a_supervised_group_there_is_no_such_list(group: SupervisionGroup, grace: User, client_of: Browser) -> None:
    assert client_of(grace).get(f"/supervision/groups/{group.pk}/attendance/").status_code == 404


@pytest.mark.parametrize("meetings", [1, 30])
def test_the_list_of_peers_asks_as_little_for_thirty_meetings(
    meetings: int, peers_over: SupervisionSession, grace: User, client_of: Browser, django_assert_num_queries: Callable
) -> None:
    for number in range(1, meetings):
        held = SupervisionSession.objects.get(pk=peers_over.pk)
        held.pk, held.closed_at = uuid4(), held.closed_at - number * timedelta(days=7)
        held.live_at = held.closed_at - timedelta(hours=1)
        held.save(force_insert=True)
    client = client_of(grace)

    with django_assert_num_queries(13):
        page = client.get(f"/supervision/groups/{peers_over.group_id}/attendance/")

    assert len(page.context["page"]) == meetings


# what a crash leaves


def test_a_crash_between_the_entries_and_the_mark_then_a_correction_heals(
    over: SupervisionSession, amina: User, brian: User, grace: User, now: datetime
) -> None:
    SupervisionSession.objects.update(settled_at=None)
    correct(over, amina, 55, grace, now + timedelta(hours=2))
    correct(over, brian, 60, grace, now + timedelta(hours=2))

    done = actions.settle_closed(at=now + timedelta(hours=3))

    assert (done, attended(amina), attended(brian), given(grace)) == (3, [3300], [3600], [(3600, 2)])
    assert list(faults()) == []


def test_a_crash_then_a_correction_to_nought_takes_it_back(
    over: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    SupervisionSession.objects.update(settled_at=None)
    correct(over, amina, 0, grace, now + timedelta(hours=2))

    actions.settle_closed(at=now + timedelta(hours=3))

    assert (attended(amina), given(grace)) == ([], [(3600, 0)])


def test_one_meeting_that_cannot_be_settled_stops_no_other(
    world: SimpleNamespace, amina: User, grace: User, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    closed = []
    for number in range(2):
        begins = now + number * timedelta(days=7)
        planned = actions.schedule(cohort=world.cohort, title="Tuesday", starts_at=begins, by=grace, at=now)
        session = actions.go_live(session=planned, by=grace, at=begins)
        stay(session, amina, begins, 600)
        closed.append(actions.close(session=session, by=grace, at=begins + timedelta(hours=1)))
    told = {"session": str(uuid4()), "seconds": 1, "share": 1}
    record(
        key=uuid5(closed[0].pk, f"session.attended:{amina.provider.pk}"), provider=amina.provider,
        programme=world.programme, kind="session.attended", facts=told, happened_at=now, by=grace, at=now,
    )  # fmt: skip

    done = [actions.settle_closed(at=now + timedelta(days=8)) for _ in range(2)]

    settled = [SupervisionSession.objects.get(pk=session.pk).settled_at is not None for session in closed]
    assert (done, settled, attended(amina)) == ([1, 0], [False, True], [1, 600])
    assert [str(closed[0].pk) in row.getMessage() for row in caplog.records if row.name == "tandem.tick"] == [
        True,
        True,
    ]


# words


def test_the_words_of_a_correction_can_be_taken_and_stand_nowhere_else(
    shown: SupervisionSession, case: CasePresentation, amina: User, grace: User, now: datetime
) -> None:
    stay(shown, amina, now, 3600)
    ended(shown, grace, now + timedelta(hours=1))
    correct(shown, amina, 50, grace, now + timedelta(hours=2), "She sat with Mary Akinyi.")
    reasons = list(ReversalReason.objects.values_list("reason", flat=True))

    taken = actions.take_words(case=case.pk, words="Mary Akinyi", by=grace, at=now + timedelta(hours=3))

    assert (reasons, taken) == (["Attendance was corrected."], 1)
    assert AttendanceCorrection.objects.get().reason == without_words("She sat with Mary Akinyi.", "Mary Akinyi")
    assert not has_words(AttendanceCorrection.objects.get().reason, "Mary")


def test_a_second_correction_counts_instead_of_the_first_and_the_same_again_is_none(
    over: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    correct(over, amina, 55, grace, now + timedelta(hours=2))
    correct(over, amina, 30, grace, now + timedelta(hours=3))

    correct(over, amina, 30, grace, now + timedelta(hours=4))

    assert (attended(amina), AttendanceCorrection.objects.count()) == ([1800], 2)


def test_before_the_ledger_has_it_the_corrected_time_is_written_at_once(
    meeting: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    stay(meeting, amina, now, 600)
    session = actions.close(session=meeting, by=grace, at=now + timedelta(hours=1))
    correct(session, amina, 40, grace, now + timedelta(hours=1))

    actions.settle(session_id=session.pk, at=now + timedelta(hours=2))

    assert [one.kind for one in entries_of(amina.provider)].count("entry.reversed") == 0
    assert attended(amina) == [2400]


def test_the_chains_stay_whole(over: SupervisionSession, amina: User, grace: User, now: datetime) -> None:
    correct(over, amina, 55, grace, now + timedelta(hours=2))

    assert [fault for fault in faults() if fault.provider == amina.provider.pk] == []


@pytest.mark.parametrize("who", ["amina", "brian", "stranger", "joseph"])
def test_only_a_supervisor_of_the_meeting_corrects(
    over: SupervisionSession, brian: User, who: str, now: datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(rules.NotYoursToCorrect):
        correct(over, brian, 30, request.getfixturevalue(who), now + timedelta(hours=2))


def test_nobody_corrects_their_own_time(over: SupervisionSession, grace: User, now: datetime) -> None:
    with pytest.raises(rules.NotYoursToCorrect):
        correct(over, grace, 30, grace, now + timedelta(hours=2))


@pytest.mark.parametrize(
    ("minutes", "reason", "refusal"),
    [(61, REASON, rules.TooManyMinutes), (-1, REASON, rules.TooManyMinutes), (30, "  ", rules.CorrectionUnexplained)],
)
def test_what_cannot_be_is_refused(
    over: SupervisionSession, amina: User, grace: User, now: datetime, minutes: int, reason: str, refusal: type
) -> None:
    with pytest.raises(refusal):
        correct(over, amina, minutes, grace, now + timedelta(hours=2), reason)

    assert attended(amina) == [600]


def test_a_stranger_was_not_there_and_an_open_meeting_is_not_corrected(
    over: SupervisionSession, planned: SupervisionSession, stranger: User, grace: User, now: datetime
) -> None:
    with pytest.raises(rules.NotAMember):
        correct(over, stranger, 30, grace, now + timedelta(hours=2))


def test_while_it_is_live_nothing_is_corrected(
    meeting: SupervisionSession, amina: User, grace: User, now: datetime
) -> None:
    with pytest.raises(rules.MeetingStillOpen):
        correct(meeting, amina, 30, grace, now)


def test_the_page_corrects_and_she_reads_why_the_others_only_that(
    over: SupervisionSession, amina: User, brian: User, grace: User, client_of: Browser
) -> None:
    address = f"/supervision/sessions/{over.pk}/attendance/{amina.pk}/"
    client = client_of(grace)
    list_before = client.get(f"/supervision/sessions/{over.pk}/").content.decode()

    answer = client.post(address, {"minutes": "55", "reason": REASON})

    assert (list_before.count(address), answer.status_code) == (1, 302)
    pages = [client_of(user).get(f"/supervision/sessions/{over.pk}/").content.decode() for user in (amina, brian)]
    assert [page.count("Corrected from 10") for page in pages] == [1, 1]
    assert [page.count("Her phone died") for page in pages] == [1, 0]
    assert [page.count("/attendance/") for page in pages] == [0, 0]


def test_the_page_says_what_is_missing_and_what_cannot_be(
    over: SupervisionSession, amina: User, grace: User, client_of: Browser
) -> None:
    address = f"/supervision/sessions/{over.pk}/attendance/{amina.pk}/"

    missing = client_of(grace).post(address, {"minutes": "55", "reason": ""})
    too_many = client_of(grace).post(address, {"minutes": "90", "reason": REASON})

    assert "Write in a few words why the time was counted wrongly." in missing.content.decode()
    assert (too_many.status_code, too_many.content.decode().count("Her phone died")) == (409, 1)


@pytest.mark.parametrize("who", ["amina", "brian", "stranger", "joseph"])
def test_for_others_there_is_no_such_page(
    over: SupervisionSession, amina: User, who: str, client_of: Browser, request: pytest.FixtureRequest
) -> None:
    client = client_of(request.getfixturevalue(who))

    assert client.get(f"/supervision/sessions/{over.pk}/attendance/{amina.pk}/").status_code == 404


def test_nor_is_there_one_about_nobody_or_about_who_led(
    over: SupervisionSession, grace: User, stranger: User, client_of: Browser
) -> None:
    for key in (uuid4(), grace.pk, stranger.pk):
        assert client_of(grace).get(f"/supervision/sessions/{over.pk}/attendance/{key}/").status_code == 404
