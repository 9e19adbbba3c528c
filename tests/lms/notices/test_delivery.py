"""Handing out: to a real gateway over HTTP and to a real mail backend, once, again after a failure, or not at all."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from django.core import mail
from django.db import transaction

from lms.notices.actions import call_off, choose, deliver_due, deliver_soon
from lms.notices.actions.delivery import claim
from lms.notices.models import Notice
from lms.notices.rules import TRIES, URGENT, WHY
from lms.people.actions import set_contact
from lms.people.models import User
from tests.lms.notices.conftest import json_of

pytestmark = pytest.mark.django_db
Tell = Callable[..., Notice]


def let_go() -> None:
    """Until everything that goes out at once has gone."""
    for thread in threading.enumerate():
        if thread.name == "notice":
            thread.join()


def state_of(notice: Notice) -> tuple[bool, str, int]:
    """Sent?, why not, how many tries."""
    notice.refresh_from_db()
    return notice.sent_at is not None, notice.why, notice.tries


def test_a_text_message_goes_to_the_gateway_once(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime, settings: SimpleNamespace
) -> None:
    notice = tell(reachable)

    sent = [deliver_due(at=now), deliver_due(at=now + timedelta(minutes=1))]

    assert sent == [1, 0]
    assert state_of(notice) == (True, "", 1)
    (asked,) = gateway.asked
    assert asked.way == "GET"
    assert asked.query == {
        "to": "+254721000101",
        "text": f"Your group meets at 2 pm. {settings.PUBLIC_URL}/supervision/",
        "from": "Tandem",
    }
    assert asked.signed == "Basic dXNlcjphQGtleQ=="


@pytest.mark.parametrize("way", ["form", "json"])
def test_the_fields_are_posted_if_the_address_says_so(
    way: str, gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime, settings: SimpleNamespace
) -> None:
    settings.SMS_URL = f"{way}+http://bearer:k%26y@{gateway.host}/send?to={{to}}&text={{text}}"
    tell(reachable, link="")

    deliver_due(at=now)

    (asked,) = gateway.asked
    posted = json_of(asked) if way == "json" else {name: held[0] for name, held in parse_qs(asked.body).items()}
    assert posted == {"to": "+254721000101", "text": "Your group meets at 2 pm."}
    assert (asked.way, asked.query, asked.signed) == ("POST", {}, "Bearer k&y")


def test_a_gateway_that_fails_is_tried_again_after_a_pause_that_grows(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    notice = tell(reachable)
    gateway.answers += [(500, {}), (503, {})]

    tried = [deliver_due(at=now + timedelta(minutes=minutes)) for minutes in (0, 0.5, 1, 5, 6)]

    assert tried == [0, 0, 0, 0, 1]
    assert state_of(notice) == (True, "", 3)


def test_after_the_last_try_it_is_given_up_and_said_so(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    notice = tell(reachable)
    gateway.answers += [(500, {})] * TRIES

    for day in range(TRIES + 2):
        deliver_due(at=now + timedelta(days=day))

    assert state_of(notice) == (False, "gave_up", TRIES)
    assert len(gateway.asked) == TRIES


def test_a_gateway_that_sends_us_elsewhere_is_not_followed(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    notice = tell(reachable)
    gateway.answers.append((302, {"Location": f"http://{gateway.host}/elsewhere"}))

    deliver_due(at=now)

    assert state_of(notice) == (False, "", 1)
    assert len(gateway.asked) == 1


def test_a_gateway_that_is_not_there_fails_like_one_that_refuses(
    reachable: User, tell: Tell, now: datetime, settings: SimpleNamespace
) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/send?to={to}&text={text}"
    notice = tell(reachable)

    assert deliver_due(at=now) == 0
    assert state_of(notice) == (False, "", 1)


def test_what_another_process_holds_is_left_alone(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    notice = tell(reachable)
    seen_by_both = Notice.objects.get(pk=notice.pk)

    assert [claim(notice=notice, channel="sms", at=now), claim(notice=seen_by_both, channel="sms", at=now)] == [
        True,
        False,
    ]
    assert deliver_due(at=now) == 0
    assert gateway.asked == []


def test_what_a_crash_left_in_the_middle_is_not_sent_twice_and_is_told(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    notice = tell(reachable)
    claim(notice=notice, channel="sms", at=now)

    deliver_due(at=now + timedelta(minutes=9))
    assert state_of(notice) == (False, "", 1)
    deliver_due(at=now + timedelta(minutes=11))

    assert state_of(notice) == (False, "unclear", 1)
    assert gateway.asked == []


def test_what_is_urgent_goes_before_all_that_waits_longer(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    for number in range(30):
        tell(reachable, text=f"Reminder {number}", link="", due_at=now - timedelta(hours=1))
    tell(reachable, text="Urgent", link="", kind=URGENT)

    deliver_due(at=now)

    assert len(gateway.asked) == 31
    assert gateway.asked[0].query["text"] == "Urgent"


def test_what_is_urgent_and_was_left_in_the_middle_is_tried_again_soon(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    notice = tell(reachable, kind=URGENT)
    claim(notice=notice, channel="sms", at=now)

    sent = [deliver_due(at=now + timedelta(minutes=minutes)) for minutes in (2, 3)]

    assert (sent, state_of(notice)) == ([0, 1], (True, "", 2))


@pytest.mark.django_db(transaction=True)
def test_what_shall_go_out_at_once_is_sent_beside_the_answer_when_it_is_stored_and_only_once(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    with transaction.atomic():
        notice = tell(reachable)
        deliver_soon(keys=[notice.key], at=now)
        before = len(gateway.asked)
    let_go()

    assert (before, len(gateway.asked), state_of(notice)) == (0, 1, (True, "", 1))
    assert (deliver_due(at=now), len(gateway.asked)) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_what_could_not_go_out_at_once_waits_for_the_tick(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    gateway.answers.append((500, {}))
    notice = tell(reachable)

    deliver_soon(keys=[notice.key], at=now)
    let_go()

    assert state_of(notice) == (False, "", 1)
    assert deliver_due(at=now + timedelta(minutes=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_hand_out_the_same_one_sends_it(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    notice = tell(reachable)

    deliver_soon(keys=[notice.key] * 4, at=now)
    let_go()

    assert (len(gateway.asked), state_of(notice)) == (1, (True, "", 1))


def test_a_mail_goes_out_in_the_persons_language_with_the_link(
    amina: User, tell: Tell, now: datetime, settings: SimpleNamespace
) -> None:
    set_contact(person=amina, email="amina@example.org", phone="")
    tell(amina)

    deliver_due(at=now)

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["amina@example.org"], "Your group meets")
    assert sent.body == (
        f"Your group meets at 2 pm.\n\n{settings.PUBLIC_URL}/supervision/\n\n-- \n"
        f"You can change how Tandem writes to you: {settings.PUBLIC_URL}/me/reminders/"
    )


def test_a_mail_server_that_fails_is_tried_again(
    amina: User, tell: Tell, now: datetime, settings: SimpleNamespace, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    set_contact(person=amina, email="amina@example.org", phone="")
    notice = tell(amina)

    deliver_due(at=now)
    assert state_of(notice) == (False, "", 1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    deliver_due(at=now + timedelta(minutes=1))

    assert state_of(notice) == (True, "", 2)
    assert len(list(tmp_path.iterdir())) == 1


def test_without_a_gateway_a_text_is_written_down(
    reachable: User, tell: Tell, now: datetime, settings: SimpleNamespace, tmp_path: Path
) -> None:
    settings.SMS_URL, settings.VAR = "", tmp_path
    tell(reachable, link="")

    assert deliver_due(at=now) == 1
    assert (tmp_path / "texts.log").read_text() == (
        '{"at": "2026-03-17T11:00:00+00:00", "to": "+254721000101", "text": "Your group meets at 2 pm."}\n'
    )


def test_who_wants_no_reminders_gets_none_but_is_told_of_danger(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    choose(person=reachable, channel="none", hours=[], email="", phone=reachable.phone, at=now)
    reminder, danger = tell(reachable), tell(reachable, kind="risk.raised")

    deliver_due(at=now)

    assert [state_of(reminder), state_of(danger)] == [(False, "silenced", 0), (True, "", 1)]


def test_who_has_no_address_is_known_to_be_unreached(amina: User, tell: Tell, now: datetime) -> None:
    notice = tell(set_contact(person=amina, email="", phone="call me"))

    deliver_due(at=now)

    assert state_of(notice) == (False, "no_address", 0)


def test_what_is_called_off_or_too_late_or_not_due_does_not_go_out(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime
) -> None:
    off, late = tell(reachable), tell(reachable, until=now)
    waits = tell(reachable, due_at=now + timedelta(hours=1))
    call_off(key=off.key, at=now)

    assert deliver_due(at=now) == 0
    assert [state_of(one)[1] for one in (off, late, waits)] == ["called_off", "too_late", ""]
    assert set(WHY) >= {"called_off", "too_late"}
    assert gateway.asked == []


def test_many_notices_cost_the_same_questions_each(
    gateway: SimpleNamespace, reachable: User, tell: Tell, now: datetime, django_assert_num_queries: Callable
) -> None:
    for _ in range(3):
        tell(reachable)

    with django_assert_num_queries(2 + 3 * 3):
        deliver_due(at=now)
