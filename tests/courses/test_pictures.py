"""Pictures: what is taken, what is refused before it is unpacked, what is kept."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from wagtail.models import Collection

from courses.pages.actions import collection_of
from courses.pictures.forms import PictureField
from courses.pictures.models import Picture
from courses.pictures.rules import may_be_opened
from lms import files
from lms.people.models import User


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **saved: object) -> bytes:
    kept = BytesIO()
    Image.new("RGB", size, "teal").save(kept, kind, **saved)
    return kept.getvalue()


@pytest.fixture(autouse=True)
def files_of_this_test(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def kept_picture(title: str, collection: Collection) -> Picture:
    """A picture as an author has uploaded it."""
    kept = Picture(title=title, collection=collection, file=ImageFile(BytesIO(picture()), name="a.png"))
    kept.save()
    return kept


def bomb(width: int = 12000, height: int = 12000) -> bytes:
    """A PNG of a few KB that holds 144 million points."""

    def chunk(name: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def cleaned(content: bytes, name: str, kind: str = "image/png") -> bytes:
    upload = SimpleUploadedFile(name, content, content_type=kind)
    return PictureField().clean(upload).read()


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(ValidationError) as refused:
        cleaned(content, name)
    return refused.value.messages[0]


def test_twenty_million_points_and_no_more() -> None:
    assert may_be_opened(5000, 4000, 1)
    assert not may_be_opened(5001, 4000, 1)
    assert not may_be_opened(10, 10, 2)
    assert not may_be_opened(0, 10, 1)


def test_a_picture_bomb_is_refused_with_a_sentence() -> None:
    content = bomb()

    sentence = refusal(content, "bomb.png")

    assert len(content) < 40_000
    assert "This picture is too big" in sentence
    assert "20 million points" in sentence


def test_a_bigger_bomb_is_refused_too() -> None:
    assert "This picture is too big" in refusal(bomb(40000, 40000), "bomb.png")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_formats_are_taken(kind: str) -> None:
    name = f"a.{kind.lower()}"

    assert Image.open(BytesIO(cleaned(picture(kind), name, f"image/{kind.lower()}"))).format == kind


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (picture("GIF"), "a.png"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n", "a.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
        (b"", "a.png"),
        (picture()[:60], "a.png"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(content: bytes, name: str) -> None:
    sentence = refusal(content, name)

    assert "picture" in sentence or "empty" in sentence


def test_a_moving_picture_is_refused() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "teal")]
    kept = BytesIO()
    frames[0].save(kept, "WEBP", save_all=True, append_images=frames[1:], duration=100)

    assert "moves" in refusal(kept.getvalue(), "a.webp")


def test_what_travelled_with_a_picture_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    exif[0x0112] = 6
    content = picture("JPEG", exif=exif)

    kept = cleaned(content, "a.jpg", "image/jpeg")

    assert b"a secret place" in content
    assert b"a secret place" not in kept
    assert Image.open(BytesIO(kept)).size == (30, 40)


def test_an_author_uploads_into_the_own_collection_only(
    course: SimpleNamespace, world: SimpleNamespace, lena: User, client_of: object
) -> None:
    client: Client = client_of(lena)
    own, foreign = collection_of(world.programme), collection_of(world.other_programme)

    def upload(content: bytes, collection: int) -> object:
        file = SimpleUploadedFile("a.png", content, content_type="image/png")
        return client.post("/admin/images/add/", {"title": "A", "file": file, "collection": collection})

    taken = upload(picture(), own.pk)
    refused = upload(bomb(), own.pk)

    assert taken.status_code == 302
    assert "This picture is too big" in refused.content.decode()
    assert [kept.collection for kept in Picture.objects.all()] == [own]
    upload(picture(), foreign.pk)
    assert not Picture.objects.filter(collection=foreign).exists()


def status_of(client: Client, url: str) -> int:
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def test_a_copy_is_for_the_people_of_its_programme(
    course: SimpleNamespace,
    world: SimpleNamespace,
    amina: User,
    grace: User,
    lena: User,
    admin: User,
    stranger: User,
    client_of: object,
) -> None:
    url = kept_picture("A", collection_of(world.programme)).get_rendition("width-20|format-webp").url

    seen = {who.username: status_of(client_of(who), url) for who in (amina, grace, lena, admin, stranger)}

    assert seen == {"amina": 200, "grace": 200, "lena": 200, "admin": 200, "stranger": 404}
    assert Client().get(url)["Location"] == f"/login/?next={url}"


def test_what_was_uploaded_is_for_who_works_on_it(
    course: SimpleNamespace,
    world: SimpleNamespace,
    amina: User,
    grace: User,
    lena: User,
    admin: User,
    stranger: User,
    client_of: object,
) -> None:
    url = kept_picture("A", collection_of(world.programme)).file.url

    seen = {who.username: status_of(client_of(who), url) for who in (amina, grace, lena, admin, stranger)}

    assert seen == {"amina": 404, "grace": 404, "lena": 200, "admin": 200, "stranger": 404}


def test_the_guard_is_what_keeps_the_stranger_from_a_picture(
    course: SimpleNamespace,
    world: SimpleNamespace,
    stranger: User,
    client_of: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = kept_picture("A", collection_of(world.programme)).get_rendition("width-20|format-webp").url
    monkeypatch.setattr(files, "may_open_course", lambda person, programme: True)

    assert status_of(client_of(stranger), url) == 200


def test_a_picture_of_no_programme_is_for_all_who_are_signed_in(
    course: SimpleNamespace, stranger: User, client_of: object
) -> None:
    url = kept_picture("A", Collection.get_first_root_node()).get_rendition("width-20|format-webp").url

    assert status_of(client_of(stranger), url) == 200


def test_a_file_that_nobody_knows_is_the_administrators(
    course: SimpleNamespace, lena: User, admin: User, client_of: object, tmp_path: Path
) -> None:
    (tmp_path / "left.txt").write_text("left")
    (tmp_path / "avatar_images").mkdir()
    (tmp_path / "avatar_images" / "face.png").write_bytes(picture())

    seen = {
        (who.username, name): status_of(client_of(who), f"/media/{name}")
        for who in (lena, admin)
        for name in ("left.txt", "avatar_images/face.png", "avatar_images/../left.txt")
    }

    assert [place for place, status in seen.items() if status == 200] == [
        ("lena", "avatar_images/face.png"),
        ("admin", "left.txt"),
        ("admin", "avatar_images/face.png"),
        ("admin", "avatar_images/../left.txt"),
    ]
