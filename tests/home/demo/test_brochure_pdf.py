"""Do the brochures open, with their pages, their words and what a PDF says of itself?"""

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from home.demo.brochure_pdf import make_pdf
from home.demo.content_files import read_demo
from home.demo.typesetting import Style, break_chinese, prepare_fonts

DEMO = read_demo()
PARTNERS = {partner.slug: partner for partner in DEMO.partners}
EDITIONS = [(brochure, language) for brochure in DEMO.brochures for language in brochure.editions]
NAMES = [f"{brochure.slug}-{language}" for brochure, language in EDITIONS]
PDF_LANGUAGES = {"en": "en", "zh-hant": "zh-Hant-HK", "zh-hans": "zh-Hans-CN"}


def made(brochure: Any, language: str) -> bytes:
    return make_pdf(brochure, PARTNERS[brochure.partner], language, picture_width=120)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(("brochure", "language"), EDITIONS, ids=NAMES)
def test_an_edition_has_its_pages_its_words_and_its_metadata(brochure: Any, language: str) -> None:
    reader = PdfReader(io.BytesIO(made(brochure, language)))
    text = brochure.texts[language]
    assert len(reader.pages) == 1 + len(text["pages"])
    assert 4 <= len(reader.pages) <= 6
    assert reader.metadata is not None
    assert reader.metadata.title == text["title"]
    assert reader.metadata.author == PARTNERS[brochure.partner].texts[language]["title"]
    assert reader.trailer["/Root"]["/Lang"] == PDF_LANGUAGES[language]
    assert squeezed(text["title"]) in squeezed(reader.pages[0].extract_text())
    for number, page in enumerate(text["pages"], start=1):
        shown = squeezed(reader.pages[number].extract_text())
        assert squeezed(page["title"]) in shown
        for item in page.get("items", []):
            assert squeezed(item) in shown
    assert [entry["/Title"] for entry in reader.outline] == [text["title"], *(page["title"] for page in text["pages"])]


@pytest.mark.parametrize(("brochure", "language"), EDITIONS, ids=NAMES)
def test_everything_stands_inside_the_page(brochure: Any, language: str) -> None:
    for page in PdfReader(io.BytesIO(made(brochure, language))).pages:
        heights: list[float] = []

        def note(text: str, page_to: Any, line_to: Any, *rest: Any, kept: list[float] = heights) -> None:
            if text.strip():
                kept.append(line_to[4] * page_to[1] + line_to[5] * page_to[3] + page_to[5])

        page.extract_text(visitor_text=note)
        assert heights
        assert min(heights) > 20
        assert max(heights) < 842


def test_the_bytes_are_always_the_same() -> None:
    brochure = DEMO.brochures[0]
    assert made(brochure, "en") == made(brochure, "en")


def test_traditional_chinese_names_its_own_encoding() -> None:
    guide = next(brochure for brochure in DEMO.brochures if "zh-hant" in brochure.editions)
    assert b"/UniCNS-UCS2-H" in made(guide, "zh-hant")
    assert b"/UniGB-UCS2-H" in made(guide, "zh-hans")


def test_a_language_without_pages_has_no_edition() -> None:
    brochure = next(brochure for brochure in DEMO.brochures if brochure.editions == ("en",))
    with pytest.raises(KeyError):
        made(brochure, "zh-hant")


def test_no_chinese_line_begins_or_ends_with_a_wrong_mark() -> None:
    prepare_fonts()
    style = Style("MSung-Light", 10, 15, None)  # type: ignore[arg-type]
    text = "海灣，「碼頭」與5G網絡；Wi-Fi、港口（前海）。" * 8
    for width in range(60, 200, 7):
        lines = break_chinese(text, style, width)
        assert "".join(token for line in lines for token in line) == text
        assert all(line[0] not in "，。、；：）」" for line in lines)
        assert all(line[-1] not in "「（" for line in lines)
        assert all("Wi-Fi" in line for line in lines if any(token.startswith("Wi") for token in line))
