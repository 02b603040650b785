"""In which fonts, and in which lines, is a brochure's text set?

Latin text uses the standard fonts, Chinese the CID fonts that every PDF reader brings or replaces: no font is
embedded.
"""

import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

TEXT = HexColor("#24313a")
CHINESE_FONTS: Mapping[str, str] = {"zh-hant": "MSung-Light", "zh-hans": "STSong-Light"}
LATIN = "Helvetica"

#: A run of Latin letters and digits, which a line does not break, or one other character.
_TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z.&'+/-]*|.")
#: Marks that do not begin a line (W3C, Requirements for Chinese Text Layout, 3.1.3).
_NOT_FIRST = frozenset("，。、；：！？）」』》”’…")
_NOT_LAST = frozenset("（「『《“‘")


class TraditionalFont(UnicodeCIDFont):
    """MSung-Light with the encoding of its own character collection.

    ReportLab 5.1 names the one of simplified Chinese for it (reportlab/pdfbase/_cidfontdata.py), which readers reject.
    """

    def __init__(self) -> None:
        super().__init__("MSung-Light")
        self.encodingName = "UniCNS-UCS2-H"


def prepare_fonts() -> None:
    """Make the Chinese fonts known to ReportLab; doing so twice is harmless."""
    pdfmetrics.registerFont(TraditionalFont())
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


@dataclass(frozen=True)
class Style:
    """The look of a text: size and distance of lines in points."""

    font: str
    size: float
    leading: float
    colour: Color


@dataclass
class Sheet:
    """One brochure in the making."""

    canvas: Canvas
    language: str
    ink: Color
    accent: Color
    picture_width: int

    @property
    def is_chinese(self) -> bool:
        """Whether the text is set by the rules for Chinese."""
        return self.language in CHINESE_FONTS

    def style(self, size: float, *, colour: Color = TEXT, leading: float = 1.45, serif: bool = False) -> Style:
        """Return the look of a text of `size` points, in the family of the language."""
        if self.is_chinese:
            return Style(CHINESE_FONTS[self.language], size, size * (leading + 0.18), colour)
        return Style("Times-Roman" if serif else LATIN, size, size * leading, colour)

    def write(self, text: str, style: Style, x: float, top: float, width: float) -> float:
        """Set a paragraph with its upper edge at `top`; return the height of its lower edge."""
        if self.is_chinese:
            return self._write_chinese(text, style, x, top, width)
        look = ParagraphStyle(
            "text", fontName=style.font, fontSize=style.size, leading=style.leading, textColor=style.colour
        )
        paragraph = Paragraph(html.escape(text, quote=False), look)
        _, height = paragraph.wrap(width, top)
        paragraph.drawOn(self.canvas, x, top - height)
        return float(top - height)

    def _write_chinese(self, text: str, style: Style, x: float, top: float, width: float) -> float:
        baseline = top - style.size
        for line in break_chinese(text, style, width):
            run = self.canvas.beginText(x, baseline)
            run.setFillColor(style.colour)
            for token in line:
                run.setFont(font_of(token, style), style.size)
                run.textOut(token)
            self.canvas.drawText(run)
            baseline -= style.leading
        return baseline + style.size - (style.leading - style.size) * 0.2

    def picture(self, image: Image.Image, x: float, bottom: float, width: float, height: float) -> None:
        """Place a picture; one without transparency is kept as JPEG."""
        content = io.BytesIO()
        if image.mode == "RGBA":
            image.save(content, "PNG")
        else:
            image.save(content, "JPEG", quality=84, optimize=True)
        content.seek(0)
        self.canvas.drawImage(ImageReader(content), x, bottom, width, height, mask="auto")


def font_of(token: str, style: Style) -> str:
    """Return the font of a token in a Chinese text."""
    return LATIN if token.isascii() else style.font


def break_chinese(text: str, style: Style, width: float) -> list[list[str]]:
    """Return the lines of a Chinese text, each as tokens of one font; no line begins or ends with a wrong mark."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for token in _TOKEN.findall(text):
        room = pdfmetrics.stringWidth(token, font_of(token, style), style.size)
        if used + room > width and lines[-1]:
            carried: list[str] = []
            first = token
            while len(lines[-1]) > 1 and (first in _NOT_FIRST or lines[-1][-1] in _NOT_LAST):
                first = lines[-1].pop()
                carried.insert(0, first)
            lines.append(carried)
            used = sum(pdfmetrics.stringWidth(kept, font_of(kept, style), style.size) for kept in carried)
        lines[-1].append(token)
        used += room
    return lines
