"""What somebody missed, in three minutes, with one question; kept apart from the minutes that she was there."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lms.ledger.models import Entry
from lms.people.models import User
from supervision.cases.models import CasePresentation
from supervision.room.actions import catch_up, hear
from supervision.room.actions.presence import Heard
from supervision.room.models import CatchUp
from supervision.room.queries import digest_of, part_missed
from supervision.room.rules import Answer, Line, Part, check_of, condensed, parts_missed, seconds_read
from supervision.room.views.reading import SALT
from supervision.sessions.actions import keep_silence, settle
from supervision.sessions.models import Attendance, SupervisionSession
from supervision.sessions.rules import NotAMember

Send = Callable[..., Answer]
ClientOf = Callable[[User], Client]
MIN = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    """A fixed time: parts are told apart by it."""
    return datetime.fromisoformat("2026-03-17T11:00:00+00:00")


@pytest.fixture
def missed(
    meeting: SupervisionSession,
    case: CasePresentation,
    amina: User,
    brian: User,
    grace: User,
    send: Send,
    now: datetime,
) -> SupervisionSession:
    """Twenty minutes without Amina: a case, eight messages, an advice that she does; then she came."""
    send(meeting, grace, "case.open", at=now + MIN, case=str(case.pk))
    for number in range(8):
        person = (brian, grace)[number % 2]
        send(meeting, person, "message", at=now + (2 + number) * MIN, text=f"Message {number}, is it right?")
    key = uuid4()
    told = {"case": str(case.pk), "type": "learn", "text": "Visit her again"}
    send(meeting, brian, "recommendation.propose", key=key, at=now + 12 * MIN, **told)
    agreed = {"recommendation": str(key), "owner": str(amina.pk), "due": "2026-03-24"}
    send(meeting, grace, "recommendation.agree", at=now + 13 * MIN, **agreed)
    keep_silence(session=meeting, person=amina, at=now + 20 * MIN)
    hear(heard=[Heard(uuid4(), meeting.pk, amina.pk, now + 20 * MIN)], at=now + 20 * MIN)
    meeting.refresh_from_db()
    return meeting


def page_of(session: SupervisionSession) -> str:
    return reverse("supervision:catch-up", args=[session.pk])


def fields_of(page: str, **answer: str) -> dict[str, str]:
    """The hidden fields of the question's form, with an answer."""
    form = page[page.index('id="read"') :]
    found = dict(re.findall(r'name="(part|opened)" value="([^"]+)"', form))
    return found | answer


def test_parts_are_before_between_and_after_the_stays(now: datetime) -> None:
    told = [(number, now + number * MIN, True) for number in range(1, 41)]
    stays = [(now + 10 * MIN, now + 20 * MIN), (now + 30 * MIN, now + 35 * MIN)]

    away = parts_missed(stays=stays, here=False, told=told, read=[])
    here = parts_missed(stays=stays, here=True, told=told, read=[(0, 9)])

    assert [(part.from_seq, part.to_seq, part.messages) for part in away] == [(0, 9, 9), (19, 29, 10), (34, 40, 6)]
    assert [(part.from_seq, part.to_seq) for part in here] == [(19, 29)]
    assert parts_missed(stays=[], here=False, told=told[:4], read=[]) == []


def test_the_main_lines_are_answered_ones_questions_and_words_of_who_leads() -> None:
    lead, other = uuid4(), uuid4()
    lines = [Line(number, other, "Brian", "ok") for number in range(1, 20)]
    lines += [Line(20, lead, "Grace", "x" * 400), Line(21, other, "Brian", "Why?"), Line(22, other, "Brian", "so", 3)]

    told = condensed(lines, leads={lead}, presenters=set())

    assert [line.seq for line in told] == [1, 2, 3, 4, 5, 6, 20, 21]
    assert len(told) == 8
    assert len(next(line.text for line in told if line.seq == 20)) == 280


def test_the_question_is_made_of_the_meetings_facts() -> None:
    names = {"Amina", "Brian", "Chidi", "Dalia", "Grace"}
    told = {"cases": [("How?", "Brian")], "lines": [Line(1, None, "Grace", "Hello")], "names": names, "seed": "1"}

    asked = [
        check_of(advice=[("Visit her", "Amina")], **told),
        check_of(advice=[], **told),
        check_of(advice=[], **{**told, "cases": []}),
        check_of(advice=[], **{**told, "names": {"Brian"}}),
    ]

    assert [(one.kind, one.about, one.right) for one in asked[:3]] == [
        ("advice", "Visit her", "Amina"),
        ("case", "How?", "Brian"),
        ("line", "Hello", "Grace"),
    ]
    assert [len(one.choices) for one in asked[:3]] == [4, 4, 4]
    assert asked[0] == check_of(advice=[("Visit her", "Amina")], **told)
    assert asked[3].kind == "line"


def test_seconds_are_as_many_as_can_be_believed(now: datetime) -> None:
    told = [seconds_read(now, now + timedelta(seconds=late)) for late in (-5, 90, 99_999)]

    assert told == [0, 90, 1800]


def test_who_came_late_is_offered_what_was_said_before(missed: SupervisionSession, amina: User, brian: User) -> None:
    part = part_missed(missed, amina)

    assert part == Part(0, 11, 8)


def test_the_digest_holds_case_advice_and_main_words(
    missed: SupervisionSession, amina: User, case: CasePresentation
) -> None:
    digest = digest_of(missed, amina, Part(0, 11, 8))

    assert [held.case_id for held in digest.cases] == [case.pk]
    assert [one.text for one in digest.advice] == ["Visit her again"]
    assert [one.text for one in digest.for_me] == ["Visit her again"]
    assert len(digest.lines) == 8
    assert (digest.check.kind, digest.check.right) == ("advice", "Amina Odhiambo")


def test_a_message_that_was_taken_away_is_not_in_it(
    missed: SupervisionSession, amina: User, grace: User, send: Send
) -> None:
    send(missed, grace, "redact", seq=2)

    digest = digest_of(missed, amina, Part(0, 11, 8))

    assert "Message 0, is it right?" not in [line.text for line in digest.lines]


def test_a_right_answer_is_kept_once_and_a_wrong_one_is_asked_again(
    missed: SupervisionSession, client_of: ClientOf, amina: User
) -> None:
    browser = client_of(amina)
    page = browser.get(page_of(missed))
    fields = fields_of(page.content.decode())
    right = page.context["digest"].check.right
    wrong = next(name for name in page.context["digest"].check.choices if name != right)

    answers = [browser.post(page_of(missed), fields | {"choice": name}).status_code for name in (wrong, right, right)]

    assert answers == [409, 200, 302]
    assert [(row.person_id, row.from_seq, row.to_seq) for row in CatchUp.objects.all()] == [(amina.pk, 0, 11)]
    assert [(entry.kind, set(entry.facts)) for entry in Entry.objects.filter(kind="session.read")] == [
        ("session.read", {"session", "seconds"})
    ]
    assert part_missed(missed, amina) is None


def test_the_time_of_reading_is_the_servers_own(missed: SupervisionSession, client_of: ClientOf, amina: User) -> None:
    browser = client_of(amina)
    page = browser.get(page_of(missed))
    right = page.context["digest"].check.right
    forged = signing.dumps(0, salt="another")

    browser.post(page_of(missed), fields_of(page.content.decode(), choice=right) | {"opened": forged})

    assert [row.seconds for row in CatchUp.objects.all()] == [0]
    assert SALT == "supervision.reading"


def test_reading_is_never_minutes_of_being_there(
    missed: SupervisionSession, client_of: ClientOf, amina: User, grace: User, send: Send, now: datetime
) -> None:
    hear(heard=[Heard(uuid4(), missed.pk, amina.pk, now + 25 * MIN)], at=now + 25 * MIN)
    catch_up(session=missed, from_seq=1, to_seq=9, opened_at=now, by=amina, at=now + 20 * MIN)
    send(missed, grace, "phase", at=now + 25 * MIN, state="closed")
    settle(session_id=missed.pk, at=now + 25 * MIN)

    page = client_of(amina).get(reverse("supervision:session", args=[missed.pk]))

    assert [(one.name, one.minutes) for one in page.context["there"]] == [("Amina Odhiambo", 5)]
    assert page.context["later"] == [{"name": "Amina Odhiambo", "minutes": 20}]
    told = {entry.kind: entry.facts["seconds"] for entry in Entry.objects.exclude(kind="case.presented")}
    assert told == {"session.attended": 300, "session.read": 1200}
    assert Attendance.objects.filter(person=amina).count() == 1


def test_who_was_not_there_at_all_reads_it_after_she_has_promised(
    missed: SupervisionSession,
    client_of: ClientOf,
    brian: User,
    grace: User,
    send: Send,
    make_learner: Callable[..., User],
) -> None:
    absent = make_learner("eve", "Eve Example")
    send(missed, grace, "phase", state="closed")
    browser = client_of(absent)

    before = browser.get(page_of(missed)).templates[0].name
    browser.post(reverse("supervision:session-enter", args=[missed.pk]), {"agree": "1"})
    after = browser.get(page_of(missed)).templates[0].name

    assert (before, after) == ("supervision/room/promise.html", "supervision/room/catch_up.html")


def test_a_stranger_finds_no_such_page_and_can_keep_nothing(
    missed: SupervisionSession, client_of: ClientOf, stranger: User, now: datetime
) -> None:
    assert client_of(stranger).get(page_of(missed)).status_code == 404
    with pytest.raises(NotAMember):
        catch_up(session=missed, from_seq=0, to_seq=9, opened_at=now, by=stranger, at=now)


def test_the_database_keeps_each_part_once(missed: SupervisionSession, amina: User, now: datetime) -> None:
    for _ in range(2):
        catch_up(session=missed, from_seq=0, to_seq=9, opened_at=now, by=amina, at=now)

    assert CatchUp.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        CatchUp.objects.create(session=missed, person=amina, from_seq=9, to_seq=0, seconds=1, at=now)
