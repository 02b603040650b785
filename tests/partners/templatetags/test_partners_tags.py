"""partners/templatetags/partners_tags.py: links that leave paid content say so, in whatever block they stand."""

import pytest
from bs4 import BeautifulSoup
from django.utils.safestring import mark_safe

from partners.articles.blocks import QuoteBlock
from tests import builders

pytestmark = pytest.mark.django_db

LINK = '<p>See <a href="https://elsewhere.example/{}">elsewhere</a> and <a href="/latest/">here</a>.</p>'
BODY = [
    ("paragraph", LINK.format("paragraph")),
    ("fact_box", {"title": "Facts", "text": LINK.format("fact-box")}),
    (
        "table",
        {
            "caption": "Links",
            "table": {
                "columns": [{"type": "text", "heading": "What"}, {"type": "rich_text", "heading": "Where"}],
                "rows": [{"values": ["one <b>", LINK.format("table")]}],
                "caption": "",
            },
        },
    ),
    ("embed", {"video": "https://vimeo.com/76979871", "title": "A film"}),
]


def external_links(client, page):
    soup = BeautifulSoup(client.get(page.url).content, "html.parser")
    # What passes the article on is the site's own, outside of what the partner paid for.
    for share in soup.main.find_all(class_="share"):
        share.decompose()
    return {link["href"]: link.get("rel") for link in soup.main.find_all("a", href=True) if "://" in link["href"]}


def article(**fields):
    page = builders.article(**fields)
    page.body = page.body.stream_block.to_python(
        [{"type": kind, "value": value, "id": str(number)} for number, (kind, value) in enumerate(BODY)]
    )
    page.save()
    return page


@pytest.mark.parametrize("kind", ["partner_controlled", "paid_by_partner"])
def test_paid_content_marks_every_link_that_leaves_the_site(client, kind):
    links = external_links(client, article(disclosure=kind))
    assert set(links) == {
        *(f"https://elsewhere.example/{block}" for block in ("paragraph", "fact-box", "table")),
        "https://vimeo.com/76979871",
    }
    assert set(map(tuple, links.values())) == {("sponsored", "noopener")}


def test_unpaid_contribution_does_not_claim_to_be_paid(client):
    links = external_links(client, article(disclosure="unpaid_contribution"))
    assert set(map(tuple, links.values())) == {("noopener",)}


def test_text_cells_are_escaped(client):
    assert "one &lt;b&gt;" in client.get(article().url).content.decode()


def test_partner_page_marks_its_links(client):
    partner = builders.partner(website="https://partner.example/", about=LINK.format("about"))
    assert external_links(client, partner) == {
        "https://partner.example/": ["sponsored", "noopener"],
        "https://elsewhere.example/about": ["sponsored", "noopener"],
    }


def test_links_are_marked_wherever_a_block_has_them_from(client, monkeypatch):
    """Also in a block that somebody adds later: what counts is the page as it is sent."""
    link = '<blockquote cite="x"><a href="//elsewhere.example/quote">words</a></blockquote>'
    monkeypatch.setattr(QuoteBlock, "render", lambda *arguments, **context: mark_safe(link))
    page = builders.article(body=[("quote", {"text": "Words", "attribution": "A master"})])
    soup = BeautifulSoup(client.get(page.url).content, "html.parser")
    assert soup.main.find("a", href="//elsewhere.example/quote")["rel"] == ["sponsored", "noopener"]
