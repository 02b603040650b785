"""partners/articles/share/fonts.py: every character is drawn by a font that has it."""

import pytest
from PIL import ImageFont

from partners.articles.share.fonts import MISSING, Role, chain, runs


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
@pytest.mark.parametrize("role", Role)
def test_every_character_has_a_font_or_the_mark_for_none(language, role):
    text = "Aé 前海 骨 ١٢ שלום ไทย 🚢 ☃ \U00032000 ﷽ кот"
    for part, face in runs(text, language, role):
        assert {ord(character) for character in part} <= face.characters()
    assert "".join(part for part, _ in runs(text, language, role)) == text.replace("\U00032000", MISSING)


def test_titles_in_latin_letters_have_serifs_and_chinese_its_own_form():
    families = {
        (language, role): chain(language, role)[0].at(20, 700).getname()[0]
        for language in ("en", "zh-hant", "zh-hans")
        for role in Role
    }
    assert families == {
        ("en", Role.TITLE): "Source Serif 4",
        ("en", Role.TEXT): "Noto Sans CJK HK",
        ("zh-hant", Role.TITLE): "Noto Sans CJK HK",
        ("zh-hant", Role.TEXT): "Noto Sans CJK HK",
        ("zh-hans", Role.TITLE): "Noto Sans CJK SC",
        ("zh-hans", Role.TEXT): "Noto Sans CJK SC",
    }


def test_words_that_run_from_right_to_left_stay_together():
    assert [part for part, _ in runs("a مستقبل الموانئ b", "en", Role.TITLE)] == ["a ", "مستقبل الموانئ ", "b"]


def test_weight_changes_the_letters():
    font = chain("en", Role.TEXT)[0]
    light, bold = font.at(40, 400), font.at(40, 700)
    assert isinstance(light, ImageFont.FreeTypeFont)
    assert bold.getlength("content") > light.getlength("content")
