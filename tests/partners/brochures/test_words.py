"""partners/brochures/words.py: what a visitor typed, fit to be stored and written into a letter."""

import sys
import unicodedata

from partners.brochures.words import many_lines, one_line


def test_of_every_character_control_and_direction_alone_go():
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if character.isspace():
            expected = "a b"
        elif unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            expected = "ab"
        else:
            expected = f"a{character}b"
        # With a tab, it goes the long way.
        assert (one_line(f"a{character}b"), one_line(f"\ta{character}b")) == (expected, expected), hex(number)


def test_white_space_is_folded():
    assert one_line("  Mei   Lin \u3000 陳 ") == "Mei Lin 陳"
    assert many_lines("one \r\n\n\n\ntwo\u202e ") == "one\n\ntwo"
    assert one_line("") == ""
