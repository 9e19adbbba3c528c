"""Cards to print: A4 with eight to a page, each with its starting PIN on a strip to cut off; line work only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from fpdf import FPDF

from lms.files import static_font
from lms.people.actions import note_printed
from lms.people.models import Card
from lms.people.rules import shown_card_code
from lms.reporting import queries

INK = (22, 48, 43)
WIDE, CARD_HIGH, STRIP_HIGH = 95.0, 54.0, 15.0
LEFT, TOP, COLUMNS, ROWS = 10.0, 10.5, 2, 4
PAD, QR = 5.0, 29.0
# further scripts, loaded only where a card needs them
SCRIPTS = {
    "NotoSansArabic": re.compile(r"[\u0600-\u06ff]"),
    "NotoSansDevanagari": re.compile(r"[\u0900-\u097f]"),
    "NotoSansEthiopic": re.compile(r"[\u1200-\u137f]"),
}


@dataclass(frozen=True)
class Words:
    """Everything that stands on one card, in the language of the person who will hold it."""

    name: str
    code: str
    pin: str
    is_rtl: bool
    code_label: str
    scan: str
    where: str
    lost: str
    strip: str
    pin_rule: str

    @property
    def text(self) -> str:
        return "".join(str(value) for value in vars(self).values())


@never_cache
@require_safe
@login_required
def print_cards(request: HttpRequest, sheet: UUID) -> HttpResponse:
    """The cards of a sheet that still work. Whoever opens them sees starting PINs: that is kept."""
    cards = [card for card in queries.sheet_for(request.user, sheet) if card.ended_at is None]
    if not cards:
        raise Http404
    note_printed(cards=cards, by=request.user, at=timezone.now())
    answer = HttpResponse(cards_pdf(cards), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="cards.pdf"'
    return answer


def card_url(code: str) -> str:
    """What the QR carries: the page to sign in, with the code filled in."""
    return f"{settings.PUBLIC_URL}{reverse('people:login')}?card={code}"


def words_of(card: Card) -> Words:
    """A card that starts with a PIN of its own says so on the strip; another says with what she goes in."""
    with translation.override(card.user.language if translation.check_for_language(card.user.language) else "en"):
        pin = "" if card.used_at else card.starting_pin
        day = date_format(timezone.localtime(card.starting_until), "j F Y") if pin else ""
        return Words(
            name=card.user.name,
            code=shown_card_code(card.code),
            pin=f"{pin[:3]} {pin[3:]}".strip(),
            is_rtl=translation.get_language_bidi(),
            code_label=_("Login code"),
            scan=_("Scan to sign in"),
            where=settings.PUBLIC_URL.partition("://")[2] + reverse("people:login"),
            lost=_("Lost it? Tell your trainer at once."),
            strip=_("Starting PIN of %(name)s") % {"name": card.user.name} if pin else card.user.name,
            pin_rule=_("Only for the first time, until %(day)s. Then you choose your own PIN.") % {"day": day}
            if pin
            else _("Sign in with the PIN or password that you have."),
        )


def cards_pdf(cards: list[Card]) -> bytes:
    """Eight to a page: a card of 95 x 54 mm, and below it the strip, which goes to her by another way."""
    told = [words_of(card) for card in cards]
    pdf = FPDF(orientation="portrait", unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    _load_fonts(pdf, "".join(words.text for words in told))
    pdf.set_title(_("Cards to sign in"))
    pdf.set_draw_color(*INK)
    pdf.set_text_color(*INK)
    pdf.set_fill_color(*INK)
    for number, (card, words) in enumerate(zip(cards, told, strict=True)):
        place = number % (COLUMNS * ROWS)
        if place == 0:
            pdf.add_page()
        x = LEFT + place % COLUMNS * WIDE
        y = TOP + place // COLUMNS * (CARD_HIGH + STRIP_HIGH)
        _draw_cuts(pdf, x, y)
        _draw_card(pdf, x, y, words, card_url(card.code))
        _draw_strip(pdf, x, y + CARD_HIGH, words)
    return bytes(pdf.output())


def _load_fonts(pdf: FPDF, text: str) -> None:
    for family in ("NotoSans", *(name for name, letters in SCRIPTS.items() if letters.search(text))):
        for style, weight in (("", 400), ("B", 700)):
            pdf.add_font(family, style=style, fname=static_font(weight, family))
    pdf.set_fallback_fonts([name for name in SCRIPTS if name.lower() in pdf.fonts], exact_match=False)
    pdf.set_text_shaping(True)


def _draw_cuts(pdf: FPDF, x: float, y: float) -> None:
    """Broken lines to cut along; dots where the strip comes off."""
    pdf.set_line_width(0.2)
    pdf.set_dash_pattern(dash=2, gap=1.5)
    pdf.rect(x, y, WIDE, CARD_HIGH + STRIP_HIGH)
    pdf.set_dash_pattern(dash=0.4, gap=0.9)
    pdf.line(x, y + CARD_HIGH, x + WIDE, y + CARD_HIGH)
    pdf.set_dash_pattern()


def _draw_card(pdf: FPDF, x: float, y: float, words: Words, url: str) -> None:
    """Words on the reader's starting side, the QR on the other."""
    room = WIDE - 3 * PAD - QR
    text_x, qr_x = (x + 2 * PAD + QR, x + PAD) if words.is_rtl else (x + PAD, x + WIDE - PAD - QR)
    _draw_mark(pdf, text_x, y + 6.5, room, words)
    _lines(pdf, text_x, y + 12, room, 14 if len(words.name) <= 18 else 10, words.name, words, "B")
    _line(pdf, text_x, y + 23.5, room, 8, words.code_label, words)
    _line(pdf, text_x, y + 27, room, 20, words.code, words, "B")
    _line(pdf, text_x, y + 39.5, room, 8, words.where, words)
    _lines(pdf, text_x, y + 44, room, 7.5, words.lost, words)
    for left, top, wide, high in modules_of(url, qr_x, y + 9):
        pdf.rect(left, top, wide, high, style="F")
    _line(pdf, qr_x, y + 9 + QR + 1.5, QR, 8, words.scan, words, align="C")


def _draw_mark(pdf: FPDF, x: float, y: float, room: float, words: Words) -> None:
    """Two rings that overlap: two people on one bicycle."""
    start = x + room - 6.4 if words.is_rtl else x
    pdf.set_line_width(0.5)
    for step in (2.0, 4.4):
        pdf.circle(x=start + step, y=y, radius=2.0)
    _line(pdf, x if words.is_rtl else x + 8, y - 2.2, room - 8, 10, "Tandem", words, "B")


def _draw_strip(pdf: FPDF, x: float, y: float, words: Words) -> None:
    """Name and PIN, never beside the code once it is cut off."""
    room = WIDE - 2 * PAD
    _line(pdf, x + PAD, y + 1.4, room, 8, words.strip, words)
    if words.pin:
        pin_x = x + WIDE - PAD - 30 if words.is_rtl else x + PAD
        _line(pdf, pin_x, y + 5.6, 30, 15, words.pin, words, "B")
    text_x = x + PAD if words.is_rtl or not words.pin else x + PAD + 30
    _lines(pdf, text_x, y + 5.2, room - (30 if words.pin else 0), 7, words.pin_rule, words)


def _line(
    pdf: FPDF, x: float, y: float, room: float, points: float, text: str, words: Words, style: str = "", align: str = ""
) -> None:
    """One line, made smaller where it would not fit."""
    pdf.set_font("NotoSans", style, points)
    while pdf.get_string_width(text) > room and pdf.font_size_pt > 6:
        pdf.set_font("NotoSans", style, pdf.font_size_pt - 0.5)
    pdf.set_xy(x, y)
    pdf.cell(room, points * 0.44, text, align=align or ("R" if words.is_rtl else "L"))


def _lines(pdf: FPDF, x: float, y: float, room: float, points: float, text: str, words: Words, style: str = "") -> None:
    """As many lines as it takes."""
    pdf.set_font("NotoSans", style, points)
    pdf.set_xy(x, y)
    pdf.multi_cell(room, points * 0.44, text, align="R" if words.is_rtl else "L")


def modules_of(url: str, x: float, y: float) -> Iterator[tuple[float, float, float, float]]:
    """The dark squares of a QR, neighbours in one row as one bar: left, top, width, height in mm."""
    matrix = segno.make(url, error="m", micro=False).matrix
    size = QR / len(matrix)
    for row, bits in enumerate(matrix):
        column = 0
        for bit, run in groupby(bits):
            length = len(list(run))
            if bit:
                yield x + column * size, y + row * size, length * size, size
            column += length
