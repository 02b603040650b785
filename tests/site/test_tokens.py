"""static/css: are colours, sizes and fonts those of the one system, and can everybody read them?"""

import re
from pathlib import Path

import pytest
from django.conf import settings

from qianhai_site.artwork import icons
from qianhai_site.manifest import PAPER

SHELL = Path(settings.BASE_DIR) / "qianhai_site"
CSS = SHELL / "static/css"
PARTS = re.findall(r'@import url\("([\w-]+\.css)"\)', (CSS / "site.css").read_text(encoding="utf-8"))
TOKENS = re.sub(r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(encoding="utf-8"), flags=re.DOTALL)
COLOURS = {
    name: (light, dark or light)
    for name, light, dark in re.findall(
        r"--([\w-]+): (?:light-dark\()?(#[0-9a-f]{3,6})(?:, (#[0-9a-f]{3,6})\))?;", TOKENS
    )
}
TEXT, SIGN = 4.5, 3.0
# What is read on what; the last is the least contrast (WCAG 2.2, 1.4.3 and 1.4.11).
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-soft", "ink-faint", "tide") for ground in ("paper", "shoal")],
    *[(ink, ground, TEXT) for ink in ("ink", "ink-soft") for ground in ("land", "shoal-deep", "foreshore")],
    ("tide", "shoal-deep", TEXT),
    ("ink", "caution-wash", TEXT),
    ("ink-soft", "caution-wash", TEXT),
    ("tide", "caution-wash", TEXT),
    ("caution", "caution-wash", TEXT),
    ("caution", "paper", TEXT),
    ("on-caution", "caution", TEXT),
    ("on-tide", "tide", TEXT),
    ("on-tide", "tide-strong", TEXT),
    ("on-deep", "deep", TEXT),
    ("ink", "field", TEXT),
    ("control-line", "field", SIGN),
    ("control-line", "paper", SIGN),
    ("control-line", "shoal", SIGN),
    ("tide", "field", SIGN),
    ("zone-lines", "zone", SIGN),
]


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS, ids=lambda value: str(value))
def test_what_is_read_stands_out_from_what_it_stands_on(ink, ground, least, theme):
    one, other = (luminance(COLOURS[name][theme == "dark"]) for name in (ink, ground))
    contrast = (max(one, other) + 0.05) / (min(one, other) + 0.05)
    assert contrast >= least, f"{ink} on {ground} is {contrast:.2f} to 1 in the {theme}"


@pytest.mark.parametrize("part", [part for part in PARTS if part != "tokens.css"])
def test_no_part_has_a_colour_or_a_duration_of_its_own(part):
    css = re.sub(r"/\*.*?\*/", "", (CSS / part).read_text(encoding="utf-8"), flags=re.DOTALL)
    css = re.sub(r"\{#.*?#\}", "", css)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|light-dark\(", css)
    assert set(re.findall(r"\b[\d.]+m?s\b", css)) <= {"0.01ms", "130ms"}
    # Sizes of text follow the scale; a drawing's are in its own units, paper's in points.
    sizes = set(re.findall(r"font-size: ([^;]+);", css))
    own = {size for size in sizes if re.search(r"\d(?:px|rem)", size) and "var(" not in size}
    assert own <= ({"34px", "26px"} if part == "chart.css" else set())


def test_every_token_is_used_and_every_one_used_is_there():
    public = "".join((CSS / part).read_text(encoding="utf-8") for part in PARTS)
    declared = set(re.findall(r"(?<![\w-])(--[\w-]+):", public))
    used = set(re.findall(r"var\((--[\w-]+)", public))
    assert used <= declared
    assert declared - used == set()


def test_icons_manifest_and_head_wear_the_colours_of_the_tokens():
    assert COLOURS["tide"] == icons.TIDE
    assert COLOURS["paper"] == icons.PAPER
    assert COLOURS["paper"][0] == PAPER
    head = (SHELL / "templates" / "components" / "colours.html").read_text(encoding="utf-8")
    assert re.findall(r'content="(#\w+)"', head) == list(COLOURS["paper"])


def test_each_chinese_has_faces_of_its_own_place():
    stacks = {
        language: re.search(rf":lang\({language}\) \{{(.*?)\n\}}", TOKENS, re.DOTALL)[1]
        for language in ("zh-Hant", "zh-Hans")
    }
    hong_kong, mainland = ("PingFang HK", "Microsoft JhengHei"), ("PingFang SC", "Microsoft YaHei")
    assert all(face in stacks["zh-Hant"] for face in hong_kong)
    assert all(face in stacks["zh-Hans"] for face in mainland)
    assert not any(face in stacks["zh-Hans"] for face in hong_kong)
    assert not any(face in stacks["zh-Hant"] for face in mainland)


def test_chinese_is_set_by_its_own_rules():
    base = (CSS / "base.css").read_text(encoding="utf-8")
    rules = re.search(r'^\[lang\|="zh"\] \{(.*?)^\}', base, re.DOTALL | re.MULTILINE)[1]
    for rule in ("line-break: strict", "text-autospace: normal", "text-spacing-trim:", "hyphens: none"):
        assert rule in rules
    # No slant: a mark below each character, and tokens whose --slant is upright.
    assert re.search(r":is\(em, i\):lang\(zh\) \{\s*text-emphasis:", base)
    assert "--slant: normal" in re.search(r":lang\(zh\) \{(.*?)\n\}", TOKENS, re.DOTALL)[1]
    italics = [part for part in PARTS if re.search(r"font-style: italic", (CSS / part).read_text(encoding="utf-8"))]
    assert italics == []
