"""partners/reports/drawing.py: pictures that bring no style or script, say what they show, and hold any words."""

import io
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from partners.reports import drawing
from partners.reports.drawing import png, shortened, svg, ticks
from partners.reports.plots import MOST_BARS, Plot, in_words

HOSTILE = '<script>alert("1")</script>&\' 前海'
OVER_TIME = Plot(
    "requests", "Requests", ("Days", "Requests"), (("Nov. 1, 2026", 3), ("Nov. 2, 2026", 0)), is_over_time=True
)
BY_NAME = Plot("brochures", HOSTILE, ("Brochure", "Requests"), ((HOSTILE, 1234), ("另一份小冊子", 1)))
PARTS = Plot("conversion", "Conversion", ("Article", "Part"), (("A", 0.031), ("B", None)))
TWO = Plot("times", "Times", ("Time", "Accepted", "Delivered"), (("a", 3, 1), ("b", 0, 2)), (1, 2), is_over_time=True)
PLOTS = [OVER_TIME, BY_NAME, PARTS, TWO]


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.name)
def test_a_picture_is_xml_without_style_script_or_addresses(plot):
    text = svg(plot)
    root = ElementTree.fromstring(text)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "title", "rect", "path", "text"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not attributes & {"style", "href", "onclick", "onload"}
    assert root.get("role") == "img"
    assert root[0].text == plot.title
    assert "http://" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_each_bar_says_its_name_and_number():
    titles = re.findall(r"<title>([^<]+)</title></g>", svg(OVER_TIME))
    assert titles == ["Nov. 1, 2026: 3", "Nov. 2, 2026: 0"]
    assert "A: 3.1%" in svg(PARTS)


def test_chinese_names_are_not_cut_off():
    rows = (("郵件伺服器已接收", 3), ("已送達", 5))
    image = Image.open(io.BytesIO(png(Plot("outcomes", "郵件", ("狀態", "次數"), rows), "zh-hant"))).convert("L")
    assert min(image.crop((0, 0, 6, image.height)).tobytes()) == 255
    # Words there are, left of the bars.
    assert min(image.crop((6, 0, image.width // 5, image.height)).tobytes()) < 200


def test_the_tree_is_the_standard_library_s_whatever_else_is_installed():
    assert drawing.etree._etree is ElementTree
    assert not drawing.etree.lxml


def test_only_the_first_names_are_drawn_and_all_stand_in_the_table():
    many = Plot("many", "Many", ("Name", "Number"), tuple((f"name {n}", 99 - n) for n in range(30)))
    assert svg(many).count('class="bar"') == MOST_BARS
    assert len(many.shown) == 30


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans", ""])
def test_png_is_a_picture_with_ink_on_white(language):
    for plot in PLOTS:
        image = Image.open(io.BytesIO(png(plot, language))).convert("RGB")
        assert image.width == 3 * drawing.WIDTH
        colours = {colour for _, colour in image.getcolors(maxcolors=1 << 20)}
        assert (255, 255, 255) in colours
        assert (0x00, 0x70, 0x7A) in colours


def test_chinese_is_drawn_in_the_forms_of_the_language_whatever_fonts_a_server_has():
    one, other = (Plot("check", title, ("", ""), (("", 1),)) for title in ("前海", "小冊"))
    assert png(one, "zh-hant") != png(other, "zh-hant")
    # The character for a bone turns to the right in Hong Kong and to the left on the mainland.
    bone = Plot("check", "骨", ("", ""), (("", 1),))
    assert png(bone, "zh-hant") != png(bone, "zh-hans")


def test_the_stylesheet_leaves_to_the_page_only_what_a_picture_alone_knows():
    for plot in PLOTS:
        png(plot, "en")  # raises KeyError for a colour that it was not told


@given(st.integers(0, 10**9))
def test_ticks_of_counts_are_whole_few_and_reach_the_highest(highest):
    found = ticks(highest)
    assert found[0] == 0
    assert found[-1] >= highest
    assert len(found) <= 7
    assert {type(tick) for tick in found} == {int}
    assert len({after - before for before, after in pairwise(found)}) == 1


@given(st.floats(0, 50))
def test_ticks_of_parts_reach_the_highest(highest):
    found = ticks(highest)
    assert found[-1] >= highest
    assert len(found) <= 7
    assert len({in_words(tick) for tick in found}) == len(found)


@given(st.text())
def test_labels_stay_short(text):
    assert len(shortened(text)) <= 26
    assert shortened("前" * 30) == "前" * 12 + "…"
    assert shortened("short") == "short"
