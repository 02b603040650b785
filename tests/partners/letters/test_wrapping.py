"""partners/letters/wrapping.py: no line over 78 columns, no address in two."""

from hypothesis import given
from hypothesis import strategies as st

from partners.letters.wrapping import WIDTH, columns, wrap

ADDRESS = "https://qianhai.example/brochures/" + "0f8fad5bd9cb469fa16570867728950e" * 3 + "/"


def test_english_is_wrapped_between_words():
    lines = wrap("The quay is long and the lorries are patient. " * 6).splitlines()
    assert len(lines) > 3
    assert all(columns(line) <= WIDTH for line in lines)
    assert " ".join(lines) == " ".join(("The quay is long and the lorries are patient. " * 6).split())


def test_chinese_counts_two_columns_and_breaks_anywhere_but_before_a_mark():
    text = "前海的碼頭很長,貨車很有耐性。".replace(",", "\uff0c") * 9
    lines = wrap(text).splitlines()
    assert all(columns(line) <= WIDTH for line in lines)
    assert not any(line[0] in "\uff0c。" for line in lines)
    assert "".join(lines) == text


def test_opening_mark_does_not_end_a_line():
    lines = wrap("碼" * 38 + "《前海》").splitlines()
    assert lines == ["碼" * 38, "《前海》"]


def test_address_stays_whole_and_apart_from_the_chinese_beside_it():
    lines = wrap(f"請開啟:{ADDRESS}。".replace(":", "\uff1a", 1)).splitlines()
    assert any(ADDRESS in line for line in lines)
    assert lines[0] == "請開啟\uff1a"


def test_hanging_indentation_counts():
    lines = wrap("word " * 40, first="- ", rest="  ").splitlines()
    assert lines[0].startswith("- word")
    assert all(line.startswith("  word") for line in lines[1:])
    assert all(columns(line) <= WIDTH for line in lines)


def test_line_breaks_are_kept():
    assert wrap("one\ntwo", first="* ", rest="  ") == "* one\n  two"


@given(st.text(alphabet="ab ,。《》前海\u0301\n", max_size=300))
def test_nothing_but_white_space_is_added_or_lost(text):
    assert "".join(wrap(text).split()) == "".join(text.split())
