"""partners/articles/share/paint.py: the label is in the pixels, large, above everything, in every language."""

import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageChops, ImageStat

from partners.articles.share import paint as module
from partners.articles.share.paint import HEIGHT, LEFT, MOST_BYTES, TOP, WIDTH, Painting, as_jpeg, draw_label, paint

LABELS = {
    "en": ("Paid content", "Contributed content"),
    "zh-hant": ("付費內容", "供稿內容"),
    "zh-hans": ("付费内容", "供稿内容"),
}
TITLES = {
    "en": "The quay that drives itself still needs people who know the quay",
    "zh-hant": "會自己行車的碼頭，仍然需要懂碼頭的人",
    "zh-hans": "会自己开车的码头，仍然需要懂码头的人",
}
HOSTILE = {
    "right to left": "مستقبل الموانئ الذكية في خليج تشيانهاي",
    "turned around": "evil \u202etxet\u200b\x00\ue000",
    "emoji": "👩‍👩‍👧‍👦 ships 🚢 and 🇭🇰",
    "stacked accents": "Z" + "\u0341\u0346\u030a" * 60 + "algo",
    "one endless word": "A" * 255,
    "many words": "word " * 51,
    "marks alone": "，。、」" * 40,
    "many characters": "前" * 255,
    "unknown characters": "\U00030000\U0001f9ff\U00032000 \uffff",
    "nothing": "  ",
}


def painting(language: str = "en", *, is_paid: bool = True, **given) -> Painting:
    given = {"title": TITLES[language], "sponsor": "Tidewater Robotics", **given}
    return Painting(language=language, label=LABELS[language][not is_paid], is_paid=is_paid, site="Qianhai", **given)


def stripes(size: tuple[int, int]) -> Image.Image:
    """Return a picture as busy as a photograph, which no shortcut of a codec makes small."""
    return Image.effect_noise(size, 90).convert("RGB")


def find(needle: Image.Image, picture: Image.Image) -> tuple[int, int] | None:
    """Return where the needle lies in the picture, searched along the panel's left edge, or None."""
    for top in range(HEIGHT - needle.height):
        part = picture.crop((LEFT, top, LEFT + needle.width, top + needle.height))
        if max(ImageStat.Stat(ImageChops.difference(part, needle)).mean) < 6:
            return LEFT, top
    return None


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("is_paid", [True, False], ids=["paid", "unpaid"])
def test_the_label_is_found_in_the_pixels(language, is_paid):
    given = painting(language, is_paid=is_paid, hero=stripes((1920, 1080)), logo=stripes((500, 120)))
    content = as_jpeg(paint(given))
    assert len(content) < MOST_BYTES
    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (WIDTH, HEIGHT), "RGB")
    assert find(draw_label(given), picture) == (LEFT, TOP)


def test_the_search_tells_labels_apart(monkeypatch):
    """What finds the label finds neither another one nor a picture without any."""
    unpaid = paint(painting(is_paid=False))
    assert find(draw_label(painting()), unpaid) is None
    assert find(draw_label(painting("zh-hant")), paint(painting("zh-hans"))) is None
    blank = Image.new("RGB", draw_label(painting()).size, module.PAPER)
    label = draw_label(painting())
    monkeypatch.setattr(module, "draw_label", lambda given: blank)
    assert find(label, paint(painting())) is None


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_title_hides_the_label_or_leaves_its_place(title, language):
    given = painting(language, title=title, sponsor=title)
    picture = paint(given)
    assert find(draw_label(given), picture) == (LEFT, TOP)
    around = picture.crop((LEFT + draw_label(given).width, 0, WIDTH, TOP + draw_label(given).height))
    assert around.getcolors() == [
        (around.width * around.height, Image.new("RGB", (1, 1), module.PAPER).getpixel((0, 0)))
    ]


@pytest.mark.parametrize("language", LABELS)
def test_a_square_from_the_middle_holds_the_whole_label(language):
    square = ((WIDTH - HEIGHT) / 2, (WIDTH + HEIGHT) / 2)
    for is_paid in (True, False):
        label = draw_label(painting(language, is_paid=is_paid))
        assert square[0] <= LEFT
        assert LEFT + label.width <= square[1]
        # A card 300 pixels wide shows the letters at 10 pixels or more.
        assert label.height >= 68


def test_title_sponsor_logo_and_hero_are_seen():
    bare = painting(title=" ", sponsor="")
    whole = painting(hero=Image.new("RGB", (800, 600), "#ff0000"), logo=Image.new("RGBA", (80, 80), "#00ff00"))
    assert paint(whole).getpixel((50, 300)) == (255, 0, 0)
    assert (0, 255, 0) in [colour for _, colour in paint(whole).getcolors(WIDTH * HEIGHT)]
    for given in (painting(title=" "), painting(sponsor=""), whole):
        assert ImageChops.difference(paint(given), paint(bare)).getbbox() is not None


def test_each_language_has_its_own_forms_of_a_character():
    pictures = [paint(Painting(language=code, label="骨", is_paid=True, site="骨", title="骨")) for code in LABELS]
    assert ImageChops.difference(pictures[1], pictures[2]).getbbox() is not None


def test_colours_are_those_of_the_site():
    tokens = (Path(settings.BASE_DIR) / "qianhai_site/static/css/tokens.css").read_text(encoding="utf-8")
    days = set(re.findall(r"light-dark\((#[0-9a-f]{3,6})", tokens))
    assert {module.PAPER, module.INK, module.CAUTION, module.TIDE, module.SHOAL} <= days
