"""partners/letters/placeholders.py: a closed list, filled once, from values that cannot misbehave."""

import pytest

from partners.letters.placeholders import complaints, fill, named_in, one_line


@pytest.mark.parametrize("text", ["", "Dear {name},", "{name}{link}", "《{name}》的新連結"])
def test_known_placeholders_are_taken(text):
    assert complaints(text, ("name", "link")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear {nmae},", "{nmae}"),
        ("Dear {Name},", "{Name}"),
        ("Dear { name },", "{ name }"),
        ("Dear {name", "{name"),
        ("Dear name},", "name}"),
        ("Dear {{name}},", "{"),
        ("Dear {name.__class__},", "{name.__class__}"),
        ("Dear {0},", "{0}"),
        ("Dear {},", "{}"),
        ("{name},您好".replace("{", "\uff5b").replace("}", "\uff5d"), "\uff5bname\uff5d"),
        ("{% now 'Y' %}", "{% now 'Y' %}"),
    ],
)
def test_anything_else_in_braces_is_named_with_what_is_allowed(text, found):
    sentences = complaints(text, ("name", "link"))
    assert sentences
    assert sentences[0].startswith(f"{found} is not a placeholder")
    assert "{name}, {link}" in sentences[0]


def test_same_mistake_is_named_once():
    assert len(complaints("{x} {x} {y}", ("name",))) == 2


def test_values_are_read_once():
    assert fill("{name}: {link}", {"name": "{link}", "link": "{name}"}) == "{link}: {name}"


def test_place_without_a_value_is_an_error():
    with pytest.raises(KeyError):
        fill("{name}", {})


def test_places_are_found():
    assert named_in("{name} and {link} and {name}, not {this one}") == {"name", "link"}


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("Ada\r\nBcc: everybody@example.com", "Ada Bcc: everybody@example.com"),
        ("  Ada\t\u2028 Reader ", "Ada Reader"),
        ("a\x00b\x1bc", "abc"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("\u2067hidden\u2069", "hidden"),
        ("👩\u200d🚢", "👩\u200d🚢"),
        ("{name} {% x %} <b>", "{name} {% x %} <b>"),
        ("", ""),
    ],
)
def test_value_becomes_one_plain_line(value, line):
    assert one_line(value) == line


@pytest.mark.parametrize("name", ["דנה", "ليلى", "Ada ليلى"])
def test_right_to_left_name_is_isolated(name):
    assert one_line(name) == f"\u2068{name}\u2069"
