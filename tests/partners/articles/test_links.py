"""partners/articles/links.py: which links leave the site, and how they are marked."""

import pytest

from partners.articles.links import is_external, mark_external_links


@pytest.mark.parametrize(
    ("href", "external"),
    [
        ("https://elsewhere.example/", True),
        ("//elsewhere.example/", True),
        ("http://[broken", True),
        ("/latest/", False),
        ("#top", False),
        ("mailto:a@b.example", False),
        ("http://127.0.0.1:8000/latest/", False),
    ],
)
def test_is_external(href, external):
    assert is_external(href) is external


def test_only_external_links_change():
    html = '<p><a href="/in/">in</a> <a href="https://out.example/?a=1&amp;b=2" rel="nofollow">out</a> “é”</p>'
    marked = mark_external_links(html, paid=True)
    assert marked == html.replace('rel="nofollow"', 'rel="sponsored noopener"')
    assert mark_external_links("<p>no link</p>", paid=True) == "<p>no link</p>"
    assert 'rel="noopener"' in mark_external_links(html, paid=False)
