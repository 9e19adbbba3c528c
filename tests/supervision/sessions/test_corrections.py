"""Attendance is corrected with a reason; the stays stay, and the ledger and the certificate follow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from lms.certification.rules.requirements import supervision_minutes
from lms.ledger.queries import entries_of
from lms.ledger.tasks import faults
from lms.people.models import User
from supervision.sessions import actions, queries, rules
from supervision.sessions.models import Attendance, AttendanceCorrection, SupervisionSession
from tests.supervision.sessions.test_counting import ended, stay

pytestmark = pytest.mark.django_db
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
    assert "amina" not in counted(over)


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
