"""How does a brochure of the demo become a PDF?

The bytes depend on the content alone: the file carries no clock and no random identifier.
"""

import io
from collections.abc import Callable, Mapping
from typing import Any

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from .content_files import Brochure, Partner
from .markup import paragraphs
from .pictures import draw_cover, draw_mark, draw_scene
from .typesetting import Sheet, prepare_fonts

WIDTH, HEIGHT = A4
MARGIN = 56.0
COLUMN = WIDTH - 2 * MARGIN
PAPER = HexColor("#faf6ec")

#: What a PDF calls the language (BCP 47).
PDF_LANGUAGES: Mapping[str, str] = {"en": "en", "zh-hant": "zh-Hant-HK", "zh-hans": "zh-Hans-CN"}


def make_pdf(brochure: Brochure, partner: Partner, language: str, *, picture_width: int = 1240) -> bytes:
    """Return the edition of a brochure in a language as a PDF, its pictures `picture_width` pixels wide.

    Raises KeyError where the brochure has no pages in the language.
    """
    text = brochure.texts[language]
    prepare_fonts()
    name = partner.texts.get(language, partner.texts["en"])["title"]
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=A4, invariant=1, lang=PDF_LANGUAGES[language], pageCompression=1)
    canvas.setTitle(text["title"])
    canvas.setAuthor(name)
    canvas.setSubject(text["subtitle"])
    canvas.setCreator("Qianhai")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    sheet = Sheet(canvas, language, HexColor(brochure.ink), HexColor(brochure.accent), picture_width)
    _cover(sheet, brochure, partner, name)
    for number, page in enumerate(text["pages"], start=2):
        _frame(sheet, name, text["title"], number)
        canvas.bookmarkPage(f"page-{number}")
        canvas.addOutlineEntry(page["title"], f"page-{number}", 0)
        PAGE_KINDS[page["kind"]](sheet, page)
        canvas.showPage()
    canvas.save()
    return content.getvalue()


def _cover(sheet: Sheet, brochure: Brochure, partner: Partner, name: str) -> None:
    canvas, text = sheet.canvas, brochure.texts[sheet.language]
    sheet.picture(draw_cover(brochure.cover, sheet.picture_width), 0, 0, WIDTH, HEIGHT)
    sheet.picture(draw_mark(partner.mark, max(sheet.picture_width // 6, 24)), MARGIN, HEIGHT - 100, 44, 44)
    sheet.write(name, sheet.style(13, colour=white), MARGIN + 58, HEIGHT - 68, COLUMN - 60)
    canvas.setFillColor(sheet.accent)
    canvas.rect(MARGIN, HEIGHT - 138, 56, 5, stroke=0, fill=1)
    size = 34 if len(text["title"]) < 48 else 29
    bottom = sheet.write(
        text["title"], sheet.style(size, colour=white, leading=1.12, serif=True), MARGIN, HEIGHT - 154, COLUMN - 30
    )
    sheet.write(text["subtitle"], sheet.style(14, colour=white), MARGIN, bottom - 14, COLUMN * 0.78)
    canvas.bookmarkPage("page-1")
    canvas.addOutlineEntry(text["title"], "page-1", 0)
    canvas.showPage()


def _frame(sheet: Sheet, name: str, title: str, number: int) -> None:
    canvas = sheet.canvas
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(sheet.ink)
    canvas.rect(0, HEIGHT - 14, WIDTH, 14, stroke=0, fill=1)
    canvas.setFillColor(sheet.accent)
    canvas.rect(0, HEIGHT - 14, WIDTH * number / 6, 14, stroke=0, fill=1)
    canvas.setStrokeColor(sheet.ink)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, 52, WIDTH - MARGIN, 52)
    line = f"{name}\u3000{title}" if sheet.is_chinese else f"{name}  ·  {title}"
    sheet.write(line, sheet.style(8, colour=sheet.ink), MARGIN, 44, COLUMN - 40)
    canvas.setFillColor(sheet.ink)
    canvas.setFont("Helvetica", 9)
    canvas.drawRightString(WIDTH - MARGIN, 35, str(number))


def _title(sheet: Sheet, text: str, top: float = HEIGHT - 84) -> float:
    sheet.canvas.setFillColor(sheet.accent)
    sheet.canvas.rect(MARGIN, top + 8, 40, 4, stroke=0, fill=1)
    return sheet.write(text, sheet.style(32, colour=sheet.ink, leading=1.15, serif=True), MARGIN, top, COLUMN) - 18


def _opening(sheet: Sheet, page: Mapping[str, Any]) -> None:
    top = _title(sheet, page["title"], HEIGHT - 190)
    first, *rest = paragraphs(page["text"])
    top = sheet.write(first, sheet.style(20, colour=sheet.ink, leading=1.4, serif=True), MARGIN, top - 8, COLUMN) - 34
    for paragraph in rest:
        top = sheet.write(paragraph, sheet.style(13.5), MARGIN + COLUMN * 0.22, top, COLUMN * 0.78) - 16
    _tide(sheet, 90)


def _tide(sheet: Sheet, bottom: float) -> None:
    """Draw three lines of waves across the foot of a page."""
    canvas = sheet.canvas
    canvas.setLineWidth(2.2)
    for row in range(3):
        canvas.setStrokeColor((sheet.ink, sheet.accent, sheet.ink)[row])
        canvas.setStrokeAlpha((0.9, 0.9, 0.35)[row])
        wave = canvas.beginPath()
        wave.moveTo(-20 + row * 14, bottom + row * 18)
        x = -20.0 + row * 14
        while x < WIDTH + 20:
            wave.curveTo(x + 12, bottom + row * 18 + 14, x + 28, bottom + row * 18 + 14, x + 40, bottom + row * 18)
            x += 40
        canvas.drawPath(wave, stroke=1, fill=0)
    canvas.setStrokeAlpha(1)


def _figure(sheet: Sheet, page: Mapping[str, Any]) -> None:
    top = _title(sheet, page["title"])
    height = WIDTH * 9 / 16
    sheet.picture(draw_scene(page["picture"], sheet.picture_width), 0, top - height, WIDTH, height)
    top = sheet.write(page["caption"], sheet.style(9, colour=sheet.ink), MARGIN, top - height - 10, COLUMN) - 22
    for paragraph in paragraphs(page["text"]):
        top = sheet.write(paragraph, sheet.style(14), MARGIN, top, COLUMN) - 16


def _steps(sheet: Sheet, page: Mapping[str, Any]) -> None:
    canvas = sheet.canvas
    top = _title(sheet, page["title"])
    top = sheet.write(page["text"], sheet.style(15, leading=1.5), MARGIN, top, COLUMN) - 40
    label_width = COLUMN * 0.3
    gap = {3: 64, 4: 52}.get(len(page["steps"]), 38)
    for number, (label, text) in enumerate(page["steps"]):
        canvas.setFillColor(sheet.accent if number % 2 == 0 else sheet.ink)
        canvas.circle(MARGIN + 11, top - 12, 11, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawCentredString(MARGIN + 11, top - 16, str(number + 1))
        sheet.write(
            label, sheet.style(16, colour=sheet.ink, leading=1.2, serif=True), MARGIN + 34, top - 2, label_width - 34
        )
        bottom = sheet.write(text, sheet.style(14), MARGIN + label_width + 12, top - 2, COLUMN - label_width - 12)
        bottom = min(bottom, top - 36)
        if number < len(page["steps"]) - 1:
            canvas.setStrokeColor(sheet.ink)
            canvas.setStrokeAlpha(0.3)
            canvas.line(MARGIN + 11, top - 28, MARGIN + 11, bottom - gap + 4)
            canvas.setStrokeAlpha(1)
        top = bottom - gap
    _tide(sheet, 90)


def _checklist(sheet: Sheet, page: Mapping[str, Any]) -> None:
    canvas = sheet.canvas
    top = _title(sheet, page["title"])
    few = len(page["items"]) < 8
    for item in page["items"]:
        canvas.setStrokeColor(sheet.accent)
        canvas.setLineWidth(1.4)
        canvas.roundRect(MARGIN, top - 14, 12, 12, 2.5, stroke=1, fill=0)
        bottom = sheet.write(item, sheet.style(15 if few else 13.5), MARGIN + 28, top, COLUMN - 28)
        top = min(bottom, top - 16) - (28 if few else 11)
    panel = 164.0
    canvas.setFillColor(sheet.ink)
    canvas.rect(0, 76, WIDTH, panel, stroke=0, fill=1)
    top = sheet.write(
        page["closing_title"], sheet.style(20, colour=white, leading=1.2, serif=True), MARGIN, 76 + panel - 26, COLUMN
    )
    for paragraph in paragraphs(page["closing_text"]):
        top = sheet.write(paragraph, sheet.style(11, colour=white), MARGIN, top - 10, COLUMN)


PAGE_KINDS: Mapping[str, Callable[[Sheet, Mapping[str, Any]], None]] = {
    "opening": _opening,
    "figure": _figure,
    "steps": _steps,
    "checklist": _checklist,
}
