"""Texts around meetings and cases that could show who somebody is: asked about once, then kept with the reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from lms.people.models import User
from supervision.cases.actions import create_past
from supervision.cases.models import CaseEvent, CasePresentation
from supervision.cases.queries import confirmed_words
from supervision.guard.models import Confirmation
from supervision.minutes.models import Minutes, MinutesVersion
from supervision.opinions.models import SessionOpinion
from supervision.pictures.models import CasePicture
from supervision.sessions.actions import go_live, schedule
from supervision.sessions.models import AdviceFollowUp, AttendanceCorrection, Recommendation, SupervisionSession
from tests.supervision.conftest import ANSWERS

ClientOf = Callable[[User], Client]
NUMBER = "0712 345 678"
TEXT = f"Call her on {NUMBER} first."
PLAIN = "Call her first."


@dataclass
class Door:
    """A form: who sends it, where to, with what; the field with the text, and what is stored of it."""

    by: User
    address: str
    data: dict[str, Any]
    field: str
    stored: Callable[[], list[str]]
    same: Callable[[], dict[str, Any]] = dict


@pytest.fixture
def later(world: SimpleNamespace, over: SupervisionSession, grace: User, ends: datetime) -> SupervisionSession:
    """The live meeting a week later."""
    begins = ends + timedelta(days=7)
    planned = schedule(cohort=world.cohort, title="A week later", starts_at=begins, by=grace, at=ends)
    return go_live(session=planned, by=grace, at=begins)


def drawn() -> SimpleUploadedFile:
    kept = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(kept, "PNG")
    return SimpleUploadedFile("a.png", kept.getvalue(), content_type="image/png")


@pytest.fixture
def doors(
    case: CasePresentation, later: SupervisionSession, over: SupervisionSession, amina: User, grace: User, now: datetime
) -> Callable[[str], Door]:
    """The form of that name."""
    told = {"provider": amina.provider, "programme": case.programme, "answers": ANSWERS, "at": now, "by": amina}
    second = create_past(key=uuid4(), state="submitted", **told)
    own = create_past(key=uuid4(), state="draft", **told)
    advice = Recommendation.objects.get(state="agreed")

    def address(name: str, *args: object) -> str:
        return reverse(f"supervision:{name}", args=args)

    def one(name: str) -> Door:
        match name:
            case "return":
                told = lambda: [event.reason for event in CaseEvent.objects.filter(case=second) if event.reason]  # noqa: E731
                return Door(grace, address("case-return", second.pk), {}, "reason", told)
            case "note":
                told = lambda: [note for note in [SupervisionSession.objects.get(pk=over.pk).closing_note] if note]  # noqa: E731
                return Door(grace, address("session-note", over.pk), {}, "note", told)
            case "minutes":
                told = lambda: [v.words for v in MinutesVersion.objects.filter(number__gt=1)]  # noqa: E731
                data = {"base": "1", "do": "keep"}
                return Door(grace, address("minutes", over.pk), data, "decisions", told, lambda: {"key": str(uuid4())})
            case "correction":
                told = lambda: [row.reason for row in AttendanceCorrection.objects.all()]  # noqa: E731
                where = address("attendance-correct", over.pk, amina.pk)
                return Door(grace, where, {"minutes": "30"}, "reason", told)
            case "look back":
                told = lambda: [row.note for row in AdviceFollowUp.objects.all()]  # noqa: E731
                data = {"advice": str(advice.pk), f"{advice.pk}-outcome": "helped"}
                return Door(grace, address("look-back", later.pk), data, f"{advice.pk}-note", told)
            case "report":
                told = lambda: [one.why_not for one in Recommendation.objects.exclude(pk=uuid4()) if one.why_not]  # noqa: E731
                data = {"became": "not_done"}
                where = address("advice-report", advice.pk)
                return Door(amina, where, data, "why", told, lambda: {"key": str(uuid4())})
            case "opinion":
                SupervisionSession.objects.filter(pk=over.pk).update(closed_at=timezone.now())
                told = lambda: [row.comment for row in SessionOpinion.objects.all()]  # noqa: E731
                data = {"safe": "4", "heard": "4", "usable": "4", "time": "4"}
                return Door(amina, address("session-rate", over.pk), data, "comment", told)
            case _:
                told = lambda: [row.alt for row in CasePicture.objects.filter(case=own)]  # noqa: E731
                promises = {"no_faces": "on", "no_names": "on", "no_papers": "on"}
                fresh = lambda: {"key": str(uuid4()), "picture": drawn()}  # noqa: E731
                return Door(amina, address("case-pictures", own.pk), promises, "alt", told, fresh)

    return one


NAMES = ["return", "note", "minutes", "correction", "look back", "report", "opinion", "picture"]
every_door = pytest.mark.parametrize("name", NAMES)


def press(door: Door, client_of: ClientOf, text: str, **more: str):
    return client_of(door.by).post(door.address, {**door.data, **door.same(), door.field: text, **more})


@every_door
def test_it_is_asked_about_and_nothing_is_lost(name: str, doors: Callable[[str], Door], client_of: ClientOf) -> None:
    door = doors(name)

    page = press(door, client_of, TEXT)

    shown = page.content.decode()
    assert page.status_code in (200, 400)
    assert door.stored() == []
    assert (TEXT in shown, f'<mark dir="auto">{NUMBER}</mark>' in shown) == (True, True)
    assert f'name="confirmed_{door.field}"' in shown


@every_door
def test_with_a_reason_it_goes(name: str, doors: Callable[[str], Door], client_of: ClientOf) -> None:
    door = doors(name)

    answer = press(door, client_of, TEXT, **{f"confirmed_{door.field}": "public"})

    assert answer.status_code == 302
    assert len(door.stored()) == 1
    assert NUMBER in door.stored()[0]


@every_door
def test_a_reason_that_is_not_on_the_list_is_none(name: str, doors: Callable[[str], Door], client_of: ClientOf) -> None:
    door = doors(name)

    press(door, client_of, TEXT, **{f"confirmed_{door.field}": "because"})

    assert door.stored() == []


@every_door
def test_other_words_go_without_a_question(name: str, doors: Callable[[str], Door], client_of: ClientOf) -> None:
    door = doors(name)

    answer = press(door, client_of, PLAIN)

    assert answer.status_code == 302
    assert len(door.stored()) == 1


@every_door
def test_the_page_looks_at_it_before_it_leaves_the_phone(
    name: str, doors: Callable[[str], Door], client_of: ClientOf
) -> None:
    door = doors(name)
    where = {"return": door.address.replace("/return/", "/"), "note": door.address.replace("/note/", "/")}

    page = client_of(door.by).get(where.get(name, door.address)).content.decode()

    assert ("supervision/js/guard_form.js" in page, "data-guard=" in page, 'id="guard-words"' in page) == (True,) * 3


def test_a_name_of_the_group_needs_no_reason(doors: Callable[[str], Door], client_of: ClientOf) -> None:
    door = doors("look back")

    assert press(door, client_of, "Amina went there with Grace.").status_code == 302


def test_what_was_kept_with_a_reason_is_not_asked_again(
    over: SupervisionSession, doors: Callable[[str], Door], client_of: ClientOf
) -> None:
    door = doors("note")
    press(door, client_of, TEXT, confirmed_note="public")

    again = press(door, client_of, f"{TEXT} And one more.")
    other = press(door, client_of, f"{TEXT} Or on 0733 111 222.")

    assert (again.status_code, other.status_code) == (302, 200)
    assert [row.words for row in Confirmation.objects.filter(subject=over.pk)] == [NUMBER]


def test_words_that_are_gone_are_gone_from_the_reasons(
    over: SupervisionSession, doors: Callable[[str], Door], client_of: ClientOf
) -> None:
    door = doors("note")
    press(door, client_of, TEXT, confirmed_note="public")

    press(door, client_of, "Call her on 0733 111 222.", confirmed_note="needed")

    kept = Confirmation.objects.filter(subject=over.pk)
    assert [(row.words, row.reason) for row in kept] == [("0733 111 222", "needed")]


def test_a_marked_link_is_meant(doors: Callable[[str], Door], client_of: ClientOf) -> None:
    door = doors("note")

    assert press(door, client_of, "Read [this page](https://example.org/help) first.").status_code == 302


def test_html_in_a_note_is_no_word(doors: Callable[[str], Door], client_of: ClientOf) -> None:
    door = doors("note")

    html = "<p>We talked about <b>sleep</b>.</p><ul><li>Calm hour</li></ul>"
    assert press(door, client_of, html).status_code == 302


def test_what_a_picture_shows_reaches_the_supervisor_with_the_reason(
    doors: Callable[[str], Door], client_of: ClientOf
) -> None:
    door = doors("picture")
    press(door, client_of, TEXT, confirmed_alt="needed")

    picture = CasePicture.objects.get()
    told = [(one.label, one.words) for one in confirmed_words(picture.case)]
    assert told == [("What a picture shows", NUMBER)]
    client_of(door.by).post(reverse("supervision:case-picture-remove", args=[picture.case_id, picture.pk]))
    assert confirmed_words(CasePresentation.objects.get(pk=picture.case_id)) == []


def test_the_wording_that_was_made_by_rule_is_not_asked_about(
    over: SupervisionSession, minutes: Minutes, grace: User, client_of: ClientOf, ends: datetime
) -> None:
    """Days and names of the group stand in it."""
    first = minutes.versions.get()
    told = {f"case_{key}": line for key, line in first.wording.cases.items()}
    told |= {"decisions": first.wording.decisions, "learned": first.wording.learned}

    answer = client_of(grace).post(
        reverse("supervision:minutes", args=[over.pk]), {"key": str(uuid4()), "base": "1", "do": "sign", **told}
    )

    minutes.refresh_from_db()
    assert (answer.status_code, minutes.signed_by) == (302, grace)
