"""Does the light markup become the HTML that the editor would store?"""

import pytest

from home.demo.markup import paragraphs, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One line.", "<p>One line.</p>"),
        ("\nOne\nline.\n", "<p>One line.</p>"),
        ("One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("海\n灣", "<p>海灣</p>"),
        ("**Bold** and <b>not</b> & so on", "<p><b>Bold</b> and &lt;b&gt;not&lt;/b&gt; &amp; so on</p>"),
        ("- one\n- **two**", "<ul><li>one</li><li><b>two</b></li></ul>"),
        ("Text\n- is no list", "<p>Text - is no list</p>"),
        ("It’s ‘so’", "<p>It’s ‘so’</p>"),
    ],
)
def test_markup(text: str, html: str) -> None:
    assert to_html(text) == html


def test_paragraphs_are_parted_at_blank_lines() -> None:
    assert paragraphs("one\ntwo\n\n  \nthree\n") == ["one two", "three"]


def test_a_link_leads_to_an_article_that_is_there() -> None:
    html = to_html("- See [the **quay**](the-quay) [1].", {"the-quay": 7})
    assert html == '<ul><li>See <a id="7" linktype="page">the <b>quay</b></a> [1].</li></ul>'
    with pytest.raises(KeyError, match="the-quay"):
        to_html("See [it](the-quay).")
