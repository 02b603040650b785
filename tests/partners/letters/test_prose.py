"""partners/letters/prose.py: what an editor wrote, in HTML and in plain text, and nothing else of it."""

import pytest

from partners.letters.prose import Block, Run, fill_blocks, read

LINK = "https://qianhai.example/b/x/"


def html(source, values=None):
    return [str(item) for block in fill_blocks(read(source), values or {}) for item in block.html_items]


def text(source, values=None):
    return "\n\n".join(block.text for block in fill_blocks(read(source), values or {}))


def test_paragraphs_styles_and_breaks():
    source = '<p data-block-key="a">A <b>bold <i>word</i></b> here<br/>and there.</p><p></p><p>Next.</p>'
    assert html(source) == [
        "A <strong>bold </strong><em><strong>word</strong></em> here<br>and there.",
        "Next.",
    ]
    assert text(source) == "A bold word here\nand there.\n\nNext."


def test_lists_are_marked_in_plain_text():
    source = "<ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol>"
    assert text(source) == "- one\n- two\n\n1. first\n2. second"
    assert [block.tag for block in read(source)] == ["ul", "ol"]


def test_link_is_written_out_after_its_words():
    source = '<p>See <a href="https://example.com/a?b=1&amp;c=2">the <b>chart</b></a>.</p>'
    assert text(source) == "See the chart <https://example.com/a?b=1&c=2>."
    assert html(source)[0].count('href="https://example.com/a?b=1&amp;c=2"') == 2


def test_address_that_is_its_own_words_stands_once():
    assert text('<p><a href="mailto:a@example.com">a@example.com</a></p>') == "a@example.com"


def test_link_placeholder_becomes_a_link():
    [item] = html("<p>Here: <b>{link}</b></p>", {"link": LINK})
    assert f'href="{LINK}"' in item
    assert f"{LINK}</strong></a>" in item
    assert text("<p>Here: {link}.</p>", {"link": LINK}) == f"Here: {LINK}."


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a & b", "{link}"])
def test_values_are_escaped_in_html_and_literal_in_text(name):
    from django.utils.html import escape

    assert html("<p>Dear {name}</p>", {"name": name, "link": LINK}) == [f"Dear {escape(name)}"]
    assert text("<p>Dear {name}</p>", {"name": name, "link": LINK}) == f"Dear {name}"


def test_item_with_an_empty_optional_value_is_left_out():
    blocks = read("<p>Kept.</p><p>While reading {article}.</p><ul><li>{sponsor}</li></ul>")
    values = {"article": "", "sponsor": ""}
    assert [block.text for block in fill_blocks(blocks, values, optional=("article", "sponsor"))] == ["Kept."]


def test_other_elements_leave_their_words_alone():
    source = '<h2>Title</h2><p>a<img src="https://example.com/x.gif" onerror="x()"> b</p><script>bad()</script>'
    joined = " ".join(html(source))
    assert "<img" not in joined
    assert "<script" not in joined
    assert "Title" in joined


def test_page_link_is_kept_for_later():
    assert read('<p><a linktype="page" id="7">words</a></p>') == (Block("p", ((Run("words", page=7),),)),)


def test_spaces_of_the_source_are_folded_without_joining_words():
    assert text("<p>  a \n <b> b</b>  c </p>") == "a b c"
