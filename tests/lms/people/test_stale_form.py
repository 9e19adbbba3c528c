"""A form whose token went stale changes nothing and comes back with what was typed, if it was ours."""

import pytest
from django.test import Client

from lms.people.models import User

pytestmark = pytest.mark.django_db
OURS = "http://testserver"


@pytest.fixture
def strict(amina: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(amina, backend="lms.people.access.CardOrNameBackend")
    return client


def test_what_was_typed_comes_back_with_a_fresh_token(strict: Client) -> None:
    answer = strict.post("/supervision/cases/new/", {"question": "She does not sleep."}, headers={"origin": OURS})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert '<input type="hidden" name="question" value="She does not sleep.">' in page
    assert '<form class="stack" method="post" action="/supervision/cases/new/">' in page
    assert 'name="csrfmiddlewaretoken"' in page


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"referer": "https://evil.example/x"}, {}])
def test_what_a_foreign_page_sent_is_never_offered_again(strict: Client, headers: dict[str, str]) -> None:
    page = strict.post("/language/", {"language": "ar"}, headers=headers).content.decode()

    assert 'name="language"' not in page
    assert "Open the page again" in page


def test_a_secret_is_asked_for_again_and_not_sent_back(amina: User) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/login/", {"username": "amina", "password": "my-secret"}, headers={"origin": OURS})

    page = answer.content.decode()
    assert "my-secret" not in page
    assert 'name="password" type="password"' in page
    assert '<input type="hidden" name="username" value="amina">' in page


def test_the_stale_form_changed_nothing(strict: Client, amina: User) -> None:
    strict.post("/language/", {"language": "ar"}, headers={"origin": OURS})

    amina.refresh_from_db()
    assert amina.language == "en"
