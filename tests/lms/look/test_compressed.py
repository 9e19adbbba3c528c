"""Pages are made small for the line, in the way that the browser takes."""

import gzip

import brotli
import pytest
from django.test import Client

from lms.people.models import User

pytestmark = pytest.mark.django_db


def test_a_browser_of_today_gets_brotli(client: Client) -> None:
    answer = client.get("/login/", headers={"Accept-Encoding": "gzip, deflate, br, zstd"})

    assert answer["Content-Encoding"] == "br"
    assert answer["Content-Length"] == str(len(answer.content))
    assert "Accept-Encoding" in answer["Vary"]
    assert b"</html>" in brotli.decompress(answer.content)


def test_an_older_one_gets_gzip_and_one_that_takes_nothing_gets_it_plain(client: Client) -> None:
    older = client.get("/login/", headers={"Accept-Encoding": "gzip"})
    oldest = client.get("/login/")

    assert b"</html>" in gzip.decompress(older.content)
    assert b"</html>" in oldest.content
    assert "Content-Encoding" not in oldest


def test_brotli_is_smaller_than_gzip(client: Client) -> None:
    sizes = {kind: len(client.get("/login/", headers={"Accept-Encoding": kind}).content) for kind in ("br", "gzip")}

    assert sizes["br"] < sizes["gzip"]


def test_the_length_of_an_answer_does_not_tell_how_well_it_was_compressed(client: Client) -> None:
    answers = [client.get("/login/", headers={"Accept-Encoding": "br"}) for _ in range(12)]

    assert len({len(answer["X-Padding"]) for answer in answers}) > 3


def test_a_page_that_is_kept_is_asked_for_by_a_weak_tag(amina: User, client_of) -> None:
    client = client_of(amina)
    strong = client.get("/phone/state/")["ETag"]

    weak = client.get("/phone/state/", headers={"Accept-Encoding": "br"})["ETag"]

    assert weak == f"W/{strong}"
    assert client.get("/phone/state/", headers={"If-None-Match": weak, "Accept-Encoding": "br"}).status_code == 304


def test_a_short_answer_is_left_as_it_is(client: Client) -> None:
    assert "Content-Encoding" not in client.get("/health/live", headers={"Accept-Encoding": "br"})
