"""partners/articles/share/lines.py: lines end where a typesetter would end them, and always fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.articles.share.lines import ELLIPSIS, Place, clean, fit

PLACE = Place(width=400, height=200, sizes=(50, 40, 30, 20), leading=1.2, most_lines=4)
_NOT_FIRST = "，。、；：！？）」』》”’…"
_NOT_LAST = "（「『《“‘"


def measure(text: str, size: int) -> float:
    """Take every Latin character as half as wide as a Chinese one."""
    return sum(size * (0.5 if character.isascii() else 1.0) for character in text)


def test_latin_breaks_between_words_and_lines_are_even():
    fitted = fit("The quay that drives itself still needs people", PLACE, measure)
    assert fitted.lines == ("The quay that", "drives itself", "still needs people")
    assert fitted.size == 40
    assert fit("one two three four", PLACE, measure).lines == ("one two", "three four")


def test_chinese_breaks_between_its_words():
    assert fit("六時以後：商務區怎樣變成社區", PLACE, measure, "zh-hant").lines == ("六時以後：商務區", "怎樣變成社區")


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
@pytest.mark.parametrize("width", range(150, 420, 30))
def test_no_chinese_line_begins_or_ends_with_a_wrong_mark(language, width):
    text = "前海的「智慧港口」（真的）會怎樣？會，「很快」。他說：“好。”《報告》、圖表；5G 網絡……"
    place = Place(width=width, height=4000, sizes=(30,), leading=1.0, most_lines=99)
    lines = fit(text, place, measure, language).lines
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(lines) > 2
    for line in lines[1:]:
        assert line[0] not in _NOT_FIRST
    for line in lines[:-1]:
        assert line[-1] not in _NOT_LAST


def test_a_long_text_shrinks_then_ends_in_an_ellipsis():
    assert fit("word " * 12, PLACE, measure).size < 50
    cut = fit("word " * 60, PLACE, measure)
    assert (cut.size, len(cut.lines)) == (20, 4)
    assert cut.lines[-1].endswith(ELLIPSIS)
    endless = fit("W" * 500, PLACE, measure)
    assert (len(endless.lines), endless.lines[-1][-1]) == (4, ELLIPSIS)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=255), language=st.sampled_from(["en", "zh-hant", "zh-hans"]))
def test_whatever_is_given_fits(text, language):
    fitted = fit(text, PLACE, measure, language)
    assert len(fitted.lines) <= PLACE.most_lines
    assert len(fitted.lines) * fitted.size * PLACE.leading <= PLACE.height
    # A single cluster may be wider than a line; more may not.
    assert all(measure(line, fitted.size) <= PLACE.width or len(line) < 12 for line in fitted.lines)


def test_what_only_directs_other_characters_is_left_out():
    assert clean(" a\u202eb\u200b\n\tc\x00\ue000 ") == "ab c"
    assert clean("e" + "\u0301" * 90).count("\u0301") < 3
    assert clean("👩‍👧") == "👩‍👧"
