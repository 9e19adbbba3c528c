"""The installable app: the worker's headers and version, the manifest and its icons."""

import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from lms.phone import queries


@pytest.fixture
def hashed(settings, tmp_path: Path) -> Path:
    """Static files as in production; gives the manifest."""
    settings.STATIC_HASHED, settings.STATIC_ROOT = True, tmp_path
    manifest = tmp_path / "staticfiles.json"
    manifest.write_text('{"lms/phone.js": "lms/phone.1.js", "lms/site.css": "lms/site.1.css"}')
    return manifest


def test_the_worker_serves_the_whole_site_and_is_always_asked_for_anew(client: Client, db: None) -> None:
    answer = client.get("/sw.js")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Service-Worker-Allowed"] == "/"


def test_the_worker_is_one_plain_script(client: Client, db: None) -> None:
    text = client.get("/sw.js").content.decode()

    lines = text.splitlines()
    assert [line for line in lines if line.startswith(("import ", "export "))] == []
    assert lines[0].startswith('const VERSION = "')
    assert json.loads(lines[1].removeprefix("const SHELL_FILES = ").removesuffix(";"))[:2] == [
        "/phone/shell/",
        "/phone/",
    ]
    assert 'addEventListener("fetch"' in text


def test_every_file_that_the_shell_needs_is_there() -> None:
    built = {"lms/site.css", "lms/phone.js"}

    assert [name for name in queries.SHELL_FILES if name not in built and not finders.find(name)] == []


def test_every_page_that_the_shell_needs_opens(client: Client, db: None) -> None:
    assert [client.get(address).status_code for address in queries.SHELL_PAGES] == [200, 200]


def test_another_static_file_is_another_version(hashed: Path) -> None:
    before = queries.app_version()

    hashed.write_text('{"lms/phone.js": "lms/phone.1.js", "lms/site.css": "lms/site.2.css"}')

    assert len(before) == 12
    assert queries.app_version() not in {before, ""}


def test_another_worker_is_another_version() -> None:
    assert queries.version_of("one", "files") != queries.version_of("two", "files")


def test_where_files_are_not_hashed_no_phone_keeps_anything(hashed: Path, settings) -> None:
    settings.STATIC_HASHED = False

    assert queries.app_version() == ""


def test_before_the_phones_script_is_built_there_is_no_version(hashed: Path) -> None:
    hashed.write_text('{"lms/site.css": "lms/site.1.css"}')

    assert queries.app_version() == ""


def test_the_manifest_makes_an_app_that_opens_at_home(client: Client, db: None) -> None:
    answer = client.get("/manifest.webmanifest")
    told = answer.json()

    assert answer["Content-Type"] == "application/manifest+json"
    assert (told["name"], told["start_url"], told["scope"], told["display"]) == ("Tandem", "/home/", "/", "standalone")
    assert [(icon["sizes"], icon["purpose"]) for icon in told["icons"]] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
    ]


def test_every_icon_is_a_small_picture_of_the_size_that_it_says(client: Client, db: None) -> None:
    for icon in client.get("/manifest.webmanifest").json()["icons"]:
        path = Path(finders.find(icon["src"].removeprefix("/static/")))

        with Image.open(path) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
        assert path.stat().st_size < 16_000


def test_a_page_leads_to_the_manifest(client: Client, db: None) -> None:
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/login/").content.decode()
