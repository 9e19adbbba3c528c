"""Words said in a room that could show who somebody is: stored, flagged to who leads, taken away everywhere."""

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from lms.notices.models import Notice
from lms.people.models import User
from lms.phone.queries import state_of
from lms.programmes.actions import grant
from supervision.groups.models import SupervisionGroup
from supervision.guard import actions as guard
from supervision.guard.models import IdentifierIncident
from supervision.guard.queries import incidents_for
from supervision.guard.rules.incidents import IncidentMoved, NotAnIncident, NotYoursToDecide
from supervision.room import queries
from supervision.room.actions import prepare_poll, report_words, take_words
from supervision.room.models import Poll, PrivateMessage, RoomEvent
from supervision.sessions.actions import go_live, keep_silence, schedule
from supervision.sessions.models import SessionMember, SupervisionSession
from tests.conftest import BEGAN

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
Send = Callable[..., object]
PHONE = "Her number is 0712 345 678."


@pytest.fixture
def inside(meeting: SupervisionSession, amina: User, brian: User, grace: User, now: datetime) -> SupervisionSession:
    """All three have agreed to keep what they hear."""
    for person in (amina, brian, grace):
        keep_silence(session=meeting, person=person, at=now)
    return meeting


def incident() -> IdentifierIncident:
    return IdentifierIncident.objects.get()


def test_a_message_that_shows_somebody_is_stored_and_flagged(
    inside: SupervisionSession, amina: User, send: Send
) -> None:
    answer = send(inside, amina, "message", text=PHONE)

    flag = incident()
    assert answer.seq == flag.number
    assert (flag.state, flag.found_by, flag.place, flag.kinds) == ("detected", "auto", "message", "phone")
    assert (flag.writer, flag.reason) == (amina, "")


def test_the_reason_of_the_writer_goes_with_it(inside: SupervisionSession, amina: User, send: Send) -> None:
    send(inside, amina, "message", text=PHONE, confirmed="public")

    (event,) = queries.last_events(inside, 1)
    assert (incident().reason, event.data) == ("public", {"text": PHONE, "confirmed": "public"})


def test_a_reason_that_is_not_on_the_list_is_left_out(inside: SupervisionSession, amina: User, send: Send) -> None:
    send(inside, amina, "message", text="Hello", confirmed="because")

    (event,) = queries.last_events(inside, 1)
    assert event.data == {"text": "Hello"}


@pytest.mark.parametrize("text", ["Thank you Grace, I will try.", "Brian, what do you think?", "PHQ-9 was 14, 50 mg."])
def test_who_sits_here_may_be_called_by_name(inside: SupervisionSession, amina: User, send: Send, text: str) -> None:
    send(inside, amina, "message", text=text)

    assert IdentifierIncident.objects.count() == 0


def test_an_idea_is_looked_at_too(
    inside: SupervisionSession, case: object, amina: User, grace: User, send: Send
) -> None:
    send(inside, grace, "case.open", case=str(case.pk))
    send(inside, amina, "recommendation.propose", case=str(case.pk), type="refer", text="Call Wanjiku on 0712 345 678.")

    assert (incident().place, incident().kinds) == ("advice", "name phone")


def test_sent_twice_it_is_flagged_once(inside: SupervisionSession, amina: User, send: Send) -> None:
    first = send(inside, amina, "message", text=PHONE)

    again = send(inside, amina, "message", key=first.key, text=PHONE)

    assert (again.seq, IdentifierIncident.objects.count()) == (first.seq, 1)


def test_only_who_leads_sees_the_flag_in_the_room(
    inside: SupervisionSession, amina: User, brian: User, grace: User, send: Send, client_of: Browser
) -> None:
    send(inside, amina, "message", text=PHONE)

    pages = {
        user.username: client_of(user).get(f"/supervision/sessions/{inside.pk}/parts/?names=flags").content.decode()
        for user in (amina, brian, grace)
    }

    assert {name: page.count("data-flag=") for name, page in pages.items()} == {"amina": 0, "brian": 0, "grace": 1}


def test_taken_away_by_who_leads_the_words_are_nowhere_and_the_writer_is_told(
    inside: SupervisionSession, amina: User, brian: User, grace: User, send: Send, client_of: Browser
) -> None:
    send(inside, amina, "message", text=PHONE)
    send(inside, brian, "message", text="I do not know.", reply_to=incident().number)

    answer = client_of(grace).post(f"/supervision/sessions/{inside.pk}/flags/{incident().pk}/", {"harmless": "0"})

    assert answer.status_code == 302
    assert incident().state == "closed"
    assert list(incident().events.values_list("state", flat=True)) == ["detected", "redacted", "notified", "closed"]
    room = client_of(brian).get(f"/supervision/sessions/{inside.pk}/").content.decode()
    log = json.dumps(client_of(brian).get(f"/supervision/sessions/{inside.pk}/events/?after=0").json())
    assert "345 678" not in room + log
    assert bytes(RoomEvent.objects.get(seq=incident().number, session=inside).sealed) == b""
    assert list(Notice.objects.values_list("person__username", "kind")) == [("amina", "identifiers.redacted")]


def test_the_same_twice_changes_nothing_and_the_other_word_is_refused(
    inside: SupervisionSession, amina: User, grace: User, send: Send, now: datetime
) -> None:
    send(inside, amina, "message", text=PHONE)
    guard.decide(incident=incident(), harmless=True, by=grace, at=now)

    again = guard.decide(incident=incident(), harmless=True, by=grace, at=now)

    assert (again.state, incident().events.count()) == ("closed", 3)
    with pytest.raises(IncidentMoved):
        guard.decide(incident=incident(), harmless=False, by=grace, at=now)


@pytest.mark.parametrize(("who", "told"), [("grace", ["amina"]), ("amina", [])])
def test_a_line_that_nobody_flagged_is_taken_from_phones_too_and_its_writer_is_told(
    inside: SupervisionSession, amina: User, grace: User, stranger: User, send: Send, now: datetime, who: str,
    told: list[str], request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    said = send(inside, amina, "message", text="The tall one at the well.")
    before = state_of(amina, at=now)["since"]

    send(inside, request.getfixturevalue(who), "redact", seq=said.seq)
    send(inside, request.getfixturevalue(who), "redact", seq=said.seq)

    after = [state_of(person, at=now)["since"] for person in (amina, grace, stranger)]
    assert (before, after) == ("", [now.isoformat(), now.isoformat(), ""])
    assert (incident().state, incident().found_by, incident().number) == ("closed", "human", said.seq)
    assert list(Notice.objects.values_list("person__username", flat=True)) == told


@pytest.fixture
def ida(world: SimpleNamespace) -> User:
    """Supervises the cohort too."""
    user = User.objects.create_user("ida", name="Ida Auma")
    grant(user=user, role="supervisor", programme=world.programme, cohort=world.cohort, by=None, at=BEGAN)
    return user


def marked(meeting: SupervisionSession, grace: User, brian: User, send: Send, now: datetime) -> IdentifierIncident:
    """Grace leads and wrote a line; Brian says that it shows who somebody is."""
    said = send(meeting, grace, "message", text="The tall one at the well.")
    report_words(session=meeting, seq=said.seq, by=brian, at=now)
    return incident()


def test_a_marked_line_of_who_leads_is_decided_by_who_leads_with_her(
    inside: SupervisionSession, ida: User, grace: User, brian: User, send: Send, now: datetime, client_of: Browser
) -> None:
    keep_silence(session=inside, person=ida, at=now)
    flag = marked(inside, grace, brian, send, now)

    parts = {
        user.username: client_of(user).get(f"/supervision/sessions/{inside.pk}/parts/?names=flags").content.decode()
        for user in (ida, grace, brian)
    }
    listed = client_of(ida).get("/supervision/identifiers/").content.decode()
    answer = client_of(ida).post(f"/supervision/sessions/{inside.pk}/flags/{flag.pk}/", {"harmless": "0"})

    assert {name: page.count("data-flag=") for name, page in parts.items()} == {"ida": 1, "grace": 0, "brian": 0}
    assert listed.count(f"/words/{flag.number}/") == 1
    assert (answer.status_code, incident().state) == (302, "closed")
    assert RoomEvent.objects.get(session=inside, seq=flag.number).redacted_by
    assert list(Notice.objects.values_list("person__username", flat=True)) == ["grace"]


@pytest.fixture
def alone(group: SupervisionGroup, grace: User, brian: User, now: datetime) -> SupervisionSession:
    """A live meeting of the group that Grace leads without anybody beside her."""
    planned = schedule(cohort=group.cohort, group=group, title="Ours", starts_at=now, by=grace, at=now)
    for person in (grace, brian):
        keep_silence(session=planned, person=person, at=now)
    return go_live(session=planned, by=grace, at=now)


def test_where_she_leads_a_group_alone_a_supervisor_of_the_cohort_decides(
    alone: SupervisionSession, ida: User, grace: User, brian: User, send: Send, now: datetime, client_of: Browser
) -> None:
    flag = marked(alone, grace, brian, send, now)

    assert client_of(ida).get(f"/supervision/sessions/{alone.pk}/").status_code == 404
    client_of(ida).post(f"/supervision/identifiers/{flag.pk}/decide/", {"harmless": "0"})

    taken = RoomEvent.objects.get(session=alone, seq=flag.number)
    assert (incident().state, bytes(taken.sealed)) == ("closed", b"")
    assert [event.kind for event in queries.events_after(alone.pk, taken.redacted_by - 1, 1)] == ["redact"]


def test_where_somebody_leads_the_group_with_her_other_supervisors_have_nothing_to_decide(
    alone: SupervisionSession, group: SupervisionGroup, ida: User, grace: User, brian: User, send: Send, now: datetime
) -> None:
    group.co_supervisor = User.objects.create_user("other", name="Other")
    group.save()

    marked(alone, grace, brian, send, now)

    assert list(incidents_for(ida)) == []


@pytest.mark.parametrize("who", ["grace", "brian", "admin", "removed", "elsewhere"])
def test_nobody_else_decides_about_the_line_of_who_leads(
    inside: SupervisionSession, ida: User, grace: User, brian: User, send: Send, now: datetime, who: str,
    world: SimpleNamespace, client_of: Browser, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    flag = marked(inside, grace, brian, send, now)
    if who == "removed":
        person = ida
        SessionMember.objects.create(session=inside, person=ida, added_by=grace, added_at=now, removed_at=now)
    elif who == "elsewhere":
        person = User.objects.create_user("else", name="Else")
        grant(user=person, role="supervisor", programme=world.programme, cohort=world.other_cohort, by=None, at=BEGAN)
    else:
        person = request.getfixturevalue(who)

    with pytest.raises(NotYoursToDecide):
        guard.decide(incident=flag, harmless=True, by=person, at=now)
    address = f"/supervision/sessions/{inside.pk}/flags/{flag.pk}/"
    assert client_of(person).post(address, {"harmless": "1"}).status_code == 404
    assert incident().state == "detected"


@pytest.mark.parametrize("who", ["amina", "brian", "stranger"])
def test_others_do_not_decide(
    inside: SupervisionSession, amina: User, send: Send, now: datetime, who: str, request: pytest.FixtureRequest,
    client_of: Browser,
) -> None:  # fmt: skip
    send(inside, amina, "message", text=PHONE)
    person = request.getfixturevalue(who)

    with pytest.raises(NotYoursToDecide):
        guard.decide(incident=incident(), harmless=True, by=person, at=now)
    for address in (
        f"/supervision/sessions/{inside.pk}/flags/{incident().pk}/",
        f"/supervision/identifiers/{incident().pk}/decide/",
    ):
        assert client_of(person).post(address, {"harmless": "1"}).status_code == 404
    assert incident().state == "detected"


def test_a_flag_of_another_meeting_is_not_found_under_this_one(
    inside: SupervisionSession, amina: User, grace: User, send: Send, client_of: Browser, make_meeting: Callable
) -> None:
    send(inside, amina, "message", text=PHONE)

    answer = client_of(grace).post(f"/supervision/sessions/{make_meeting().pk}/flags/{incident().pk}/", {})

    assert answer.status_code == 404


@pytest.fixture
def make_meeting(world: SimpleNamespace, grace: User, now: datetime) -> Callable[[], SupervisionSession]:
    return lambda: schedule(cohort=world.cohort, title="Another", starts_at=now, by=grace, at=now)


def test_the_writer_takes_her_own_words_away_and_is_not_told_of_it(
    inside: SupervisionSession, amina: User, send: Send, client_of: Browser
) -> None:
    send(inside, amina, "message", text=PHONE)
    address = f"/supervision/sessions/{inside.pk}/words/{incident().number}/"

    shown = client_of(amina).get(address).content.decode()
    answer = client_of(amina).post(address)
    again = client_of(amina).post(address)

    assert (shown.count("0712 345 678"), answer.status_code, again.status_code) == (1, 302, 302)
    assert (incident().state, Notice.objects.count()) == ("closed", 0)
    assert RoomEvent.objects.filter(kind="redact").count() == 1


def test_a_member_marks_words_of_another_and_nobody_else_notices(
    inside: SupervisionSession, amina: User, brian: User, send: Send, client_of: Browser
) -> None:
    answer = send(inside, amina, "message", text="You all know whom I mean, the tall one at the well.")
    before = RoomEvent.objects.count()

    page = client_of(brian).post(f"/supervision/sessions/{inside.pk}/words/{answer.seq}/")

    assert (page.status_code, RoomEvent.objects.count()) == (302, before)
    assert (incident().found_by, incident().state, incident().writer) == ("human", "detected", amina)


def test_what_was_taken_away_or_is_no_text_cannot_be_marked(
    inside: SupervisionSession, amina: User, brian: User, grace: User, send: Send, now: datetime, client_of: Browser
) -> None:
    said = send(inside, amina, "message", text="Hello")
    send(inside, amina, "redact", seq=said.seq)
    hand = send(inside, amina, "hand.raise")

    for seq in (said.seq, hand.seq, 999):
        with pytest.raises(NotAnIncident):
            report_words(session=inside, seq=seq, by=brian, at=now)
    assert client_of(brian).get(f"/supervision/sessions/{inside.pk}/words/{hand.seq}/").status_code == 404


def test_a_stranger_and_who_has_not_agreed_see_no_words(
    meeting: SupervisionSession, amina: User, brian: User, stranger: User, send: Send, client_of: Browser
) -> None:
    answer = send(meeting, amina, "message", text=PHONE)
    address = f"/supervision/sessions/{meeting.pk}/words/{answer.seq}/"

    assert client_of(stranger).get(address).status_code == 404
    assert "345 678" not in client_of(brian).get(address).content.decode()


def test_on_a_page_without_script_the_message_is_held_once_then_goes_with_a_reason(
    inside: SupervisionSession, amina: User, client_of: Browser
) -> None:
    address = f"/supervision/sessions/{inside.pk}/post/"
    sent = {"key": "5f0c1c3e-6a7e-4c3e-9f5e-0a1b2c3d4e5f", "kind": "message", "text": PHONE}

    held = client_of(amina).post(address, sent)
    before = RoomEvent.objects.filter(kind="message").count()
    gone = client_of(amina).post(address, sent | {"confirmed": "public"})

    assert (held.status_code, before, gone.status_code) == (409, 0, 302)
    assert held.content.decode().count(PHONE) == 1
    assert RoomEvent.objects.filter(kind="message").count() == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("recommendation.propose", {"type": "refer", "text": PHONE}),
        ("poll.open", {"question": "Whom to call?", "choices": ["Her mother", PHONE]}),
        ("call", {"recording": "ask", "purpose": PHONE}),
    ],
)
def test_without_script_an_idea_a_question_and_a_purpose_are_held_too(
    inside: SupervisionSession, case: object, grace: User, send: Send, client_of: Browser, kind: str,
    fields: dict[str, object],
) -> None:  # fmt: skip
    send(inside, grace, "case.open", case=str(case.pk))
    address = f"/supervision/sessions/{inside.pk}/post/"
    sent = {"key": "5f0c1c3e-6a7e-4c3e-9f5e-0a1b2c3d4e5f", "kind": kind, "case": str(case.pk), **fields}

    held = client_of(grace).post(address, sent)
    before = RoomEvent.objects.filter(kind=kind).count()
    again = client_of(grace).post(address, sent | {"confirmed": ""})
    gone = client_of(grace).post(address, sent | {"confirmed": "public"})

    page = held.content.decode()
    assert (held.status_code, again.status_code, before, gone.status_code) == (409, 409, 0, 302)
    assert (page.count(f">{PHONE}</textarea>"), page.count("<mark")) == (1, 1)
    assert page.count(f'name="key" value="{sent["key"]}"') == 1
    assert RoomEvent.objects.filter(kind=kind).count() == 1


def test_without_script_private_words_are_held_and_go_in_other_words(
    inside: SupervisionSession, amina: User, client_of: Browser
) -> None:
    address = f"/supervision/sessions/{inside.pk}/private/"
    sent = {"key": "5f0c1c3e-6a7e-4c3e-9f5e-0a1b2c3d4e5f", "text": PHONE}

    held = client_of(amina).post(address, sent)
    before = PrivateMessage.objects.count()
    gone = client_of(amina).post(address, sent | {"text": "She has a phone.", "confirmed_text": ""})

    assert (held.status_code, before, gone.status_code) == (409, 0, 302)
    assert (PrivateMessage.objects.get().text, IdentifierIncident.objects.count()) == ("She has a phone.", 0)


# --- the list


def test_the_supervisor_finds_what_waits_and_decides_there(
    inside: SupervisionSession, amina: User, grace: User, send: Send, client_of: Browser
) -> None:
    send(inside, amina, "message", text=PHONE)
    client = client_of(grace)

    front = client.get("/supervision/").content.decode()
    page = client.get("/supervision/identifiers/").content.decode()
    client.post(f"/supervision/identifiers/{incident().pk}/decide/", {"harmless": "1"})

    assert front.count('href="/supervision/identifiers/"') == 1
    assert page.count(f"/words/{incident().number}/") == 1
    assert "345 678" not in page
    assert incident().state == "closed"


def test_a_manager_sees_how_many_and_never_whose(
    inside: SupervisionSession, amina: User, joseph: User, send: Send, client_of: Browser
) -> None:
    send(inside, amina, "message", text=PHONE)

    page = client_of(joseph).get("/supervision/identifiers/").content.decode()

    assert "In your programmes 1 wait for a decision. In 90 days 1 were found." in page
    assert "Amina" not in page


def test_a_learner_has_no_such_list(amina: User, client_of: Browser) -> None:
    assert client_of(amina).get("/supervision/identifiers/").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_with_many(
    inside: SupervisionSession, amina: User, grace: User, send: Send, now: datetime, client_of: Browser, count: int,
    django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    for number in range(count):
        send(inside, amina, "message", text=f"Call 0712 345 {600 + number}.")
    client = client_of(grace)

    with django_assert_num_queries(4):
        client.get("/supervision/identifiers/")


def test_the_manager_keeps_the_lists(world: SimpleNamespace, joseph: User, client_of: Browser) -> None:
    address = f"/supervision/identifiers/words/{world.programme.pk}/"
    client = client_of(joseph)

    kept = client.post(address, {"names": "Chief  Ouko\n\nChief Ouko", "places": "Red Gate\n"})
    page = client.get(address).content.decode()
    refused = client.post(address, {"names": "x" * 81, "places": ""})

    assert kept.url == f"{address}?kept=1"
    assert (page.count("Chief Ouko"), page.count("Red Gate")) == (1, 1)
    assert "One line is longer than 80 letters." in refused.content.decode()


@pytest.mark.parametrize("who", ["amina", "grace", "stranger"])
def test_nobody_else_keeps_the_lists(
    world: SimpleNamespace, who: str, client_of: Browser, request: pytest.FixtureRequest
) -> None:
    answer = client_of(request.getfixturevalue(who)).get(f"/supervision/identifiers/words/{world.programme.pk}/")

    assert answer.status_code == 404


ASKED = "Should Wanjiku call 0712 345 678?"


def ask_group(inside: SupervisionSession, grace: User, send: Send, **fields: object) -> object:
    """Grace asks the group with words that show somebody."""
    return send(inside, grace, "poll.open", question=ASKED, choices=["Yes", "No"], anonymous=False, **fields)


def test_a_question_to_the_group_is_looked_at_with_its_answers(
    inside: SupervisionSession, grace: User, send: Send
) -> None:
    ask_group(inside, grace, send, confirmed="public")
    send(inside, grace, "poll.open", question="Whom to call?", choices=["Her mother", "0712 345 678"], anonymous=False)

    flags = IdentifierIncident.objects.order_by("number")
    assert [(flag.place, flag.kinds, flag.reason) for flag in flags] == [
        ("poll", "name phone", "public"),
        ("poll", "phone", ""),
    ]


def test_the_words_of_a_question_go_from_log_board_and_minutes_and_its_votes_stay(
    inside: SupervisionSession, amina: User, grace: User, send: Send, client_of: Browser
) -> None:
    opened = ask_group(inside, grace, send)
    poll = Poll.objects.get()
    send(inside, amina, "poll.vote", poll=str(poll.pk), choice=1)

    page = client_of(grace).post(f"/supervision/sessions/{inside.pk}/words/{opened.seq}/")
    send(inside, grace, "poll.close", poll=str(poll.pk))

    poll.refresh_from_db()
    assert page.status_code == 302
    assert (poll.question, json.loads(poll.choices), poll.counts) == ("[…]", ["1", "2"], [0, 1])
    told = json.dumps([event.wire() for event in queries.last_events(inside)]) + json.dumps(
        queries.polls_on_the_wire(inside.pk)
    )
    assert ("Wanjiku" in told, "0712" in told) == (False, False)
    assert incident().state == "closed"


def test_a_member_can_tell_who_leads_about_a_question(
    inside: SupervisionSession, amina: User, grace: User, send: Send, client_of: Browser
) -> None:
    opened = send(inside, grace, "poll.open", question="Is the chief's wife safe?", choices=["Yes", "No"])
    page = client_of(amina).get(f"/supervision/sessions/{inside.pk}/words/{opened.seq}/")
    client_of(amina).post(f"/supervision/sessions/{inside.pk}/words/{opened.seq}/")

    assert "Is the chief&#x27;s wife safe?<br>Yes<br>No" in page.content.decode()
    assert (incident().place, incident().found_by) == ("poll", "human")


def test_words_taken_with_a_case_go_from_questions_that_wait_and_that_were_asked(
    inside: SupervisionSession, case: object, grace: User, send: Send, now: datetime
) -> None:
    send(inside, grace, "case.open", case=str(case.pk))
    ask_group(inside, grace, send)
    later = {"session": inside, "question": "And Wanjiku's aunt?", "choices": ["Yes", "No"], "anonymous": False}
    prepare_poll(key=uuid4(), **later, by=grace, at=now)

    take_words(case=case.pk, words="Wanjiku", by=grace, at=now)

    assert [poll.question for poll in Poll.objects.all()] == ["[…]", "[…]"]
