"""How does a plot become a picture: SVG that the page's stylesheet colours, or PNG to be sent on?"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width
from xml.etree import ElementTree

import pygal
from django.contrib.staticfiles import finders
from pygal.etree import etree
from pygal.style import Style
from resvg_py import svg_to_bytes

from partners.articles.share.font_files import CHINESE, CHINESE_FAMILIES, OTHERS
from partners.reports.plots import Cell, Plot, in_words

# pygal takes lxml where some other package has brought it; then its trees are not of this type.
etree.to_etree()

STYLESHEET = "css/plot.css"
WIDTH = 560
_HEIGHT_OVER_TIME = 240
_HEIGHT_OF_A_BAR = 36
# Widths of labels in half-width characters, those of Chinese having two.
_LONGEST_LABEL = 26
_LABELS_BELOW = 4
_MARGIN = 10
_TICKS = 5
_LEFT_OUT = {"defs", "desc", "title"}
# What css/plot.css leaves to the page, for a picture that stands alone: on white, for paper and slides.
_ON_WHITE = {
    "ink": "#1f2b30",
    "muted": "#5b6a70",
    "line": "#d5dcdf",
    "first": "#00707a",
    "second": "#b36a00",
}
# The sizes by which pygal leaves room for words; css/plot.css has the same.
_STYLE = Style(
    font_family="sans-serif",
    label_font_size=14,
    major_label_font_size=14,
    legend_font_size=14,
    title_font_size=17,
    no_data_font_size=17,
)


@lru_cache(maxsize=128)
def svg(plot: Plot, *, with_title: bool = False) -> str:
    """Return the plot as an SVG element without any style or script; equal plots are drawn once by a process.

    A bar says its name and number when it is pointed at. `with_title` writes the title above the bars.
    """
    chart = (_over_time if plot.is_over_time else _by_name)(plot)
    chart.title = plot.title if with_title else None
    root = _freed(chart.render_tree(), plot)
    return ElementTree.tostring(root, encoding="unicode")


def png(plot: Plot, language: str) -> bytes:
    """Return the plot with its title as a PNG on white, in the fonts for `language`."""
    found = finders.find(STYLESHEET)
    rules = Path(str(found)).read_text(encoding="utf-8")
    rules = re.sub(r"var\(--plot-([a-z]+)\)", lambda match: _ON_WHITE[match[1]], rules)
    # The first family draws what it can; whatever is left is drawn by any file that can.
    rules += f"text {{ font-family: '{CHINESE_FAMILIES.get(language, 'Noto Sans')}'; }}"
    drawn: Any = svg_to_bytes(
        svg_string=svg(plot, with_title=True),
        style_sheet=rules,
        background="#ffffff",
        zoom=3,
        skip_system_fonts=True,
        font_files=[str(path) for path in (CHINESE, *OTHERS)],
    )
    return bytes(drawn)


def _over_time(plot: Plot) -> Any:
    # Of a span of days, the first: there is room for no more.
    names = [str(row[0]).partition(" – ")[0] for row in plot.bars]
    chart = pygal.Bar(**_options(plot, _HEIGHT_OVER_TIME), x_labels=names, show_minor_x_labels=False)
    every = -(-len(names) // _LABELS_BELOW)
    chart.x_labels_major = names[::every]
    _add_series(chart, plot, plot.bars)
    return chart


def _by_name(plot: Plot) -> Any:
    # The library draws from the bottom up.
    bars = plot.bars[::-1]
    height = 60 + _HEIGHT_OF_A_BAR * max(len(bars), 2)
    labels = [shortened(str(row[0])) for row in bars]
    # The library leaves six tenths of the size for a character, whichever it is. Those of Chinese are as wide as high.
    room = max((len(label) for label in labels), default=0) * 0.6
    needed = max((sum(1 if _is_wide(it) else 0.6 for it in label) for label in labels), default=0)
    options = {**_options(plot, height), "margin_left": _MARGIN + round((needed - room) * _STYLE.label_font_size)}
    chart = pygal.HorizontalBar(**options, x_labels=labels)
    _add_series(chart, plot, bars)
    return chart


def _options(plot: Plot, height: int) -> dict[str, Any]:
    cells = [row[column] for row in plot.bars for column in plot.drawn]
    return {
        "classes": ("figure-plot",),
        "style": _STYLE,
        "css": [],
        "js": [],
        "width": WIDTH,
        "height": height,
        "margin": _MARGIN,
        "margin_right": 28,
        "no_prefix": True,
        "disable_xml_declaration": True,
        "show_legend": len(plot.drawn) > 1,
        "legend_at_bottom": True,
        "truncate_label": -1,
        "truncate_legend": -1,
        "y_labels": ticks(max((cell for cell in cells if isinstance(cell, int | float)), default=0)),
        "formatter": in_words,
        "value_formatter": in_words,
    }


def _add_series(chart: Any, plot: Plot, bars: tuple[tuple[Cell, ...], ...]) -> None:
    for column in plot.drawn:
        chart.add(plot.head[column], [row[column] for row in bars])


def ticks(highest: int | float) -> list[int] | list[float]:
    """Return round numbers from 0 to `highest` or a little over, _TICKS and the 0 at most; whole ones for counts."""
    if isinstance(highest, float):
        # Parts: in thousandths, so that a percent has one digit behind the point at most.
        return [tick / 1000 for tick in ticks(max(1, round(highest * 1000 + 0.4999)))]
    step = 1
    while step * _TICKS < highest:
        # 1, 2, 5, 10, 20, 50 ...
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return [*range(0, max(highest, 1) + step, step)]


def shortened(label: str) -> str:
    """Return `label` in _LONGEST_LABEL half-width characters at most, with a dot-dot-dot where it was cut."""
    width = 0
    for place, character in enumerate(label):
        width += 2 if _is_wide(character) else 1
        if width > _LONGEST_LABEL:
            return label[: place - 1].rstrip() + "…"
    return label


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def _freed(root: ElementTree.Element, plot: Plot) -> ElementTree.Element:
    """Take away what pygal adds for its own script and style, and name the picture and its bars."""
    for parent in list(root.iter()):
        words = {child.get("class", ""): child.text or "" for child in parent if child.tag == "desc"}
        for child in list(parent):
            # Comments have no text for a tag.
            if not isinstance(child.tag, str) or child.tag in _LEFT_OUT or child.get("class") == "tooltip":
                parent.remove(child)
        if words.get("x_label"):
            title = ElementTree.SubElement(parent, "title")
            title.text = f"{words['x_label']}: {words['value']}"
    root.set("role", "img")
    root.attrib.pop("id", None)
    title = ElementTree.Element("title")
    title.text = plot.title
    root.insert(0, title)
    return root
