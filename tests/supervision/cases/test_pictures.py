"""Pictures of a case: what is taken and refused, how they lie, who sees them."""

import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from lms.people.models import User
from lms.sealing.rules import CannotUnseal, unseal_bytes
from supervision.cases import actions
from supervision.cases.models import CasePresentation
from supervision.pictures import rules
from supervision.pictures.actions import written_anew
from supervision.pictures.models import CasePicture
from supervision.pictures.queries import image_of
from supervision.sessions import access as session_access
from supervision.sessions.actions import go_live, keep_silence, open_case
from supervision.sessions.models import SupervisionSession

ClientOf = Callable[[User], Client]
PROMISES = {"no_faces": "on", "no_names": "on", "no_papers": "on"}


def drawn(kind: str = "PNG", size: tuple[int, int] = (40, 30), **saved: object) -> bytes:
    kept = BytesIO()
    Image.new("RGB", size, "teal").save(kept, kind, **saved)
    return kept.getvalue()


def bomb(side: int = 12000) -> bytes:
    """A PNG of a few KB that holds 144 million points."""

    def chunk(name: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def moving() -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "teal")]
    kept = BytesIO()
    frames[0].save(kept, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return kept.getvalue()


def send(browser: Client, case: CasePresentation, content: bytes, name: str = "a.png", **more: object):
    file = SimpleUploadedFile(name, content, content_type="image/png")
    posted = {"key": str(uuid4()), **PROMISES, "alt": "A family tree", "picture": file, **more}
    return browser.post(reverse("supervision:case-pictures", args=[case.pk]), posted)


@pytest.fixture
def picture(draft: CasePresentation, amina: User, now: datetime) -> CasePicture:
    return actions.add_picture(case=draft, upload=BytesIO(drawn()), alt="A family tree", by=amina, at=now)


def address(picture: CasePicture) -> str:
    return reverse("supervision:case-picture", args=[picture.pk])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_formats_are_written_anew_as_webp(kind: str) -> None:
    content, size = written_anew(BytesIO(drawn(kind)))

    assert (Image.open(BytesIO(content)).format, size) == ("WEBP", (40, 30))


def test_a_large_picture_becomes_smaller_and_upright_and_loses_what_travelled_with_it() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "a secret place", 6
    told = drawn("JPEG", (3200, 1600), exif=exif, icc_profile=b"a secret profile")

    content, size = written_anew(BytesIO(told))

    kept = Image.open(BytesIO(content))
    assert b"a secret place" in told
    assert (size, dict(kept.getexif()), kept.info.get("icc_profile"), kept.info.get("xmp")) == (
        (800, 1600),
        {},
        None,
        None,
    )
    assert b"secret" not in content


@pytest.mark.parametrize("content", [bomb(), bomb(40000), moving()])
def test_a_picture_bomb_and_a_moving_picture_are_refused(
    content: bytes, draft: CasePresentation, amina: User, client_of: ClientOf
) -> None:
    answer = send(client_of(amina), draft, content)

    assert (answer.status_code, answer.context["refused"]) == (409, str(rules.PictureTooBig.sentence))
    assert CasePicture.objects.count() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        drawn("GIF"),
        drawn()[:60],
    ],
)
def test_what_only_calls_itself_a_picture_is_refused(
    content: bytes, draft: CasePresentation, amina: User, client_of: ClientOf
) -> None:
    answer = send(client_of(amina), draft, content, "a.jpg")

    assert (answer.status_code, answer.context["refused"]) == (409, str(rules.NotAPicture.sentence))
    assert CasePicture.objects.count() == 0


@pytest.mark.parametrize("promise", list(PROMISES))
def test_each_promise_must_be_given(promise: str, draft: CasePresentation, amina: User, client_of: ClientOf) -> None:
    answer = send(client_of(amina), draft, drawn(), **{promise: ""})

    assert list(answer.context["form"].errors) == [promise]
    assert CasePicture.objects.count() == 0


def test_a_picture_sent_twice_is_kept_once(draft: CasePresentation, amina: User, client_of: ClientOf) -> None:
    browser, key = client_of(amina), str(uuid4())

    answers = [send(browser, draft, drawn(), key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert CasePicture.objects.count() == 1


def test_a_case_holds_three_pictures_and_one_can_be_taken_away(
    draft: CasePresentation, amina: User, client_of: ClientOf
) -> None:
    browser = client_of(amina)
    for _ in range(3):
        send(browser, draft, drawn())

    fourth = send(browser, draft, drawn())
    gone = draft.pictures.get(position=2)
    browser.post(reverse("supervision:case-picture-remove", args=[draft.pk, gone.pk]))
    again = send(browser, draft, drawn())

    assert (fourth.status_code, fourth.context["refused"]) == (409, str(rules.EnoughPictures.sentence))
    assert again.status_code == 302
    assert list(draft.pictures.values_list("position", flat=True)) == [1, 2, 3]


def test_pixels_and_words_lie_sealed_and_open_in_no_other_row(picture: CasePicture) -> None:
    sealed = bytes(CasePicture.objects.get().sealed)

    assert image_of(picture)[:4] == b"RIFF"
    assert b"RIFF" not in sealed
    with pytest.raises(CannotUnseal):
        unseal_bytes(sealed, about=f"supervision.case_picture:{uuid4()}:sealed")


def test_a_picture_is_served_for_nobody_to_keep(picture: CasePicture, amina: User, client_of: ClientOf) -> None:
    answer = client_of(amina).get(address(picture))

    assert answer.content == image_of(picture)
    assert [answer[name] for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options")] == [
        "image/webp",
        "private, no-store",
        "nosniff",
    ]


def test_a_draft_shows_its_picture_to_its_writer_only(
    picture: CasePicture, amina: User, brian: User, grace: User, stranger: User, client_of: ClientOf
) -> None:
    seen = [client_of(person).get(address(picture)).status_code for person in (amina, brian, grace, stranger)]

    assert seen == [200, 404, 404, 404]
    assert Client().get(address(picture)).status_code == 302


def test_the_group_sees_it_once_it_was_shown_and_they_promised_silence(
    picture: CasePicture,
    meeting: SupervisionSession,
    amina: User,
    brian: User,
    grace: User,
    stranger: User,
    client_of: ClientOf,
    now: datetime,
) -> None:
    case = actions.submit(case=picture.case, by=amina, at=now)
    before = [client_of(person).get(address(picture)).status_code for person in (grace, brian)]
    session = go_live(session=meeting, by=grace, at=now)
    open_case(session=session, case_id=case.pk, by=grace, at=now)
    silent = client_of(brian).get(address(picture)).status_code

    keep_silence(session=session, person=brian, at=now)

    after = [client_of(person).get(address(picture)).status_code for person in (brian, stranger)]
    assert (before, silent, after) == ([200, 404], 404, [200, 404])


def test_the_room_shows_it_beside_the_open_case(
    picture: CasePicture,
    meeting: SupervisionSession,
    amina: User,
    brian: User,
    grace: User,
    client_of: ClientOf,
    now: datetime,
) -> None:
    case = actions.submit(case=picture.case, by=amina, at=now)
    session = go_live(session=meeting, by=grace, at=now)
    keep_silence(session=session, person=brian, at=now)
    room, browser = reverse("supervision:session", args=[session.pk]), client_of(brian)
    closed = address(picture) in browser.get(room).content.decode()

    open_case(session=session, case_id=case.pk, by=grace, at=now)

    opened = browser.get(room).content.decode()
    assert not closed
    assert f'<img src="{address(picture)}" alt="A family tree"' in opened


def test_the_guard_is_what_keeps_the_stranger_from_a_picture(
    picture: CasePicture, stranger: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_access, "was_shown_to", lambda person, case: True)

    assert client_of(stranger).get(address(picture)).status_code == 200


def test_it_stands_on_the_case_with_its_words(
    picture: CasePicture, amina: User, grace: User, client_of: ClientOf, now: datetime
) -> None:
    case = actions.submit(case=picture.case, by=amina, at=now)

    page = client_of(grace).get(reverse("supervision:case", args=[case.pk])).content.decode()

    assert f'<img src="{address(picture)}" alt="A family tree" width="40" height="30"' in page


def test_nothing_is_added_or_taken_away_after_it_was_sent(
    picture: CasePicture, amina: User, client_of: ClientOf, now: datetime
) -> None:
    case = actions.submit(case=picture.case, by=amina, at=now)
    browser = client_of(amina)

    send(browser, case, drawn())
    browser.post(reverse("supervision:case-picture-remove", args=[case.pk, picture.pk]))

    assert list(CasePicture.objects.all()) == [picture]


def test_only_the_writer_adds_a_picture(picture: CasePicture, brian: User, grace: User, client_of: ClientOf) -> None:
    remove = reverse("supervision:case-picture-remove", args=[picture.case_id, picture.pk])

    answers = [send(client_of(person), picture.case, drawn()).status_code for person in (brian, grace)]
    answers += [client_of(person).post(remove).status_code for person in (brian, grace)]

    assert answers == [404] * 4
    assert CasePicture.objects.count() == 1


def test_a_withdrawn_case_leaves_no_picture(picture: CasePicture, amina: User, now: datetime) -> None:
    actions.withdraw(case=picture.case, by=amina, at=now)

    assert CasePicture.objects.count() == 0
