"""The picture of a lesson: at the screen's width in two formats, one width on a saved page, words alone if wished."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image

from courses.pages.actions import collection_of
from courses.pictures.actions import COPIES, keep_picture
from courses.pictures.models import Picture
from lms.people.models import User

ALT = "Two women talk under a tree"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_this_test(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def url(course: SimpleNamespace, world: SimpleNamespace) -> str:
    """A lesson with one picture of 1200 x 800 points."""
    kept = BytesIO()
    Image.radial_gradient("L").resize((1200, 800)).convert("RGB").save(kept, "PNG")
    picture = Picture(title="Tree", collection=collection_of(world.programme), file=ImageFile(kept, name="tree.png"))
    picture.save()
    lesson = course.module1.lessons[0]
    stored = [{"type": "picture", "value": {"image": picture.pk, "alt": ALT, "caption": "Near the clinic"}}]
    lesson.body = type(lesson).body.field.to_python(stored)
    lesson.save()
    return course.module1.urls[0]


@pytest.fixture
def hers(amina: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(amina)


def figure(client: Client, url: str) -> str:
    """The one picture of the page, as it is written."""
    return re.search(r"<figure.*?</figure>", client.get(url).content.decode(), re.S).group(0)


def test_the_picture_comes_in_two_formats_at_the_screens_width_late_and_with_its_size(url: str, hers: Client) -> None:
    shown = figure(hers, url)

    sizes = "(min-width: 40rem) 36rem, calc(100vw - 2rem)"
    sources = re.findall(r'<(source type="image/avif"|img src="[^"]+webp") srcset="([^"]+)" sizes="([^"]+)"', shown)
    widths = [(re.findall(r" (\d+)w", copies), asked) for _kind, copies, asked in sources]
    assert widths == [(["320", "480", "640", "960"], sizes), (["320", "640"], sizes)]
    assert f'alt="{ALT}" width="640" height="426" loading="lazy" decoding="async">' in shown


def test_each_copy_is_served_as_what_it_is(url: str, hers: Client) -> None:
    copies = re.findall(r"(/media/\S+\.(?:avif|webp)) 320w", figure(hers, url))

    answers = [hers.get(copy) for copy in copies]

    served = [(answer["Content-Type"], Image.open(BytesIO(answer.getvalue())).format) for answer in answers]
    assert served == [("image/avif", "AVIF"), ("image/webp", "WEBP")]


def test_the_kinds_are_known_on_a_machine_without_a_list_of_them(
    url: str, hers: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = re.findall(r"(/media/\S+\.(?:avif|webp)) 320w", figure(hers, url))
    monkeypatch.setattr("mimetypes.guess_type", lambda name: (None, None))

    kinds = []
    for copy in copies:
        answer = hers.get(copy)
        kinds.append(answer["Content-Type"])
        answer.getvalue()

    assert kinds == ["image/avif", "image/webp"]


def test_a_saved_page_has_one_width_only(url: str, hers: Client) -> None:
    shown = figure(hers, f"{url}?saved=1")

    assert re.findall(r"/media/\S+?\.(avif|webp)", shown) == ["webp"]
    assert "srcset" not in shown
    assert 'width="640" height="426"' in shown


def test_a_smaller_picture_is_not_blown_up(url: str, hers: Client) -> None:
    kept = BytesIO()
    Image.new("RGB", (200, 100), "teal").save(kept, "PNG")
    picture = Picture.objects.get()
    picture.file = ImageFile(kept, name="small.png")
    picture.save()
    for copy in picture.renditions.all():
        copy.delete()

    assert 'width="200" height="100"' in figure(hers, url)


@pytest.mark.parametrize("ending", ["", "?saved=1"])
def test_text_only_puts_the_words_and_a_link_with_the_size_where_the_picture_was(
    url: str, hers: Client, ending: str
) -> None:
    hers.cookies["text_only"] = "1"

    shown = figure(hers, url + ending)

    link = re.search(r'href="(/media/[^"]+\.webp)"', shown).group(1)
    size = len(hers.get(link).getvalue())
    assert "<img" not in shown
    assert "<source" not in shown
    assert f'<p class="unseen">{ALT}</p>' in shown
    assert f"Show this picture ({size / 1024:.1f}\xa0KB)" in shown


def test_a_saved_page_with_pictures_and_one_without_are_told_apart(url: str, hers: Client) -> None:
    with_pictures = hers.get(f"{url}?saved=1")["ETag"]
    hers.cookies["text_only"] = "1"

    assert hers.get(f"{url}?saved=1")["ETag"] != with_pictures


def test_the_switch_stands_at_the_picture_and_turns_back(url: str, hers: Client) -> None:
    assert "Text only: load no pictures" in figure(hers, url)

    hers.post("/text-only/", {"text_only": "1"})

    assert "Show all pictures" in figure(hers, url)


def test_on_a_saved_page_the_way_to_the_switch_carries_no_token(url: str, hers: Client) -> None:
    shown = figure(hers, f"{url}?saved=1")

    assert 'href="/me/#light"' in shown
    assert "csrfmiddlewaretoken" not in shown


def test_a_lesson_with_a_picture_costs_one_query_more_for_all_its_copies(
    url: str, hers: Client, django_assert_num_queries: Callable
) -> None:
    hers.get(url)

    with django_assert_num_queries(8):
        hers.get(url)


def test_the_copies_of_the_starter_course_are_made_when_it_is_loaded(
    world: SimpleNamespace, course: SimpleNamespace, tmp_path: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    Image.new("RGB", (1200, 800), "teal").save(tmp_path / "a.webp")

    with django_capture_on_commit_callbacks(execute=True):
        kept = keep_picture(
            file=tmp_path / "a.webp", alt="A", attribution="", collection=collection_of(world.programme)
        )

    made = set(kept.renditions.values_list("filter_spec", flat=True))
    assert made == {*COPIES, "width-640|format-webp"}
