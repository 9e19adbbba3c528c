"""The certificate on paper: A4, lying flat, line work only, so that a black-and-white printer loses nothing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from math import ceil

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from fpdf import FPDF

from lms.certification.access import get_certificate_to_print
from lms.certification.models import Certificate, Signature
from lms.certification.queries import held
from lms.certification.rules.refusals import NotToPrint
from lms.certification.rules.status import REVOKED, SUSPENDED
from lms.files import static_font

WIDTH, HEIGHT = 297.0, 210.0
RIM, BAND = 8.0, 4.6
INK = (22, 48, 43)
LATIN, ARABIC = "NotoSans", "NotoSansArabic"
ARABIC_LETTERS = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")


@require_safe
@login_required
@never_cache
def print_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The page to print, for the person and those who follow her; never one that was taken back or is suspended."""
    certificate = get_certificate_to_print(request.user, code)
    if held(certificate, timezone.localdate()).status in (REVOKED, SUSPENDED):
        raise NotToPrint
    answer = HttpResponse(certificate_pdf(certificate), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{certificate.code}.pdf"'
    return answer


def verify_url(certificate: Certificate) -> str:
    """What the QR carries: the check page under the 128-bit token, so that nobody comes there by trying."""
    return settings.PUBLIC_URL + reverse("certification:verify-code", args=[certificate.token])


def certificate_pdf(certificate: Certificate) -> bytes:
    """One page; names are read now and stand nowhere else in a certificate."""
    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    for style, weight in (("", 400), ("B", 700)):
        pdf.add_font("Noto", style=style, fname=static_font(weight, LATIN))
        pdf.add_font("NotoArabic", style=style, fname=static_font(weight, ARABIC))
    pdf.set_fallback_fonts(["NotoArabic"], exact_match=True)
    pdf.set_text_shaping(True)
    pdf.set_title(_("Certificate %(code)s") % {"code": certificate.code})
    pdf.set_author(certificate.programme.name)
    pdf.set_creation_date(datetime.combine(certificate.issued_on, time(), UTC))
    pdf.add_page()
    pdf.set_draw_color(*INK)
    pdf.set_text_color(*INK)
    _draw_frame(pdf)
    _draw_words(pdf, certificate)
    _draw_signatures(pdf, list(certificate.review.signatures.select_related("by").order_by("position")))
    _draw_check(pdf, certificate)
    return bytes(pdf.output())


def _draw_frame(pdf: FPDF) -> None:
    """Two rims with woven strokes between them."""
    inner = RIM + BAND
    pdf.set_line_width(0.5)
    pdf.rect(RIM, RIM, WIDTH - 2 * RIM, HEIGHT - 2 * RIM)
    pdf.set_line_width(0.25)
    pdf.rect(inner, inner, WIDTH - 2 * inner, HEIGHT - 2 * inner)
    pdf.set_line_width(0.45)
    for x, y, is_flat in _band_cells():
        for step in (0.25, 0.5, 0.75):
            if is_flat:
                pdf.line(x + 0.6, y + BAND * step, x + BAND - 0.6, y + BAND * step)
            else:
                pdf.line(x + BAND * step, y + 0.6, x + BAND * step, y + BAND - 0.6)


def _band_cells() -> Iterator[tuple[float, float, bool]]:
    """Corner and direction of each woven cell, around the page."""
    across = round((WIDTH - 2 * RIM) / BAND)
    down = round((HEIGHT - 2 * RIM) / BAND)
    wide, high = (WIDTH - 2 * RIM - BAND) / (across - 1), (HEIGHT - 2 * RIM - BAND) / (down - 1)
    for place in range(across):
        for y in (RIM, HEIGHT - RIM - BAND):
            yield RIM + place * wide, y, place % 2 == 0
    for place in range(1, down - 1):
        for x in (RIM, WIDTH - RIM - BAND):
            yield x, RIM + place * high, place % 2 == 1


def _draw_words(pdf: FPDF, certificate: Certificate) -> None:
    _draw_mark(pdf)
    _centred(pdf, 52, 10.5, _("Certificate of competence").upper(), "B", spacing=0.5)
    _centred(pdf, 61, 38, certificate.provider.name, "B")
    _centred(pdf, 80, 13, _("has shown, in practice, the skills of"))
    _centred(pdf, 89, 20, certificate.version.scheme.title, "B")
    _centred(pdf, 100, 12, certificate.programme.name)
    _draw_proofs(pdf, [line["label"].replace(" ", "\u00a0") for line in certificate.evidence["requirements"]])
    days = {"given": _day(certificate.issued_on), "until": _day(certificate.valid_until)}
    _centred(pdf, 131, 13, _("Given %(given)s  ·  Valid until %(until)s") % days, "B")
    _centred(
        pdf, 139, 9.5, _("For work under supervision. This is not a licence to practise as a psychologist or doctor.")
    )


def _draw_proofs(pdf: FPDF, labels: list[str]) -> None:
    """As many on each line, none broken, no dot at the end of a line."""
    room, between = WIDTH - 80, "   ·   "
    pdf.set_font("Noto", "", 10)
    lines = ceil(pdf.get_string_width(between.join(labels)) / room)
    each = ceil(len(labels) / lines)
    told = [between.join(labels[start : start + each]) for start in range(0, len(labels), each)]
    pdf.set_xy(40, 113)
    pdf.multi_cell(room, 5.2, "\n".join(told), align="C")


def _draw_mark(pdf: FPDF) -> None:
    """Two rings that overlap: two people on one bicycle."""
    pdf.set_line_width(0.7)
    for x in (WIDTH / 2 - 18.5, WIDTH / 2 - 14.7):
        pdf.circle(x=x, y=29, radius=3.2)
    pdf.set_font("Noto", "B", 15)
    pdf.set_xy(WIDTH / 2 - 9, 24.5)
    pdf.cell(40, 9, "Tandem")


def _draw_signatures(pdf: FPDF, signatures: list[Signature]) -> None:
    pdf.set_line_width(0.35)
    for signature, x in zip(signatures, (28.0, WIDTH - 28.0 - 86.0), strict=True):
        pdf.line(x, 178, x + 86, 178)
        pdf.set_xy(x, 179.5)
        pdf.set_font("Noto", "B", 11)
        pdf.cell(86, 5, signature.by.name, align="C")
        pdf.set_xy(x, 184.5)
        pdf.set_font("Noto", "", 9.5)
        words = {"role": signature.get_position_display(), "day": _day(signature.at.date())}
        pdf.cell(86, 5, _("%(role)s, signed %(day)s") % words, align="C")


def _draw_check(pdf: FPDF, certificate: Certificate) -> None:
    """The QR in ink on paper with its quiet zone, the code to type, and where."""
    matrix = segno.make(verify_url(certificate), error="m", micro=False).matrix
    size = 27.0 / len(matrix)
    left, top = WIDTH / 2 - 13.5, 147.0
    pdf.set_fill_color(*INK)
    for row, bits in enumerate(matrix):
        for column, bit in enumerate(bits):
            if bit:
                pdf.rect(left + column * size, top + row * size, size, size, style="F")
    _centred(pdf, 175.5, 11, certificate.code, "B", spacing=0.3)
    where = {"address": settings.PUBLIC_URL.partition("://")[2] + reverse("certification:verify").rstrip("/")}
    _centred(pdf, 181.5, 9.5, _("Check it at %(address)s") % where)
    _centred(pdf, 186.5, 8.5, _("Number %(number)s") % {"number": certificate.number})


def _centred(pdf: FPDF, top: float, points: float, words: str, style: str = "", spacing: float = 0) -> None:
    """One line in the middle, made smaller where it would leave the frame. Letters of Arabic hang together."""
    pdf.set_char_spacing(0 if ARABIC_LETTERS.search(words) else spacing)
    pdf.set_font("Noto", style, points)
    room = WIDTH - 2 * (RIM + BAND) - 24
    while pdf.get_string_width(words) > room and pdf.font_size_pt > 7:
        pdf.set_font("Noto", style, pdf.font_size_pt - 1)
    pdf.set_xy(0, top)
    pdf.cell(WIDTH, points * 0.45, words, align="C")
    pdf.set_char_spacing(0)


def _day(day: object) -> str:
    return date_format(day, "j F Y")
