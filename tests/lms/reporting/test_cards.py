"""The manager's cards: who may make whose, the sheet on paper, and one tap for a lost card."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import segno
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from lms.outbox.models import Receipt
from lms.people.actions import make_cards
from lms.people.models import Card, SignInEvent, User
from lms.people.queries import card_of
from lms.programmes.actions import grant
from lms.reporting.exports import QR, card_url, modules_of, words_of

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def new(amina: User, brian: User) -> list[User]:
    """Two of the cohort who never had a secret."""
    for user in (amina, brian):
        user.set_unusable_password()
        user.save()
    return [amina, brian]


def make(client: Client, people: list[User], key: UUID | None = None) -> Any:
    return client.post("/manage/cards/", {"key": key or uuid4(), "people": [str(user.pk) for user in people]})


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_one_press_makes_cards_for_all_who_are_ticked(client_of: Browser, new: list[User], joseph: User) -> None:
    manager = client_of(joseph)
    page = manager.get("/manage/cards/").content.decode()

    answer = make(manager, new)

    assert page.count(" checked") == 2
    assert "/manage/cards/?programme=" in manager.get("/manage/people/").content.decode()
    assert answer["Location"] == f"/manage/cards/{card_of(new[0]).sheet}/"
    assert "2 cards are ready" in manager.get(answer["Location"]).content.decode()
    assert list(SignInEvent.objects.values_list("kind", "by")) == [("card_made", joseph.pk)] * 2


def test_pressed_twice_the_cards_are_made_once(client_of: Browser, new: list[User], joseph: User) -> None:
    manager, key = client_of(joseph), uuid4()

    answers = [make(manager, new, key)["Location"] for _ in range(2)]

    assert answers == [f"/manage/cards/{key}/"] * 2
    assert Card.objects.count() == 2
    assert Receipt.objects.count() == 1


def test_the_paper_has_name_code_and_starting_pin(client_of: Browser, new: list[User], joseph: User) -> None:
    manager = client_of(joseph)
    answer = manager.get(make(manager, new)["Location"] + "cards.pdf")
    words = [words_of(card_of(user)) for user in new]

    text = text_of(answer.content)

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"].startswith("max-age=0")
    for word in words:
        assert word.name in text
        assert word.code in text
        assert word.pin in text
    assert len(words[0].pin) == 7
    assert SignInEvent.objects.filter(kind="card_printed", by=joseph).count() == 2


def test_a_starting_pin_that_was_used_is_not_printed_again(client_of: Browser, new: list[User], joseph: User) -> None:
    manager = client_of(joseph)
    where = make(manager, new[:1])["Location"]
    pin = words_of(card_of(new[0])).pin
    Card.objects.update(used_at=timezone.now())

    text = text_of(manager.get(where + "cards.pdf").content)

    assert pin not in text
    assert "Sign in with the PIN or password that you have." in text


def test_nine_cards_stand_on_two_pages(client_of: Browser, make_learner: Callable[..., User], joseph: User) -> None:
    people = [make_learner(f"p{number}", f"Person {number}") for number in range(9)]
    manager = client_of(joseph)

    pdf = manager.get(make(manager, people)["Location"] + "cards.pdf").content

    assert len(PdfReader(BytesIO(pdf)).pages) == 2


def test_the_qr_carries_the_page_to_sign_in_with_the_code() -> None:
    address = card_url("7KXM24QP")
    wanted = [[bool(bit) for bit in row] for row in segno.make(address, error="m", micro=False).matrix]
    size = QR / len(wanted)

    drawn = [[False] * len(wanted) for _ in wanted]
    for left, top, wide, _high in modules_of(address, 0, 0):
        for column in range(round(left / size), round((left + wide) / size)):
            drawn[round(top / size)][column] = True

    assert address == "http://testserver/login/?card=7KXM24QP"
    assert drawn == wanted


def test_a_card_speaks_the_language_of_who_holds_it(client_of: Browser, new: list[User], joseph: User) -> None:
    User.objects.filter(pk=new[0].pk).update(language="ar", name="أمينة")
    manager = client_of(joseph)

    answer = manager.get(make(manager, new)["Location"] + "cards.pdf")

    assert answer.status_code == 200
    assert words_of(Card.objects.get(user=new[0])).is_rtl
    assert not words_of(Card.objects.get(user=new[1])).is_rtl


@pytest.mark.parametrize("who", ["stranger", "grace", "samuel", "lena", "amina"])
def test_who_does_not_manage_finds_nothing(
    client_of: Browser, new: list[User], joseph: User, who: str, request: pytest.FixtureRequest
) -> None:
    where = make(client_of(joseph), new)["Location"]
    client = client_of(request.getfixturevalue(who))
    provider = new[0].provider.pk

    answers = [
        client.get("/manage/cards/"),
        make(client, new),
        client.get(where),
        client.get(where + "cards.pdf"),
        client.post(f"/manage/people/{provider}/card/", {"key": uuid4()}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert Card.objects.count() == 2
    assert "Print cards" not in client.get("/manage/people/").content.decode()


def test_the_manager_of_another_programme_is_a_stranger_here(
    client_of: Browser, new: list[User], joseph: User, world: SimpleNamespace, samuel: User, now: Any
) -> None:
    where = make(client_of(joseph), new)["Location"]
    grant(user=samuel, role="manager", programme=world.other_programme, by=None, at=now)
    client = client_of(User.objects.get(pk=samuel.pk))

    answers = [
        client.get(where),
        client.get(where + "cards.pdf"),
        client.post(f"/manage/people/{new[0].provider.pk}/card/", {"key": uuid4()}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert "This list has changed." in make(client, new).content.decode()


def test_staff_get_no_card_even_where_they_learn(
    client_of: Browser, new: list[User], joseph: User, world: SimpleNamespace, now: Any
) -> None:
    grant(user=new[0], role="author", programme=world.programme, by=None, at=now)
    manager = client_of(joseph)

    page = make(manager, new[:1]).content.decode()
    answer = manager.post(f"/manage/people/{new[0].provider.pk}/card/", {"key": uuid4()})

    assert "This list has changed." in page
    assert answer.status_code == 404
    assert "Card to sign in" not in manager.get(f"/manage/people/{new[0].provider.pk}/").content.decode()
    assert Card.objects.count() == 0


def test_nobody_ticked_says_what_to_do(client_of: Browser, new: list[User], joseph: User) -> None:
    assert "Choose one person or more." in make(client_of(joseph), []).content.decode()


def test_cards_in_use_are_refused_with_the_way_on(client_of: Browser, amina: User, joseph: User) -> None:
    manager = client_of(joseph)
    make(manager, [amina])

    page = manager.post("/manage/cards/", {"key": uuid4(), "people": [str(amina.pk)]}, follow=True).content.decode()

    assert "These people already sign in with their cards." in page
    assert "Everybody here has a card" in page


def test_a_lost_card_is_replaced_in_one_tap_and_its_session_ends(client_of: Browser, amina: User, joseph: User) -> None:
    manager, phone, key = client_of(joseph), Client(), uuid4()
    make(manager, [amina])
    old = card_of(amina)
    phone.post("/login/", {"username": old.code, "password": "tandem-demo"})
    address = f"/manage/people/{amina.provider.pk}/"
    before = manager.get(address).content.decode()

    answers = [manager.post(address + "card/", {"key": key})["Location"] for _ in range(2)]

    new = card_of(amina)
    assert "Signed in on 1 phone now." in before
    assert answers == [f"/manage/cards/{key}/"] * 2
    assert phone.get("/me/").status_code == 302
    assert (Card.objects.count(), new.made_by, new.code == old.code) == (2, joseph, False)
    text = text_of(manager.get(answers[0] + "cards.pdf").content)
    assert words_of(new).pin in text
    assert old.code not in text
    assert manager.get(f"/manage/cards/{old.sheet}/cards.pdf").status_code == 404
    assert "do not work any more" in manager.get(f"/manage/cards/{old.sheet}/").content.decode()


def test_a_supervisor_sees_no_card_on_the_persons_page(client_of: Browser, amina: User, grace: User) -> None:
    assert "Card to sign in" not in client_of(grace).get(f"/manage/people/{amina.provider.pk}/").content.decode()


def test_a_card_that_was_not_used_in_time_is_named(client_of: Browser, new: list[User], joseph: User) -> None:
    make_cards(people=[new[0].pk], sheet=uuid4(), by=joseph, at=timezone.now() - timedelta(days=31))

    page = client_of(joseph).get(f"/manage/people/{new[0].provider.pk}/").content.decode()

    assert "Starting PIN too old" in page


@pytest.mark.parametrize("people", [1, 30])
def test_the_list_costs_the_same_at_1_and_at_30(
    client_of: Browser, make_learner: Callable[..., User], joseph: User, people: int, django_assert_num_queries: Any
) -> None:
    for number in range(people):
        make_learner(f"p{number}", f"Person {number}")
    manager = client_of(joseph)

    with django_assert_num_queries(5):
        page = manager.get("/manage/cards/").content.decode()

    assert page.count('name="people"') == people


SHEET = "/manage/cards/00000000-0000-4000-8000-000000000001/"


@pytest.mark.parametrize("path", ["/manage/cards/", SHEET, f"{SHEET}cards.pdf"])
def test_pages_of_cards_need_a_sign_in(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == f"/login/?next={path}"
