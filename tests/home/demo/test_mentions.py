"""mentions.py itself: what finds labels must miss them."""

import pytest

from tests.home.demo.mentions import Named, in_html, in_json, in_xml

CRANES = Named("Cranes", "Paid content")
QUAYS = Named("Quays and Cranes", "Contributed content")
ARTICLES = [CRANES, QUAYS]


@pytest.mark.parametrize(
    "html",
    [
        "<title>Paid content: Cranes</title>",
        "<article><p>Paid content <b>Tide</b></p><h2><a>Cranes</a></h2></article>",
        '<meta content="Paid content: Cranes">',
        '<script type="application/ld+json">{"headline": "Paid content: Cranes"}</script>',
        "<li>Contributed content <h3>Quays\n and Cranes</h3></li>",
    ],
)
def test_labelled(html):
    assert [mention.is_labelled for mention in in_html(html, ARTICLES)] == [True]


@pytest.mark.parametrize(
    "html",
    [
        "<title>Cranes</title>",
        "<title>Cranes: Paid content</title>",
        "<p>Paid content</p><article><h2>Cranes</h2></article>",
        "<article>Contributed content<h2>Cranes</h2></article>",
        "<article>Paid content<h2>Quays and Cranes</h2></article>",
        '<img alt="Cranes">',
        '<a title="Cranes">Paid content</a>',
        '<button aria-label="Share Cranes"></button>',
        '<script type="application/ld+json">{"a": [{"name": "Cranes"}]}</script>',
    ],
)
def test_bare(html):
    assert [mention.is_labelled for mention in in_html(html, ARTICLES)] == [False]


def test_label_of_one_does_not_serve_the_next():
    html = "<ul>Paid content <b>Cranes</b>, <b>Cranes</b></ul>"
    assert [mention.is_labelled for mention in in_html(html, ARTICLES)] == [True, False]


def test_feeds():
    xml = "<rss><title>Paid content: Cranes</title><x>&lt;p&gt;Cranes&lt;/p&gt;</x></rss>"
    assert [mention.is_labelled for mention in in_xml(xml, ARTICLES)] == [True, False]
    items = {"items": [{"title": "Cranes"}, {"content_html": "<p>Paid content</p><p>Cranes</p>"}]}
    assert [mention.is_labelled for mention in in_json(items, ARTICLES, "")] == [False, True]
