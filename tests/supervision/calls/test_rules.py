"""Relay logins, links and consent on plain values."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from supervision.calls.rules import (
    NotALink,
    check_link,
    ice_servers,
    name_of,
    recording_course,
    recording_state,
    relay_login,
)

ANN, BEN, CAL = (uuid4() for _ in range(3))
TIMES = [datetime(2026, 3, 17, 15, minute, tzinfo=UTC) for minute in range(60)]


def test_a_relay_login_is_what_coturn_computes() -> None:
    # echo -n "1433895918:00000000-0000-0000-0000-000000000001" | openssl dgst -binary -sha1 -hmac north | base64
    name, password = relay_login("north", UUID(int=1), 1433895918)

    assert name == "1433895918:00000000-0000-0000-0000-000000000001"
    assert password == "OEQFSD5V+7EWOE0DRmM6YNW5I0M="


def test_without_a_relay_phones_only_look_in_their_own_network() -> None:
    assert ice_servers([], "", ANN, 100) == []


def test_all_relays_share_one_login() -> None:
    (server,) = ice_servers(["turn:a.example.org", "turns:a.example.org:443"], "north", ANN, 100)

    assert server["urls"] == ["turn:a.example.org", "turns:a.example.org:443"]
    assert server["username"] == f"100:{ANN}"


@pytest.mark.parametrize(
    "url",
    [
        "http://meet.jit.si/room",
        "javascript:alert(1)",
        "https://user:word@meet.jit.si/room",
        "https://127.0.0.1/room",
        "https://[::1]/room",
        "https://intranet/room",
        "https://meet.jit.si:99999/room",
        "https://meet.jit.si/a room",
        "https://meet.jit.si/" + "a" * 500,
        "meet.jit.si/room",
        "",
    ],
)
def test_what_is_no_plain_https_link_is_refused(url: str) -> None:
    with pytest.raises(NotALink):
        check_link(url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://meet.jit.si/Lakeside", "Jitsi"),
        ("https://us02web.zoom.us/j/123?pwd=x", "Zoom"),
        ("https://bbb.moh.example.org/b/abc", "bbb.moh.example.org"),
        ("https://notzoom.us.example.org/j/1", "notzoom.us.example.org"),
    ],
)
def test_a_link_is_called_what_people_call_it(url: str, name: str) -> None:
    assert name_of(check_link(f"  {url} ")) == name


@pytest.mark.parametrize(
    ("here", "answers", "state"),
    [
        ([ANN, BEN], {}, "asked"),
        ([ANN, BEN], {ANN: True}, "asked"),
        ([ANN, BEN], {ANN: True, BEN: True}, "agreed"),
        ([ANN, BEN, CAL], {ANN: True, BEN: True}, "asked"),
        ([ANN, BEN], {ANN: True, BEN: False}, "refused"),
        ([ANN], {ANN: True, BEN: False}, "refused"),
        ([], {}, "asked"),
    ],
)
def test_everybody_who_is_here_must_say_yes(here: list[UUID], answers: dict[UUID, bool], state: str) -> None:
    assert recording_state(here, answers, ended=False) == state


def test_what_ended_is_over_whatever_was_said() -> None:
    assert recording_state([ANN], {ANN: True}, ended=True) == "ended"


@pytest.mark.parametrize(
    ("stays", "answers", "course"),
    [
        ([], [(10, ANN, True)], "never"),
        ([(ANN, 0, 40), (BEN, 0, 40)], [(10, ANN, True)], "never"),
        ([(ANN, 0, 40), (BEN, 0, 40)], [(10, ANN, True), (12, BEN, True)], "agreed"),
        ([(ANN, 0, 40), (BEN, 0, 40)], [(10, ANN, True), (12, BEN, False)], "never"),
        ([(ANN, 0, 40), (BEN, 0, 40)], [(10, ANN, True), (12, BEN, False), (14, BEN, True)], "agreed"),
        ([(ANN, 0, 40), (BEN, 0, 40)], [(10, ANN, True), (12, BEN, True), (20, BEN, False)], "for_a_time"),
        ([(ANN, 0, 40), (BEN, 0, 40), (CAL, 20, 40)], [(10, ANN, True), (12, BEN, True)], "for_a_time"),
        ([(ANN, 0, 40), (BEN, 0, 40), (CAL, 0, 15)], [(10, ANN, True), (12, BEN, True)], "never"),
        ([(ANN, 0, 40), (BEN, 0, 40), (CAL, 0, 9)], [(10, ANN, True), (12, BEN, True)], "agreed"),
        ([(ANN, 0, 40), (BEN, 0, 40), (CAL, 31, 40)], [(10, ANN, True), (12, BEN, True)], "agreed"),
    ],
    ids=[
        "nobody there",
        "who asked alone",
        "all",
        "a no",
        "a no taken back",
        "a yes taken back",
        "a newcomer who said nothing",
        "who left without a word",
        "who left before",
        "who came after its end",
    ],
)
def test_a_question_went_as_everybody_who_was_there_answered(stays: list, answers: list, course: str) -> None:
    held = [(person, TIMES[came], TIMES[left]) for person, came, left in stays]
    said = [(TIMES[at], person, yes) for at, person, yes in answers]

    assert recording_course(held, said, TIMES[10], TIMES[10] + timedelta(minutes=20)) == course
