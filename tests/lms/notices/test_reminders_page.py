"""The page on which somebody says how she wants to be reminded, and what the manager reads of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lms.management.commands.tick import keep_on, look
from lms.notices.actions import deliver_due
from lms.notices.models import Notice, NoticeChoice
from lms.notices.rules import due_hours, shortened
from lms.people.actions import set_contact
from lms.people.models import User
from lms.programmes import registry
from lms.programmes.actions import take_turn

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/me/reminders/")["Location"] == "/login/?next=/me/reminders/"


def test_she_chooses_way_hours_and_number_once(client_of: ClientOf, amina: User) -> None:
    told = {"key": str(uuid4()), "channel": "sms", "hours": ["3", "24"], "phone": "+254 721 000 101", "email": ""}
    browser = client_of(amina)

    answers = [browser.post("/me/reminders/", told) for _ in range(2)]

    kept = NoticeChoice.objects.get()
    amina.refresh_from_db()
    assert [answer["Location"] for answer in answers] == ["/me/", "/me/"]
    assert (kept.person, kept.channel, kept.hours, amina.phone) == (amina, "sms", [24, 3], "+254721000101")


@pytest.mark.parametrize(
    ("told", "field", "sentence"),
    [
        ({"channel": "sms", "phone": ""}, "phone", "Write the number to which we shall send."),
        ({"channel": "mail", "email": ""}, "email", "Write your mail address."),
        ({"channel": "mail", "email": "amina"}, "email", "This is not a mail address. Look at it again."),
        (
            {"channel": "sms", "phone": "ask my sister"},
            "phone",
            "Write the mobile number with digits only, like +254 721 000 101.",
        ),
    ],
)
def test_what_cannot_be_used_comes_back_with_its_words(
    told: dict[str, str], field: str, sentence: str, client_of: ClientOf, amina: User
) -> None:
    page = client_of(amina).post("/me/reminders/", {"key": str(uuid4()), **told})

    assert page.status_code == 400
    assert page.context["form"].errors[field] == [sentence]
    assert NoticeChoice.objects.count() == 0


def test_the_manager_reads_on_the_persons_page_and_the_board_what_did_not_go_out(
    client_of: ClientOf, amina: User, joseph: User, tell: Callable[..., Notice], now: datetime
) -> None:
    at = timezone.now()
    tell(set_contact(person=amina, email="", phone=""), at=at, due_at=at)
    deliver_due(at=at)

    page = client_of(joseph).get(f"/manage/people/{amina.provider.pk}/").content.decode()
    board = client_of(joseph).get("/manage/").context["board"]

    assert page.count("There is no mail address and no mobile number.") == 1
    assert [(one.have, one.all) for one in board.figures if "message" in str(one.label)] == [(1, 1)]


def test_only_the_latest_reminder_that_was_known_in_time_is_due() -> None:
    starts = datetime.fromisoformat("2026-03-17T11:00:00+00:00")
    early = starts - timedelta(days=7)

    def due(hours_before: float, planned: datetime = early) -> int | None:
        return due_hours([24, 1], starts_at=starts, planned_at=planned, at=starts - timedelta(hours=hours_before))

    assert [due(25), due(24), due(2), due(1), due(0)] == [None, 24, 24, 1, None]
    assert due(2, planned=starts - timedelta(hours=5)) is None


def test_a_long_text_is_cut_between_words_and_its_link_never() -> None:
    link = "https://tandem.example.org/supervision/"

    cut = shortened("word " * 200, link)

    assert len(cut) <= 459
    assert cut.endswith(f"word… {link}")


def test_of_many_processes_one_does_the_jobs_of_a_minute(db: None, now: datetime) -> None:
    hold = timedelta(seconds=50)

    turns = [take_turn(name="minute", at=now, hold=hold) for _ in range(3)]
    later = take_turn(name="minute", at=now + timedelta(minutes=1), hold=hold)

    assert (turns, later) == ([True, False, False], True)


def test_a_job_that_breaks_stops_none_of_the_others_and_daily_ones_run_once_a_day(
    db: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.management.commands.tick.ticks", jobs := {"a": lambda at: 1 / 0, "b": lambda at: 1})
    monkeypatch.setattr(registry, "ticks", jobs | {"c": lambda at: 1})
    monkeypatch.setattr(registry, "daily_ticks", {"c"})
    jobs["c"] = lambda at: 1

    ran = [look(at=now), look(at=now), look(at=now + timedelta(minutes=1))]

    assert ran == [["b", "c"], [], ["b"]]


def test_the_minutes_end_with_the_server(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    parents, looked = iter([7, 7, 7, 1]), []
    monkeypatch.setattr("os.getppid", lambda: next(parents, 1))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("lms.management.commands.tick.connections", SimpleNamespace(close_all=lambda: None))
    monkeypatch.setattr("lms.management.commands.tick.look", lambda at: looked.append(at))

    keep_on(7)

    assert len(looked) == 1
